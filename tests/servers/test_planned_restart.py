"""A planned end of a full process: readers are told when to come back, and nobody loses a line."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from core.serve import FAREWELL_SECONDS, STOP_SECONDS, WORKER_STOP_SECONDS
from plugins.meetings.bench.faults.peer import Peer
from plugins.meetings.sockets import FAREWELL_MS
from tests.hall import Hall, open_hall
from tests.servers import browser_reader
from tests.serving import Server

ROOM = {"MINGTANG_SOCKETS": "3"}
"""Two readers stay; who makes the third is told BUSY."""
pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture
def hall(template: Path, tmp_path: Path) -> Iterator[Hall]:
    shutil.copytree(template, tmp_path / "data")
    opened = open_hall(tmp_path / "data")
    yield opened
    opened.server.end(signal.SIGKILL)


def again(hall: Hall, **environ: str) -> None:
    """The server on the same folder and port."""
    port = str(urlsplit(hall.url).port)
    hall.server = Server(hall.server.data, "serve", "--port", port, **environ).ready()


def say(hall: Hall, ident: str, numbers: range) -> None:
    for number in numbers:
        body = {"type": "speech", "text": f"第{number}行"}
        hall.api("stenographer", "POST", f"meetings/{ident}/live/posts", body, Idempotency_Key=f"restart-{number:09}")


def test_each_reader_gets_a_moment_of_its_own_and_the_end_takes_bounded_time(hall: Hall) -> None:
    ident = hall.meeting(hall.approved(), events=("announce", "open"))
    peers = [Peer(hall.url).enter() for _ in range(12)]
    for peer in peers:
        assert peer.join(jurisdiction=hall.county, meeting=ident)["ok"]
    began = time.monotonic()
    hall.server.process.send_signal(signal.SIGTERM)
    said = [json.loads(peer.hear('42/live,["bye"').removeprefix("42/live,"))[1] for peer in peers]
    moments = [one["after_ms"] for one in said]
    assert all(0 <= moment <= FAREWELL_MS for moment in moments)
    assert len(set(moments)) > len(moments) / 2
    assert max(moments) - min(moments) > FAREWELL_MS / 10
    assert hall.server.ended() == 0
    most = FAREWELL_SECONDS + STOP_SECONDS + WORKER_STOP_SECONDS
    assert time.monotonic() - began < most + 7, "readers that stay do not keep it"
    for peer in peers:
        peer.close()


def test_readers_with_and_without_a_place_lose_nothing_over_a_planned_restart(hall: Hall) -> None:
    hall.server.end()
    again(hall, **ROOM)
    ident = hall.meeting(hall.approved(), events=("announce", "open"))
    readers = [browser_reader.begin(hall.url, hall.county, ident, seed, "calm") for seed in range(4)]
    say(hall, ident, range(150))
    hall.server.process.send_signal(signal.SIGTERM)
    assert hall.server.ended() == 0
    again(hall, **ROOM)
    say(hall, ident, range(150, 320))
    hall.fire("organiser", ident, "close")
    hall.fire("organiser", ident, "seal")
    record = hall.api("organiser", "GET", f"meetings/{ident}/record.json")
    ended = [browser_reader.ended_with(process, record) for process in readers]
    for one in ended:
        assert one["texts"] == [f"第{number}行" for number in range(320)]
    assert sum("busy" in one["states"] for one in ended) >= 2
