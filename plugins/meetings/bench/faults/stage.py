"""What scenarios with one server have in common: it is started, watched and asked while something else goes on."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from core.bench.processes import memory_mb
from plugins.meetings.bench.faults.table import Figures, Place
from plugins.meetings.bench.sites import Process, Site
from plugins.meetings.bench.targets import Target, of_site

RATE = 5
"""Lines a second where a scenario measures how long they take."""
PATIENCE = 60.0


@contextmanager
def served(place: Place) -> Iterator[tuple[Site, Process, Target]]:
    """One server with a meeting in session, ended in its own way."""
    server = place.site.start("run", "web", "--port", "0").ready()
    place.site.open_meeting(server.url)
    yield place.site, server, of_site(place.site, server)
    server.end()


@contextmanager
def peak(pid: int) -> Iterator[Callable[[], float]]:
    """The most memory a process had while the body ran, in MB above what it had before."""
    before, stop = memory_mb(pid), threading.Event()
    most = before

    def watch() -> None:
        nonlocal most
        while not stop.wait(0.05):
            most = max(most, memory_mb(pid))

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield lambda: max(most, memory_mb(pid)) - before
    finally:
        stop.set()
        watching.join()


@contextmanager
def beside(work: Callable[[], object], seconds: float) -> Iterator[None]:
    """Do something every so many seconds while the body runs."""
    stop = threading.Event()

    def repeat() -> None:
        while not stop.wait(seconds):
            work()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(repeat)
        try:
            yield
        finally:
            stop.set()
    running.result()


def missed(phase: dict[str, Any], due: int) -> Figures:
    """What good readers missed."""
    return {"lost": phase["lost"] + max(0, due - phase["count"]), "cut_off": phase["dropped"]}


def until(done: Callable[[], bool], seconds: float) -> float:
    """When it was so, or the end of patience."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.05)
    return time.monotonic()


def page(target: Target, took: list[float]) -> None:
    """Open a page as a newcomer does, and note the milliseconds."""
    began = time.monotonic()
    connection = http.client.HTTPConnection(*target.address, timeout=PATIENCE)
    connection.request("GET", target.pages[len(took) % len(target.pages)])
    connection.getresponse().read()
    connection.close()
    took.append((time.monotonic() - began) * 1000)
