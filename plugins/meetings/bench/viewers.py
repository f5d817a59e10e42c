"""The readers of the benchmark: N connections in one asyncio process of its own, standard library only.

Speaks Engine.IO 4 and Socket.IO 5 over WebSocket by hand and reads each frame's JSON once for all readers that get the
same bytes, so that the readers cost a fraction of what they measure. A line's text ends with `⟦phase due⟧`, `due` being
the monotonic nanosecond at which it was due to be written; the time to the reader is counted from there.

Talks in JSON lines: reads one `Order`, answers `{joined, seconds}`; for each `{"at": seq}` answers `{"reached": bool}`
once every reader has that line or 10 s have passed; `{"end": true}` answers the result.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

STAMP = re.compile(r"⟦(\w+) (\d+)⟧")
AT_ONCE = 50
"""Handshakes under way at the same time."""
PATIENCE = 10.0
FRAMES_KEPT = 64
Line = tuple[int, str, int]
"""seq, phase ("" where the line carries no stamp), due."""


@dataclass(frozen=True)
class Order:
    """What to do: so many readers at host:port, each joining with this request."""

    host: str
    port: int
    viewers: int
    join: dict[str, Any]


@dataclass
class Tally:
    """What all readers together have seen."""

    latency: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    doubled: int = 0
    disordered: int = 0
    dropped: int = 0
    frames: dict[bytes, list[Line]] = field(default_factory=dict)
    closing: bool = False

    def lines(self, packet: bytes) -> list[Line]:
        """The lines of an `events` packet; the same bytes are read once."""
        known = self.frames.get(packet)
        if known is None:
            if len(self.frames) >= FRAMES_KEPT:
                self.frames.clear()
            known = self.frames[packet] = [
                _line(event) for event in json.loads(packet[packet.index(b"[") :])[1]["events"]
            ]
        return known


def _line(event: dict[str, Any]) -> Line:
    stamp = STAMP.search(event.get("text") or "")
    return (event["seq"], stamp[1], int(stamp[2])) if stamp else (event["seq"], "", 0)


class Viewer(asyncio.Protocol):
    """One reader: connects, joins, takes lines; never comes back, so what it misses shows."""

    def __init__(self, order: Order, tally: Tally) -> None:
        self.order, self.tally = order, tally
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.seen: set[int] = set()
        self.last = 0
        self._buffer = b""
        self._upgraded = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the WebSocket."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {self.order.host}:{self.order.port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Origin: http://{self.order.host}:{self.order.port}\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it, unless the benchmark itself is over."""
        self.tally.dropped += not self.tally.closing
        if not self.joined.done():
            self.joined.set_exception(ConnectionError(f"a reader was turned away: {exc or 'closed by the server'}"))

    def data_received(self, data: bytes) -> None:
        """Take whole WebSocket frames."""
        now = time.monotonic_ns()
        self._buffer += data
        if not self._upgraded:
            head, separator, rest = self._buffer.partition(b"\r\n\r\n")
            if not separator:
                return
            if b" 101 " not in head[:20]:
                raise ConnectionError(head[:200].decode("latin-1"))
            self._buffer, self._upgraded = rest, True
        while (frame := self._frame()) is not None:
            self._packet(frame, now)

    def _frame(self) -> bytes | None:
        """The next frame's content, taken from the buffer; servers neither mask nor split these small messages."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, start = buffer[1] & 127, 2
        if size == 126:
            size, start = int.from_bytes(buffer[2:4], "big"), 4
        elif size == 127:
            size, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start + size:
            return None
        self._buffer = buffer[start + size :]
        return buffer[start : start + size]

    def _packet(self, packet: bytes, now: int) -> None:
        if packet.startswith(b"42/live,["):
            if packet.startswith(b'42/live,["events"'):
                self._take(self.tally.lines(packet), now)
        elif packet == b"2":
            self._send("3")
        elif packet.startswith(b"0"):
            self._send("40/live,")
        elif packet.startswith(b"40/live"):
            self._send("42/live,0" + json.dumps(["join", self.order.join], separators=(",", ":")))
        elif packet.startswith(b"43/live,0"):
            self._answered(json.loads(packet[9:])[0])

    def _answered(self, answer: dict[str, Any]) -> None:
        if not answer.get("ok"):
            self.joined.set_exception(ConnectionError(f"a reader was refused: {answer}"))
            return
        self.last = answer["head"]
        self.joined.set_result(None)

    def _take(self, lines: list[Line], now: int) -> None:
        for seq, phase, due in lines:
            self.tally.doubled += seq in self.seen
            self.tally.disordered += seq < self.last
            self.seen.add(seq)
            self.last = max(self.last, seq)
            if phase:
                self.tally.latency[phase].append(now - due)

    def _send(self, text: str) -> None:
        data = text.encode()
        size = bytes([128 | len(data)]) if len(data) < 126 else bytes([254]) + len(data).to_bytes(2, "big")
        self._transport.write(b"\x81" + size + bytes(4) + data)


async def _connect(order: Order, tally: Tally, gate: asyncio.Semaphore) -> Viewer:
    async with gate:
        _, viewer = await asyncio.get_running_loop().create_connection(
            lambda: Viewer(order, tally), order.host, order.port
        )
        await asyncio.wait_for(viewer.joined, 30)
        return viewer


async def _reach(viewers: list[Viewer], seq: int) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if all(viewer.last >= seq for viewer in viewers):
            return True
        await asyncio.sleep(0.02)
    return False


def _summary(nanoseconds: list[int]) -> dict[str, float]:
    ordered = sorted(nanoseconds)
    places = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
    at = {name: ordered[min(int(place * len(ordered)), len(ordered) - 1)] for name, place in places.items()}
    return {"count": len(ordered), **{name: round(value / 1e6, 2) for name, value in at.items()}}


async def _main() -> None:
    lines = asyncio.StreamReader(limit=1 << 20)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    order, tally, gate = Order(**json.loads(await lines.readline())), Tally(), asyncio.Semaphore(AT_ONCE)
    started = time.monotonic()
    viewers = await asyncio.gather(*(_connect(order, tally, gate) for _ in range(order.viewers)))
    _say({"joined": len(viewers), "seconds": round(time.monotonic() - started, 3)})
    first, wall, cpu = viewers[0].last + 1, time.monotonic(), time.process_time()
    last = first - 1
    while (wanted := json.loads(await lines.readline() or b'{"end": true}')).get("at"):
        last = wanted["at"]
        _say({"reached": await _reach(viewers, last)})
    tally.closing = True
    _say(
        {
            "latency": {phase: _summary(values) for phase, values in tally.latency.items()},
            "lost": sum(last - first + 1 - len(viewer.seen) for viewer in viewers),
            "doubled": tally.doubled,
            "disordered": tally.disordered,
            "dropped": tally.dropped,
            "busy": round((time.process_time() - cpu) / (time.monotonic() - wall), 3),
        }
    )


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_main())
