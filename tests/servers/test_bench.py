"""`bench live` for real: few readers for two seconds, and its end in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving import wait_for

pytestmark = [pytest.mark.server, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
BACKGROUND = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")
"""Starts a command as a shell starts its background jobs: with Ctrl-C ignored."""
Bench = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Start `bench live`; killed at the end."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        command = [
            *BACKGROUND,
            sys.executable,
            "-m",
            "core.cli",
            "bench",
            "live",
            *words,
            "--data",
            str(tmp_path / "data"),
        ]
        environ = os.environ | {"TMPDIR": str(tmp_path)}
        started.append(
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def servers(tmp_path: Path) -> list[Path]:
    """Processes that work in the benchmark's temporary folder."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"serve" in words and any(str(tmp_path / "mingtang-bench-").encode() in word for word in words):
            found.append(folder)
    return found


def test_every_reader_has_every_line_once_and_in_order(bench: Bench, tmp_path: Path) -> None:
    process = bench("--viewers", "5", "--rate", "5", "--seconds", "2", "--json")
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    result: dict[str, Any] = json.loads(out)
    for row in result["rows"]:
        assert (row["lost"], row["doubled"], row["disordered"], row["dropped"]) == (0, 0, 0, 0), row["name"]
        for phase in row["phases"].values():
            assert phase["latency"]["count"] == phase["due"] == 50
        assert row["phases"]["pages"]["pages"]["all"]["count"] >= 9
    assert [row["name"] for row in result["rows"]] == ["Mingtang", "Flask-SocketIO"]
    assert all(value > 0 for name, value in result["ratios"].items() if not name.startswith("memory"))
    assert not list(tmp_path.glob("mingtang-bench-*"))


def test_ctrl_c_ends_it_with_everything_it_started(bench: Bench, tmp_path: Path) -> None:
    process = bench("--viewers", "2", "--seconds", "600")
    wait_for(lambda: bool(servers(tmp_path)))
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors.strip()) == (130, "mingtang: stopped.")
    wait_for(lambda: not servers(tmp_path))  # a worker that was being started ends a moment after its parent
    assert not list(tmp_path.glob("mingtang-bench-*"))
