"""The sealed record as it leaves the house: sound for the offline verifier, checked by `audit verify`, printable."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO

import pytest
from docx import Document
from flask import Flask
from sqlalchemy import text

from core.commands.database import verify as audit_verify
from core.contracts import JurisdictionRef
from core.db import db, new_id, utcnow, write
from core.models import Agency, Matter
from core.permissions import SYSTEM
from plugins.meetings.documents import record_docx, sealed, verify_record
from plugins.meetings.live import reading, writer
from plugins.meetings.live.models import LiveSession
from plugins.meetings.live.writer import Line
from plugins.meetings.models import AgendaApplication, Meeting


@pytest.fixture
def meeting(county: JurisdictionRef, agency: Callable[[str], Agency]) -> Meeting:
    """A sealed meeting with two items, the second not public; one correction, one retraction."""
    now = utcnow()
    with write() as session:
        meeting = Meeting(
            id=new_id(), kind="executive", title="第12次常务会议", starts_at=now, place="一号会议室", state="sealed",
            agency_id=agency("office").id, announced_at=now, opened_at=now, closed_at=now, sealed_at=now,
        )  # fmt: skip
        matter = Matter(title="供水")
        session.add_all([meeting, matter])
        session.flush()
        for position, (title, openness) in enumerate([("供水方案", "open"), ("人事安排", "closed")], 1):
            session.add(
                AgendaApplication(
                    id=new_id(), title=title, matter_id=matter.id, subject_class="none", openness=openness, state="done",
                    meeting_id=meeting.id, position=position, result="passed_in_principle", content_hash="x",
                )
            )  # fmt: skip
        session.flush()
        writer.ensure_session(meeting.id)
        live = writer.lock(meeting.id)
        writer.follow_meeting_state(live, "in_session")
        first = writer.publish(live, SYSTEM, Line("speech", "原话", speaker="王某", item=meeting.agenda[0].id))
        secret = writer.publish(live, SYSTEM, Line("speech", "身份证号", speaker="李某"))
        writer.correct(live, SYSTEM, str(first.post), "改后", "笔误", 1)
        writer.retract(live, SYSTEM, str(secret.post), "涉及隐私", "涉及隐私")
        writer.follow_meeting_state(live, "closed")
        writer.follow_meeting_state(live, "sealed")
    return db.session.get_one(Meeting, meeting.id)


def live_of(meeting: Meeting) -> LiveSession:
    return reading.of_meeting(meeting.id)


@pytest.mark.article("meetings", 9)
def test_the_record_is_sound_for_the_offline_verifier(meeting: Meeting) -> None:
    record = json.loads(json.dumps(sealed.whole(meeting, live_of(meeting))))
    assert verify_record.verify(record, live_of(meeting).head_digest) == 1
    assert [post["text"] for post in record["posts"]] == ["改后", None]
    assert "身份证号" not in json.dumps(record, ensure_ascii=False)


def test_a_text_withdrawn_after_sealing_leaves_a_sound_record(meeting: Meeting) -> None:
    with write():
        post = reading.lines(live_of(meeting))[0]["post"]
        writer.withdraw(writer.lock(meeting.id), SYSTEM, post, "依法撤下", "已撤下")
    record = json.loads(json.dumps(sealed.whole(meeting, live_of(meeting))))
    assert verify_record.verify(record) == 3
    assert record["posts"][0]["public_note"] == "已撤下"


@pytest.mark.article("meetings", 2)
def test_the_heading_says_what_the_public_may_know(meeting: Meeting) -> None:
    record = sealed.whole(meeting, live_of(meeting))
    assert [(item["title"], item["result_label"]) for item in record["agenda"]] == [
        ("供水方案", "原则通过"),
        ("（依法不公开的议题）", None),
    ]
    about = record["about"]
    assert (about["title"], about["kind_label"], about["agency"]) == (
        "第12次常务会议",
        "常务会议",
        "汇川区人民政府办公室",
    )
    assert about["sealed_at"].endswith("+08:00")
    assert about["url"].endswith(f"/huichuan/meetings/{meeting.id}/")


def test_it_prints(meeting: Meeting) -> None:
    live = live_of(meeting)
    texts = [
        paragraph.text for paragraph in Document(BytesIO(record_docx.build(sealed.printed(meeting, live)))).paragraphs
    ]
    for expected in (
        "第12次常务会议",
        "会议类型：常务会议",
        "一、供水方案　原则通过",
        "王某：改后［更正1］",
        live.head_digest,
    ):
        assert expected in texts
    assert any("此条已撤回：涉及隐私" in line for line in texts)


@pytest.mark.article("meetings", 9)
def test_audit_verify_checks_sealed_records(app: Flask, meeting: Meeting) -> None:
    runner = app.test_cli_runner()
    good = runner.invoke(audit_verify, ["--json"])
    assert json.loads(good.output) == {"sound": True, "faults": {}}
    with write():
        db.session.execute(text("UPDATE meetings_live_text SET text = '没说过的话'"))
    bad = runner.invoke(audit_verify)
    assert bad.exit_code == 1
    assert f"huichuan: live text of meeting {meeting.id} (第12次常务会议)" in bad.output
