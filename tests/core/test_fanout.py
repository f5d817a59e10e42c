"""Fan-out in this very process: frames, one wire in order, the private parts it leans on, admission."""

from __future__ import annotations

import ast
import io
import socket
from pathlib import Path
from typing import Any

import gevent
import pytest
from geventwebsocket.handler import WebSocketHandler
from hypothesis import given
from hypothesis import strategies as st

from core.web import fanout
from core.web.fanout import frames, limits, seams
from core.web.fanout.frames import Broken, Reader
from core.web.fanout.http import PatientHandler
from core.web.fanout.wire import Wire
from plugins.meetings.bench.faults.peer import frame as masked

ROOT = Path(fanout.__file__).parent


# --- frames ----------------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=300), max_size=8), st.integers(1, 64))
def test_messages_come_whole_however_the_octets_are_cut(messages: list[bytes], step: int) -> None:
    stream = b"".join(masked(message, frames.TEXT) for message in messages)
    reader = Reader()
    heard = [payload for at in range(0, len(stream), step) for _, payload in reader.feed(stream[at : at + step])]
    assert heard == messages


@given(st.lists(st.binary(max_size=100), min_size=1, max_size=8))
def test_fragments_are_put_together(parts: list[bytes]) -> None:
    stream = b"".join(
        masked(part, 0 if number else frames.TEXT, final=number == len(parts) - 1) for number, part in enumerate(parts)
    )
    *pieces, (opcode, whole) = Reader().feed(stream)
    assert {piece for piece, _ in pieces} <= {frames.MORE}
    assert (opcode, whole) == (frames.TEXT, b"".join(parts))


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65535, 65536, 70_000])
def test_our_frames_say_their_length(length: int) -> None:
    made = frames.frame(bytes(length))
    head = 2 if length < 126 else 4 if length < 65536 else 10
    assert (made[0], len(made)) == (0x81, head + length)
    assert int.from_bytes(made[2:head], "big") == (length if length > 125 else 0)


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (masked(b"", length=limits.MESSAGE_BYTES + 1), 1009),
        (masked(bytes(40_000), final=False) + masked(b"", 0, length=30_000), 1009),
        (b"\xc1\x80" + bytes(4), 1002),
        (b"\x81\x01a", 1002),
        (masked(b"", 0), 1002),
        (masked(b"a", final=False) + masked(b"b"), 1002),
        (masked(b"", 9, final=False), 1002),
        (masked(bytes(126), 9), 1002),
        (masked(b"", 5), 1002),
    ],
)
def test_what_is_too_large_or_against_the_rules_is_refused_by_its_header(octets: bytes, code: int) -> None:
    with pytest.raises(Broken) as refused:
        list(Reader().feed(octets))
    assert refused.value.code == code


# --- headers ---------------------------------------------------------------------------------------

ASKED = "Host: a\r\nAccept-Language:  zh, en \r\nCookie: a=b; c=d\r\nX-Odd: 1\r\nEmpty:\r\nHost: b\r\n\r\n"


@pytest.mark.parametrize("block", [
    ASKED, ASKED.replace("X-Odd", "X_Odd"), "\r\n", "", ASKED.replace("\r\n", "\n"), "A: 1\r\n folded\r\n\r\n", "A : 1\r\nB: 2\r\n\r\n", "no colon\r\nB: 2\r\n\r\n",
    "A: 1\0\r\n\r\n", "Content-Length: 3\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n", "A: \xe9\r\n\r\n",
    "A: 1\rB: 2\r\n\r\n", "A: 1\r\n",
])  # fmt: skip
def test_headers_are_read_as_the_library_reads_them(block: str) -> None:
    octets = block.encode("latin-1")
    ours: Any = PatientHandler.MessageClass(object.__new__(PatientHandler), io.BytesIO(octets), 0)
    theirs = WebSocketHandler.MessageClass(object.__new__(WebSocketHandler), io.BytesIO(octets), 0)
    assert ours.items() == theirs.items()
    assert ours.status == theirs.status


def test_plain_headers_do_not_go_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("gevent.pywsgi.WSGIHandler.MessageClass")
    read = PatientHandler.MessageClass(object.__new__(PatientHandler), io.BytesIO(ASKED.encode()))
    assert read.get_all("host") == ["a", "b"]


# --- a wire ----------------------------------------------------------------------------------------


