"""Readers by the rules of the protocol, who come back: join, apply, repair, reconnect with growing pauses.

All in one thread beside the scenario. Each keeps a digest of what it was told, and the last digest the server gave.
"""

from __future__ import annotations

import asyncio
import bisect
import functools
import hashlib
import json
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from plugins.meetings.bench.viewers import Order, Tally, Viewer

FIRST_PAUSE, LONGEST_PAUSE, SPREAD = 0.5, 8.0, 0.5
"""Of the official client as the page has it: reconnectionDelay, reconnectionDelayMax, randomizationFactor."""
REPAIR_SECONDS, REPAIR_SPREAD = 0.25, 0.2
JOIN_SECONDS = 10.0
WINDOW = 500


@functools.lru_cache(maxsize=512)
def _parsed(text: bytes) -> Any:
    return json.loads(text)


class Feed:
    """What one reader has: every line once, in order; a gap is waited for, never skipped."""

    def __init__(self, after: int, epoch: str | None) -> None:
        self.last, self.epoch, self.state, self.digest = after, epoch, "", ""
        self.head = after
        self.resets = 0
        self._sum = hashlib.sha256()
        self._early: dict[int, Any] = {}

    @property
    def sum(self) -> str:
        """Of all lines so far."""
        return self._sum.hexdigest()

    def take(self, frame: dict[str, Any]) -> bool:
        """A frame, heartbeat, ack or HTTP answer; False where something before it is missing."""
        if frame.get("reset") or self.epoch not in (None, frame["epoch"]):
            self.resets += 1
        self.epoch, self.head = frame["epoch"], max(self.head, frame["head"])
        for event in frame.get("events", ()):
            self._early[event["seq"]] = event
        while event := self._early.pop(self.last + 1, None):
            self.last += 1
            self._sum.update(line(event))
            self.state = event.get("state", self.state)
        self._early = {seq: event for seq, event in self._early.items() if seq > self.last}
        if self.last == frame["head"]:
            self.digest = frame.get("digest", self.digest)
            self.state = frame.get("state", self.state)
        return self.last >= self.head


def line(event: dict[str, Any]) -> bytes:
    """What of an event goes into a reader's sum."""
    return f"{event['seq']} {event['kind']} {event.get('text', '')}\n".encode()


