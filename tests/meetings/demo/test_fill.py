"""What the demo's places hold, and that it was told truly: sound chains, times in order, nothing overdue."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from core import clocks, demo, jurisdictions, settings, soundness
from core.db import db, utcnow
from core.models import AuditEntry, Clock, Publication
from core.permissions import ANONYMOUS
from plugins.meetings.demo.scripts import script
from plugins.meetings.live import reading
from plugins.meetings.live.models import LiveEvent, LiveSession, LiveText
from plugins.meetings.models import (
    AgendaApplication,
    FollowUp,
    Invitation,
    Meeting,
    Obligation,
    Slip,
    SpeakingRequest,
)
from plugins.meetings.services import follow_ups, meetings
from plugins.meetings.workflow import OBLIGATION

pytestmark = pytest.mark.sqlite


def meeting(state: str) -> Meeting:
    """The latest one in that state."""
    query = select(Meeting).where(Meeting.state == state).order_by(Meeting.starts_at.desc())
    return db.session.scalars(query.limit(1)).one()


def counted(column: object) -> Counter[str]:
    return Counter(db.session.scalars(select(column)))  # type: ignore[call-overload]


def test_every_record_is_sound_and_the_past_was_told_in_order(app: Flask) -> None:
    assert soundness.check() == {}
    for slug in demo.FULL_STAFF:
        with jurisdictions.enter(jurisdictions.by_slug(slug)):
            times = list(db.session.scalars(select(AuditEntry.at).order_by(AuditEntry.seq)))
            apart = [after - before for before, after in itertools.pairwise(times)]
            assert min(apart) > -timedelta(seconds=1)  # a step is dated by its beginning, what it caused by itself
            assert utcnow() - timedelta(minutes=5) < times[-1] < utcnow()


@pytest.mark.parametrize("slug", demo.FULL_STAFF)
def test_a_place_shows_every_stage_of_the_life_of_an_item(app: Flask, slug: str) -> None:
    with jurisdictions.enter(jurisdictions.by_slug(slug)):
        assert counted(Meeting.state) == {"sealed": 2, "in_session": 1, "announced": 1}
        states = counted(AgendaApplication.state)
        assert states == {
            "draft": 4, "pending": 1, "pending_leader": 1, "approved": 1, "scheduled": 3, "in_session": 1,
            "done": 2, "discharging": 1,
        }  # fmt: skip
        assert {"sent", "accepted", "acknowledged", "checked_in", "checked_out"} <= set(counted(Invitation.state))
        coming = meeting("announced")
        assert timedelta(days=1) < coming.starts_at - utcnow() < timedelta(days=14)


@pytest.mark.parametrize("slug", demo.FULL_STAFF)
def test_the_sealed_record_is_complete_with_a_correction_and_a_retraction(app: Flask, slug: str) -> None:
    here = jurisdictions.by_slug(slug)
    with jurisdictions.enter(here):
        past = meeting("sealed")
        live = reading.of_meeting(past.id)
        kinds = Counter(event["kind"] for event in reading.events_after(live, 0))
        assert (kinds["correct"], kinds["retract"], kinds["item"]) == (1, 1, 2)
        lines = reading.lines(live)
        assert 50 <= len(lines) <= 120
        (tombstone,) = [line for line in lines if line["state"] == "retracted"]
        assert tombstone["text"] is None
        assert tombstone["public_note"]
        gone = select(func.count()).select_from(LiveText).join(LiveEvent, LiveEvent.id == LiveText.event_id)
        assert db.session.scalar(gone.where(LiveEvent.post == tombstone["post"])) == 0
        spoken = [event["at"] for event in reading.events_after(live, 0)]
        assert spoken == sorted(spoken)
        assert meetings.find(ANONYMOUS, past.id) is past


@pytest.mark.article("meetings", 9)
def test_a_county_shows_its_own_rule_and_what_was_decided_stays_in_sight(app: Flask) -> None:
    for slug, together in (("meitan", True), ("huichuan", False)):
        with jurisdictions.enter(jurisdictions.by_slug(slug)):
            assert settings.get("meetings.synchronous_release") is together
            sealed = db.session.scalars(select(LiveSession).where(LiveSession.state == "sealed")).all()
            assert any(reading.pinned_line(session) for session in sealed)


@pytest.mark.article("meetings", 9)
@pytest.mark.parametrize("slug", demo.FULL_STAFF)
def test_outcome_document_and_interpretation_are_out_and_one_duty_still_runs(app: Flask, slug: str) -> None:
    with jurisdictions.enter(jurisdictions.by_slug(slug)):
        published = select(Publication.kind).where(
            Publication.state == "released", Publication.plugin.not_in(("disclosure", "predisclosure"))
        )
        assert Counter(db.session.scalars(published)) == {
            "outcome": 3, "policy_document": 2, "interpretation": 2, "notice": 1,
        }  # fmt: skip
        (owed,) = db.session.scalars(select(Obligation).where(Obligation.state == "owed"))
        assert owed.kind == "interpretation"
        assert owed.owner_name.endswith("政务公开专员")
        duty = Clock.subject_type == OBLIGATION.object_type
        running = db.session.scalars(select(Clock).where(Clock.state == "running", duty)).one()
        assert running.subject_id == owed.id
        assert clocks.state_of(running) == "running"


@pytest.mark.article("meetings", 8, 10)
@pytest.mark.parametrize("slug", demo.FULL_STAFF)
def test_people_ask_and_are_answered(app: Flask, slug: str) -> None:
    with jurisdictions.enter(jurisdictions.by_slug(slug)):
        assert counted(Slip.state) == {"handed_in": 1, "admitted": 1, "replied": 1}
        assert counted(SpeakingRequest.state) == {"waiting": 2}
        assert counted(FollowUp.state) == {"open": 2, "answered": 1}
        answered = db.session.scalars(select(FollowUp).where(FollowUp.state == "answered")).one()
        assert follow_ups.compared(answered) is not None
        assert len(answered.live_groups) == 3


def test_other_counties_are_almost_empty_and_two_have_the_plugin_off(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/api/v1/xishui/meetings").status_code == 200
    assert client.get("/api/v1/yuqing/meetings").status_code == 404
    with jurisdictions.enter(jurisdictions.by_slug("xishui")):
        assert db.session.scalar(select(func.count()).select_from(Meeting)) == 0


@pytest.mark.parametrize("name", ["elevator", "bus", "water", "school"])
def test_a_script_is_long_enough_to_be_believed_and_names_its_place(app: Flask, name: str) -> None:
    found = script(name, "湄潭县")
    assert 60 <= len(found.steps) <= 120
    assert [type(step).__name__ for step in found.steps].count("Retract") == 1
    assert "{place}" not in repr(found)


def test_every_account_that_is_printed_has_its_role(app: Flask) -> None:
    printed = list(demo.fill())
    for login, (_name, role, _agency) in demo.PEOPLE.items():
        assert any(line.split()[:2] == [login, role] for line in printed)
        assert any(grant.role == role for grant in demo.people("zunyi")[login].grants)
    assert demo.people("xishui") == {}
