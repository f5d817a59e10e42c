"""The one writing service: numbers, chain, projection, refusals."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from core import audit
from core.contracts import JurisdictionRef
from core.db import Base, db, write
from core.permissions import SYSTEM
from core.refusals import NotFound, Refused, Stale, WrongState
from plugins.meetings.live import idempotency, reading, record, writer
from plugins.meetings.live.models import LiveEvent, LiveSession, LiveText
from plugins.meetings.live.writer import Line

MEETING = "m" * 32


@pytest.fixture
def live(county: JurisdictionRef, app: Flask) -> LiveSession:
    """The live text of a meeting in session."""
    Base.metadata.create_all(db.engine)
    with write():
        session = writer.ensure_session(MEETING)
        writer.follow_meeting_state(session, "in_session")
    return session


def say(text: str) -> LiveEvent:
    with write():
        return writer.publish(writer.lock(MEETING), SYSTEM, Line("speech", text, speaker="张三"))


def sound() -> None:
    assert list(record.faults(reading.of_meeting(MEETING))) == []


def test_numbers_are_contiguous_and_the_chain_verifies(live: LiveSession) -> None:
    for text in "一二三":
        say(text)
    events = reading.window(reading.of_meeting(MEETING), 0)["events"]
    assert [event["seq"] for event in events] == [1, 2, 3, 4]
    assert [event["kind"] for event in events] == ["status", "publish", "publish", "publish"]
    sound()


def test_a_correction_states_before_after_and_reason(live: LiveSession) -> None:
    post = say("上百万元").post
    with write():
        writer.correct(writer.lock(MEETING), SYSTEM, post, "上千万元", "笔误", 1)
    event = reading.window(reading.of_meeting(MEETING), 2)["events"][0]
    assert (event["before"], event["text"], event["reason"], event["rev"]) == ("上百万元", "上千万元", "笔误", 2)
    (line,) = reading.snapshot(reading.of_meeting(MEETING))["posts"]
    assert line["text"] == "上千万元"
    assert line["corrections"][0]["before"] == "上百万元"
    sound()


def test_a_stale_correction_is_told_the_present_revision(live: LiveSession) -> None:
    post = say("一").post
    with write():
        writer.correct(writer.lock(MEETING), SYSTEM, post, "二", "", 1)
    with pytest.raises(Stale) as refusal, write():
        writer.correct(writer.lock(MEETING), SYSTEM, post, "三", "", 1)
    assert refusal.value.current == 2


def test_a_retracted_text_is_nowhere(live: LiveSession) -> None:
    post = say("身份证号 5203…").post
    with write():
        writer.correct(writer.lock(MEETING), SYSTEM, post, "身份证号 5204…", "笔误", 1)
        writer.retract(writer.lock(MEETING), SYSTEM, post, "涉及个人信息", "涉及个人信息，已撤回")
    session = reading.of_meeting(MEETING)
    everything = repr((reading.window(session, 0), reading.snapshot(session), record.record_json(session)))
    assert "身份证号" not in everything
    assert db.session.scalars(select(LiveText)).all() == []
    assert reading.window(session, 3)["events"][0]["public_note"] == "涉及个人信息，已撤回"
    assert session.generation == 1
    assert [entry.reason for entry in db.session.scalars(select(audit.AuditEntry))] == ["涉及个人信息"]
    sound()


@pytest.mark.parametrize("state", ["preparing", "paused", "closed", "sealed"])
def test_new_lines_only_while_open(live: LiveSession, state: str) -> None:
    if state == "preparing":
        with write():
            writer.lock(MEETING).state = "draft"
    else:
        with write():
            writer.follow_meeting_state(writer.lock(MEETING), state)
    with pytest.raises(WrongState):
        say("一")


def test_corrections_also_while_paused_and_closed_but_not_after_sealing(live: LiveSession) -> None:
    post = say("一").post
    for rev, state in enumerate(["paused", "closed"], 1):
        with write():
            writer.follow_meeting_state(writer.lock(MEETING), state)
            writer.correct(writer.lock(MEETING), SYSTEM, post, f"改{rev}", "误", rev)
    with write():
        last = writer.follow_meeting_state(writer.lock(MEETING), "sealed")
    for act in (
        lambda s: writer.correct(s, SYSTEM, post, "二", "", 3),
        lambda s: writer.retract(s, SYSTEM, post, "", ""),
        lambda s: writer.pin(s, SYSTEM, post),
        lambda s: writer.item(s, SYSTEM, None),
        lambda s: writer.follow_meeting_state(s, "in_session"),
    ):
        with pytest.raises(WrongState), write():
            act(writer.lock(MEETING))
    session = reading.of_meeting(MEETING)
    assert session.head == last.seq
    assert last.payload["count"] == last.seq - 1
    assert last.payload["digest"] == last.prev_digest
    sound()


def test_after_sealing_a_text_can_be_withdrawn_and_the_chain_stands(live: LiveSession) -> None:
    post = say("不该公开的话").post
    say("别的话")
    with write():
        writer.follow_meeting_state(writer.lock(MEETING), "sealed")
        writer.withdraw(writer.lock(MEETING), SYSTEM, post, "依法撤下", "已撤下")
    session = reading.of_meeting(MEETING)
    assert "不该公开" not in repr((reading.snapshot(session), record.record_json(session)))
    sound()


def test_pinning_and_items(live: LiveSession) -> None:
    post = say("一").post
    with write():
        session = writer.lock(MEETING)
        writer.pin(session, SYSTEM, post)
        writer.item(session, SYSTEM, "i" * 32)
    session = reading.of_meeting(MEETING)
    assert (reading.pinned(session), reading.current_item(session)) == (post, "i" * 32)
    with write():
        writer.retract(writer.lock(MEETING), SYSTEM, post, "误", None)
    assert reading.pinned(reading.of_meeting(MEETING)) is None
    with pytest.raises(NotFound), write():
        writer.pin(writer.lock(MEETING), SYSTEM, "0" * 32)
    sound()


def test_nothing_of_a_failed_act_remains(live: LiveSession) -> None:
    with pytest.raises(RuntimeError), write():
        writer.publish(writer.lock(MEETING), SYSTEM, Line("speech", "一"))
        raise RuntimeError
    assert reading.of_meeting(MEETING).head == 1
    assert say("二").seq == 2
    sound()


def test_the_same_key_does_its_work_once(live: LiveSession) -> None:
    asked = idempotency.request(SYSTEM, "k" * 16, "POST posts", {"text": "一"})
    with write():
        session = writer.lock(MEETING)
        assert idempotency.replay(session, asked) is None
        first = idempotency.keep(session, asked, writer.publish(session, SYSTEM, Line("speech", "一")))
    for _ in range(20):
        with write():
            assert idempotency.replay(writer.lock(MEETING), asked) == first
    other = idempotency.request(SYSTEM, "k" * 16, "POST posts", {"text": "二"})
    with pytest.raises(Refused, match="KEY_REUSED"), write():
        idempotency.replay(writer.lock(MEETING), other)
    assert reading.of_meeting(MEETING).head == 2
    sound()


def test_tampering_is_found(live: LiveSession) -> None:
    for text in "一二三":
        say(text)
    good = record.record_json(reading.of_meeting(MEETING))
    assert list(record.check_record(good)) == []
    for change in (
        lambda r: r["events"].pop(1),
        lambda r: r["events"].pop(),
        lambda r: r["events"][1].update(speaker="李四"),
        lambda r: r["events"][1].update(text="改"),
        lambda r: r["events"].insert(1, r["events"][2]),
    ):
        bad = record.record_json(reading.of_meeting(MEETING))
        change(bad)
        assert list(record.check_record(bad))