class _Link(Viewer):
    """One connection of a reader."""

    def __init__(self, order: Order, tally: Tally, hear: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(order, tally)
        self.hear = hear
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_lost(self, exc: Exception | None) -> None:
        """The reader comes back."""
        super().connection_lost(exc)
        if not self.lost.done():
            self.lost.set_result(None)

    def _packet(self, packet: bytes, now: int) -> None:
        if packet.startswith((b'42/live,["events"', b'42/live,["hb"')):
            self.hear(_parsed(packet[8:])[1])
        else:
            super()._packet(packet, now)

    def _answered(self, answer: dict[str, Any]) -> None:
        if answer.get("ok"):
            self.hear(answer)
        super()._answered(answer)

    def end(self) -> None:
        """Hang up."""
        with suppress(AttributeError):  # it never came about
            self._transport.abort()


class Follower:
    """One reader."""

    def __init__(self, url: str, asked: dict[str, Any], chance: random.Random) -> None:
        self.where, self.asked, self.chance = urlsplit(url), asked, chance
        self.feed = Feed(asked["after"], asked["epoch"])
        self.met = 0
        self.came: list[tuple[int, float]] = []
        """The last line it had, and since when."""
        self._repairing: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Until the text is sealed and read whole, or it is cancelled."""
        pause = FIRST_PAUSE
        while not self.done():
            with suppress(OSError, asyncio.TimeoutError, ConnectionError):
                if await self._once():
                    pause = FIRST_PAUSE
            if not self.done():
                await asyncio.sleep(pause * self.chance.uniform(1 - SPREAD, 1 + SPREAD))
                pause = min(pause * 2, LONGEST_PAUSE)

    def done(self) -> bool:
        """Whether nothing more will come."""
        return self.feed.state == "sealed" and self.feed.last >= self.feed.head

    async def _once(self) -> bool:
        asked = self.asked | {"epoch": self.feed.epoch, "after": self.feed.last}
        join = "42/live,0" + json.dumps(["join", asked], separators=(",", ":"))
        order = Order(self.where.port or 80, 1, 1, join)
        loop = asyncio.get_running_loop()
        _, link = await loop.create_connection(
            lambda: _Link(order, Tally(), self.hear), self.where.hostname or "", order.port
        )
        try:
            await asyncio.wait_for(link.joined, JOIN_SECONDS)
            self.met += 1
            await link.lost
        finally:
            link.end()
        return True

    def hear(self, frame: dict[str, Any]) -> None:
        """From the socket."""
        whole = self._take(frame)
        if not whole and (self._repairing is None or self._repairing.done()):
            self._repairing = asyncio.get_running_loop().create_task(self._repair())

    def _take(self, frame: dict[str, Any]) -> bool:
        before, whole = self.feed.last, self.feed.take(frame)
        if self.feed.last > before:
            self.came.append((self.feed.last, time.monotonic()))
        return whole

    async def _repair(self) -> None:
        await asyncio.sleep(REPAIR_SECONDS * self.chance.uniform(1 - REPAIR_SPREAD, 1 + REPAIR_SPREAD))
        while self.feed.last < self.feed.head:
            answer = await self._read()
            if answer is None:
                return  # the next frame, or the next heartbeat, asks again
            self._take(answer)

    async def _read(self) -> dict[str, Any] | None:
        path = "/api/v1/{jurisdiction}/meetings/{meeting}/live".format(**self.asked)
        request = f"GET {path}?after={self.feed.last}&limit={WINDOW} HTTP/1.0\r\nHost: {self.where.netloc}\r\n\r\n"
        with suppress(OSError, ValueError):
            reader, writer = await asyncio.open_connection(self.where.hostname, self.where.port)
            writer.write(request.encode())
            head, _, body = (await reader.read()).partition(b"\r\n\r\n")
            writer.close()
            return dict(_parsed(body)) if b" 200 " in head[:20] else None
        return None


class Followers:
    """Many readers, and how far they have come."""

    def __init__(self, urls: Iterable[str], asked: dict[str, Any], count: int) -> None:
        chance, where = random.Random(count), list(urls)  # noqa: S311 — spreads reconnects, protects nothing
        self.all = [Follower(where[n % len(where)], asked, chance) for n in range(count)]
        self._stop = threading.Event()

    @contextmanager
    def reading(self, patience: float = 60.0) -> Iterator[Followers]:
        """They read while the body runs; all have joined once when it begins.

        Raises:
            TimeoutError: they did not come in.
        """
        thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="followers", daemon=True)
        thread.start()
        try:
            if not self.wait(lambda: all(one.met for one in self.all), patience):
                raise TimeoutError(f"{sum(not one.met for one in self.all)} readers did not come in")
            yield self
        finally:
            self._stop.set()
            thread.join()

    async def _run(self) -> None:
        tasks = [asyncio.ensure_future(one.run()) for one in self.all]
        await asyncio.to_thread(self._stop.wait)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wait(self, ready: Callable[[], bool], patience: float) -> bool:
        """Whether something is so within that many seconds."""
        end = time.monotonic() + patience
        while not ready() and time.monotonic() < end:
            time.sleep(0.02)
        return ready()

    def reach(self, seq: int, patience: float) -> bool:
        """Whether all have this line within that many seconds."""
        return self.wait(lambda: all(one.feed.last >= seq for one in self.all), patience)

    def delay(self, at: dict[int, float]) -> float:
        """The longest time, in seconds, from a line's acknowledgement (its number → the moment) until all had it."""
        waited = [_since(one.came, seq) - moment for seq, moment in at.items() for one in self.all]
        return max(waited, default=0.0)

    def unlike(self, record: dict[str, Any], after: int = 0) -> int:
        """How many have another text or another digest than the record, or not all of it."""
        true = hashlib.sha256()
        for event in record["events"]:
            if event["seq"] > after:
                true.update(line(event))
        standing = (record["count"], record["digest"], true.hexdigest())
        return sum((one.feed.last, one.feed.digest, one.feed.sum) != standing for one in self.all)


def _since(came: list[tuple[int, float]], seq: int) -> float:
    """From when on a reader had this line; before anything was, if it never had."""
    place = bisect.bisect_left(came, (seq, 0.0))
    return came[place][1] if place < len(came) else 0.0
