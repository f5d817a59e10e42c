"""A process of the product that dies by its own hand, as by `kill -9`, when it comes to a point for the n-th time.

`BENCH_DIES_AT=core.db:Session.commit BENCH_DIES_AFTER=3 python -m plugins.meetings.bench.dying serve …`
"""

from __future__ import annotations

import importlib
import itertools
import os
import signal
from typing import Any

from core import cli

AT, AFTER = "BENCH_DIES_AT", "BENCH_DIES_AFTER"


def arm(point: str, passes: int) -> None:
    """Die instead of calling module:name the next time, once it was called so often."""
    module, _, names = point.partition(":")
    *owners, name = names.split(".")
    owner: Any = importlib.import_module(module)
    for one in owners:
        owner = getattr(owner, one)
    real, calls = getattr(owner, name), itertools.count()

    def call(*arguments: Any, **named: Any) -> Any:
        if next(calls) >= passes:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)

    setattr(owner, name, call)


def _run(rest: list[str]) -> int:
    """After the command line has patched what it serves with, before the application is made."""
    arm(os.environ[AT], int(os.environ[AFTER]))
    from core.commands import run

    return run(rest)


if __name__ == "__main__":
    cli._run = _run  # noqa: SLF001
    cli.main()
