"""Real server processes: started on a free port, always ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.serving import ROOT, Server

APART = ("-p", "no:cacheprovider", "-o", "faulthandler_timeout=300", "-o", "faulthandler_exit_on_timeout=true")
SUITE_PATIENCE = 1500
"""Seconds until a run counts as hung."""
TOLD = "told"


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers: `serve()`, `serve("demo")`, `serve(data=folder)`; all are killed at the end."""
    started: list[Server] = []

    def start(command: str = "serve", *arguments: str, data: Path | None = None, **environ: str) -> Server:
        started.append(Server(data or tmp_path / "data", command, *arguments, **environ))
        return started[-1]

    yield start
    for server in started:
        server.end(signal.SIGKILL)


@pytest.fixture
def suite_passes(tmp_path: Path, tell: Callable[[str], None]) -> Callable[..., None]:
    """Run a part of this suite in a process of its own: `suite_passes("on Redis", "not embedded", "tests/core", X="1")`.

    Nothing of the run around it is touched. A test that hangs ends it with the stacks of all threads; what it has said
    stands in the failure, its closing line at the end of the whole run.
    """

    def run(where: str, chosen: str, *parts: str, **environ: str) -> None:
        said = tmp_path / "said"
        with said.open("w") as file:
            suite = subprocess.Popen(
                [sys.executable, "-m", "pytest", "-q", "-m", chosen, *APART, *parts],
                cwd=ROOT,
                env=os.environ | {"HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path)} | environ,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
            try:
                code = suite.wait(SUITE_PATIENCE)
            except subprocess.TimeoutExpired:
                suite.kill()
                code = suite.wait()
        output = said.read_text()
        tell(
            f"{parts[0] if len(parts) == 1 else f'{len(parts)} files'} {where}: {output.strip().rpartition(chr(10))[2]}"
        )
        assert code == 0, output[-6000:]
        assert " skipped" not in output, output[-6000:]

    return run


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say a line at the end of the whole run: what a suite inside this suite came to."""
    return lambda line: request.node.user_properties.append((TOLD, line))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The lines of `tell`, whichever process the test ran in."""
    for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]:
        for name, line in report.user_properties:
            if name == TOLD and report.when == "call":
                terminalreporter.write_line(line)
