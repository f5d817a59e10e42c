"""What is measured: the product as `serve` runs it, and the peer. Lines come by HTTP, go by Socket.IO."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from core import accounts, jurisdictions, migrate
from core.app import create_app
from core.commands.places import create_agency, create_jurisdiction
from core.db import db
from core.permissions import SYSTEM
from plugins.meetings.bench.processes import child
from plugins.meetings.replay.client import Client, expect

PLACE = "bench"
READY = "Mingtang is ready at "
PEOPLE = {"writer": ("organiser", "stenographer"), "deputy": ("deputy_leader",)}
START_SECONDS = 20.0


@dataclass(frozen=True)
class Target:
    """A running server: its process, how readers join, how a line is written, which pages are read meanwhile."""

    name: str
    process: subprocess.Popen[str]
    url: str
    join: dict[str, Any]
    write: Callable[[str, str], int]
    """text, key → seq."""
    pages: tuple[str, ...]

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 80


@contextmanager
def mingtang() -> Iterator[Target]:
    """The product, empty, on a fresh data folder: one meeting in session with one approved item."""
    data = Path(tempfile.mkdtemp(prefix="mingtang-bench-"))
    try:
        tokens = _people(data)
        with child("-m", "core.cli", "serve", "--port", "0", "--data", str(data)) as process:
            url = _ready(process)
            writer, deputy = (Client(url, tokens[name], patience=5) for name in PEOPLE)
            meeting = _meeting_in_session(writer, deputy)
            live = f"/api/v1/{PLACE}/meetings/{meeting}/live"
            now = expect(writer.get(f"{live}/snapshot"), 200)

            def write(text: str, key: str) -> int:
                answer = writer.post(f"{live}/posts", {"type": "speech", "speaker": "主持人", "text": text}, key)
                return int(expect(answer, 201)["seq"])

            join = {"v": 1, "jurisdiction": PLACE, "meeting": meeting, "epoch": now["epoch"], "after": now["head"]}
            pages = (f"/{PLACE}/", f"/{PLACE}/meetings/{meeting}/", f"/{PLACE}/meetings/{meeting}/live/")
            yield Target("Mingtang", process, url, join, write, pages)
    finally:
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def flask_socketio() -> Iterator[Target]:
    """The peer."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with child("-m", "plugins.meetings.bench.peer", str(port)) as process:
        url = f"http://127.0.0.1:{port}"
        client = Client(url, "", patience=5)
        deadline = time.monotonic() + START_SECONDS
        while not client.alive():
            if time.monotonic() > deadline or process.poll() is not None:
                raise click.ClickException("The peer server did not start.")
            time.sleep(0.1)

        def write(text: str, key: str) -> int:
            event = {
                "kind": "publish", "post": key[:32], "rev": 1, "at": "2026-01-01T09:00:00.000000+08:00",
                "speaker": "主持人", "type": "speech", "text": text,
            }  # fmt: skip
            return int(expect(client.post("/post", event, key), 201)["seq"])

        yield Target("Flask-SocketIO", process, url, {}, write, ("/",))


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


def _meeting_in_session(writer: Client, deputy: Client) -> str:
    """Through the API, with every gate in its place."""
    base = f"/api/v1/{PLACE}/meetings"
    form = {"title": "供水管网改造方案", "subject_class": "urban_planning", "forms": ["internet"]}
    item = expect(writer.post(f"{base}/applications", form, "bench-application"), 201)["id"]
    _move(writer, f"{base}/applications/{item}", "submit")
    _move(deputy, f"{base}/applications/{item}", "approve")
    body = {"kind": "executive", "starts_at": "2026-12-01T09:00:00+08:00", "place": "三楼会议室", "agenda": [item]}
    meeting = str(expect(writer.post(base, body, "bench-meeting-0001"), 201)["id"])
    for event in ("announce", "open"):
        _move(writer, f"{base}/{meeting}", event)
    return meeting


def _move(client: Client, path: str, event: str) -> None:
    expect(client.post(f"{path}/transitions", {"event": event}, f"bench-{event}-{path[-32:]}"), 200)
