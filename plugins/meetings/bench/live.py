"""The measurement: N readers follow, lines are written at a steady rate; then the same with page readers beside."""

from __future__ import annotations

import http.client
import secrets
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from plugins.meetings.bench.processes import ask, child, cpu_seconds, family, machine, memory_mb, prepare
from plugins.meetings.bench.targets import Target, flask_socketio, mingtang
from plugins.meetings.replay.client import ReplayError

TARGETS: tuple[Callable[[], AbstractContextManager[Target]], ...] = (mingtang, flask_socketio)
PAGE_RATE = 6.0
"""Pages a second while pages are read, over all pages of a target."""
PHASES = ("quiet", "pages")
TEXT = (
    "同意这个方案。请住建部门会后再到两个小区看一遍，把居民提出的施工时间、出行和噪声问题一并列入实施计划，月底前公布。"
)
Tick = Callable[[], None]


@dataclass(frozen=True)
class Plan:
    """How much is measured; each of the two phases takes `seconds`."""

    viewers: int
    rate: float
    seconds: float

    @property
    def lines(self) -> int:
        """Lines a phase."""
        return max(1, round(self.rate * self.seconds))

    @property
    def steps(self) -> int:
        """Lines over all phases and targets."""
        return self.lines * len(PHASES) * len(TARGETS)


def run(plan: Plan, tick: Tick) -> dict[str, Any]:
    """Measure the product and its peer one after the other; `tick` is called after each line.

    Raises:
        click.ClickException, ReplayError: something did not start or answer.
    """
    prepare()
    rows = []
    for target in TARGETS:
        with target() as running:
            rows.append(_measure(running, plan, tick))
    return {"plan": asdict(plan), "machine": machine(), "rows": rows, "ratios": ratios(*rows)}


def ratios(ours: dict[str, Any], peer: dict[str, Any]) -> dict[str, float]:
    """Ours by the peer's, below 1 is better; handshakes the other way round."""

    def share(ours: float, peer: float) -> float:
        return round(ours / peer, 2) if peer else 0.0

    mine, theirs = ours["phases"]["quiet"], peer["phases"]["quiet"]
    return {
        "p99_vs_flask_socketio": share(mine["latency"]["p99"], theirs["latency"]["p99"]),
        "cpu_vs_flask_socketio": share(mine["us_per_delivery"], theirs["us_per_delivery"]),
        "memory_vs_flask_socketio": share(ours["kb_per_viewer"], peer["kb_per_viewer"]),
        "handshakes_vs_flask_socketio": share(ours["handshakes_per_second"], peer["handshakes_per_second"]),
    }


def _measure(target: Target, plan: Plan, tick: Tick) -> dict[str, Any]:
    for path in target.pages:  # the first reader of the day pays for reading the templates; he is not measured
        _open_page(target, path)
    web, *others = family(target.process.pid)
    empty = memory_mb(web)
    with child("-m", "plugins.meetings.bench.viewers") as readers:
        host, port = target.address
        met = ask(readers, {"host": host, "port": port, "viewers": plan.viewers, "join": target.join})
        full = memory_mb(web)
        phases = {}
        for name in PHASES:
            before, others_before = cpu_seconds(web), sum(map(cpu_seconds, others))
            with _page_readers(target, on=name == "pages") as pages:
                head, written = _write(target, plan, name, tick)
                reached = ask(readers, {"at": head})["reached"]
            spent, beside = cpu_seconds(web) - before, sum(map(cpu_seconds, others)) - others_before
            phases[name] = {
                "lines": plan.lines, "due": plan.lines * plan.viewers, "all_reached": reached, "written": written,
                "cpu_seconds": round(spent, 2), "worker_cpu_seconds": round(beside, 2),
                "us_per_delivery": round(spent * 1e6 / (plan.lines * plan.viewers), 1), "pages": pages(),
            }  # fmt: skip
        result = ask(readers, {"end": True})
    for name, latency in result.pop("latency").items():
        phases[name]["latency"] = latency
    return {
        "name": target.name, "phases": phases, **result,
        "handshakes_per_second": round(met["joined"] / met["seconds"], 1),
        "memory_mb": {"empty": round(empty, 1), "with_viewers": round(full, 1)},
        "kb_per_viewer": round((full - empty) * 1024 / plan.viewers, 1),
    }  # fmt: skip


def _write(target: Target, plan: Plan, phase: str, tick: Tick) -> tuple[int, dict[str, float]]:
    """Write at the planned moments, whatever the answers take; the last line's number and how long answers took."""
    start, seq, took = time.monotonic_ns(), 0, []
    for number in range(plan.lines):
        due = start + int(number * 1e9 / plan.rate)
        _sleep_until(due)
        seq = target.write(f"{TEXT}⟦{phase} {due}⟧", secrets.token_hex(16))
        took.append((time.monotonic_ns() - due) / 1e6)
        tick()
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
    ours = result["rows"][0]
    return not any(ours[fault] for fault in ("lost", "doubled", "disordered", "dropped"))
