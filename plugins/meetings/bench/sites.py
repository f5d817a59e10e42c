"""An installation of its own on fresh data: people, a meeting in session, processes that come, die and come back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import click

from core import accounts, calendar_data, cli, jurisdictions, migrate
from core.app import create_app
from core.bench.processes import ROOT, child, clean
from core.commands.places import create_agency, create_jurisdiction
from core.db import db
from core.permissions import SYSTEM
from plugins.meetings.bench import dying
from plugins.meetings.replay.client import Client, expect

PLACE = "bench"
READY = "Mingtang is ready at "
Environ = Mapping[str, str]
PEOPLE = {"writer": ("organiser", "stenographer"), "deputy": ("deputy_leader",)}


class Process:
    """One process of a site; `url` is empty where it answers none."""

    def __init__(self, ends: ExitStack, popen: subprocess.Popen[str], log: IO[bytes]) -> None:
        self.popen, self._ends, self._log = popen, ends, log
        self.url = ""

    @property
    def pid(self) -> int:
        """Of the operating system."""
        return self.popen.pid

    def ready(self) -> Process:
        """Wait until it answers.

        Raises:
            click.ClickException: it has ended.
        """
        assert self.popen.stdout is not None
        for line in self.popen.stdout:
            if line.startswith(READY):
                self.url = line.removeprefix(READY).strip().rstrip("/")
                return self
        raise click.ClickException("The server under measurement did not start; its own words stand above.")

    def said(self) -> list[str]:
        """What it has logged."""
        return os.pread(self._log.fileno(), 1 << 26, 0).decode(errors="replace").splitlines()

    def end(self, number: int = signal.SIGTERM) -> None:
        """End it, SIGKILL for a sudden death, and see its children out."""
        if self.popen.poll() is None:
            self.popen.send_signal(number)
            self.popen.wait()
        self._ends.close()


@dataclass
class Site:
    """The installation: `environ` names its database and Redis, where it is not the embedded default."""

    data: Path
    environ: dict[str, str]
    ends: ExitStack
    tokens: dict[str, str] = field(default_factory=dict)
    meeting: str = ""

    def start(self, *words: str, core: int | None = None, environ: Environ = MappingProxyType({})) -> Process:
        """Start `./mingtang WORDS` on this data, on `core` where one is named; `environ` may say where it dies."""
        with ExitStack() as starting:
            log = starting.enter_context(tempfile.TemporaryFile())
            given = self.environ | dict(environ)
            popen = starting.enter_context(child(*self._command(words, environ), core=core, log=log, **given))
            ends = starting.pop_all()
        self.ends.push(ends)
        return Process(ends, popen, log)

    def run(self, *words: str, environ: Environ = MappingProxyType({})) -> subprocess.CompletedProcess[str]:
        """A command that ends by itself."""
        command, given = self._command(words, environ), clean() | self.environ | dict(environ)
        return subprocess.run(command, env=given, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603

    def _command(self, words: tuple[str, ...], environ: Environ) -> list[str]:
        module = dying if dying.AT in environ else cli
        return [sys.executable, "-m", module.__name__, *words, "--data", str(self.data)]

    @contextmanager
    def inside(self) -> Iterator[None]:
        """In an application context of its own on this data."""
        database = self.environ.get("DATABASE_URL") or f"sqlite:///{self.data / 'mingtang.db'}"
        with create_app(
            DATA=self.data, SQLALCHEMY_DATABASE_URI=database, REDIS_URL="", CELERY_BROKER_URL=""
        ).app_context():
            try:
                yield
            finally:
                db.session.remove()
                db.engine.dispose()

    def client(self, url: str, login: str = "writer") -> Client:
        """Speaks as one of PEOPLE."""
        return Client(url, self.tokens[login], patience=5)

    def open_meeting(self, url: str, name: str = "0001") -> str:
        """A meeting in session with one approved item, made through the API with every gate in its place; its id."""
        self.meeting = meeting_in_session(self.client(url), self.client(url, "deputy"), name)
        return self.meeting

    @property
    def live(self) -> str:
        """Where the live text of the meeting is written and read."""
        return f"/api/v1/{PLACE}/meetings/{self.meeting}/live"

    def seal(self, url: str) -> dict[str, Any]:
        """Close and seal the meeting; its record."""
        writer, path = self.client(url), f"/api/v1/{PLACE}/meetings/{self.meeting}"
        for event in ("close", "seal"):
            move(writer, path, event)
        return dict(expect(writer.get(f"{path}/record.json"), 200))

    def join(self, url: str) -> dict[str, Any]:
        """What a reader asks who wants all that comes from now on."""
        now = expect(self.client(url).get(f"{self.live}/snapshot"), 200)
        asked = {"v": 1, "jurisdiction": PLACE, "meeting": self.meeting}
        return asked | {"epoch": now["epoch"], "after": now["head"]}


@contextmanager
def site(**environ: str) -> Iterator[Site]:
    """Set one up as an operator would; all it has started ends with it, the data goes."""
    with tempfile.TemporaryDirectory(prefix="mingtang-bench-") as folder, ExitStack() as ends:
        made = Site(Path(folder), environ, ends)
        made.tokens = _people(made)
        yield made


def _people(made: Site) -> dict[str, str]:
    """Tables, a place, an agency; answers the bearer token of each of PEOPLE."""
    tokens = {}
    with made.inside():
        migrate.upgrade()
        calendar_data.ensure()
        create_jurisdiction(PLACE, "基准市", name_en="Bench")
        create_agency("office", "市人民政府办公室", PLACE, kind="government")
        here = jurisdictions.by_slug(PLACE).id
        for login, roles in PEOPLE.items():
            with accounts.administration():
                account = accounts.create(SYSTEM, login=login, name=login)
                for role in roles:
                    accounts.grant(SYSTEM, account, role, here)
                tokens[login] = accounts.create_token(SYSTEM, account, "bench")
    return tokens


def meeting_in_session(writer: Client, deputy: Client, name: str) -> str:
    """Through the API; the new meeting's id."""
    base = f"/api/v1/{PLACE}/meetings"
    form = {"title": f"供水管网改造方案（{name}）", "subject_class": "urban_planning", "forms": ["internet"]}
    item = expect(writer.post(f"{base}/applications", form, f"bench-application-{name}"), 201)["id"]
    move(writer, f"{base}/applications/{item}", "submit")
    move(deputy, f"{base}/applications/{item}", "approve")
    body = {"kind": "executive", "starts_at": "2026-12-01T09:00:00+08:00", "place": "三楼会议室", "agenda": [item]}
    meeting = str(expect(writer.post(base, body, f"bench-meeting-{name}"), 201)["id"])
    for event in ("announce", "open"):
        move(writer, f"{base}/{meeting}", event)
    return meeting


def move(client: Client, path: str, event: str) -> None:
    """A transition that must succeed."""
    expect(client.post(f"{path}/transitions", {"event": event}, f"bench-{event}-{path[-32:]}"), 200)


def wait_until(done: Callable[[], bool], seconds: float) -> float:
    """Wait until something is so; how long it took.

    Raises:
        click.ClickException: it was not so in this time.
    """
    began = time.monotonic()
    while not done():
        if time.monotonic() - began > seconds:
            raise click.ClickException(f"What was waited for did not happen within {seconds:g} seconds.")
        time.sleep(0.02)
    return time.monotonic() - began


def mails(here: Site) -> int:
    """How many have been sent; without a mail server they are files."""
    return len(list((here.data / "mail").glob("*.eml")))
