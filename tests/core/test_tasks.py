"""Background work: sweeps that find what is owed, once, whatever the messages do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import announcements, heartbeat, jurisdictions, notices, plugins, tasks
from core.app import create_app
from core.contracts import JurisdictionRef, Schedule
from core.db import db, utcnow, write
from core.models import Account, Announcement, IdempotencyRecord, LoginSession, Notice, OneTimeLink
from core.permissions import Actor
from tests.serving import wait_for

ROOT = Path(__file__).parent.parent.parent


class Club:
    """A plugin that is on, keeps what it is told, and fails as often as it is asked to."""

    def __init__(self) -> None:
        self.on = True
        self.failures = 0
        self.told: list[tuple[str, dict[str, Any]]] = []

    def call_one(self, plugin: str, hook: str, **arguments: Any) -> Iterator[Any]:
        assert plugin == "club"
        if self.failures:
            self.failures -= 1
            raise RuntimeError("out of order")
        self.told.append((arguments.pop("jurisdiction").slug, arguments))
        return iter(())


@pytest.fixture
def club(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Club:
    made = Club()
    monkeypatch.setattr(plugins, "enabled", lambda _place: frozenset({"club"} if made.on else ()))
    monkeypatch.setattr(plugins.Plugins, "call_one", lambda _self, *a, **k: made.call_one(*a, **k))
    return made


def announce(place: JurisdictionRef, number: int = 1) -> None:
    with jurisdictions.enter(place), write():
        plugins.announce("publication_released", place, publication_id=f"p{number}")


def owed(place: JurisdictionRef) -> Announcement:
    with jurisdictions.enter(place):
        return db.session.scalars(select(Announcement)).one()


def test_hook_calls_are_made_after_the_commit_once_and_in_their_place(
    club: Club, city: JurisdictionRef, other_county: JurisdictionRef
) -> None:
    announce(city)
    announce(other_county, 2)
    assert club.told == []
    assert tasks.sweep_outbox() == 2
    assert sorted(club.told) == [("meitan", {"publication_id": "p2"}), ("zunyi", {"publication_id": "p1"})]
    assert tasks.sweep_outbox() == 0
    assert len(club.told) == 2
    assert heartbeat.state() == "ok"


def test_a_failing_plugin_is_told_again_with_growing_pauses(club: Club, city: JurisdictionRef) -> None:
    announce(city)
    club.failures = 7
    waits = []
    for _ in range(7):
        with jurisdictions.enter(city):
            assert announcements.deliver_due(utcnow() + timedelta(days=1)) == 0
        waits.append(round((owed(city).due_at - utcnow()).total_seconds()))
    assert waits == [5, 30, 120, 600, 3600, 3600, 3600]
    assert owed(city).error == "RuntimeError: out of order"
    with jurisdictions.enter(city):
        assert announcements.deliver_due(utcnow() + timedelta(days=1)) == 1
    assert owed(city).error == ""


def test_a_switched_off_plugin_is_told_when_it_is_back(club: Club, city: JurisdictionRef) -> None:
    announce(city)
    club.on = False
    assert tasks.sweep_outbox() == 0
    assert owed(city).attempts == 0
    club.on = True
    with jurisdictions.enter(city):
        assert announcements.deliver_due(utcnow() + announcements.WHILE_OFF) == 1


def test_a_claim_of_a_killed_worker_runs_out(club: Club, city: JurisdictionRef) -> None:
    announce(city)
    with jurisdictions.enter(city):
        assert len(announcements._claim(utcnow())) == 1
        assert announcements._claim(utcnow()) == []
        assert announcements.deliver_due(utcnow() + announcements.CLAIM) == 1


def test_a_place_that_fails_keeps_no_other_from_its_turn(
    app: Flask, club: Club, city: JurisdictionRef, other_county: JurisdictionRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(city)
    announce(other_county)
    real = announcements.deliver_due

    def deliver(now: datetime | None = None) -> int:
        if jurisdictions.current().is_root:
            raise RuntimeError("broken place")
        return real(now)

    monkeypatch.setattr(announcements, "deliver_due", deliver)
    app.testing = False
    assert tasks.sweep_outbox() == 1


def test_plugin_tasks_run_where_the_plugin_is_on(
    app: Flask, city: JurisdictionRef, other_county: JurisdictionRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    @tasks.plugin_task("club")
    def visit(place: JurisdictionRef, word: str = "") -> None:
        assert jurisdictions.current() == place
        ran.append(place.slug + word)

    monkeypatch.setattr(plugins, "enabled", lambda place: frozenset({"club"} if place.slug != "zunyi" else ()))
    visit()
    assert ran == ["huichuan", "meitan"]
    visit(jurisdiction_id=other_county.id, word="!")
    visit(jurisdiction_id=city.id)
    assert ran[2:] == ["meitan!"]


def test_a_call_during_a_sweep_runs_it_once_more(app: Flask) -> None:
    ran: list[int] = []

    @tasks.core_task
    def sweep() -> None:
        ran.append(len(ran))
        if len(ran) == 1:
            for _ in range(3):
                other = threading.Thread(target=sweep)
                other.start()
                other.join()

    sweep()
    assert ran == [0, 1]


def test_a_schedule_without_its_task_stops_the_start(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(_self: object, hook: str, key: str = "key") -> list[Any]:
        return [("club", Schedule("club.x", "core.nowhere.sweep", 60))] if hook == "register_schedules" else []

    monkeypatch.setattr(plugins.Plugins, "build", build)
    with pytest.raises(plugins.PluginError, match=r"core\.nowhere\.sweep"):
        create_app(DATA=app.config["DATA"], TESTING=True)


# --- waking ----------------------------------------------------------------------------------------


def messages(app: Flask) -> list[Path]:
    return list((Path(app.config["DATA"]) / "queue").glob("*.msg"))


def notice() -> None:
    with write():
        notices.send("k", "email", subject="题", address="a@example.org")


@pytest.mark.embedded
def test_a_wake_up_is_a_file_while_a_worker_lives(app: Flask, county: JurisdictionRef) -> None:
    notice()
    assert messages(app) == []
    heartbeat.beat()
    tasks.wake()
    assert len(messages(app)) == 1


def test_a_broken_broker_fails_no_request(app: Flask, county: JurisdictionRef, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_quiet_until", 0.0)
    app.config["CELERY_BROKER_URL"] = "redis://127.0.0.1:1/0"
    tasks.init_app(app)
    started = time.monotonic()
    notice()
    assert db.session.scalars(select(Notice)).one().attempts == 0
    tasks.wake()
    assert time.monotonic() - started < 5
    assert tasks._quiet_until > time.monotonic()
    monkeypatch.setattr(tasks, "_quiet_until", 0.0)


# --- cleaning --------------------------------------------------------------------------------------


def test_cleaning_keeps_what_is_still_needed(app: Flask, city: JurisdictionRef, person: Callable[..., Actor]) -> None:
    owner = person("leader", place=city).id or ""
    now, day = utcnow(), timedelta(days=1)
    with write() as session:
        for age, name in ((timedelta(hours=23), "new"), (timedelta(hours=25), "old")):
            session.add(IdempotencyRecord(actor=owner, key=name, request_hash="", body="", created_at=now - age))
        for age, name in ((29 * day, "new"), (31 * day, "old")):
            session.add(LoginSession(account_id=owner, token_hash=name, expires_at=now - age))
            session.add(OneTimeLink(account_id=owner, purpose="password", token_hash=name, expires_at=now - age))
    for age, name in ((1, "new"), (90_000, "old")):
        path = Path(app.config["DATA"]) / "files" / f".incoming-{name}"
        path.touch()
        os.utime(path, (time.time() - age, time.time() - age))
    assert tasks.clean() == 4
    assert tasks.clean() == 0
    assert [row.key for row in db.session.scalars(select(IdempotencyRecord))] == ["new"]
    for model in (LoginSession, OneTimeLink):
        assert [row.token_hash for row in db.session.scalars(select(model))] == ["new"]
    assert [path.name for path in (Path(app.config["DATA"]) / "files").glob(".in*")] == [".incoming-new"]
    assert db.session.get(Account, owner) is not None


# --- a real worker ---------------------------------------------------------------------------------


@pytest.fixture
def worker(app: Flask) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts a worker on the test's data folder, by default as `serve` does; all are ended at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*, beat: bool = True) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "core.cli",
            "--data",
            str(app.config["DATA"]),
            "run",
            "worker",
            *(("--with-parent",) if beat else ()),
        ]
        environ = os.environ | {
            "DATABASE_URL": database_url(app),
            "CELERY_BROKER_URL": app.config["CELERY_BROKER_URL"],
        }
        child = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT, env=environ)
        started.append(child)
        return child

    yield start
    for child in started:
        if child.poll() is None:
            child.kill()
        child.wait()
        if child.stdin:
            child.stdin.close()


def database_url(app: Flask) -> str:
    url = str(app.config["SQLALCHEMY_DATABASE_URI"])
    return "" if url.startswith("sqlite") else url.replace("postgresql+psycopg", "postgresql")


@pytest.mark.server
def test_a_real_worker_is_woken_survives_a_kill_and_ends_with_its_parent(
    app: Flask, county: JurisdictionRef, worker: Callable[..., subprocess.Popen[bytes]]
) -> None:
    mail = Path(app.config["DATA"]) / "mail"

    def owe(number: int) -> None:
        with write():
            notices.send(f"k{number}", "email", subject="题", address="a@example.org")

    def delivered(count: int) -> Callable[[], bool]:
        """Gone out, and noted as such: a kill between the two would rightly send it again after a while."""

        def settled() -> bool:
            db.session.rollback()
            return all(row.sent_at for row in db.session.scalars(select(Notice)))

        return lambda: len(list(mail.glob("*.eml"))) == count and settled()

    first = worker(beat=False)  # nothing is swept: only the message can wake it
    wait_for(lambda: heartbeat.state() == "ok")
    owe(1)
    wait_for(delivered(1))
    first.send_signal(signal.SIGKILL)
    first.wait()
    owe(2)
    second = worker()
    wait_for(delivered(2))
    assert second.stdin is not None
    second.stdin.close()
    wait_for(lambda: second.poll() is not None)
    db.session.rollback()
    assert all(row.sent_at and row.attempts == 1 for row in db.session.scalars(select(Notice)))


@pytest.mark.embedded
def test_a_message_of_the_embedded_queue_appears_whole(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that looked in while it was written would read nothing and end."""
    queue, seen = Path(app.config["DATA"]) / "queue", []
    write_bytes = Path.write_bytes

    def look(path: Path, data: bytes) -> int:
        written = write_bytes(path, data[:5])
        seen.extend(queue.glob("*.msg"))
        return write_bytes(path, data) - written

    monkeypatch.setattr(Path, "write_bytes", look)
    tasks.celery_of(app).send_task("core.tasks.sweep_outbox")
    assert seen == []
    (message,) = queue.glob("*.msg")
    assert "sweep_outbox" in message.read_text()
