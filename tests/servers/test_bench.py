"""The benchmarks for real: few readers for a second or two, and an end in the middle."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from core.bench import processes
from tests.serving import wait_for

pytestmark = [pytest.mark.server, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
BACKGROUND = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")
"""Starts a command as a shell starts its background jobs: with Ctrl-C ignored."""
MARK = "test"
Bench = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Start a benchmark; killed at the end."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        command = [
            *BACKGROUND,
            sys.executable,
            "-m",
            "core.cli",
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


def measured(bench: Bench, *words: str) -> dict[str, Any]:
    process = bench(*words, "--json")
    out, errors = process.communicate(timeout=180)
    assert process.returncode == 0, errors
    result: dict[str, Any] = json.loads(out)
    return result


def faults(phase: dict[str, Any]) -> tuple[int, int, int]:
    return phase["lost"], phase["doubled"], phase["dropped"]


def test_every_reader_has_every_line_whatever_goes_on_beside(bench: Bench, tmp_path: Path) -> None:
    result = measured(bench, "bench", "embedded", "--viewers", "5", "--rate", "5", "--seconds", "2")
    ours, peer = result["rows"]
    assert (ours["name"], peer["name"]) == ("Mingtang", "Flask-SocketIO")
    assert list(ours["phases"]) == ["quiet", "pages", "import", "export"]
    for phase in (*ours["phases"].values(), *peer["phases"].values()):
        assert faults(phase["latency"]) == (0, 0, 0)
        assert phase["latency"]["count"] == phase["due"] == 50
    assert ours["phases"]["pages"]["pages"]["all"]["count"] >= 9
    assert all(ours["phases"][name]["works_done"] >= 1 for name in ("import", "export"))
    assert not list(tmp_path.glob("mingtang-bench-*"))


def test_the_fan_out_is_measured_beside_its_peers(bench: Bench, tmp_path: Path) -> None:
    """The official Node.js server has to be fetched first, so it is not measured here."""
    servers = ("mingtang", "ours", "flask", "floor")
    chosen = [word for name in (*servers, "two") for word in ("--server", name)]
    drawing = tmp_path / "live.svg"
    result = measured(bench, "bench", "live", "--viewers", "8", "--seconds", "1", "--picture", str(drawing), *chosen)
    assert [row["key"] for row in result["rows"]] == list(servers)
    assert result["missing"] == []
    for row in result["rows"]:
        phases = [*row["rates"].values(), row["saturation"]]
        assert [faults(phase) for phase in phases] == [(0, 0, 0)] * 3, row["server"]
        assert (row["rates"]["5"]["count"], row["rates"]["20"]["count"]) == (40, 160)
        assert row["saturation"]["per_second"] > 0
    shared = result["two_processes"]
    assert [[shared[one][rate]["count"] for rate in ("5", "20")] for one in ("one", "two")] == [[40, 160]] * 2
    assert [faults(shared[one][rate]) for one in ("one", "two") for rate in ("5", "20")] == [(0, 0, 0)] * 4
    assert set(result["ratios"]) == {
        "saturation_vs_floor", "two_processes_vs_one_at_5", "two_processes_vs_one_at_20",
    }  # fmt: skip
    told = ET.parse(drawing).getroot().findtext("{http://www.w3.org/2000/svg}desc") or ""
    assert all(told.count(row["server"]) >= 3 for row in result["rows"]), told
    assert not list(tmp_path.glob("mingtang-bench-*"))


def test_the_readers_without_a_compiler_see_the_same(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "/nowhere")
    result = measured(bench, "live", "size", "--most", "250", "--seconds", "1")
    assert [(step["viewers"], step["rate"]) for step in result["steps"]] == [(250, 5), (250, 20)]
    assert set(result["holds"]) == {"5", "20"}
    assert "compiler" in result["notes"][0]


def test_ctrl_c_ends_it_with_everything_it_started(bench: Bench, tmp_path: Path) -> None:
    process = bench("bench", "embedded", "--viewers", "2", "--seconds", "600")
    wait_for(lambda: bool(servers(tmp_path)))
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors.strip()) == (130, "mingtang: stopped.")
    wait_for(lambda: not servers(tmp_path))  # a worker that was being started ends a moment after its parent
    assert not list(tmp_path.glob("mingtang-bench-*"))


def test_an_end_in_the_middle_of_a_start_forgets_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[str]] = []

    class Interrupted(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *words: Any, **how: Any) -> None:
            super().__init__(*words, **how)
            started.append(self)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    monkeypatch.setattr(secrets, "token_hex", lambda _size: MARK)
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.2)  # then what it has started is killed
    with pytest.raises(KeyboardInterrupt), processes.child("sh", "-c", "setsid sleep 60 & exec sleep 60"):
        pytest.fail("it was told to end")
    assert [child.returncode for child in started] == [-signal.SIGTERM]
    assert processes.marked(MARK) == []
