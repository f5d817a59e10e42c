"""The readers where there is no C compiler: N connections in one asyncio process, standard library only.

Speaks Engine.IO 4 and Socket.IO 5 over WebSocket by hand and reads each frame's JSON once for all readers that get the
same bytes, so that the readers cost a fraction of what they measure. Commands, answers and what a line's text ends with
are described in native/readers.c, which this follows; `rate` and `saturate` are not here.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass, field
from typing import Any

STAMP = re.compile(r"⟦(\d+)⟧")
HOST = "127.0.0.1"
PATIENCE = 25.0
"""Seconds without anything new until a line counts as lost."""
FRAMES_KEPT = 64
Line = tuple[int, int]
"""seq, due (0 where the line carries no stamp)."""


@dataclass(frozen=True)
class Order:
    """What to do: so many readers on this machine's port, each joining with this packet."""

    port: int
    viewers: int
    at_once: int
    join: str


@dataclass
class Tally:
    """What all readers together have seen."""

    latency: list[int] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    dropped: int = 0
    began: int = 0
    cpu: float = 0.0
    frames: dict[bytes, list[Line]] = field(default_factory=dict)

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
    return event["seq"], int(stamp[1]) if stamp else 0


class Viewer(asyncio.Protocol):
    """One reader: connects, joins, takes lines; never comes back, so what it misses shows."""

    def __init__(self, order: Order, tally: Tally) -> None:
        self.order, self.tally = order, tally
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.last = 0
        self._buffer = b""
        self._upgraded = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the WebSocket."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {HOST}:{self.order.port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Origin: http://{HOST}:{self.order.port}\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it."""
        self.tally.dropped += 1
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
            self._send(self.order.join)
        elif packet.startswith(b"43/live,0"):
            self._answered(json.loads(packet[9:])[0])

    def _answered(self, answer: dict[str, Any]) -> None:
        if not answer.get("ok"):
            self.joined.set_exception(ConnectionError(f"a reader was refused: {answer}"))
            return
        self.last = answer["head"]
        self.joined.set_result(None)

    def _take(self, lines: list[Line], now: int) -> None:
        for seq, due in lines:
            if seq <= self.last:
                self.tally.doubled += 1
                continue
            self.tally.lost += seq - self.last - 1
            self.last = seq
            if due >= self.tally.began:
                self.tally.latency.append(now - due)

    def _send(self, text: str) -> None:
        data = text.encode()
        size = bytes([128 | len(data)]) if len(data) < 126 else bytes([254]) + len(data).to_bytes(2, "big")
        self._transport.write(b"\x81" + size + bytes(4) + data)


async def _connect(order: Order, tally: Tally, gate: asyncio.Semaphore) -> Viewer:
    async with gate:
        _, viewer = await asyncio.get_running_loop().create_connection(lambda: Viewer(order, tally), HOST, order.port)
        await asyncio.wait_for(viewer.joined, 30)
        return viewer


async def _reach(viewers: list[Viewer], tally: Tally, seq: int) -> dict[str, Any]:
    seen, deadline = -1, 0.0
    while not (reached := all(viewer.last >= seq for viewer in viewers)):
        if len(tally.latency) != seen:
            seen, deadline = len(tally.latency), time.monotonic() + PATIENCE
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(0.02)
    return {"reached": reached}


def _begin(tally: Tally) -> dict[str, Any]:
    tally.latency, tally.lost, tally.doubled = [], 0, 0
    tally.began, tally.cpu = time.monotonic_ns(), time.process_time()
    return {}


def _result(tally: Tally) -> dict[str, Any]:
    ordered = sorted(tally.latency) or [0]
    places = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
    at = {name: ordered[min(int(place * len(ordered)), len(ordered) - 1)] for name, place in places.items()}
    wall = (time.monotonic_ns() - tally.began) / 1e9
    return {
        "count": len(tally.latency),
        **{name: round(value / 1e6, 2) for name, value in at.items()},
        "lost": tally.lost, "doubled": tally.doubled, "dropped": tally.dropped,
        "seconds": round(wall, 3), "busy": round((time.process_time() - tally.cpu) / wall, 3),
    }  # fmt: skip


async def _main() -> None:
    lines = asyncio.StreamReader(limit=1 << 20)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    _, port, viewers, at_once, _kind, join = (await lines.readline()).decode().strip().split(" ", 5)
    order = Order(int(port), int(viewers), int(at_once), join)
    tally, gate, started = Tally(), asyncio.Semaphore(order.at_once), time.monotonic()
    came = await asyncio.gather(*(_connect(order, tally, gate) for _ in range(order.viewers)), return_exceptions=True)
    readers = [one for one in came if isinstance(one, Viewer)]
    _say({"joined": len(readers), "failed": len(came) - len(readers), "seconds": round(time.monotonic() - started, 3)})
    while command := (await lines.readline()).decode().split():
        if command[0] == "reach":
            _say(await _reach(readers, tally, int(command[1])))
        else:
            _say(_begin(tally) if command[0] == "phase" else _result(tally))


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_main())
