"""The minutes (会4): begun from the record, written by several without loss, checked and confirmed by others."""

from __future__ import annotations

import io
from typing import Any

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db import db, utcnow, write
from core.permissions import SYSTEM
from core.refusals import NotFound, Refused, Stale, WrongState
from plugins.meetings.documents.minutes_docx import minutes_docx
from plugins.meetings.live import writer
from plugins.meetings.live.writer import Line
from plugins.meetings.models import Minutes, MinutesRevision, MinutesSection
from plugins.meetings.models.minutes import MINUTES_STATES
from plugins.meetings.services import meetings, minutes
from plugins.meetings.workflow import MINUTES
from tests.meetings.conftest import World
from tests.meetings.test_truth_tables import ROLES, Table, expected, outcome

WRITERS = ("organiser", "stenographer")
TITLE = "老旧小区加装电梯实施办法"


def held(world: World) -> Any:
    """A meeting that is over: one item decided, two lines of it, one taken back."""
    with write():
        meeting = world.meeting("in_session", opened_at=utcnow())
        item = world.item("deliberated", meeting, called_at=utcnow(), result_note="会后完善补偿条款")
        item.invitations[0].state = "checked_in"
        session = writer.lock(meeting.id)
        for text in ("我汇报起草情况", "说错的话"):
            last = writer.publish(session, SYSTEM, Line("speech", text, item.id, "李局长"))
        writer.retract(session, SYSTEM, str(last.post), "误记", None, 1)
        meetings.move(world.people["organiser"], meeting, "close")
        return meeting.id


def begun(world: World, meeting_id: str, who: str = "stenographer") -> Minutes:
    with write():
        return minutes.begin(world.people[who], meetings.find(SYSTEM, meeting_id))


@pytest.mark.article("meetings", 4)
def test_the_draft_comes_from_the_record_with_attendance_and_results(world: World) -> None:
    draft = begun(world, held(world))
    attendance, item = draft.sections
    assert "三楼会议室" in attendance.text
    assert "王小明" in attendance.text
    assert item.heading == TITLE
    assert item.text.splitlines() == ["审议结论：通过", "会后完善补偿条款", "李局长：我汇报起草情况"]
    assert begun(world, draft.meeting_id).id == draft.id, "asked again, nothing is begun twice"


def test_there_are_none_before_the_meeting_is_over(world: World) -> None:
    with write():
        meeting = world.meeting("in_session")
        with pytest.raises(WrongState):
            minutes.begin(world.people["organiser"], meeting)


def test_nobody_overwrites_what_another_wrote_meanwhile(world: World) -> None:
    part = begun(world, held(world)).sections[1]
    first, second = world.people["organiser"], world.people["stenographer"]
    with write():
        minutes.edit(first, minutes.section(first, part.id), "甲写的", rev=1)
    with write(), pytest.raises(Stale):
        minutes.edit(second, minutes.section(second, part.id), "乙写的", rev=1)
    with write():
        minutes.edit(second, minutes.section(second, part.id), "甲写的，乙写的", rev=2)
        minutes.edit(second, minutes.section(second, part.id), "甲写的，乙写的", rev=2)  # a second click
    rows = minutes.section(first, part.id).revisions
    assert [(row.rev, row.text) for row in rows[1:]] == [(2, "甲写的"), (3, "甲写的，乙写的")]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(WRITERS), st.integers(0, 3), st.text("甲乙丙", max_size=4))))
def test_every_text_that_was_accepted_stands_in_the_history(world: World, acts: list[tuple[str, int, str]]) -> None:
    if not hasattr(world, "part_id"):
        world.part_id = begun(world, held(world)).sections[1].id  # type: ignore[attr-defined]
    part_id: str = world.part_id  # type: ignore[attr-defined]
    for who, behind, text in acts:
        actor = world.people[who]
        with write():
            part = minutes.section(actor, part_id)
            before = [row.text for row in part.revisions]
            try:
                minutes.edit(actor, part, text, rev=part.rev - behind)
                accepted = True
            except Stale:
                accepted = False
            db.session.expire_all()
            after = [row.text for row in minutes.section(actor, part_id).revisions]
        assert after[: len(before)] == before
        assert after[len(before) :] == ([text] if accepted and text != before[-1] else [])


@pytest.mark.article("meetings", 4)
def test_who_wrote_neither_checks_nor_confirms(world: World) -> None:
    draft = begun(world, held(world))
    organiser = world.people["organiser"]
    with write():
        minutes.edit(organiser, minutes.section(organiser, draft.sections[0].id), "出席：三人", rev=1)
        minutes.move(organiser, minutes.find(SYSTEM, draft.id), "submit")
    with write(), pytest.raises(Refused, match="SELF_APPROVAL"):
        minutes.move(organiser, minutes.find(SYSTEM, draft.id), "check")


@pytest.mark.article("meetings", 4)
def test_an_empty_part_is_named_before_anybody_checks(world: World) -> None:
    draft = begun(world, held(world))
    organiser = world.people["organiser"]
    with write():
        minutes.edit(organiser, minutes.section(organiser, draft.sections[1].id), " ", rev=1)
        with pytest.raises(Refused, match="MINUTES_INCOMPLETE"):
            minutes.move(organiser, minutes.find(SYSTEM, draft.id), "submit")


def test_the_public_reads_no_minutes(world: World) -> None:
    draft = begun(world, held(world))
    with pytest.raises(NotFound):
        minutes.find(world.people["nobody"], draft.id)


def test_as_a_word_document_a_draft_says_so(world: World) -> None:
    draft = begun(world, held(world))
    texts = [paragraph.text for paragraph in Document(io.BytesIO(minutes_docx(draft))).paragraphs]
    assert texts[1] == "本稿尚未定稿（起草中）。"
    assert {TITLE, "李局长：我汇报起草情况"} <= set(texts)


MINUTES_TABLE: Table = {
    "submit": (("organiser", "stenographer"), {"draft": "checking"}),
    "check": (("organiser",), {"checking": "confirming"}),
    "confirm": (("deputy_leader", "leader"), {"confirming": "final"}),
    "return": (("organiser",), {"checking": "draft"}),
}
BY_LEADERS: Table = {"return": (("deputy_leader", "leader"), {"confirming": "draft"})}
"""What is returned at confirmation is returned by who confirms."""


@pytest.mark.article("meetings", 4)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", MINUTES_TABLE)
@pytest.mark.parametrize("state", MINUTES_STATES)
def test_every_event_in_every_state_by_every_role(world: World, state: str, event: str, role: str) -> None:
    assert set(MINUTES_TABLE) == set(MINUTES.events)

    def make() -> Minutes:
        at = utcnow()
        row = Minutes(meeting=world.meeting("closed"), state=state, version=1, checked_at=at, confirmed_at=at)
        part = MinutesSection(heading="出席情况", text="三人", rev=1, position=1)
        part.revisions.append(MinutesRevision(rev=1, text="三人", by_id="somebody"))
        row.sections.append(part)
        db.session.add(row)
        db.session.flush()
        return row

    found = outcome(make, lambda row: MINUTES.fire(row, event, world.people[role], reason="测试理由"))
    table = BY_LEADERS if (state, event) == ("confirming", "return") else MINUTES_TABLE
    assert found == expected(table, state, event, role)
