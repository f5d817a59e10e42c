"""What is measured: the product as `serve` runs it, written to by HTTP as from the desk, and its peers."""

from __future__ import annotations

import functools
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from core.bench.processes import child
from plugins.meetings.bench.readers import built
from plugins.meetings.bench.sites import PLACE, Process, Site, meeting_in_session, move, site
from plugins.meetings.replay.client import Client, ReplayError, expect

PEERS = Path(__file__).with_name("peers")
LINE = {"type": "speech", "speaker": "主持人"}
AT = "2026-01-01T09:00:00.000000+08:00"
Write = Callable[[str, str], int]
"""text, key → seq."""
START_SECONDS = 20.0
IMPORTED_ROWS = 5_000
EXPORTED_LINES = 500


@dataclass(frozen=True)
class Target:
    """A running server: its process, how readers join, how a line is written, which pages are read meanwhile."""

    name: str
    process: subprocess.Popen[str]
    url: str
    join: dict[str, Any] | None = None
    writer: Callable[[], Write] | None = None
    """A writer on a connection of its own; a relay without one is published to by the readers' program."""
    pages: tuple[str, ...] = ()
    works: Mapping[str, Callable[[], None]] = field(default_factory=dict)
    """What can be carried out beside, once a call."""
    raw: bool = False
    """Speaks bare WebSocket."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 80


@contextmanager
def mingtang(core: int | None = None) -> Iterator[Target]:
    """The product, empty, on a fresh data folder: one meeting in session with one approved item."""
    with site() as here:
        process = here.start("serve", "--port", "0", core=core).ready()
        here.open_meeting(process.url)
        yield of_site(here, process)


def of_site(here: Site, process: Process) -> Target:
    """One process of a site with its meeting, as something to be measured."""
    meeting = f"/{PLACE}/meetings/{here.meeting}/"

    def open_writer() -> Write:
        client = here.client(process.url)
        return lambda text, key: int(expect(client.post(f"{here.live}/posts", LINE | {"text": text}, key), 201)["seq"])

    works = Works(here.data, here.client(process.url), here.client(process.url, "deputy")).all()
    pages = (f"/{PLACE}/", meeting, f"{meeting}live/")
    return Target("Mingtang", process.popen, process.url, here.join(process.url), open_writer, pages, works)


@contextmanager
def relay(name: str, kind: str, core: int | None = None) -> Iterator[Target]:
    """A relay on Flask-SocketIO, `stock` or `ours` (peers/relay.py)."""
    with _on_free_port(name, core, sys.executable, "-m", "plugins.meetings.bench.peers.relay", "PORT", kind) as running:
        yield running


@contextmanager
def numbering_relay() -> Iterator[Target]:
    """Stock Flask-SocketIO, but written to by HTTP and asked to join, as the product is."""
    with relay("Flask-SocketIO", "stock") as running:

        def open_writer() -> Write:
            client = Client(running.url, "", patience=5)

            def write(text: str, key: str) -> int:
                event = LINE | {"kind": "publish", "post": key[:32], "rev": 1, "text": text, "at": AT}
                return int(expect(client.post("/post", event, key), 201)["seq"])

            return write

        yield replace(running, writer=open_writer, join={"v": 1}, pages=("/",))


@contextmanager
def node(core: int | None = None) -> Iterator[Target]:
    """The official Socket.IO server.

    Raises:
        click.ClickException: Node.js is missing, or its packages cannot be fetched.
    """
    program = shutil.which("node")
    if program is None:
        raise click.ClickException("Node.js is not here; install nodejs and npm to measure beside the official server.")
    if not (PEERS / "node_modules" / "socket.io").exists():
        npm = shutil.which("npm") or "npm"
        words = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        fetched = subprocess.run(words, cwd=PEERS, check=False, capture_output=True)  # noqa: S603
        if fetched.returncode:
            raise click.ClickException("npm could not fetch the official Socket.IO server; make a registry reachable.")
    with _on_free_port("Node.js Socket.IO", core, program, str(PEERS / "relay.mjs"), "PORT") as running:
        yield running


@contextmanager
def floor(core: int | None = None) -> Iterator[Target]:
    """The least that can be done for so many readers (native/floor.c)."""
    with built("floor") as program, _on_free_port("C floor", core, program, "PORT") as running:
        yield replace(running, raw=True)


@contextmanager
def _on_free_port(name: str, core: int | None, *words: str) -> Iterator[Target]:
    """Start a peer on a free port, put in the place of the word PORT, and wait until it answers."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with child(*(str(port) if word == "PORT" else word for word in words), core=core) as process:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port):
            if time.monotonic() > deadline or process.poll() is not None:
                raise click.ClickException(f"{name} did not start.")
            time.sleep(0.1)
        yield Target(name, process, f"http://127.0.0.1:{port}")


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@dataclass(frozen=True)
class Works:
    """What a county does while readers follow: a long list comes in, a sealed record goes out as PDF."""

    data: Path
    writer: Client
    deputy: Client

    def all(self) -> dict[str, Callable[[], None]]:
        """By name."""
        return {"import": self.import_pool, "export": self.export_record}

    def import_pool(self) -> None:
        """A pool of 5,000 people nobody has seen before, by the operator's command."""
        batch = secrets.token_hex(3)
        people = (f"测试{batch}{number},人大代表,某街道{number}号\n" for number in range(IMPORTED_ROWS))
        table = self.data / f"pool-{batch}.csv"
        table.write_text("姓名,类别,单位\n" + "".join(people), "utf-8-sig")
        command = ("-m", "core.cli", "import", "representatives", str(table), "--in", PLACE, "--data", str(self.data))
        done = subprocess.run([sys.executable, *command], check=False, capture_output=True, text=True)  # noqa: S603
        if done.returncode:
            raise ReplayError(done.stderr.strip())

    def export_record(self) -> None:
        """The record of a sealed meeting of EXPORTED_LINES lines, as PDF by the worker."""
        asked = expect(self.writer.post(f"{self._sealed}/record", {"kind": "pdf"}, secrets.token_hex(16)), 202)
        job = f"/api/v1/{PLACE}/jobs/{asked['id']}"
        while expect(self.writer.get(job), 200)["state"] not in {"done", "failed"}:
            time.sleep(0.2)

    @functools.cached_property
    def _sealed(self) -> str:
        """The address of a meeting written and sealed at the first call."""
        meeting = meeting_in_session(self.writer, self.deputy, "0002")
        path = f"/api/v1/{PLACE}/meetings/{meeting}"
        for number in range(EXPORTED_LINES):
            line = LINE | {"text": f"第{number}行：{'同意这个方案。' * 8}"}
            expect(self.writer.post(f"{path}/live/posts", line, f"bench-line-{number:06}"), 201)
        for event in ("close", "seal"):
            move(self.writer, path, event)
        return path
