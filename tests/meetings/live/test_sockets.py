"""The namespace /live: entering, missing nothing, being sent away, writing by socket."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from core import accounts, jurisdictions, plugins, signin
from core.db import all_jurisdictions, db, utcnow, write
from core.models import ApiToken, LoginSession, RoleGrant
from core.permissions import SYSTEM
from plugins.meetings.live.models import LiveTicket
from plugins.meetings.live.restored import begin_new_epochs
from plugins.meetings.live.tailer import Tailer
from plugins.meetings.models import AgendaApplication, Invitation, Meeting
from plugins.meetings.services import live_follow


def seqs(events: list[dict[str, Any]]) -> list[int]:
    return [event["seq"] for event in events]


def test_a_join_answers_what_is_missing_and_what_follows_comes_by_itself(hall: Any, wire: Any) -> None:
    for text in "一二三":
        hall.say(text)
    reader = wire(hall)
    answer = reader.join(after=2)
    assert {name: answer[name] for name in ("ok", "head", "state", "more", "reset", "hb")} == {
        "ok": True, "head": 4, "state": "open", "more": False, "reset": False, "hb": 15,
    }  # fmt: skip
    assert (seqs(answer["events"]), answer["events"]) == ([3, 4], hall.tail(2)["events"])
    hall.say("四")
    hall.say("五")
    assert reader.events_to(6) == hall.tail(4)["events"]


def test_the_same_join_from_memory_and_from_the_database(hall: Any, wire: Any) -> None:
    for number in range(5):
        hall.say(f"第{number}行")
    first, second = wire(hall), wire(hall)
    ram, rows = first.join(after=3), second.join(after=99)
    assert seqs(ram["events"]) == [4, 5, 6]
    assert (rows["reset"], rows["events"]) == (True, []), "ahead of everything that was ever written"
    hall.say("又一行")
    assert seqs(first.events_to(7)) == [7]


def test_what_is_new_elsewhere_comes_within_a_second_without_a_hint(hall: Any, wire: Any, monkeypatch: Any) -> None:
    """Another process gives its hints to its own readers only."""
    reader = wire(hall)
    reader.join()
    monkeypatch.setattr("plugins.meetings.live.hints.give", lambda *_: None)
    hall.say("另一个进程写的")
    assert seqs(reader.events_to(2)) == [2]


def test_a_large_gap_is_for_http(hall: Any, wire: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("plugins.meetings.sockets", "plugins.meetings.live.tailer"):
        monkeypatch.setattr(f"{module}.GAP", 3)
    for number in range(5):
        hall.say(f"第{number}行")
    reader = wire(hall)
    assert {name: value for name, value in reader.join(after=1).items() if name in {"head", "more", "events"}} == {
        "head": 6, "more": True, "events": [],
    }  # fmt: skip
    assert seqs(reader.join(after=3)["events"]) == [4, 5, 6]


def test_another_epoch_resets(hall: Any, wire: Any) -> None:
    epoch = hall.say()["epoch"]
    reader = wire(hall)
    assert reader.join(after=9, epoch="e" * 32)["reset"] is True
    assert reader.join(after=1, epoch=epoch)["reset"] is False
    with jurisdictions.enter(hall.office.place), write():
        begin_new_epochs()
    hall.say("恢复之后")
    beat = reader.until(
        lambda told: next((data for name, data in told if name == "hb" and data["epoch"] != epoch), None)
    )
    assert 0 < beat["head"] <= hall.tail()["head"]  # it may come before the new line was read


def test_a_retraction_goes_alone_and_leaves_nothing_to_those_who_come_later(hall: Any, wire: Any) -> None:
    early, late = wire(hall), wire(hall)
    early.join()
    post = hall.say("身份证号 5203…")["post"]
    early.events_to(2)
    hall.say("别的话")
    hall.call("DELETE", f"/posts/{post}", {"reason": "误", "public_note": "已撤回"}, If_Match='"1"')
    hall.say("后来的话")
    assert seqs(early.events_to(5)) == [2, 3, 4, 5]
    frames = [frame["events"] for name, frame in early.told if name == "events"]
    assert [len(frame) for frame in frames if any(event["kind"] == "retract" for event in frame)] == [1]
    answer = late.join()
    assert seqs(answer["events"]) == [1, 2, 3, 4, 5]
    assert "身份证" not in str(answer)


def test_a_withdrawal_after_sealing_reaches_the_memory(hall: Any, wire: Any) -> None:
    post = hall.say("不该公开的话")["post"]
    reader = wire(hall)
    reader.join()
    hall.fire("close", "seal")
    reader.first("hb", state="sealed")
    body = {"reason": "依法撤下", "public_note": "已撤下"}
    assert hall.call("POST", f"/posts/{post}/withdraw", body, "secrecy_reviewer").status_code == 200
    reader.until(lambda _told: "不该公开" not in str(reader.join()))


def test_state_changes_are_told_at_once(hall: Any, wire: Any) -> None:
    reader = wire(hall)
    reader.join(after=1)
    hall.fire("pause")
    beat = reader.first("hb", state="paused")
    assert beat == {name: hall.tail()[name] for name in ("epoch", "head", "digest", "state", "generation")}
    hall.fire("resume", "close", "seal")
    reader.first("hb", state="sealed")
    assert [event["state"] for event in reader.events_to(5)] == ["paused", "open", "closed", "sealed"]
    last = next(frame for name, frame in reader.told if name == "events" and frame["head"] == 5)
    assert last["digest"] == hall.tail()["digest"], "who leaves on the last line can still compare"


def test_long_lines_are_parted_into_frames(hall: Any, wire: Any) -> None:
    reader = wire(hall)
    reader.join(after=1)
    for _ in range(9):
        hall.say("字" * 4000)
    assert seqs(reader.events_to(10)) == list(range(2, 11))
    frames = [frame for name, frame in reader.told if name == "events"]
    assert all(frame["head"] == frame["events"][-1]["seq"] for frame in frames)
    assert max(len(str(frame).encode()) for frame in frames) <= 49 * 1024


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        "x",
        {},
        {"v": 2},
        {"after": -1},
        {"after": "1"},
        {"meeting": 5},
        {"jurisdiction": "\x00"},
        {"epoch": "x" * 99},
    ],
)
def test_odd_joins_are_refused(hall: Any, wire: Any, sent: Any) -> None:
    good = {"v": 1, "jurisdiction": "huichuan", "meeting": hall.meeting, "epoch": None, "after": 0}
    data = good | sent if isinstance(sent, dict) and sent else sent
    assert wire(hall).ask("join", data) == {"ok": False, "code": "FORBIDDEN"}


def test_nobody_stays_in_the_room_when_the_database_fails(app: Flask, hall: Any, wire: Any, monkeypatch: Any) -> None:
    def fail(_tailer: Tailer) -> None:
        raise OperationalError("SELECT", {}, Exception("gone away"))

    reader = wire(hall)
    with monkeypatch.context() as patch:
        patch.setattr(Tailer, "begin", fail)
        assert reader.join() == {"ok": False, "code": "BUSY", "retry_after": 2}
    rooms = app.extensions["socketio"].server.manager.rooms["/live"]
    assert not [room for room in rooms if str(room).startswith("live:")]
    assert reader.join()["ok"] is True


def test_unknown_places_and_meetings_are_gone(office: Any, hall: Any, convene: Any, wire: Any) -> None:
    hidden = convene(office.approved())
    for fields in (
        {"meeting": "0" * 32},
        {"jurisdiction": "nowhere"},
        {"jurisdiction": "meitan"},
        {"meeting": hidden.meeting},
    ):
        assert wire(hall).join(**fields) == {"ok": False, "code": "GONE"}
    assert wire(hidden, "organiser").join()["ok"] is True


def test_a_switched_off_plugin_sends_its_readers_away(hall: Any, wire: Any) -> None:
    reader = wire(hall)
    assert reader.join()["ok"] is True
    with jurisdictions.enter(hall.office.place), write():
        plugins.switch(SYSTEM, hall.office.place, "meetings", "off", reason="停用")
    assert reader.first("closed") == {"code": "GONE"}
    assert reader.join() == {"ok": False, "code": "GONE"}


# --- for those invited -----------------------------------------------------------------------------


@pytest.fixture
def closed(office: Any, convene: Any) -> Any:
    """A session for staff and invitees, in session."""
    item = office.approved(openness="closed", subject_class="none", forms=["invitation"])
    hall = convene(item)
    hall.fire("announce", "open")
    return hall


def test_an_invited_only_session_is_for_staff_and_invitees(closed: Any, wire: Any) -> None:
    assert wire(closed).join() == {"ok": False, "code": "FORBIDDEN"}
    assert wire(closed).join(ticket="made-up") == {"ok": False, "code": "FORBIDDEN"}
    assert wire(closed, "disclosure_officer").join()["ok"] is True


def test_a_ticket_opens_once_for_a_minute(closed: Any, wire: Any) -> None:
    def ticket() -> str:
        return str(closed.call("POST", "/ticket", {}, role="disclosure_officer").json["ticket"])

    first, over = ticket(), ticket()
    assert wire(closed).join(ticket=first)["ok"] is True
    assert wire(closed).join(ticket=first) == {"ok": False, "code": "FORBIDDEN"}
    with jurisdictions.enter(closed.office.place), write():
        for row in db.session.query(LiveTicket).filter(LiveTicket.used_at.is_(None)):
            row.expires_at = utcnow() - timedelta(seconds=1)
    assert wire(closed).join(ticket=over) == {"ok": False, "code": "FORBIDDEN"}


def test_an_invitee_is_sent_away_when_the_link_is_over(closed: Any, wire: Any) -> None:
    with jurisdictions.enter(closed.office.place):
        ident = db.session.query(Invitation.id).filter(Invitation.application_id == closed.items[0]).scalar()
    link = str(closed.office.fire("organiser", f"invitations/{ident}", "send")["link"])
    secret = link.rstrip("/").rpartition("/")[2]
    given = closed.call("POST", "/ticket", {"token": secret}, role="").json["ticket"]
    reader = wire(closed)
    assert reader.join(ticket=given)["ok"] is True
    closed.say("受邀人看得到")
    reader.events_to(2)
    with jurisdictions.enter(closed.office.place), write():
        db.session.get_one(Invitation, ident).token_expires_at = utcnow() - timedelta(seconds=1)
    assert reader.first("closed") == {"code": "FORBIDDEN"}
    closed.say("受邀人看不到")
    assert closed.tail(role="organiser")["head"] == 3
    assert 3 not in seqs([event for name, frame in reader.told if name == "events" for event in frame["events"]])


@pytest.mark.parametrize("loss", ["token", "role"])
def test_lost_rights_end_an_open_socket(closed: Any, wire: Any, loss: str) -> None:
    reader = wire(closed, "disclosure_officer")
    assert reader.join()["ok"] is True
    with accounts.administration() as session:
        token = session.query(ApiToken).filter_by(token_hash=accounts.digest("disclosure_officer" * 3)).one()
        if loss == "token":
            accounts.revoke_token(SYSTEM, token)
        else:
            accounts.revoke(SYSTEM, session.query(RoleGrant).filter_by(account_id=token.account_id).one())
    assert reader.first("closed") == {"code": "FORBIDDEN"}


def test_signing_out_ends_an_open_socket(app: Flask, closed: Any, wire: Any) -> None:
    """The cookie a socket came with is a copy: the session's row is looked at again."""
    secret = "cookie-of-an-officer"
    closed.office.token("disclosure_officer")
    with accounts.administration() as session:
        owner = session.query(ApiToken).filter_by(token_hash=accounts.digest("disclosure_officer" * 3)).one().account_id
        row = LoginSession(
            account_id=owner, token_hash=accounts.digest(secret), expires_at=utcnow() + timedelta(hours=1)
        )
        session.add(row)
    web = app.test_client()
    with web.session_transaction() as cookie:
        cookie["token"] = secret
    shown = web.get_cookie("mingtang")
    assert shown is not None
    reader = wire(closed, Cookie=f"mingtang={shown.value}")
    assert reader.join()["ok"] is True
    closed.say("在场")
    reader.events_to(2)
    signin.sign_out(secret)
    assert reader.first("closed") == {"code": "FORBIDDEN"}
    assert reader.join() == {"ok": False, "code": "FORBIDDEN"}


