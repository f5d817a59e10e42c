"""What is measured: the product as `serve` runs it, written to by HTTP as from the desk, and its peers."""

from __future__ import annotations

import functools
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from core import accounts, jurisdictions, migrate
from core.app import create_app
from core.bench.processes import child
from core.commands.places import create_agency, create_jurisdiction
from core.db import db
from core.permissions import SYSTEM
from plugins.meetings.bench.readers import built
from plugins.meetings.replay.client import Client, ReplayError, expect

PEERS = Path(__file__).with_name("peers")
PLACE = "bench"
READY = "Mingtang is ready at "
LINE = {"type": "speech", "speaker": "主持人"}
AT = "2026-01-01T09:00:00.000000+08:00"
Write = Callable[[str, str], int]
"""text, key → seq."""
PEOPLE = {"writer": ("organiser", "stenographer"), "deputy": ("deputy_leader",)}
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
    with tempfile.TemporaryDirectory(prefix="mingtang-bench-") as folder:
        data = Path(folder)
        tokens = _people(data)
        with child(sys.executable, "-m", "core.cli", "serve", "--port", "0", "--data", str(data), core=core) as process:
            url = _ready(process)
            writer, deputy = (Client(url, tokens[name], patience=5) for name in PEOPLE)
            meeting = _meeting_in_session(writer, deputy)
            live = f"/api/v1/{PLACE}/meetings/{meeting}/live"
            now = expect(writer.get(f"{live}/snapshot"), 200)

            def open_writer() -> Write:
                client = Client(url, tokens["writer"], patience=5)
                return lambda text, key: int(
                    expect(client.post(f"{live}/posts", LINE | {"text": text}, key), 201)["seq"]
                )

            join = {"v": 1, "jurisdiction": PLACE, "meeting": meeting, "epoch": now["epoch"], "after": now["head"]}
            pages = (f"/{PLACE}/", f"/{PLACE}/meetings/{meeting}/", f"/{PLACE}/meetings/{meeting}/live/")
            yield Target("Mingtang", process, url, join, open_writer, pages, Works(data, writer, deputy).all())


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


def _people(data: Path) -> dict[str, str]:
    """Set the installation up as an operator would; answers the bearer token of each of PEOPLE."""
    embedded = {
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{data / 'mingtang.db'}",
        "REDIS_URL": "",
        "CELERY_BROKER_URL": "",
    }
    with create_app(DATA=data, **embedded).app_context():
        migrate.upgrade()
        create_jurisdiction(PLACE, "基准市", name_en="Bench")
        create_agency("office", "市人民政府办公室", PLACE, kind="government")
        here, tokens = jurisdictions.by_slug(PLACE).id, {}
        for login, roles in PEOPLE.items():
            with accounts.administration():
                account = accounts.create(SYSTEM, login=login, name=login)
                for role in roles:
                    accounts.grant(SYSTEM, account, role, here)
                tokens[login] = accounts.create_token(SYSTEM, account, "bench")
        db.session.remove()
        db.engine.dispose()
    return tokens


def _ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(READY):
            return line.removeprefix(READY).strip().rstrip("/")
    raise click.ClickException("The server under measurement did not start; its own words stand above.")


def _meeting_in_session(writer: Client, deputy: Client, name: str = "0001") -> str:
    """Through the API, with every gate in its place."""
    base = f"/api/v1/{PLACE}/meetings"
    form = {"title": f"供水管网改造方案（{name}）", "subject_class": "urban_planning", "forms": ["internet"]}
    item = expect(writer.post(f"{base}/applications", form, f"bench-application-{name}"), 201)["id"]
    _move(writer, f"{base}/applications/{item}", "submit")
    _move(deputy, f"{base}/applications/{item}", "approve")
    body = {"kind": "executive", "starts_at": "2026-12-01T09:00:00+08:00", "place": "三楼会议室", "agenda": [item]}
    meeting = str(expect(writer.post(base, body, f"bench-meeting-{name}"), 201)["id"])
    for event in ("announce", "open"):
        _move(writer, f"{base}/{meeting}", event)
    return meeting


def _move(client: Client, path: str, event: str) -> None:
    expect(client.post(f"{path}/transitions", {"event": event}, f"bench-{event}-{path[-32:]}"), 200)


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
        meeting = _meeting_in_session(self.writer, self.deputy, "0002")
        path = f"/api/v1/{PLACE}/meetings/{meeting}"
        for number in range(EXPORTED_LINES):
            line = LINE | {"text": f"第{number}行：{'同意这个方案。' * 8}"}
            expect(self.writer.post(f"{path}/live/posts", line, f"bench-line-{number:06}"), 201)
        for event in ("close", "seal"):
            _move(self.writer, path, event)
        return path
