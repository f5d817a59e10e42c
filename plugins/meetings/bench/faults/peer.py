"""A WebSocket client that does as it is told, the rules included that it breaks."""

from __future__ import annotations

import base64
import json
import os
import select
import socket
import struct
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 20.0
WEBSOCKET = "EIO=4&transport=websocket"


def frame(payload: bytes, opcode: int = 1, *, final: bool = True, length: int | None = None) -> bytes:
    """A client's frame with a mask of zeros; `length` may lie."""
    size = len(payload) if length is None else length
    first = (0x80 if final else 0) | opcode
    if size < 126:
        return bytes((first, 0x80 | size)) + bytes(4) + payload
    if size < 65536:
        return struct.pack("!BBH", first, 0x80 | 126, size) + bytes(4) + payload
    return struct.pack("!BBQ", first, 0x80 | 127, size) + bytes(4) + payload


class Peer:
    """One connection; `window` makes the receive buffer small, as that of one who does not read."""

    def __init__(
        self, url: str, *, upgrade: bool = True, window: int = 0, headers: str = "", query: str = WEBSOCKET
    ) -> None:
        where = urlsplit(url)
        self.host = where.netloc
        self.socket = socket.socket()
        if window:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        self.socket.settimeout(PATIENCE)
        self.socket.connect((where.hostname, where.port))
        self.data = b""
        if upgrade:
            self.shake_hands(query, headers)
            self._until(b"\r\n\r\n")

    def shake_hands(self, query: str, headers: str = "") -> None:
        """Ask for a WebSocket."""
        key = base64.b64encode(os.urandom(16)).decode()
        self.raw(
            f"GET /socket.io/?{query} HTTP/1.1\r\nHost: {self.host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Version: 13\r\n{headers}\r\n".encode()
        )

    def raw(self, octets: bytes) -> None:
        """Send octets; one who was cut sends into the void."""
        with suppress(OSError):
            self.socket.sendall(octets)

    def pour(self, parts: Iterable[bytes]) -> int:
        """Send one after the other until the other side has had enough; how many octets went out."""
        sent = 0
        with suppress(OSError):
            for part in parts:
                self.socket.sendall(part)
                sent += len(part)
        return sent

    def answered(self) -> bytes:
        """What comes first, empty when it hangs up."""
        with suppress(OSError):
            return self.socket.recv(65536)
        return b""

    def say(self, text: str) -> None:
        """Send a packet."""
        self.raw(frame(text.encode()))

    def enter(self) -> Peer:
        """Into the namespace."""
        self.hear("0{")
        self.say("40/live,")
        self.hear("40/live,")
        return self

    def admitted(self) -> bool:
        """Whether there was room for it."""
        try:
            return bool(self.hear("0{"))
        except ConnectionError:
            return False

    def join(self, **asked: Any) -> Any:
        """Join; the answer."""
        self.say(f'42/live,7["join",{json.dumps({"v": 1, "epoch": None, "after": 0} | asked)}]')
        return json.loads(self.hear("43/live,7").removeprefix("43/live,7"))[0]

    def hear(self, beginning: str) -> str:
        """The next packet that begins so; pings are answered."""
        while True:
            text = self.packet()
            if text == "2":
                self.say("3")
            if text.startswith(beginning):
                return text

    def packet(self) -> str:
        """The next packet, whatever it is."""
        while True:
            head = self._take(2)
            size = head[1] & 0x7F
            if size > 125:
                size = int.from_bytes(self._take(2 if size == 126 else 8), "big")
            body = self._take(size)
            if head[0] & 0x0F == 1:
                return body.decode()

    def nibble(self) -> None:
        """Take one octet, if there is any."""
        with suppress(OSError):
            self.socket.recv(1, socket.MSG_DONTWAIT)

    def gone(self, seconds: float = PATIENCE) -> bool:
        """Whether the other side ends it in this time; what it still says is thrown away."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.socket], [], [], left)[0]:
                try:
                    if not self.socket.recv(65536):
                        return True
                except OSError:
                    return True
        return False

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def _until(self, mark: bytes) -> bytes:
        while mark not in self.data:
            self._more()
        head, _, self.data = self.data.partition(mark)
        return head

    def _take(self, count: int) -> bytes:
        while len(self.data) < count:
            self._more()
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server hung up")
        self.data += data
