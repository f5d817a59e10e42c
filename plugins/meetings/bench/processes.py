"""Child processes of a benchmark and what they cost, by Linux's /proc."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).parents[3]
TICKS = os.sysconf("SC_CLK_TCK")
STOP_SECONDS = 10.0
LOG_LINES = 20
OURS = ("MINGTANG_", "DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")


def prepare() -> None:
    """Refuse where /proc does not tell what a process costs; let children open as many sockets as is allowed.

    Raises:
        click.ClickException.
    """
    if not Path("/proc/self/stat").exists():
        raise click.ClickException("The benchmark measures through /proc and so runs on Linux only.")
    # However it is ended, its children end with it; a shell's background job begins with SIGINT ignored.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@contextlib.contextmanager
def child(*words: str, core: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """A process with both pipes, without this installation's settings; ended with its children afterwards.

    It and its children stay on `core`, where one is named. What it logs is shown when the measurement fails, and
    forgotten otherwise.
    """
    environ = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=ROOT,
            env=environ | {"PYTHONUNBUFFERED": "1"},
            start_new_session=True,  # Ctrl-C comes to the benchmark alone, which ends its children in order
        )
        if core is not None:
            os.sched_setaffinity(process.pid, {core})  # before it has started anything of its own
        try:
            yield process
        except Exception:
            log.seek(0)
            lines = [line for line in log.read().decode().splitlines() if '"level": "info"' not in line]
            click.echo("\n".join(lines[-LOG_LINES:]), err=True)
            raise
        finally:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """With its children: a worker that is just being started notices a moment later, and writes until then."""
    others = family(process.pid)[1:]
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
    while any(map(_runs, others)) and time.monotonic() < deadline:
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    """A process that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


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


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


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
