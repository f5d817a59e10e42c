"""Real server processes for tests: started on a free port, read line by line, always ended by their fixtures."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE = 90.0
"""Seconds until a server that says nothing counts as hung; machines that run the whole suite are slow."""


class Server:
    """`./mingtang <command> --port 0` on a data folder of its own."""

    module = "core.cli"
    """What is run."""

    def __init__(self, data: Path, command: str = "serve", *arguments: str, **environ: str) -> None:
        self.data = data
        self.lines: list[str] = []
        self._fresh: queue.Queue[str | None] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", self.module, *command.split(), "--port", "0", "--data", str(data), *arguments],
            cwd=ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": "1", "DATABASE_URL": ""} | environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.errors: list[str] = []
        pairs = ((self.process.stdout, self._take), (self.process.stderr, self.errors.append))
        self._readers = [threading.Thread(target=self._read, args=pair, daemon=True) for pair in pairs]
        for reader in self._readers:
            reader.start()

    def _take(self, line: str) -> None:
        self.lines.append(line)
        self._fresh.put(line)

    def _read(self, stream: Iterator[str], take: Callable[[str], None]) -> None:
        for line in stream:
            take(line.rstrip("\n"))
        if take == self._take:
            self._fresh.put(None)

    def line(self, beginning: str) -> str:
        """The first line from now on that begins so."""
        while True:
            line = self._fresh.get(timeout=PATIENCE)
            if line is None:
                raise AssertionError(f"ended without «{beginning}»: {self.errors[-20:]}")
            if line.startswith(beginning):
                return line

    def ready(self) -> Server:
        """Wait for the ready line; from then on `url` is known."""
        self.url = self.line("Mingtang is ready at ").rpartition(" ")[2].rstrip("/")
        return self

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a page."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read()

    def children(self) -> list[int]:
        """The processes this server has started."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for path in tasks for pid in path.read_text().split()]

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal and wait; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        """Wait for the end by itself and for its last words; returns the exit code."""
        code = self.process.wait(timeout=PATIENCE)
        for reader in self._readers:
            reader.join(timeout=5)  # a worker that outlives a killed parent for a moment keeps them open
        return code


def wait_for(done: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something is so; `seconds` is patience, no measure."""
    tick = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if done():
            return
        tick.wait(0.05)
    raise AssertionError("it did not happen in time")
