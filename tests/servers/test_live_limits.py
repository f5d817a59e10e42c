"""Hostile and unlucky clients against a real server: cut or refused, the others read on, nothing is left behind."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from core.bench.processes import memory_mb, sockets
from plugins.meetings.bench.faults.peer import Peer, frame
from tests.hall import Hall, open_hall
from tests.serving import Server, wait_for

pytestmark = pytest.mark.server
MB = 1024 * 1024
HANDSHAKE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
)


@pytest.fixture(scope="module")
def hall(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    data = tmp_path_factory.mktemp("limits") / "data"
    shutil.copytree(template, data)
    opened = open_hall(data)
    yield opened
    opened.server.end(signal.SIGKILL)


@pytest.fixture(scope="module")
def meeting(hall: Hall) -> str:
    """A meeting in session."""
    return hall.meeting(hall.approved(), events=("announce", "open"))


@pytest.fixture
def peer(hall: Hall) -> Iterator[Callable[..., Peer]]:
    """Connect clients; afterwards the server has as many sockets as before and has not lost its composure."""
    base = sockets(hall.server.process.pid)
    with ExitStack() as all_of_them:

        def connect(**how: Any) -> Peer:
            made = Peer(hall.url, **how)
            all_of_them.callback(made.close)
            return made

        yield connect
    wait_for(lambda: sockets(hall.server.process.pid) <= base, 30)
    assert not [line for line in hall.server.errors if "Traceback" in line]


def place(hall: Hall, meeting: str) -> dict[str, str]:
    return {"jurisdiction": hall.county, "meeting": meeting}


MALFORMED = {
    "no packet": b"",
    "unknown type": b"9",
    "no JSON": b"42/live,[",
    "no list": b'42/live,{"a":1}',
    "no name": b"42/live,[]",
    "an endless number": b"42/live," + b"9" * 200 + b'["join"]',
    "nested too deep": b"42/live," + b"[" * 20_000,
    "octets announced": b'452-/live,["join",{"_placeholder":true,"num":0}]',
    "too many octets announced": b'459999999999-/live,["join"]',
    "not UTF-8": b"42/live,\xff\xfe",
    "an error of ours": b'44/live,{"message":"no"}',
    "an upgrade of what is no poll": b"2probe",
}


@pytest.mark.parametrize("octets", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_packet_ends_the_connection_with_a_line(
    hall: Hall, peer: Callable[..., Peer], octets: bytes
) -> None:
    said = len(hall.server.errors)
    client = peer().enter()
    client.raw(frame(octets))
    assert client.gone()
    assert len(hall.server.errors) - said <= 10


@pytest.mark.parametrize("name", ['"nope"', '"connect"', '"disconnect"', "5", "null", '["a"]', '{"a":1}', '"__init__"'])
def test_what_is_no_event_of_ours_is_not_heard(hall: Hall, meeting: str, peer: Callable[..., Peer], name: str) -> None:
    client = peer().enter()
    client.say(f'42/live,[{name},{{"v":1}},2,3]')
    assert client.join(**place(hall, meeting))["ok"] is True


def test_joins_that_make_no_sense_are_refused_and_forgotten(
    hall: Hall, meeting: str, peer: Callable[..., Peer]
) -> None:
    good = place(hall, meeting)
    for asked, code in (
        (good | {"after": -1}, "FORBIDDEN"), (good | {"after": 10**30}, "FORBIDDEN"), (good | {"v": 2}, "FORBIDDEN"),
        (good | {"epoch": "e" * 33}, "FORBIDDEN"), (good | {"meeting": "nobody"}, "GONE"),
        (good | {"jurisdiction": "nowhere"}, "GONE"), (good | {"jurisdiction": "zunyi"}, "GONE"),
    ):  # fmt: skip
        client = peer().enter()
        assert client.join(**asked) == {"ok": False, "code": code}, asked
    anew = peer().enter()
    assert anew.join(**good, epoch="e" * 32)["reset"] is True
    assert anew.join(**good, after=10**9)["reset"] is True


def test_an_unknown_namespace_is_refused(peer: Callable[..., Peer]) -> None:
    client = peer()
    client.hear("0{")
    client.say("40/nope,")
    assert client.hear("44/nope,") == '44/nope,"Unable to connect"'


def test_pieces_without_end_and_frames_against_the_rules_are_cut(peer: Callable[..., Peer]) -> None:
    many = peer().enter()
    for number in range(200):
        many.raw(frame(b"", 0 if number else 1, final=False))
    packed = peer().enter()
    packed.raw(b"\xc1\x84" + bytes(8))  # compressed, which nobody agreed on
    naked = peer().enter()
    naked.raw(b"\x81\x04" + bytes(4))
    assert all(client.gone() for client in (many, packed, naked))


@pytest.mark.slow
def test_who_follows_nothing_makes_room(peer: Callable[..., Peer]) -> None:
    mute = [peer() for _ in range(5)]
    aimless = [peer().enter() for _ in range(5)]
    assert all(one.gone(40) for one in [*mute, *aimless])


def test_a_full_process_says_so_and_http_goes_on(serve: Callable[..., Server], template: Path, tmp_path: Path) -> None:
    shutil.copytree(template, tmp_path / "full")
    room = {"MINGTANG_SOCKETS": "10", "MINGTANG_SOCKETS_PER_ADDRESS": "3", "MINGTANG_PROXY_HOPS": "1"}
    server = serve(data=tmp_path / "full", **room).ready()
    with ExitStack() as all_of_them:

        def come(address: str) -> Peer:
            made = Peer(server.url, headers=f"X-Forwarded-For: {address}\r\n")
            all_of_them.callback(made.close)
            return made

        same = [come("192.0.2.1") for _ in range(4)]
        assert [one.admitted() for one in same] == [True, True, True, False]
        last = [come(f"192.0.2.{number}") for number in range(10, 16)][-1].enter()
        assert last.join(jurisdiction="huichuan", meeting="any") == {"ok": False, "code": "BUSY", "retry_after": 30}
        assert server.get("/huichuan/")[0] == 200
        same[0].close()
        wait_for(lambda: come("192.0.2.1").admitted())


def test_a_sealed_meeting_is_read_and_not_written(hall: Hall, peer: Callable[..., Peer]) -> None:
    sealed = hall.meeting(hall.approved(), events=("announce", "open", "close", "seal"))
    said, good = len(hall.server.errors), place(hall, sealed)
    for asked, reset in (({}, False), ({"after": 10**9}, True), ({"epoch": "e" * 32}, True)):
        answer = peer().enter().join(**good | asked)
        assert (answer["ok"], answer["state"], answer["reset"]) == (True, "sealed", reset)
    client = peer().enter()
    line = good | {"key": "k" * 16, "type": "speech", "text": "封存之后"}
    client.say(f'42/live,8["post",{json.dumps(line)}]')
    assert json.loads(client.hear("43/live,8").removeprefix("43/live,8"))[0]["status"] == 401
    status, told = hall.ask(
        "stenographer", "POST", f"meetings/{sealed}/live/posts", {"type": "speech", "text": "封存之后"},
        Idempotency_Key="k" * 16,
    )  # fmt: skip
    assert (status, told["code"]) == (409, "WRONG_STATE")
    assert len(hall.server.errors) - said <= 10


def test_a_thousand_joins_at_once_are_answered_or_cut_and_others_read_on(
    hall: Hall, meeting: str, peer: Callable[..., Peer]
) -> None:
    good = peer().enter()
    good.join(**place(hall, meeting))
    asked = json.dumps({"v": 1, "epoch": None, "after": 0} | place(hall, meeting))
    joins = b"".join(frame(f'42/live,{number}["join",{asked}]'.encode()) for number in range(20))

    def wave() -> None:
        crowd = [peer().enter() for _ in range(50)]
        for one in crowd:
            one.raw(joins)
        assert all(one.gone() for one in crowd)

    wave()  # what a process keeps for good it has after the first
    said, before = len(hall.server.errors), memory_mb(hall.server.process.pid)
    wave()
    assert memory_mb(hall.server.process.pid) - before <= 5
    assert len(hall.server.errors) - said <= 10
    hall.api("stenographer", "POST", f"meetings/{meeting}/live/posts", {"type": "speech", "text": "照常"},
             Idempotency_Key="after-the-wave-1")  # fmt: skip
    assert "照常" in good.hear('42/live,["events"')


ENDLESS = {
    "a request line": (b"GET /", b"a" * MB),
    "one header": (b"GET / HTTP/1.1\r\nX-A: ", b"a" * MB),
    "the cookie of a handshake": (HANDSHAKE + b"Cookie: ", b"a" * MB),
    "headers of a handshake": (HANDSHAKE, b"X-A: 1\r\n" * (MB // 8)),
    "headers of a body": (
        b"POST /api/v1/huichuan/meetings HTTP/1.1\r\nContent-Length: 9\r\n",
        b"X-A: 1\r\n" * (MB // 8),
    ),
}


@pytest.mark.parametrize(("begins", "goes_on"), ENDLESS.values(), ids=ENDLESS)
def test_headers_without_end_are_cut_at_once(
    hall: Hall, peer: Callable[..., Peer], begins: bytes, goes_on: bytes
) -> None:
    said, before = len(hall.server.errors), memory_mb(hall.server.process.pid)
    client = peer(upgrade=False)
    client.raw(begins)
    assert client.pour(goes_on for _ in range(1024)) < 32 * MB
    assert client.gone()
    assert memory_mb(hall.server.process.pid) - before <= 5
    assert len(hall.server.errors) - said <= 10


def test_who_comes_again_and_again_fills_no_log(hall: Hall, peer: Callable[..., Peer]) -> None:
    said = len(hall.server.errors)
    for octets in (b"9", b"42/live,[", b'452-/live,["join",{}]', b"\xff") * 10:
        client = peer().enter()
        client.raw(frame(octets))
        assert client.gone()
        stranger = peer()
        stranger.hear("0{")
        stranger.say("40/nope,")
        stranger.hear("44/nope,")
        stranger.close()
    assert len(hall.server.errors) - said <= 20  # ten a minute, and a minute may end meanwhile
