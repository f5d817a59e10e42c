"""`bench embedded`: one process and one worker as `serve` runs them; readers follow while other things go on beside.

First quiet, then while newcomers open pages, then while a long list is imported too, then while a record is set as PDF.
"""

from __future__ import annotations

import http.client
import secrets
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from core.bench.processes import cpu_seconds, family, machine, prepare
from plugins.meetings.bench.pace import line
from plugins.meetings.bench.readers import NO_COMPILER, Readers, any_readers, compiler
from plugins.meetings.bench.targets import Target, mingtang, numbering_relay
from plugins.meetings.replay.client import ReplayError

PAGE_RATE = 6.0
"""Pages a second while pages are read, over all pages of a target."""
PHASES = ("quiet", "pages", "import", "export")
"""`import` and `export` have page readers beside them too."""
Tick = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """How much is measured; each phase takes `seconds`."""

    viewers: int
    rate: float
    seconds: float

    @property
    def lines(self) -> int:
        """Lines a phase."""
        return max(1, round(self.rate * self.seconds))


def run(plan: Plan, tick: Tick) -> dict[str, Any]:
    """Measure the product and its peer one after the other; `tick` is called before each phase.

    Raises:
        click.ClickException, ReplayError: something did not start or answer.
    """
    prepare()
    rows = []
    for start in (mingtang, numbering_relay):
        with start() as running:
            rows.append(_measure(running, plan, tick))
    notes = [] if compiler() else [NO_COMPILER]
    return {"plan": asdict(plan), "machine": machine(), "rows": rows, "notes": notes}


def _measure(target: Target, plan: Plan, tick: Tick) -> dict[str, Any]:
    for path in target.pages:  # the first reader of the day pays for reading the templates; he is not measured
        _open_page(target, path)
    phases: dict[str, Any] = {}
    with any_readers() as readers:
        readers.connect(int(target.address[1]), plan.viewers, target.join)
        for name in PHASES:
            if name in {"quiet", "pages", *target.works}:
                tick(f"{target.name}: {name}")
                phases[name] = _phase(target, readers, plan, name)
    return {"name": target.name, "phases": phases}


def _phase(target: Target, readers: Readers, plan: Plan, name: str) -> dict[str, Any]:
    work = target.works.get(name)
    if work:
        work()  # the first one prepares; it is not measured
    web, *others = family(target.process.pid)
    before, others_before = cpu_seconds(web), sum(map(cpu_seconds, others))
    with _page_readers(target, on=name != "quiet") as pages, _repeated(work) as done:
        readers.phase()
        last, written = _write(target, plan)
        reached = readers.reach(last)
        lines = readers.result()
    return {
        "lines": plan.lines,
        "due": plan.lines * plan.viewers,
        "all_reached": reached,
        "latency": lines,
        "written": written,
        "pages": pages(),
        "works_done": done(),
        "cpu_seconds": round(cpu_seconds(web) - before, 2),
        "worker_cpu_seconds": round(sum(map(cpu_seconds, others)) - others_before, 2),
    }


@contextmanager
def _repeated(work: Callable[[], None] | None) -> Iterator[Callable[[], int]]:
    """Carry `work` out again and again beside; afterwards: how often it was done."""
    stop, done = threading.Event(), 0

    def repeat() -> int:
        nonlocal done
        while work and not stop.is_set():
            work()
            done += 1
        return done

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(repeat)
        try:
            yield running.result
        finally:
            stop.set()


def _write(target: Target, plan: Plan) -> tuple[int, dict[str, float]]:
    """Write at the planned moments, whatever the answers take; the last line's number and how long answers took."""
    assert target.writer is not None
    write, start, seq, took = target.writer(), time.monotonic_ns(), 0, []
    for number in range(plan.lines):
        due = start + int(number * 1e9 / plan.rate)
        _sleep_until(due)
        seq = write(line(due), secrets.token_hex(16))
        took.append((time.monotonic_ns() - due) / 1e6)
    return seq, summary(took)


def _sleep_until(due: int) -> None:
    time.sleep(max(0, due - time.monotonic_ns()) / 1e9)


@contextmanager
def _page_readers(target: Target, *, on: bool) -> Iterator[Callable[[], dict[str, Any]]]:
    """A newcomer opens each page in turn, PAGE_RATE times a second over all; afterwards: the times by page."""
    stop, futures = threading.Event(), {}
    with ThreadPoolExecutor(len(target.pages)) as pool:
        if on:
            every = len(target.pages) / PAGE_RATE
            futures = {
                path: pool.submit(_read_pages, target, path, every, place / PAGE_RATE, stop)
                for place, path in enumerate(target.pages)
            }
        try:
            yield lambda: _by_page(futures)
        finally:
            stop.set()


def _read_pages(target: Target, path: str, every: float, after: float, stop: threading.Event) -> list[float]:
    took, due = [], time.monotonic() + after
    while not stop.wait(max(0.0, due - time.monotonic())):
        _open_page(target, path)
        took.append((time.monotonic() - due) * 1000)
        due += every
    return took


def _open_page(target: Target, path: str) -> None:
    """On a connection of its own, as a newcomer does."""
    with closing(http.client.HTTPConnection(*target.address, timeout=30)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
    if answer.status != 200:
        raise ReplayError(f"{target.name} answered {answer.status} for {path}.")


def _by_page(futures: dict[str, Future[list[float]]]) -> dict[str, Any]:
    times = {path: future.result() for path, future in futures.items()}
    every = [value for values in times.values() for value in values]
    return {"all": summary(every), **{path: summary(values) for path, values in times.items()}} if every else {}


def summary(milliseconds: list[float]) -> dict[str, float]:
    """Count and percentiles."""
    ordered = sorted(milliseconds)
    last = len(ordered) - 1
    return {
        "count": len(ordered),
        "p50": round(statistics.median(ordered), 2),
        "p99": round(ordered[min(int(len(ordered) * 0.99), last)], 2),
        "max": round(ordered[-1], 2),
    }


def sound(result: dict[str, Any]) -> bool:
    """Every reader of the product has every line, once, in order."""
    phases = [phase["latency"] for phase in result["rows"][0]["phases"].values()]
    return not any(phase[fault] for phase in phases for fault in ("lost", "doubled", "dropped"))