def test_a_session_that_becomes_invited_only_sends_the_public_away(hall: Any, wire: Any) -> None:
    reader, staff = wire(hall), wire(hall, "stenographer")
    assert reader.join()["ok"] is staff.join()["ok"] is True
    with jurisdictions.enter(hall.office.place), write():
        db.session.get_one(AgendaApplication, hall.items[0]).openness = "closed"
        live_follow.refresh_audience(db.session.get_one(Meeting, hall.meeting))
    assert reader.first("closed") == {"code": "FORBIDDEN"}
    hall.say("闭门")
    assert seqs(staff.events_to(2)) == [2]
    assert not [data for name, data in reader.told if name == "events"]


# --- writing by socket -----------------------------------------------------------------------------


def test_the_console_may_write_by_socket_through_the_same_service(hall: Any, wire: Any) -> None:
    line = {"type": "speech", "text": "一", "speaker": "张三"}
    sent = {"jurisdiction": "huichuan", "meeting": hall.meeting, "key": "k" * 16, **line}
    console = wire(hall, "stenographer")
    first, again = console.ask("post", sent), console.ask("post", sent)
    assert (first["ok"], first["status"], first["seq"], again["status"]) == (True, 201, 2, 200)
    over_http = hall.call("POST", "/posts", line, Idempotency_Key="k" * 16)
    assert (over_http.status_code, over_http.headers["Idempotent-Replay"]) == (200, "1")
    assert over_http.json == {name: first[name] for name in ("seq", "post", "rev", "epoch")}
    other = console.ask("post", sent | {"text": "二"})
    assert (other["ok"], other["status"], other["code"]) == (False, 409, "KEY_REUSED")
    hall.fire("pause")
    assert console.ask("post", sent | {"key": "l" * 16})["code"] == "WRONG_STATE"


