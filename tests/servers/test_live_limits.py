"""Hostile and unlucky clients against a real server: cut or refused, the others read on, nothing is left behind."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.hall import Hall, open_hall
from tests.servers.peer import Peer, frame
from tests.serving import Server, wait_for

pytestmark = pytest.mark.server
LONG_LINE = "读" * 4000
LINES = 60
MB = 1024


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
    base = sockets(hall.server)
    with ExitStack() as all_of_them:

        def connect(**how: Any) -> Peer:
            made = Peer(hall.url, **how)
            all_of_them.callback(made.close)
            return made

        yield connect
    wait_for(lambda: sockets(hall.server) <= base, 30)
    assert not [line for line in hall.server.errors if "Traceback" in line]


def sockets(server: Server) -> int:
    """How many it holds; database files are kept open and do not count."""
    found = 0
    for descriptor in Path(f"/proc/{server.process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found += str(descriptor.readlink()).startswith("socket:")
    return found


def kilobytes(server: Server) -> int:
    """What the process holds in memory."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def place(hall: Hall, meeting: str) -> dict[str, str]:
    return {"jurisdiction": hall.county, "meeting": meeting}


def write(hall: Hall, meeting: str, text: str, number: int) -> int:
    body = {"type": "speech", "text": text}
    key = f"limits-{number:012}"
    return int(hall.api("stenographer", "POST", f"meetings/{meeting}/live/posts", body, Idempotency_Key=key)["seq"])


def read_to(client: Peer, seq: int) -> list[int]:
    """The numbers of all events a reader is told, up to this one."""
    seen: list[int] = []
    while seq not in seen:
        told = json.loads(client.hear('42/live,["events"').removeprefix("42/live,"))[1]
        seen += [event["seq"] for event in told["events"]]
    return seen


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


def test_what_is_too_large_is_cut_before_it_is_put_together(hall: Hall, peer: Callable[..., Peer]) -> None:
    before, chunk = kilobytes(hall.server), bytes(60_000)
    whole = peer().enter()
    whole.raw(frame(b"", length=200_000_000))
    pieces = peer().enter()
    for number in range(40):
        pieces.raw(frame(chunk, 0 if number else 1, final=False))
    many = peer().enter()
    for number in range(200):
        many.raw(frame(b"", 0 if number else 1, final=False))
    packed = peer().enter()
    packed.raw(b"\xc1\x84" + bytes(8))  # compressed, which nobody agreed on
    naked = peer().enter()
    naked.raw(b"\x81\x04" + bytes(4))
    assert all(client.gone() for client in (whole, pieces, many, packed, naked))
    assert kilobytes(hall.server) - before < 25 * MB


def test_a_flood_is_cut_and_others_read_on(hall: Hall, meeting: str, peer: Callable[..., Peer]) -> None:
    reader, said = peer().enter(), len(hall.server.errors)
    head = reader.join(**place(hall, meeting))["head"]
    floods = [peer().enter() for _ in range(5)]
    for flood in floods:
        flood.raw(frame(b'42/live,["x"]') * 3_000)
    joins = peer().enter()
    joins.raw(frame(f'42/live,1["join",{json.dumps({"v": 1} | place(hall, meeting))}]'.encode()) * 30)
    seq = write(hall, meeting, "大家照样看得到", 1)
    assert f'"seq":{seq}' in reader.hear('42/live,["events"')
    assert seq == head + 1
    assert all(flood.gone() for flood in [*floods, joins])
    assert len(hall.server.errors) - said <= 60


def test_who_does_not_read_is_cut_and_the_others_miss_nothing(
    hall: Hall, meeting: str, peer: Callable[..., Peer]
) -> None:
    good, before = peer().enter(), kilobytes(hall.server)
    head = good.join(**place(hall, meeting))["head"]
    deaf = [peer(window=4096).enter() for _ in range(10)]
    for one in deaf:
        one.join(**place(hall, meeting), after=head)
    with ThreadPoolExecutor(1) as beside:
        reading = beside.submit(read_to, good, head + LINES)
        for number in range(LINES):
            write(hall, meeting, LONG_LINE, 100 + number)
            for one in deaf[:3]:  # these take an octet now and then
                one.nibble()
        assert reading.result() == list(range(head + 1, head + LINES + 1))
    assert all(one.gone() for one in deaf)
    assert kilobytes(hall.server) - before < 10 * MB


@pytest.mark.slow
def test_who_says_nothing_makes_room(hall: Hall, peer: Callable[..., Peer]) -> None:
    """A thousand sockets in the long form; here a few of each kind, all waited for together."""
    idle = [peer(upgrade=False) for _ in range(100)]
    slow = peer(upgrade=False)
    slow.raw(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ")
    mute = [peer() for _ in range(5)]
    aimless = [peer().enter() for _ in range(5)]
    assert hall.server.get("/healthz")[0] == 200
    assert all(one.gone(40) for one in [*idle, slow, *mute, *aimless])


def test_headers_without_end_are_refused(hall: Hall, peer: Callable[..., Peer]) -> None:
    before, client = kilobytes(hall.server), peer(upgrade=False)
    client.raw(b"GET / HTTP/1.1\r\n")
    for _ in range(300):
        client.raw(b"X-A: " + b"a" * 60_000 + b"\r\n")
    assert client.gone()
    assert kilobytes(hall.server) - before < 15 * MB


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
