"""One WebSocket on a socket that never blocks: written at once while that works, watched by the event loop."""

from __future__ import annotations

import contextlib
import socket
import time
from collections import deque
from typing import Any, Protocol

from gevent import get_hub

from core.web.fanout import frames
from core.web.fanout.limits import BACKLOG_BYTES, BACKLOG_PACKETS, BACKLOG_SECONDS, KERNEL_BYTES, USER_TIMEOUT_MS

READABLE, WRITABLE = 1, 2
CHUNK = 64 * 1024


class Owner(Protocol):
    """Whose connection it is. Called by the event loop: nothing here may wait."""

    def allows(self) -> bool:
        """One more frame came; False cuts the connection."""

    def heard(self, text: str) -> None:
        """A whole message."""

    def lost(self, reason: str) -> None:
        """The connection is gone; called once."""

    def falls_behind(self) -> None:
        """Something waits to be written from now on; `overdue` tells whether it still does later."""


class Wire:
    """A connection: `send` writes or keeps a little, in order; whoever reads too slowly is cut."""

    __slots__ = ("_backlog", "_kept", "_owner", "_raw", "_reader", "_reading", "_writing", "closed")

    def __init__(self, raw: socket.socket, owner: Owner) -> None:
        self._raw, self._owner, self._reader = raw, owner, frames.Reader()
        self._backlog: deque[tuple[float, bytes]] | None = None
        self._kept = 0
        self.closed = False
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
        self._writing: Any = None
        self._reading = get_hub().loop.io(raw.fileno(), READABLE)
        self._reading.start(self._readable)

    # --- writing -----------------------------------------------------------------------------------

    def send(self, frame: bytes) -> None:
        """Write now, or after what waits already: nothing ever overtakes."""
        if self._backlog is None and not self.closed:
            try:
                sent = self._raw.send(frame)
            except BlockingIOError:
                sent = 0
            except OSError:
                self.close("transport error")
                return
            if sent != len(frame):
                self._keep(frame[sent:])
        elif not self.closed:
            self._keep(frame)

    def _keep(self, frame: bytes) -> None:
        if self._backlog is None:
            self._backlog = deque()
            self._writing = get_hub().loop.io(self._raw.fileno(), WRITABLE)
            self._writing.start(self._writable)
            self._owner.falls_behind()
        self._backlog.append((time.monotonic(), frame))
        self._kept += len(frame)
        if len(self._backlog) > BACKLOG_PACKETS or self._kept > BACKLOG_BYTES:
            self.close("too slow")

    def _writable(self) -> None:
        backlog = self._backlog
        while backlog:
            since, frame = backlog[0]
            try:
                sent = self._raw.send(frame)
            except BlockingIOError:
                return
            except OSError:
                self.close("transport error")
                return
            self._kept -= sent
            if sent != len(frame):
                backlog[0] = (since, frame[sent:])
                return
            backlog.popleft()
        self._stop_writing()

    def _stop_writing(self) -> None:
        self._backlog = None
        if self._writing is not None:
            self._writing.stop()
            self._writing.close()
            self._writing = None

    def overdue(self) -> bool | None:
        """Whether the oldest octets have waited too long; None when nothing waits."""
        return time.monotonic() - self._backlog[0][0] >= BACKLOG_SECONDS if self._backlog else None

    # --- reading -----------------------------------------------------------------------------------

    def _readable(self) -> None:
        try:
            data = self._raw.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close("transport close")
            return
        try:
            for opcode, payload in self._reader.feed(data):
                self._take(opcode, payload)
                if self.closed:
                    return
        except frames.Broken as broken:
            self.close("protocol", broken.code)
        except UnicodeDecodeError:
            self.close("protocol", 1007)

    def _take(self, opcode: int, payload: bytes) -> None:
        if not self._owner.allows():
            self.close("too many messages", 1008)
        elif opcode == frames.TEXT:
            self._owner.heard(payload.decode())
        elif opcode == frames.PING:
            self.send(frames.frame(payload, frames.PONG))
        elif opcode == frames.CLOSE:
            self.close("transport close", 1000)
        elif opcode == frames.BINARY:
            self.close("protocol", 1003)  # no event of ours takes octets

    # --- the end -----------------------------------------------------------------------------------

    def close(self, reason: str, code: int = 0) -> None:
        """Shut the socket down both ways, with a last word where there is a `code`; a second time does nothing."""
        if self.closed:
            return
        self.closed = True
        self._reading.stop()
        self._reading.close()
        with contextlib.suppress(OSError):
            if code and self._backlog is None:
                self._raw.send(frames.frame(code.to_bytes(2, "big"), frames.CLOSE))
            self._raw.shutdown(socket.SHUT_RDWR)
        self._stop_writing()
        self._raw.close()
        self._owner.lost(reason)
