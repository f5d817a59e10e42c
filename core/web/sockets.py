"""The Socket.IO server (实时通道): one per app, namespaces from plugins, same origin only, small messages only.

Sockets announce, the database is the truth: no message queue stands behind this server, so whatever a process emits
reaches its own readers alone, and every process reads the rows for itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import Flask, current_app
from flask_socketio import SocketIO
from gevent import monkey

from core import jurisdictions, plugins
from core.contracts import JurisdictionRef
from core.refusals import NotFound

MAX_MESSAGE_BYTES = 64 * 1024
PING_SECONDS = 20
PONG_SECONDS = 15


class CompactJson:
    """JSON as it goes over the wire: Chinese stays Chinese, which halves its length."""

    loads = staticmethod(json.loads)

    @staticmethod
    def dumps(value: Any, **options: Any) -> str:
        """Compact JSON."""
        return json.dumps(value, ensure_ascii=False, **options)


def init_app(app: Flask) -> None:
    """Make the server with the plugins' namespaces; gevent in the serving process, threads in tests and commands."""
    server = SocketIO()
    server.init_app(
        app,
        async_mode="gevent" if monkey.is_module_patched("socket") else "threading",
        manage_session=False,
        cors_allowed_origins=None,
        max_http_buffer_size=MAX_MESSAGE_BYTES,
        ping_interval=PING_SECONDS,
        ping_timeout=PONG_SECONDS,
        http_compression=False,
        json=CompactJson,
    )
    for _plugin, namespace in app.extensions["mingtang.plugins"].build("register_socket_namespaces", key="path"):
        server.on_namespace(namespace.handler(namespace.path))


def server() -> SocketIO:
    """The app's Socket.IO server."""
    return cast(SocketIO, current_app.extensions["socketio"])


@contextmanager
def enter(slug: str, plugin: str) -> Iterator[JurisdictionRef]:
    """Work for a jurisdiction named by a client; the gate of the plugin stands here.

    Raises:
        NotFound: no such jurisdiction, or the plugin is off there.
    """
    place = jurisdictions.by_slug(slug)
    if plugin not in plugins.enabled(place):
        raise NotFound
    with jurisdictions.enter(place):
        yield place
