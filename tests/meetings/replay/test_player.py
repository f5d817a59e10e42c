"""The replay against a server that loses connections: every line once, in order, also in a second run."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Thread
from typing import Any

import pytest

from plugins.meetings.replay.client import Client, ReplayError
from plugins.meetings.replay.player import Pace, counterparts, find, play
from plugins.meetings.transcripts import Line, Transcript

MEETING = {"id": "m", "state": "announced", "agenda": [{"id": "a", "title": "甲"}, {"id": "b", "title": "乙"}]}
TRANSCRIPT = Transcript(
    "会",
    ("甲", "别的"),
    (Line(None, None, "notice", "开始"), *(Line(n // 5, "张三", "speech", f"第{n}句") for n in range(10))),
)


class Server(ThreadingHTTPServer):
    """Keeps the contract of the writer API in a list; `fault` says what goes wrong with a request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.state = "announced"
        self.lines: list[dict[str, Any]] = []
        self.acts: list[tuple[str, Any]] = []
        self.keys: dict[str, tuple[bytes, Any]] = {}
        self.fault: Callable[[], str] = lambda: ""

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # without asking for the machine's name

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def act(self, path: str, body: Any) -> tuple[int, Any]:
        if path.endswith("/transitions"):
            self.acts.append(("event", body["event"]))
            self.state = "in_session"
            return 200, {"state": self.state}
        if self.state != "in_session":
            return 409, {"code": "WRONG_STATE", "detail": "会议已封存。"}
        if path.endswith("/live/item"):
            self.acts.append(("item", body["item"]))
        else:
            self.lines.append(body)
        return 201, {"seq": len(self.lines), "post": "p", "rev": 1, "epoch": "e"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # one packet per answer
    server: Server

    def do_GET(self) -> None:
        places = {"items": [{"slug": "city"}, {"slug": "county"}]}
        meeting = MEETING | {"state": self.server.state}
        known = {"/api/v1/": places, "/api/v1/county/meetings/m": meeting, "/healthz": {}}
        self._answer(200 if self.path in known else 404, known.get(self.path, {"detail": "没有"}))

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        fault = self.server.fault()
        if fault == "before":
            self.close_connection = True
            return
        if fault == "busy":
            self._answer(503, {})
            return
        key, again = self.headers["Idempotency-Key"], {}
        if key in self.server.keys:
            assert self.server.keys[key][0] == raw
            status, data, again = 200, self.server.keys[key][1], {"Idempotent-Replay": "1"}
        else:
            status, data = self.server.act(self.path, json.loads(raw))
            if status < 300:
                self.server.keys[key] = (raw, data)
        if fault == "after":
            self.close_connection = True
            return
        self._answer(status, data, again)

    def _answer(self, status: int, data: Any, headers: dict[str, str] | None = None) -> None:
        raw = json.dumps(data).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def run(server: Server, transcript: Transcript = TRANSCRIPT, **options: Any) -> Any:
    client = Client(server.url, "secret", sleep=lambda _s: None, **options)
    try:
        return play(client, find(client, "m"), transcript, Pace(0), lambda _n: None)
    finally:
        client.close()


def said(server: Server) -> list[tuple[Any, ...]]:
    return [(line["type"], line["text"], line.get("speaker"), line.get("item")) for line in server.lines]


EXPECTED = [("notice", "开始", None, None)] + [
    ("speech", f"第{n}句", "张三", "a" if n < 5 else "b") for n in range(10)
]  # fmt: skip


def test_opens_the_meeting_and_says_every_line_in_order(server: Server) -> None:
    played = run(server)
    assert said(server) == EXPECTED
    assert server.acts == [("event", "open"), ("item", "a"), ("item", "b")]
    assert (played.jurisdiction, played.lines, played.before, played.events, played.seq) == (
        "county",
        11,
        0,
        ["open"],
        11,
    )


@pytest.mark.parametrize("seed", range(5))
def test_lost_connections_double_nothing(server: Server, seed: int) -> None:
    chance = random.Random(seed)
    server.fault = lambda: chance.choice(["", "before", "after", "busy"])
    run(server)
    assert said(server) == EXPECTED


def test_a_second_run_goes_on_where_the_first_stopped(server: Server) -> None:
    server.fault = lambda: "before" if len(server.lines) == 6 else ""
    with pytest.raises(ReplayError, match="没有应答"):
        run(server, patience=1)
    server.fault = lambda: ""
    assert run(server).before == 6
    assert run(server).before == 11
    assert said(server) == EXPECTED


def test_another_transcript_is_added_to_the_same_meeting(server: Server) -> None:
    run(server)
    run(server, Transcript("会", (), (TRANSCRIPT.lines[0],)))
    assert said(server) == [*EXPECTED, EXPECTED[0]]


def test_the_servers_own_sentence_is_passed_on(server: Server) -> None:
    server.state = "sealed"
    with pytest.raises(ReplayError, match=r"会议已封存。 \[WRONG_STATE\]"):
        run(server)


def test_an_unknown_meeting(server: Server) -> None:
    client = Client(server.url, "secret")
    with pytest.raises(ReplayError, match="没有这个会议"):
        find(client, "other")
    client.close()


def test_no_server_there() -> None:
    client = Client("127.0.0.1:9", "", patience=0.5, sleep=lambda _s: None)
    assert not client.alive()
    with pytest.raises(ReplayError, match="没有应答"):
        client.get("/")


def test_a_server_that_never_answered_is_not_waited_for_long() -> None:
    naps: list[float] = []
    with pytest.raises(ReplayError, match="在 10 秒内没有应答"):
        Client("127.0.0.1:9", "", sleep=naps.append).get("/")
    assert sum(naps) < 30


@pytest.mark.parametrize("url", ["ftp://x", "http://", "file:///etc/passwd"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(ReplayError, match="不是服务器地址"):
        Client(url, "")


def test_items_are_matched_by_title_then_by_place() -> None:
    items = [{"id": "1", "title": "甲"}, {"id": "2", "title": "乙"}, {"id": "3", "title": "丙"}]
    assert counterparts(("丙", "别的", "甲"), items) == ["3", "2", "1"]
    assert counterparts(("其一", "其二", "其三", "其四"), items) == ["1", "2", "3", None]
    assert counterparts(("甲",), []) == [None]


def test_the_pace_is_kept_and_lost_time_is_not_made_up_for() -> None:
    now, naps = [0.0], []

    def sleep(seconds: float) -> None:
        naps.append(round(seconds, 3))
        now[0] += seconds

    pace = Pace(4, clock=lambda: now[0], sleep=sleep)
    pace.wait()
    pace.wait()
    now[0] += 0.2
    pace.wait()
    now[0] += 10
    pace.wait()
    pace.wait()
    assert naps == [0.25, 0.05, 0.25]
