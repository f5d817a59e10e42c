"""The private parts of gevent, Engine.IO, Socket.IO and gevent-websocket that fan-out leans on, all named here.

Another version that still has them all is used; one that lacks a part is not, and stock serves.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import version
from socket import socket
from typing import Any

from gevent import monkey

TRIED = {
    "gevent": "26.9", "python-engineio": "4.15", "python-socketio": "5.18", "gevent-websocket": "0.10",
    "flask-socketio": "5.7",
}  # fmt: skip
"""Release → the versions (major.minor) this was measured and tested with."""

PARTS = (
    "engineio.server:Server._handle_connect", "engineio.server:Server._trigger_event", "engineio.server:Server._ok",
    "engineio.server:Server._bad_request", "engineio.server:Server._upgrades", "engineio.server:Server.generate_id",
    "engineio.socket:Socket.poll", "engineio.socket:Socket.receive", "engineio.socket:Socket.schedule_ping",
    "engineio.socket:Socket._upgrade_websocket", "engineio.socket:Socket.handle_get_request",
    "engineio.socket:Socket.handle_post_request", "engineio.socket:Socket.close",
    "socketio.manager:Manager.basic_enter_room", "socketio.manager:Manager.basic_leave_room",
    "socketio.manager:Manager.basic_disconnect", "socketio.manager:Manager.get_participants",
    "socketio.manager:Manager.eio_sid_from_sid", "socketio.server:Server._handle_eio_message",
    "gevent.pywsgi:WSGIHandler.run_application", "gevent.pywsgi:WSGIHandler.handle_one_request",
    "gevent.pywsgi:WSGIHandler.handle_one_response", "gevent.pywsgi:WSGIHandler._handle_client_error",
    "gevent.pywsgi:WSGIHandler.MessageClass", "gevent.pywsgi:OldMessage", "http.client:_read_headers",
)  # fmt: skip
"""Module:attribute of everything private that is called or overridden."""


def misfit() -> str:
    """Why the installed libraries cannot carry fan-out; empty when they can."""
    for release, tried in TRIED.items():
        installed = version(release)
        if not f"{installed}.".startswith(f"{tried}."):
            return f"{release} is {installed}, not {tried}"
    for part in PARTS:
        if not _has(part):
            return f"{part} is missing"
    return ""


def _has(part: str) -> bool:
    module, _, names = part.partition(":")
    found: Any = import_module(module)
    for name in names.split("."):
        found = getattr(found, name, None)
    return found is not None


def plain_socket(descriptor: int) -> socket:
    """A socket of the operating system: gevent's asks for `SO_ERROR`-like state before each write, a quarter of it."""
    return _plain()(fileno=descriptor)


@cache
def _plain() -> type[socket]:
    plain: type[socket] = monkey.get_original("socket", "socket")
    return plain
