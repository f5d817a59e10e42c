"""The transition-table engine: order of answers, effects, audit row, events list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import permissions
from core.clocks import ClockRule
from core.contracts import JurisdictionRef, Permission
from core.db import db, write
from core.models import AuditEntry, Clock, Publication
from core.permissions import Actor
from core.refusals import Forbidden, Invalid, Refusal, Refused, Stale, WrongState
from core.workflow import Machine, Move, State, Transition

RIGHT = Permission("test.move", "办理", ("organiser",))


def no_title(subject: Publication, _move: Move) -> Refusal | None:
    return Refusal("TITLE_MISSING", "请填写标题。", "会7") if not subject.title else None


def no_body(subject: Publication, _move: Move) -> Refusal | None:
    return Refusal("BODY_MISSING", "请填写正文。", "会9") if not subject.body else None


MACHINE = Machine(
    "core.test",
    {"draft": State("草稿"), "approved": State("已审核"), "withdrawn": State("已撤下", terminal=True)},
    (
        Transition(
            "approve", "同意", ("draft",), "approved", "test.move", article="会7", guards=(no_title, no_body),
            starts=(ClockRule("public", "会9", "公开", "WD", 5),),
        ),
        Transition("withdraw", "撤下", ("approved",), "withdrawn", "test.move", needs_reason=True, meets=("public",)),
    ),
)  # fmt: skip


@pytest.fixture
def organiser(app: Flask, county: JurisdictionRef, person: Callable[..., Actor]) -> Actor:
    permissions.registered()["test.move"] = RIGHT
    return person("organiser", place=county)


@pytest.fixture
def publication(county: JurisdictionRef) -> Publication:
    with write() as session:
        row = Publication(kind="page", title="一", body="正文")
        session.add(row)
    return row


@pytest.fixture
def fire(publication: Publication) -> Iterator[Callable[..., Move]]:
    def run(event: str, actor: Actor, **arguments: Any) -> Move:
        with write():
            return MACHINE.fire(publication, event, actor, **arguments)

    return run


def test_a_move_changes_state_version_clock_and_audit(fire: Any, organiser: Actor, publication: Publication) -> None:
    fire("approve", organiser, version=1)
    assert (publication.state, publication.version) == ("approved", 2)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.article, entry.role) == ("core.test.approve", "会7", "organiser")
    assert entry.data == {"from": "draft", "to": "approved"}
    assert db.session.scalars(select(Clock)).one().state == "running"
    fire("withdraw", organiser, reason="内容有误")
    assert db.session.scalars(select(Clock)).one().state == "met"


def test_all_refusals_come_in_article_order(fire: Any, organiser: Actor, publication: Publication) -> None:
    with write():
        publication.title = publication.body = ""
    with pytest.raises(Refused) as no:
        fire("approve", organiser)
    assert [(r.code, r.article) for r in no.value.refusals] == [("TITLE_MISSING", "会7"), ("BODY_MISSING", "会9")]
    assert publication.state == "draft"
    assert db.session.scalars(select(AuditEntry)).all() == []


def test_order_of_answers(fire: Any, organiser: Actor, person: Any, county: JurisdictionRef) -> None:
    stranger = person("drafter", place=county)
    with pytest.raises(Forbidden):  # no right beats every other fault
        fire("withdraw", stranger, version=9)
    with pytest.raises(Invalid):  # shape beats state
        fire("withdraw", organiser, version=9)
    with pytest.raises(WrongState):  # state beats version
        fire("withdraw", organiser, version=9, reason="x")
    with pytest.raises(Stale):  # version beats guards
        fire("approve", organiser, version=9)
    with pytest.raises(Invalid):
        fire("no_such_event", organiser)


def test_events_are_all_listed_with_reasons(organiser: Actor, publication: Publication) -> None:
    looks = {view.event: view for view in MACHINE.look(publication, organiser)}
    assert looks["approve"].allowed
    assert (looks["withdraw"].allowed, looks["withdraw"].code) == (False, "WRONG_STATE")


def test_a_role_of_another_agency_does_not_count(
    fire: Any, person: Any, county: JurisdictionRef, agency: Any, publication: Publication
) -> None:
    permissions.registered()["test.move"] = RIGHT
    with write():
        publication.agency_id = agency("office").id
    with pytest.raises(Forbidden):
        fire("approve", person("organiser", place=county, agency=agency("education")))
    fire("approve", person("organiser", place=county, agency=agency("office")))
