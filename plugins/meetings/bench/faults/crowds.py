"""R6 and R7: a crowd that follows for long, and a crowd whose server goes and comes back."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from core.bench.processes import memory_mb
from plugins.meetings.bench.fanout import at_rate
from plugins.meetings.bench.faults.ending import ended
from plugins.meetings.bench.faults.followers import Followers
from plugins.meetings.bench.faults.stage import PATIENCE, RATE, missed, served
from plugins.meetings.bench.faults.table import Figures, Place
from plugins.meetings.bench.faults.writers import Book, Caller, Writers
from plugins.meetings.bench.readers import any_readers
from plugins.meetings.bench.sites import Process, Site

WARM = 0.1
"""Share of the time after which a process has what it needs; from then on its memory stays as it is."""
READS = re.compile(r'(?m)^mingtang_requests_total\{endpoint="[^"]*live[^"]*",method="GET",status="200"\} ([\d.]+)$')
"""Catch-up over HTTP that reached the application."""


def steady(place: Place, *, readers: int, seconds: float) -> Figures:
    """R6: every line reaches every reader in time, and the process does not grow."""
    with served(place) as (_, server, target), any_readers() as crowd:
        crowd.connect(int(target.address[1]), readers, target.join)
        at_rate(target, crowd, RATE, seconds * WARM)
        before = memory_mb(server.pid)
        phase = at_rate(target, crowd, RATE, seconds * (1 - WARM))
        after = memory_mb(server.pid)
    due = round(RATE * seconds * (1 - WARM))
    return {
        "lines": due, "p50_ms": phase["p50"], "p99_ms": phase["p99"], "doubled": phase["doubled"],
        **missed(phase, due * readers),
        "memory_mb": round(after), "drift_percent": round(max(0.0, after / before - 1) * 100, 1),
    }  # fmt: skip


def server_restarted(place: Place, *, readers: int, missed: int, ends: Sequence[str]) -> Figures:
    """R7: all come back at once for the same lines, which are read once; after a death, after a planned end."""
    site = place.site
    starting = [site.start("run", "web", "--port", "0") for _ in range(2)]
    crowded, other = (process.ready() for process in starting)
    site.open_meeting(other.url)
    followers = Followers([crowded.url], site.join(other.url), readers)
    slowest, reads, book = 0.0, 0.0, Book()
    with followers.reading(PATIENCE):
        for turn, end in enumerate(ends):
            crowded.end(signal.Signals[end])
            work = Writers(site, [other.url], lines=missed, first=turn * missed, book=book)
            with work.working(1):
                pass
            crowded = _again(site, crowded)
            began = time.monotonic()
            followers.reach(max(book.at), PATIENCE)
            slowest, reads = max(slowest, time.monotonic() - began), max(reads, _reads(crowded.url))
        figures = ended(site, other.url, work, followers)
    return figures | {"back_s": round(slowest, 1), "reads": reads, "lines": len(book.at)}


def _again(site: Site, server: Process) -> Process:
    """Start it anew on its port."""
    return site.start("run", "web", "--port", str(urlsplit(server.url).port)).ready()


def _reads(url: str) -> float:
    return sum(float(count) for count in READS.findall(Caller(url).ask("GET", "/metrics").body.decode()))
