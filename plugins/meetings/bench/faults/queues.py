"""R12 and R13: many write at once, in several processes on one database; each waits for his turn, nobody is refused."""

from __future__ import annotations

from plugins.meetings.bench.faults.ending import ended
from plugins.meetings.bench.faults.followers import Followers
from plugins.meetings.bench.faults.table import Figures, Place
from plugins.meetings.bench.faults.writers import Writers

READERS = 2
"""One at each of the first processes."""


def two_writers(place: Place, *, lines: int) -> Figures:
    """R12: two stenographers write one record, as fast as they can."""
    return _write(place, processes=2, writers=1, lines=lines)


def many_writers(place: Place, *, processes: int, writers: int, seconds: float) -> Figures:
    """R13: many more than one file was made for."""
    return _write(place, processes=processes, writers=writers, seconds=seconds)


def _write(place: Place, *, processes: int, writers: int, lines: int = 1_000_000, seconds: float = 0.0) -> Figures:
    """So many writers at each process, until each has said its lines or the time is over."""
    site = place.site
    running = [site.start("run", "web", "--port", "0") for _ in range(processes)]
    urls = [process.ready().url for process in running]
    site.open_meeting(urls[0])
    followers = Followers(urls, site.join(urls[0]), READERS)
    work = Writers(site, urls, lines=lines)
    with followers.reading():
        with work.working(processes * writers):
            if seconds:
                work.enough.wait(seconds)
                work.enough.set()
        figures = ended(site, urls[0], work, followers)
    return figures | {
        "errors": work.book.errors, "lines": len(work.book.acknowledged), "slowest_line_s": round(work.book.slowest, 2),
    }  # fmt: skip
