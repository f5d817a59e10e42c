"""Two live processes with Redis beside one alone: what it costs to share a crowd, in processor time for a message.

All of them have one core together, Redis counts with them, lines come in at the first. What a second process adds for
each line is a hint through Redis and a look at the database of its own.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

from core.bench.processes import cores, cpu_seconds, family, settle
from plugins.meetings.bench.faults.outside import Redis, redis_server
from plugins.meetings.bench.pace import paced
from plugins.meetings.bench.readers import Readers, native_readers
from plugins.meetings.bench.sites import Process, Site, site
from plugins.meetings.bench.targets import of_site

RATES = (5, 20)


def compare(viewers: int, seconds: float) -> dict[str, Any]:
    """The same crowd at one process and shared by two; `us_per_message` of each rate, and two by one.

    Raises:
        click.ClickException: something did not start, or Redis is not here.
    """
    with redis_server() as redis:
        one, two = _measure(1, None, viewers, seconds), _measure(2, redis, viewers, seconds)
    ratios = {rate: round(two[rate]["us_per_message"] / one[rate]["us_per_message"], 2) for rate in one}
    return {"viewers": viewers, "one": one, "two": two, "ratios": ratios}


def _measure(count: int, redis: Redis | None, viewers: int, seconds: float) -> dict[str, Any]:
    core, beside = cores()
    with ExitStack() as ends:
        here = ends.enter_context(site(**({"REDIS_URL": redis.url} if redis else {})))
        lives = [here.start("run", "live", "--port", "0", core=core).ready() for _ in range(count)]
        here.open_meeting(lives[0].url)
        for live in lives:
            settle(live.pid)
        crowds = [ends.enter_context(native_readers(beside)) for _ in lives]
        for live, readers in zip(lives, crowds, strict=True):
            readers.connect(int(urlsplit(live.url).port or 80), viewers // count, here.join(live.url))
        pids = [pid for live in lives for pid in family(live.pid)] + ([redis.pid] if redis else [])
        return {str(rate): _at(rate, here, lives[0], crowds, pids, seconds) for rate in RATES}


def _at(
    rate: int, here: Site, first: Process, crowds: list[Readers], pids: list[int], seconds: float
) -> dict[str, Any]:
    writer = of_site(here, first).writer
    assert writer is not None
    write, before = writer(), sum(map(cpu_seconds, pids))
    for readers in crowds:
        readers.phase()
    last = paced(write, rate, seconds)
    for readers in crowds:
        readers.reach(last)
    spent = sum(map(cpu_seconds, pids)) - before
    results = [readers.result() for readers in crowds]
    total = {name: sum(one[name] for one in results) for name in ("count", "lost", "doubled", "dropped")}
    worst = max(one["p99"] for one in results)
    return total | {"p99": worst, "us_per_message": round(spent * 1e6 / max(total["count"], 1), 2)}
