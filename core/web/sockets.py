"""The Socket.IO server (实时通道): one per app, namespaces from plugins, same origin only, small messages only.

Sockets announce, the database is the truth: no message queue stands behind this server, so whatever a process emits
reaches its own readers alone, and every process reads the rows for itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import structlog
from flask import Flask, current_app
from flask_socketio import SocketIO
from gevent import monkey
from socketio.packet import Packet

from core import jurisdictions, plugins
from core.contracts import JurisdictionRef
from core.db import db
from core.refusals import NotFound
from core.web import fanout
from core.web.fanout.limits import MESSAGE_BYTES, PING_SECONDS, PONG_SECONDS

log = structlog.get_logger(__name__)


COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class CompactJson:
    """JSON as it goes over the wire: Chinese stays Chinese, which halves its length."""

    loads = staticmethod(json.loads)

    @staticmethod
    def dumps(value: Any, **_options: Any) -> str:
        """Compact JSON."""
        return COMPACT.encode(value)


class TextPacket(Packet):
    """A Socket.IO packet that is not searched for octets: no event of ours has any, and what brings some is refused."""

    uses_binary_events = False


def init_app(app: Flask) -> None:
    """Make the server with the plugins' namespaces; gevent in the serving process, threads in tests and commands."""
    server = SocketIO()
    serving = monkey.is_module_patched("socket")
    fast = fanout.options() if serving else {}
    server.init_app(
        app,
        async_mode="gevent" if serving else "threading",
        manage_session=False,
        cors_allowed_origins=None,
        max_http_buffer_size=MESSAGE_BYTES,
        ping_interval=PING_SECONDS,
        ping_timeout=PONG_SECONDS,
        http_compression=False,
        json=CompactJson,
        serializer=TextPacket,
        **fast,
    )
    server.on_error_default(_failed)
    if fast:
        most, each = app.config["SOCKETS"], app.config["SOCKETS_PER_ADDRESS"]
        fanout.install(server.server, fanout.Gate(most, each, proxied=app.config["PROXY_HOPS"] > 0))
    for _plugin, namespace in app.extensions["mingtang.plugins"].build("register_socket_namespaces", key="path"):
        server.on_namespace(namespace.handler(namespace.path))


def _failed(error: Exception) -> None:
    """A handler failed: said in the log, the client hears nothing and asks again."""
    if current_app.testing:
        raise error
    log.error("socket event failed", exc_info=error)


def server() -> SocketIO:
    """The app's Socket.IO server."""
    return cast(SocketIO, current_app.extensions["socketio"])


def say_goodbye(app: Flask) -> bool:
    """Before a planned end, let every namespace tell its clients when to come back (`farewell`); False without any."""
    made = app.extensions["socketio"].server
    for handler in made.namespace_handlers.values():
        getattr(handler, "farewell", lambda: None)()
    return has_clients(app)


def has_clients(app: Flask) -> bool:
    """True while anybody is connected."""
    return bool(app.extensions["socketio"].server.eio.sockets)


@contextmanager
def enter(slug: str, plugin: str) -> Iterator[JurisdictionRef]:
    """Work for a jurisdiction named by a client; the gate of the plugin stands here.

    Raises:
        NotFound: no such jurisdiction, or the plugin is off there.
    """
    place = jurisdictions.by_slug(slug)
    if plugin not in plugins.enabled(place):
        raise NotFound
    db.session.rollback()  # one connection at a time: the session of the scope takes the next
    with jurisdictions.enter(place):
        yield place
