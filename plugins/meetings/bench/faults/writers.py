"""Stenographers who write until every line is acknowledged, whatever happens to the server meanwhile."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from plugins.meetings.bench.sites import Site

AWAY = (OSError, http.client.HTTPException)
"""What a server that is gone looks like."""
AGAIN_SECONDS = 0.05
LONGEST = 30.0


@dataclass(frozen=True)
class Answer:
    """Of a server."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float = 0.0

    @property
    def data(self) -> Any:
        """The JSON in it."""
        return json.loads(self.body)


class Caller:
    """One kept connection, which says what comes back and tries nothing again."""

    def __init__(self, url: str, token: str = "") -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=LONGEST)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request; raises AWAY."""
        named = {name.replace("_", "-"): value for name, value in headers.items()} | self._headers
        if body is not None:
            named["Content-Type"] = "application/json"
        began = time.monotonic()
        try:
            self._connection.request(method, path, None if body is None else json.dumps(body), named)
            answer = self._connection.getresponse()
            return Answer(answer.status, dict(answer.headers), answer.read(), time.monotonic() - began)
        except AWAY:
            self._connection.close()
            raise

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()


@dataclass
class Book:
    """What a server has answered: lines it acknowledged, how often which status, what was no proper answer."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    at: dict[int, float] = field(default_factory=dict)
    """Number of a line → when it was acknowledged."""
    statuses: Counter[int] = field(default_factory=Counter)
    improper: list[str] = field(default_factory=list)
    away: int = 0
    """How often nobody answered."""
    slowest: float = 0.0
    """Seconds the longest answer took."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def errors(self) -> int:
        """Whatever was not done at the first try, so that a writer without our patience had seen it."""
        return self.away + sum(count for status, count in self.statuses.items() if status != 201)

    def note(self, answer: Answer, what: str) -> None:
        """Count an answer; errors other than a 503 that says when to come again are improper."""
        with self.lock:
            self.statuses[answer.status] += 1
            self.slowest = max(self.slowest, answer.seconds)
            if answer.status >= 500 and not (answer.status == 503 and answer.headers.get("Retry-After")):
                self.improper.append(f"{what}: {answer.status}")

    def nobody(self) -> None:
        """There was no answer at all."""
        with self.lock:
            self.away += 1

    def keep(self, text: str, seq: int) -> None:
        """A line was acknowledged."""
        with self.lock:
            self.acknowledged[text] = seq
            self.at[seq] = time.monotonic()


@dataclass
class Writers:
    """Several at once; each says its lines one after the other, each until it is acknowledged, with the same key."""

    site: Site
    urls: list[str]
    """Writer n writes to the n-th, in turn."""
    lines: int
    """Of each writer."""
    first: int = 0
    """Number of the first, where others have written before."""
    pause: float = 0.0
    """Seconds between two lines of one writer."""
    book: Book = field(default_factory=Book)
    enough: threading.Event = field(default_factory=threading.Event)
    """Set it to let each finish its line and end."""
    stopped: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def working(self, count: int) -> Iterator[list[Future[None]]]:
        """`count` of them write while the body runs, and to their end; an error in the body stops them."""
        with ThreadPoolExecutor(count) as pool:
            running = [pool.submit(self._work, number) for number in range(count)]
            try:
                yield running
            except BaseException:
                self.stopped.set()
                raise
        for one in running:
            one.result()

    def _work(self, writer: int) -> None:
        caller = Caller(self.urls[writer % len(self.urls)], self.site.tokens["writer"])
        for number in range(self.first, self.first + self.lines):
            if self.enough.is_set() or self.stopped.is_set():
                break
            self._say(caller, f"{writer}-{number}")
            if self.pause:
                self.enough.wait(self.pause)
        caller.close()

    def _say(self, caller: Caller, name: str) -> None:
        body = {"type": "speech", "speaker": "主持人", "text": f"第{name}行"}
        key = f"line-{self.site.meeting[:8]}-{name:>12}".replace(" ", "0")
        while not self.stopped.is_set():
            try:
                answer = caller.ask("POST", f"{self.site.live}/posts", body, Idempotency_Key=key)
            except AWAY:
                self.book.nobody()
                self.stopped.wait(AGAIN_SECONDS)
                continue
            self.book.note(answer, "a line")
            if answer.status in {200, 201}:
                self.book.keep(body["text"], answer.data["seq"])
                return
            if answer.status != 503:
                self.book.improper.append(f"a line: {answer.status} {answer.body[:200].decode(errors='replace')}")
                return
            self.stopped.wait(AGAIN_SECONDS)


def against(record: dict[str, Any], book: Book) -> dict[str, int]:
    """How a sealed record differs from what was acknowledged: lost, doubled, out of order."""
    events = [event for event in record["events"] if event["kind"] == "publish"]
    said = {event["text"]: event["seq"] for event in events}
    lost = sum(said.get(text) != seq for text, seq in book.acknowledged.items())
    numbers = [event["seq"] for event in record["events"]]
    turns: dict[str, list[int]] = {}
    for event in events:
        writer, _, number = event["text"].strip("第行").partition("-")
        turns.setdefault(writer, []).append(int(number))
    disorder = sum(numbers_of != sorted(numbers_of) for numbers_of in turns.values())
    return {
        "lost": lost,
        "doubled": len(events) - len(said),
        "out_of_order": disorder + (numbers != list(range(1, len(numbers) + 1))),
    }
