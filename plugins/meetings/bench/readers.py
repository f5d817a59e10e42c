"""The readers of a measurement: the C program where there is a compiler, else a slower one in Python, both as a child.

Both take commands as lines and answer JSON (native/readers.c describes them); the Python one knows neither `rate` nor
`saturate`, which need a publisher as fast as what is measured.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from core.bench.processes import ask, child

NATIVE = Path(__file__).with_name("native")
NO_COMPILER = "Without a C compiler the readers were slow ones; install gcc and try again for the true figure."
FLAGS = ("-std=gnu11", "-O2", "-Wall", "-Wextra")


@dataclass(frozen=True)
class Readers:
    """A running set of readers."""

    process: subprocess.Popen[str]

    def connect(self, port: int, count: int, join: dict[str, Any] | None, *, raw: bool = False) -> dict[str, Any]:
        """Open them: joined, failed, seconds, p50 and p99 in ms. `join` is the request, None where there is none.

        Raises:
            click.ClickException: a reader was turned away.
        """
        packet = "42/live,0" + json.dumps(["join", join], separators=(",", ":")) if join else ""
        met = self._ask(f"connect {port} {count} {min(count, 100)} {'raw' if raw else 'sio'} {packet}".rstrip())
        if met["failed"]:
            raise click.ClickException(f"{met['failed']} of {count} readers could not join.")
        return met

    def phase(self) -> None:
        """Begin measuring anew."""
        self._ask("phase")

    def reach(self, seq: int) -> bool:
        """Wait until every reader has this line."""
        return bool(self._ask(f"reach {seq}")["reached"])

    def result(self) -> dict[str, Any]:
        """Since `phase`: count, p50 to max in ms, lost, doubled, own share of a core; since the start: dropped."""
        return self._ask("result")

    def rate(self, per_second: float, seconds: float) -> dict[str, Any]:
        """Publish to a relay at planned moments; the result."""
        return self._ask(f"rate {per_second} {seconds}")

    def saturate(self, seconds: float, window: int) -> dict[str, Any]:
        """Publish to a relay as fast as all take it; `per_second` is what reached readers."""
        return self._ask(f"saturate {seconds} {window}")

    def _ask(self, command: str) -> dict[str, Any]:
        return ask(self.process, command)


def compiler() -> str | None:
    """The C compiler of this machine, or the one that CC names."""
    named = os.environ.get("CC")
    if named is not None:
        return shutil.which(named)
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


@contextmanager
def built(name: str) -> Iterator[str]:
    """A C program of `native/`, built for this run.

    Raises:
        click.ClickException: there is no compiler, or it says why not.
    """
    cc = compiler()
    if cc is None:
        raise click.ClickException(
            "This benchmark builds its readers and needs a C compiler: apt-get install gcc libc6-dev"
        )
    with tempfile.TemporaryDirectory(prefix="mingtang-bench-") as folder:
        program = str(Path(folder) / name)
        made = subprocess.run([cc, *FLAGS, "-o", program, str(NATIVE / f"{name}.c")], capture_output=True, text=True)  # noqa: S603, PLW1510
        if made.returncode:
            raise click.ClickException(f"{name}.c could not be built: {made.stderr.strip()}")
        yield program


@contextmanager
def native_readers(core: int | None = None) -> Iterator[Readers]:
    """The C program, pinned to a core where one is named."""
    with built("readers") as program, child(program, core=core) as process:
        yield Readers(process)


@contextmanager
def any_readers() -> Iterator[Readers]:
    """The C program or, without a compiler, the Python one."""
    if compiler():
        with native_readers() as readers:
            yield readers
    else:
        with child(sys.executable, "-m", "plugins.meetings.bench.viewers") as process:
            yield Readers(process)
