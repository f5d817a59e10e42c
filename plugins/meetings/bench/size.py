"""`live size`: how many readers this machine holds at which rate, tried out before an event.

The embedded default is started on fresh data beside whatever runs here, crowds of growing size join, and lines are
written at each rate. A crowd is held when nobody missed a line, nobody was cut off, and 99 of 100 deliveries came
within LIMIT_MS. The readers run on the same machine and take their share of it, so the true figure is rather higher.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from typing import Any

import click

from core.bench.processes import machine, memory_mb, prepare
from plugins.meetings.bench.fanout import at_rate
from plugins.meetings.bench.readers import NO_COMPILER, any_readers, compiler
from plugins.meetings.bench.targets import Target, mingtang

LIMIT_MS = 250
"""The promise for the embedded default: p99 of a line to a reader."""
RATES = (5, 20)
SMALLEST = 250
SPARE_FILES = 500
TOO_FEW_FILES = "The limit of open files (ulimit -n {files}) ended the trial, not the machine."


def crowds(most: int) -> Iterator[int]:
    """250, 500, 1,000 … and the most itself."""
    size = SMALLEST
    while size < most:
        yield size
        size *= 2
    yield most


def run(most: int, seconds: float, tell: Callable[[str], None]) -> dict[str, Any]:
    """Try crowds until one is not held at the lowest rate, or `most` is reached.

    Raises:
        click.ClickException, ReplayError: the server did not start or answer.
    """
    prepare()
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    steps: list[dict[str, Any]] = []
    holds = dict.fromkeys(RATES, 0)
    open_rates = list(RATES)
    for viewers in crowds(min(most, files - SPARE_FILES)):
        tell(f"{viewers:,} readers")
        with mingtang() as target:
            tried = list(_try(target, viewers, open_rates, seconds))
        steps += tried
        for step in tried:
            if step["verdict"] == "held":
                holds[step["rate"]] = viewers
        open_rates = [rate for rate in open_rates if holds[rate] == viewers]
        if not open_rates:
            break
    notes = [] if compiler() else [NO_COMPILER]
    if open_rates and most > files - SPARE_FILES:
        notes.append(TOO_FEW_FILES.format(files=files))
    return {"machine": machine(), "limit_ms": LIMIT_MS, "steps": steps, "holds": holds, "notes": notes}


def _try(target: Target, viewers: int, rates: list[int], seconds: float) -> Iterator[dict[str, Any]]:
    with any_readers() as readers:
        try:
            readers.connect(int(target.address[1]), viewers, target.join)
        except click.ClickException as no:
            yield {"viewers": viewers, "rate": rates[0], "p99": 0.0, "memory_mb": 0.0, "verdict": no.message}
            return
        for rate in rates:
            came = at_rate(target, readers, rate, seconds)
            yield {
                "viewers": viewers,
                "rate": rate,
                "p99": came["p99"],
                "memory_mb": memory_mb(target.process.pid),
                "verdict": _verdict(came, round(rate * seconds) * viewers),
            }


def _verdict(came: dict[str, Any], due: int) -> str:
    if came["dropped"]:
        return f"{came['dropped']} readers were cut off"
    if came["count"] < due:
        return f"{due - came['count']} deliveries did not come"
    return "held" if came["p99"] <= LIMIT_MS else f"slower than {LIMIT_MS} ms"
