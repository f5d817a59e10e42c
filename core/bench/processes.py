"""Child processes of a benchmark and what they cost, by Linux's /proc."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import resource
import secrets
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click

ROOT = Path(__file__).parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
STOP_SECONDS = 10.0
SETTLE_SECONDS, SETTLE_STEP, IDLE_SHARE = 15.0, 0.5, 0.05
KILLED_SECONDS = 10.0
"""A killed process is gone a moment later; on a busy machine, several."""
LOG_LINES = 20
OURS = ("MINGTANG_", "DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")
MARK = "BENCH_CHILD"
"""In the environment of a child and of all it starts, however far they get away from it."""
ENDING = (signal.SIGINT, signal.SIGTERM)


def prepare() -> None:
    """Refuse where /proc does not tell what a process costs; let children open as many sockets as is allowed.

    Raises:
        click.ClickException.
    """
    if not Path("/proc/self/stat").exists():
        raise click.ClickException("The benchmark measures through /proc and so runs on Linux only.")
    # However it is ended, its children end with it; a shell's background job begins with SIGINT ignored.
    for number in ENDING:
        signal.signal(number, signal.default_int_handler)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """An end in here comes when all is in its place: a child in the middle of its start would be forgotten."""
    if threading.current_thread() is not threading.main_thread():
        yield  # no signal comes to this one
        return
    asked: list[int] = []
    before = {number: signal.signal(number, lambda got, _frame: asked.append(got)) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if asked:
        raise KeyboardInterrupt


@contextlib.contextmanager
def child(
    *words: str, core: int | None = None, log: IO[bytes] | None = None, **environ: str
) -> Iterator[subprocess.Popen[str]]:
    """A process with both pipes, without this installation's settings; ended with all it started afterwards.

    It and its children stay on `core`, where one is named. What it logs is shown when the measurement fails, and
    forgotten otherwise, unless a file is given for it.
    """
    mark = secrets.token_hex(8)
    with contextlib.ExitStack() as ends:
        log = log or ends.enter_context(tempfile.TemporaryFile())
        with held_back():
            process = subprocess.Popen(  # noqa: S603
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=ROOT,
                env=clean() | {"PYTHONUNBUFFERED": "1", MARK: mark} | environ,
                start_new_session=True,  # Ctrl-C comes to the benchmark alone, which ends its children in order
            )
            ends.callback(_end, process, mark)
        if core is not None:
            os.sched_setaffinity(process.pid, {core})  # before it has started anything of its own
        try:
            yield process
        except Exception:
            log.seek(0)
            lines = [line for line in log.read().decode().splitlines() if '"level": "info"' not in line]
            click.echo("\n".join(lines[-LOG_LINES:]), err=True)
            raise


def clean() -> dict[str, str]:
    """The environment without this installation's settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def _end(process: subprocess.Popen[str], mark: str) -> None:
    """With everything it started: a worker in the middle of its start notices a moment later, and writes until then."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
    deadline = time.monotonic() + STOP_SECONDS
    while (left := marked(mark)) and time.monotonic() < deadline + KILLED_SECONDS:
        for pid in left if time.monotonic() > deadline else ():  # again each time: it may just have started another
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def marked(mark: str) -> list[int]:
    """The processes with this mark; one that has ended and waits to be collected has none."""
    wanted, found = f"{MARK}={mark}\0".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found


def ask(process: subprocess.Popen[str], command: str) -> dict[str, Any]:
    """Send a child one line and take one of JSON back.

    Raises:
        click.ClickException: it has ended; its own words stand above.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(command + "\n")
        process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise click.ClickException("The benchmark's readers have ended before their time.")
    answer: dict[str, Any] = json.loads(line)
    return answer


def cores() -> tuple[int | None, int | None]:
    """One core for the server, another for the readers; None twice where there is only one."""
    mine = sorted(os.sched_getaffinity(0))
    return (mine[0], mine[1]) if len(mine) > 1 else (None, None)


def family(pid: int) -> list[int]:
    """A process and those it has started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [pid, *(int(child_pid) for task in tasks for child_pid in task.read_text().split())]


def cpu_seconds(pid: int) -> float:
    """Processor time a process has used so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def settle(pid: int) -> None:
    """Wait until a process and those it has started have nothing left to do of their start, within reason."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        before = sum(map(cpu_seconds, family(pid)))
        time.sleep(SETTLE_STEP)
        if sum(map(cpu_seconds, family(pid))) - before <= SETTLE_STEP * IDLE_SHARE:
            return


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def sockets(pid: int) -> int:
    """How many a process holds."""
    found = 0
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found += str(descriptor.readlink()).startswith("socket:")
    return found


def threads(pid: int) -> int:
    """How many a process runs."""
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    total = int(Path("/proc/meminfo").read_text().split()[1]) / 1024 / 1024
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": models[0].partition(":")[2].strip() if models else platform.machine(),
        "memory_gb": round(total, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }
