"""Real server processes: started on a free port, always ended."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.serving import Server

TOLD = pytest.StashKey[list[str]]()


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
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say a line at the end of the whole run: what a suite inside this suite came to."""
    return request.config.stash.setdefault(TOLD, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The lines of `tell`."""
    for line in config.stash.get(TOLD, []):
        terminalreporter.write_line(line)
