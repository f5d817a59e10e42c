"""Engine.IO on wires: polling stays as the library has it, a WebSocket has no greenlet, no queue and no timer."""

from __future__ import annotations

import io
import json
import sys
import time
from collections import deque
from typing import Any

import engineio
import gevent
import structlog
from engineio.exceptions import EngineIOError, UnknownPacketError
from engineio.packet import CLOSE, MESSAGE, NOOP, OPEN, PING, PONG, Packet
from engineio.socket import Socket

from core.trouble import Told
from core.web.fanout.frames import BINARY, frame
from core.web.fanout.http import take_over
from core.web.fanout.limits import (
    BACKLOG_PACKETS,
    BACKLOG_SECONDS,
    BUSY_SECONDS,
    CONNECT_SECONDS,
    INBOX_MESSAGES,
    INBOX_RATE,
    JOIN_SECONDS,
    PING_SECONDS,
    PONG_SECONDS,
    Gate,
    Wheel,
)
from core.web.fanout.wire import Wire

log = structlog.get_logger(__name__)
PING_FRAME = frame(b"2")
MALFORMED = (EngineIOError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
"""What the library raises over a packet that is none."""
WITH_OCTETS = ("5", "6")
"""Socket.IO packets that announce octets to come: no event of ours takes any, and what is announced would be kept."""
KEPT = frozenset(
    sys.intern(name)
    for name in (
        "REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL",
        "REMOTE_ADDR", "HTTP_HOST", "HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_ACCEPT_LANGUAGE", "HTTP_USER_AGENT",
        "wsgi.url_scheme", "wsgi.version", "flask.app",
    )
)  # fmt: skip
"""Of a request's surroundings, what its later events need: a connection held 9 KB of them."""
NO_BODY = io.BytesIO()


class Link(Socket):
    """One client. Everything that is sent to it goes through `send`, so nothing overtakes."""

    queue: Any
    """What waits for the next poll; None on a wire."""
    connected: bool
    upgrading: bool
    upgraded: bool
    closing: bool
    closed: bool

    def __init__(self, server: Engine, sid: str, address: str) -> None:
        super().__init__(server, sid)
        self.address = address
        self.wire: Wire | None = None
        self.rooms = 0
        """How many it has entered; who enters none does not stay."""
        self.named = False
        self._inbox: deque[str] = deque(maxlen=INBOX_MESSAGES + 1)
        self._working = False
        self._left, self._at = float(INBOX_MESSAGES), time.monotonic()
        self._answered = True
        server.wheel.after(CONNECT_SECONDS, self._expect_namespace)
        server.wheel.after(PING_SECONDS, self._ping)

    # --- sending -----------------------------------------------------------------------------------

    def send(self, pkt: Packet) -> None:
        """Write a packet, or keep it for the next poll; to a closed one nothing is sent."""
        if self.closed:
            return
        if self.upgraded and self.wire is not None:
            self.wire.send(framed(pkt))
        elif self.queue.qsize() < BACKLOG_PACKETS:
            self.queue.put(pkt)
        else:
            self.cut("too slow")

    def falls_behind(self) -> None:
        """The wire keeps something from now on."""
        self.server.wheel.after(BACKLOG_SECONDS, self._expect_progress)

    def _expect_progress(self) -> None:
        if self.wire is None or (late := self.wire.overdue()) is None:
            return
        if late:
            self.cut("too slow")
        else:
            self.server.wheel.after(1, self._expect_progress)

    # --- receiving ---------------------------------------------------------------------------------

    def allows(self) -> bool:
        """Count a frame or packet that came in."""
        now = time.monotonic()
        self._left = min(float(INBOX_MESSAGES), self._left + (now - self._at) * INBOX_RATE) - 1
        self._at = now
        return self._left >= 0

    def heard(self, text: str) -> None:
        """A message from the wire: a pong is noted here, the rest is for a greenlet that may wait."""
        if self.upgrading:
            self._probe(text)
        elif text == "3":
            self._answered = True
        elif len(self._inbox) > INBOX_MESSAGES:
            self.cut("too many messages")
        else:
            self._inbox.append(text)
            if not self._working:
                self._working = True
                gevent.spawn(self._work)

    def _work(self) -> None:
        while self._inbox and not self.closed:
            try:
                self.receive(Packet(encoded_packet=self._inbox.popleft()))
            except MALFORMED as error:
                self._refuse(error)
            except Exception:
                log.exception("socket message failed")
                self._inbox.clear()
                self.cut("failed")
        self._working = False

    def receive(self, pkt: Packet) -> None:
        """A packet of either transport."""
        if pkt.packet_type == PONG:
            self._answered = True
        elif pkt.packet_type == MESSAGE:
            if not isinstance(pkt.data, str) or pkt.data.startswith(WITH_OCTETS):
                raise UnknownPacketError
            self.server.handlers["message"](self.sid, pkt.data)
        else:
            super().receive(pkt)

    def handle_post_request(self, environ: dict[str, Any]) -> None:
        """Packets of a polling client, counted before they are looked at.

        Raises:
            EngineIOError: too many, or malformed; the answer is 400 and the session is over.
        """
        if not self.allows():
            self.cut("too many messages")
            raise EngineIOError
        try:
            super().handle_post_request(environ)
        except MALFORMED as error:
            self._refuse(error)
            raise EngineIOError from error

    def _refuse(self, error: Exception) -> None:
        self._inbox.clear()
        if self.server.told.once_more(self.address):
            log.info("client cut", reason="malformed packet", error=type(error).__name__)
        self.cut("malformed packet")

    # --- deadlines ---------------------------------------------------------------------------------

    def schedule_ping(self) -> None:
        """Pings are the wheel's."""

    def _ping(self) -> None:
        if self.closed:
            return
        self._answered = False
        if self.upgraded and self.wire is not None:
            self.wire.send(PING_FRAME)
        else:
            self.send(Packet(PING))
        self.server.wheel.after(PONG_SECONDS, self._expect_pong)

    def _expect_pong(self) -> None:
        if not self._answered:
            self.cut("ping timeout")
        else:
            self.server.wheel.after(PING_SECONDS - PONG_SECONDS, self._ping)

    def _expect_namespace(self) -> None:
        if not self.named:
            self.cut("nothing asked")

    def in_namespace(self) -> None:
        """It has chosen one, and is expected to follow something there."""
        self.named = True
        self.server.wheel.after(JOIN_SECONDS, self._expect_room)

    def follows(self, rooms: int) -> None:
        """It is in so many rooms now; who has left the last one may still choose another."""
        self.rooms = rooms
        if not rooms:
            self.server.wheel.after(CONNECT_SECONDS, self._expect_room)

    def _expect_room(self) -> None:
        if not self.rooms:
            self.cut("nothing followed")

    # --- the transport -----------------------------------------------------------------------------

    def _upgrade_websocket(self, environ: dict[str, Any], _start_response: Any) -> Any:
        taken = None if self.upgraded or self.upgrading else take_over(environ)
        if taken is None:
            return self.server._bad_request()  # noqa: SLF001
        raw, first = taken
        self.upgrading = self.connected
        self.wire = Wire(raw, self)
        if self.upgrading:
            self.wire.send(first)
        else:
            self.connected = True
            self._move(first)
        return ()  # a list would be sent as an answer, on a connection that is the client's no more

    def _probe(self, text: str) -> None:
        """The three steps by which a polling client moves over."""
        assert self.wire is not None
        if text == "2probe":
            self.wire.send(frame(b"3probe"))
            self.queue.put(Packet(NOOP))  # ends the poll under way
        elif text == "5":
            self._move()
        else:
            self.wire.close("protocol", 1002)

    def _move(self, first: bytes = b"") -> None:
        """From now on by wire, what waited first, all in one write."""
        assert self.wire is not None
        self.upgrading, self.upgraded = False, True
        waiting, self.queue = self.queue, None
        packets = (waiting.get_nowait() for _ in range(waiting.qsize()))
        self.wire.send(first + b"".join(framed(pkt) for pkt in packets if pkt.packet_type != NOOP))
        self.server.rooms.forget_senders()

    # --- the end -----------------------------------------------------------------------------------

    def lost(self, reason: str) -> None:
        """The wire is gone; a probe that failed leaves the polling client where it was."""
        if self.upgrading:
            self.upgrading, self.wire = False, None
        elif not self.closing:
            gevent.spawn(self.close, wait=False, abort=True, reason=reason)

    def cut(self, reason: str) -> None:
        """End it from a place that may not wait."""
        if self.wire is not None and not self.upgrading:
            self.wire.close(reason)
        elif not self.closed:
            gevent.spawn(self.close, wait=False, abort=True, reason=reason)

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:  # noqa: ARG002
        """End it: the farewell unless `abort`, the socket itself, then whoever wants to know; nothing to `wait` for."""
        if self.closed or self.closing:
            return
        self.closing = True
        if not abort:
            self.send(Packet(CLOSE))
        self.closed = True
        if self.wire is not None:
            self.wire.close(reason or "", 1000)
        if self.queue is not None:
            self.queue.put(None)
        self.server.sockets.pop(self.sid, None)
        self.server.gate.leave(self.address)
        self.server._trigger_event("disconnect", self.sid, reason or self.server.reason.SERVER_DISCONNECT)  # noqa: SLF001


class Engine(engineio.Server):
    """The library's server; only how a client begins is ours."""

    gate: Gate
    wheel: Wheel
    told: Told
    rooms: Any

    def _handle_connect(
        self, environ: dict[str, Any], start_response: Any, transport: str, jsonp_index: int | None = None
    ) -> Any:
        address = str(environ.get("REMOTE_ADDR", ""))
        if not self.gate.enter(address):
            return busy()
        sid = self.generate_id()
        link = self.sockets[sid] = Link(self, sid, address)
        link.send(Packet(OPEN, {
            "sid": sid, "upgrades": self._upgrades(sid, transport), "pingTimeout": PONG_SECONDS * 1000,
            "pingInterval": PING_SECONDS * 1000, "maxPayload": self.max_http_buffer_size,
        }))  # fmt: skip
        self._trigger_event("connect", sid, slim(environ))
        if transport == "websocket":
            answer = link.handle_get_request(environ, start_response)
            if link.wire is None:
                link.close(abort=True)
            return answer
        link.connected = True
        return self._ok(link.poll(), jsonp_index=jsonp_index)


def slim(environ: dict[str, Any]) -> dict[str, Any]:
    """The surroundings of a client's later events, with names that all clients share."""
    kept = {name: environ[name] for name in KEPT if name in environ}
    return kept | {"wsgi.input": NO_BODY, "wsgi.errors": sys.stderr}


def framed(pkt: Packet) -> bytes:
    """A packet as a frame; one that goes to many is framed once."""
    ready: bytes | None = getattr(pkt, "frame", None)
    if ready is not None:
        return ready
    octets = pkt.encode()
    return frame(octets, BINARY) if isinstance(octets, bytes) else frame(octets.encode())


def busy() -> dict[str, Any]:
    """Full: the client reads over HTTP and asks again later."""
    return {
        "status": "503 SERVICE UNAVAILABLE",
        "headers": [("Content-Type", "application/json"), ("Retry-After", str(BUSY_SECONDS))],
        "response": json.dumps({"code": "BUSY", "retry_after": BUSY_SECONDS}).encode(),
    }
