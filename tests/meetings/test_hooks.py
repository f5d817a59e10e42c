"""What the plugin does when the core calls: other doors to publication, switching on, and what comes round by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from core import jurisdictions, plugins, publications, reminders, tasks
from core.db import db, new_id, utcnow, write
from core.models import Account, Clock, Notice, Publication
from core.permissions import SYSTEM, Actor, actor_for
from core.refusals import Refused
from plugins.meetings.live.models import LiveIdempotency, LiveSession, LiveTicket
from plugins.meetings.models import AgendaApplication, FollowUp, Meeting, Obligation, RuleText
from plugins.meetings.tasks import discharge, forget
from plugins.meetings.workflow import OBLIGATION

ANOTHER = Actor(None, "审核")


@pytest.fixture
def closed(office: Any) -> tuple[str, str]:
    """A closed meeting with one passed item whose result is published."""
    item = office.approved()
    meeting = office.meeting(item)
    office.run(meeting, item)
    office.fire("organiser", f"applications/{item}", "publish")
    return meeting, item


def owed(meeting: str) -> dict[str, Obligation]:
    rows = db.session.scalars(select(Obligation).where(Obligation.meeting_id == meeting))
    return {row.kind: row for row in rows}


def draft(kind: str, obligation: Obligation | None = None, matter: str | None = None) -> str:
    """A page made at the core's own desk and approved there; answers its id."""
    with write():
        about = {"subject_type": OBLIGATION.object_type, "subject_id": obligation.id} if obligation else {}
        page = publications.create(SYSTEM, kind=kind, title="标题", body="正文", matter_id=matter, **about)
        publications.approve(ANOTHER, page)
        return page.id


def release(page: str) -> None:
    with write():
        publications.release(SYSTEM, db.session.get_one(Publication, page))


@pytest.mark.article("meetings", 9)
@pytest.mark.parametrize("by_matter", [False, True])
def test_the_cores_door_keeps_a_policy_document_without_its_interpretation(
    office: Any, closed: tuple[str, str], *, by_matter: bool
) -> None:
    meeting, item = closed
    with jurisdictions.enter(office.place):
        matter = db.session.get_one(AgendaApplication, item).matter_id
        document = draft("policy_document", None if by_matter else owed(meeting)["policy_document"], matter)
        with pytest.raises(Refused) as no:
            release(document)
        assert [(refusal.code, refusal.article) for refusal in no.value.refusals] == [("INTERPRETATION_MISSING", "会9")]
        release(draft("interpretation", None if by_matter else owed(meeting)["interpretation"], matter))
        tasks.sweep_outbox()
        release(document)


@pytest.mark.article("meetings", 9)
def test_a_policy_document_of_no_meeting_is_not_held(office: Any, closed: tuple[str, str]) -> None:
    assert closed
    with jurisdictions.enter(office.place):
        release(draft("policy_document"))


@pytest.mark.article("meetings", 9)
def test_pages_released_by_another_door_meet_the_duties_and_open_the_follow_up(
    office: Any, closed: tuple[str, str]
) -> None:
    meeting, item = closed
    with jurisdictions.enter(office.place):
        for kind in ("outcome", "interpretation", "policy_document"):
            release(draft(kind, owed(meeting)[kind]))
            tasks.sweep_outbox()
        rows = owed(meeting).values()
        assert {row.state for row in rows} == {"published"}
        met = db.session.scalars(select(Clock.state).where(Clock.subject_id.in_([row.id for row in rows])))
        assert set(met) == {"met"}
        assert db.session.get_one(AgendaApplication, item).state == "done"
        assert db.session.scalars(select(FollowUp.state)).all() == ["open"]
        page, versions = next(iter(rows)).publication_id, [row.version for row in rows]
        list(
            plugins.installed().call_one(
                "meetings", "publication_released", jurisdiction=office.place, publication_id=page
            )
        )
        assert [row.version for row in owed(meeting).values()] == versions


@pytest.mark.article("meetings", 8)
def test_switching_on_gives_a_county_its_first_rules_once(office: Any) -> None:
    with jurisdictions.enter(office.place):
        for state in ("off", "on", "off", "on"):
            with write():
                plugins.switch(SYSTEM, office.place, "meetings", state)
            tasks.sweep_outbox()
        assert [rule.version for rule in db.session.scalars(select(RuleText))] == [1]


@pytest.mark.article("meetings", 9)
def test_an_overdue_duty_reaches_the_supervisor(office: Any, closed: tuple[str, str]) -> None:
    office.token("supervisor")
    with jurisdictions.enter(office.place):
        assert closed
        due = db.session.scalars(select(Clock.due_at)).first()
        assert due
        reminders.sweep(due + timedelta(minutes=1))
        db.session.rollback()  # a new reader
        names = {row.id: row for row in db.session.scalars(select(Account))}
        found = db.session.scalars(select(Notice).where(Notice.subject == "会后公开：已逾期"))
        roles = {role for row in found for role in actor_for(names[row.account_id or ""]).roles_in(office.place.id)}
        assert {"supervisor", "organiser"} <= roles


@pytest.mark.article("meetings", 9)
def test_the_sweep_ends_items_that_are_settled_and_no_others(office: Any, closed: tuple[str, str]) -> None:
    meeting, item = closed
    discharge()
    with jurisdictions.enter(office.place):
        assert db.session.get_one(AgendaApplication, item).state == "discharging"
        with write():
            for row in owed(meeting).values():
                row.state, row.reason, row.approved_name = "exempted", "依法不公开", "分管领导"
    discharge()
    with jurisdictions.enter(office.place):
        assert db.session.get_one(AgendaApplication, item).state == "done"


def test_keys_of_long_sealed_texts_and_used_tickets_are_forgotten(office: Any, closed: tuple[str, str]) -> None:
    now = utcnow()
    office.fire("organiser", closed[0], "seal")
    young = office.meeting()
    with jurisdictions.enter(office.place), write() as session:
        session.get_one(Meeting, closed[0]).sealed_at = now - timedelta(days=31)
        for live in session.scalars(select(LiveSession)).all():
            key = live.meeting_id[:16]
            session.add(
                LiveIdempotency(
                    session_id=live.id, actor="a", key=key, request_hash="", post=None, seq=None, status=201
                )
            )
            for used, ends in ((None, 1), (now, 1), (None, -1)):
                ends_at = now + timedelta(minutes=ends)
                session.add(
                    LiveTicket(secret_hash=new_id(), session_id=live.id, person="p", expires_at=ends_at, used_at=used)
                )
    forget()
    with jurisdictions.enter(office.place):
        assert list(db.session.scalars(select(LiveIdempotency.key))) == [young[:16]]
        assert db.session.scalar(select(func.count()).select_from(LiveTicket)) == 2
        assert not db.session.scalars(select(LiveTicket).where(LiveTicket.used_at.is_not(None))).all()