class Owner:
    """Takes note."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.reasons: list[str] = []
        self.behind = 0

    def allows(self) -> bool:
        return len(self.texts) < 5

    def heard(self, text: str) -> None:
        self.texts.append(text)

    def lost(self, reason: str) -> None:
        self.reasons.append(reason)

    def falls_behind(self) -> None:
        self.behind += 1


@pytest.fixture
def ends() -> Any:
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        far.close()
        near.close()
        far = socket.socket()
        far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        far.connect(listener.getsockname())
        near, _ = listener.accept()
    near.setblocking(False)
    owner = Owner()
    wire = Wire(near, owner)
    yield wire, far, owner
    wire.close("over")
    far.close()


def test_nothing_overtakes_what_waits(ends: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader stops, lines pile up, it reads again: every octet in order, those sent at once and those that waited."""
    for name in ("BACKLOG_PACKETS", "BACKLOG_BYTES"):
        monkeypatch.setattr(f"core.web.fanout.wire.{name}", 10_000_000)
    wire, far, owner = ends
    sent = [b"%08d" % number * 500 for number in range(200)]
    far.setblocking(False)
    heard = b""
    for number, one in enumerate(sent):
        wire.send(one)
        if number % 50 == 49:
            heard += read_all(far)
    heard += read_all(far)
    assert heard == b"".join(sent)
    assert owner.behind >= 1
    assert wire.overdue() is None


def read_all(far: socket.socket) -> bytes:
    """Everything that comes while the loop of this thread turns."""
    data, quiet = b"", 0
    while quiet < 5:
        gevent.sleep(0.002)
        try:
            data += far.recv(1 << 20)
            quiet = 0
        except BlockingIOError:
            quiet += 1
    return data


@pytest.mark.parametrize(("size", "most"), [(1_000, limits.BACKLOG_PACKETS), (50_000, 12)])
def test_who_falls_too_far_behind_is_cut_and_holds_little(ends: Any, size: int, most: int) -> None:
    wire, _far, owner = ends
    while wire.overdue() is None:
        wire.send(bytes(size))
    waiting = 0
    while not wire.closed:
        wire.send(bytes(size))
        waiting += 1
    assert owner.reasons == ["too slow"]
    assert waiting <= most
    wire.send(b"into the void")


def test_more_than_is_allowed_is_cut(ends: Any) -> None:
    wire, far, owner = ends
    far.sendall(masked(b"a") * 5 + masked(b"", 9) * 3)
    gevent.sleep(0.05)
    assert (owner.texts, wire.closed, owner.reasons) == (["a"] * 5, True, ["too many messages"])


# --- what it leans on ------------------------------------------------------------------------------


def test_the_pinned_libraries_fit() -> None:
    assert seams.misfit() == ""
    assert set(fanout.options()) == {"client_manager", "async_handlers", "monitor_clients"}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TRIED", {"gevent": "99.1"}, "gevent is "),
        ("PARTS", ("engineio.server:Server._no_such",), "engineio.server:Server._no_such is missing"),
    ],
)
def test_others_do_not_and_stock_serves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: Any, said: str
) -> None:
    monkeypatch.setattr(seams, name, value)
    assert seams.misfit().startswith(said)
    assert fanout.options() == {}


def test_every_private_part_is_named_in_one_place() -> None:
    """What is overridden or called on others with a leading underscore stands in `seams.PARTS`."""
    named = {part.replace(":", ".").rpartition(".")[2] for part in seams.PARTS}
    for path in ROOT.glob("*.py"):
        tree = ast.parse(path.read_text())
        own = {
            node.name if isinstance(node, ast.FunctionDef) else node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            or (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self")
        }
        foreign = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__")
        }
        assert foreign - own <= named, path.name


# --- admission -------------------------------------------------------------------------------------


def test_an_address_has_its_share_and_this_machine_counts_behind_a_proxy_only() -> None:
    gate = limits.Gate(most=10, per_address=2, proxied=False)
    assert [gate.enter("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert [gate.enter("127.0.0.1") for _ in range(3)] == [True] * 3
    gate.leave("192.0.2.1")
    assert gate.enter("192.0.2.1")
    behind = limits.Gate(most=10, per_address=1, proxied=True)
    assert [behind.enter("127.0.0.1") for _ in range(2)] == [True, False]


def test_the_last_tenth_is_for_those_who_are_told() -> None:
    gate = limits.Gate(most=10, per_address=99, proxied=False)
    entered = [(gate.enter("::1"), gate.full) for _ in range(11)]
    assert entered == [(True, False)] * 8 + [(True, True)] * 2 + [(False, True)]