@pytest.mark.parametrize(
    ("role", "change", "status"),
    [
        ("", {}, 401),
        ("disclosure_officer", {}, 403),
        ("stenographer", {"meeting": "0" * 32}, 404),
        ("stenographer", {"jurisdiction": "nowhere"}, 404),
        ("stenographer", {"text": ""}, 422),
        ("stenographer", {"text": "\x07"}, 422),
        ("stenographer", {"key": "short"}, 422),
        ("stenographer", {"item": "0" * 32}, 422),
    ],
)
def test_what_the_socket_refuses(hall: Any, wire: Any, role: str, change: dict[str, Any], status: int) -> None:
    sent = {"jurisdiction": "huichuan", "meeting": hall.meeting, "key": "k" * 16, "type": "speech", "text": "一"}
    answer = wire(hall, role).ask("post", sent | change)
    assert (answer["ok"], answer["status"]) == (False, status)
    assert hall.tail(1)["events"] == []


def test_a_flood_is_cut(hall: Any, wire: Any) -> None:
    flood, other = wire(hall), wire(hall)
    assert other.join()["ok"] is True
    answers = [flood.join() for _ in range(6)]
    assert [answer.get("code") for answer in answers[:5]] == [None] * 5
    assert answers[5] == {"ok": False, "code": "BUSY", "retry_after": 60}
    assert not flood.client.is_connected("/live")
    hall.say("别人照常")
    assert seqs(other.events_to(2)) == [2]


def test_nothing_stays_behind_when_the_last_reader_leaves(app: Flask, hall: Any, wire: Any) -> None:
    reader = wire(hall)
    reader.join()
    reader.close()
    with all_jurisdictions("the test looks at the tables of tailers"):
        (namespace,) = [
            one for path, one in app.extensions["socketio"].server.namespace_handlers.items() if path == "/live"
        ]
    assert (namespace.tailers._by_session, namespace.tailers._by_sid, namespace.allowance) == ({}, {}, {})
