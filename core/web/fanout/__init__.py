"""Fan-out (群发): one frame for all readers, and the limits that keep one client from harming the others.

Stock Flask-SocketIO on gevent spends, per reader and message, a queue, a switch of greenlets, a WebSocket header and a
`getsockopt`; three greenlets stand behind every connection. Here a broadcast is encoded and framed once and the same
octets are handed to each socket; a connection is watched by the event loop and has a greenlet only while it has
something to say. What stands where: frames (WebSocket), wire (one socket), http (the handshake), engine (Engine.IO),
manager (rooms), limits (every figure), seams (the private parts of the libraries this leans on; where they do not fit,
stock serves).
"""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask

from core.trouble import Told
from core.web.fanout import seams
from core.web.fanout.engine import Engine
from core.web.fanout.http import Handler, PatientHandler
from core.web.fanout.limits import TOLD_EACH_MINUTE, Gate, Wheel
from core.web.fanout.manager import FanoutManager

log = structlog.get_logger(__name__)


def options() -> dict[str, Any]:
    """What the Socket.IO server is made with; nothing where the libraries do not fit, which is said once."""
    misfit = seams.misfit()
    if misfit:
        log.warning("The fast way to readers is off, the ordinary one serves them", reason=misfit)
        return {}
    return {"client_manager": FanoutManager(), "async_handlers": False, "monitor_clients": False}


def install(server: Any, gate: Gate) -> None:
    """Put our Engine.IO under a Socket.IO server that was made with `options()`."""
    server.eio.__class__ = Engine  # the library makes its own and has no place to name another
    server.eio.gate, server.eio.wheel, server.eio.rooms = gate, Wheel(), server.manager
    server.eio.told = Told(TOLD_EACH_MINUTE)


def handler(app: Flask) -> type[PatientHandler]:
    """What answers HTTP requests of an app: ours takes WebSockets over, the stock engine wants its own."""
    return Handler if isinstance(app.extensions["socketio"].server.eio, Engine) else PatientHandler


def cut(server: Any, sid: str, namespace: str) -> None:
    """End a client's connection itself: leaving the namespace frees nothing."""
    client = server.manager.eio_sid_from_sid(sid, namespace)
    server.disconnect(sid, namespace=namespace)
    if client is not None:
        server.eio.disconnect(client)


def full(server: Any) -> bool:
    """True when this process holds as many readers as it may: those who join read over HTTP then."""
    gate: Gate | None = getattr(server.eio, "gate", None)
    return gate is not None and gate.full


__all__ = ["Gate", "cut", "full", "handler", "install", "options"]
