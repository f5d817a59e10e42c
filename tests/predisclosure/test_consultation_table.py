"""5.5 against a table written by hand: all states × events × roles, of consultations and of decision items."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from core import matters
from core.db import db, new_id, utcnow
from core.models import Agency
from core.permissions import SYSTEM, Actor
from plugins.predisclosure.models import DecisionItem, DraftEdition, PublicConsultation
from plugins.predisclosure.models.consultations import CONSULTATION_STATES, NEVER_OPENED
from plugins.predisclosure.models.items import ITEM_STATES
from plugins.predisclosure.services import consultations, items
from plugins.predisclosure.workflow import CONSULTATION, ITEM
from tests.disclosure import tables
from tests.disclosure.tables import Table, expected, outcome
from tests.installations import Installations

ROLES = ("drafter", "disclosure_officer", "deputy_leader", "leader", "handler", "supervisor", "nobody", "system")
DRAFTERS, LEADERS = ("drafter", "disclosure_officer"), ("deputy_leader", "leader")
TABLE: Table = {
    "submit": (DRAFTERS, {"draft": "pending"}),
    "return": (LEADERS, {"pending": "draft"}),
    "publish": (LEADERS, {"pending": "open"}),
    "correct": (DRAFTERS, {"open": "open"}),
    "replace_draft": (LEADERS, {"open": "open"}),
    "extend": (LEADERS, {"open": "open"}),
    "close": ((), {"open": "PERIOD_OPEN"}),
    "summarise": (DRAFTERS, {"closed": "summarising"}),
    "submit_summary": (DRAFTERS, {"summarising": "summary_review"}),
    "return_summary": (LEADERS, {"summary_review": "summarising"}),
    "publish_summary": (LEADERS, {"summary_review": "summary_published"}),
    "revise": (DRAFTERS, {"summary_published": "revised", "revised": "revised"}),
    "hand_in": (DRAFTERS, {"revised": "submitted"}),
    "issue": (DRAFTERS, {"submitted": "issued"}),
    "not_issue": (DRAFTERS, {"submitted": "not_issued"}),
    "terminate": (
        LEADERS,
        dict.fromkeys(set(CONSULTATION_STATES) - {"submitted", "issued", "not_issued", "terminated"}, "terminated"),
    ),
}
PARAMS: dict[str, dict[str, Any]] = {
    "correct": {"text": "第二条“5元”应为“4元”。"},
    "replace_draft": {"text": "第一条 新的草案。"},
    "revise": {"text": "第一条 修改后的草案。"},
    "hand_in": {"legality": "passed"},
    "issue": {"document_number": "汇府发〔2026〕1号"},
}
ITEM_TABLE: Table = {
    "ask_exemption": (DRAFTERS, {"listed": "exemption_pending"}),
    "approve_exemption": (LEADERS, {"exemption_pending": "exempt"}),
    "refuse_exemption": (LEADERS, {"exemption_pending": "listed"}),
    "revoke_exemption": (LEADERS, {"exempt": "listed"}),
}


@pytest.fixture(scope="module")
def people(installations: Installations, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Actor]]:
    roles = [role for role in ROLES if role not in {"nobody", "system"}]
    with tables.county(installations, tmp_path_factory.mktemp("consultations") / "data", roles) as found:
        yield found


def item_in(state: str) -> DecisionItem:
    """An item put straight into a state; inside `write()`."""
    office = db.session.scalars(select(Agency).where(Agency.code == "office")).one()
    made = DecisionItem(
        id=new_id(), agency_id=office.id, joint_agencies=[], title="城区停车收费标准", category="prices", year=2026,
        matter_id=matters.create(SYSTEM, "城区停车收费标准").id, exemption_reason="应急处置" if state != "listed" else "",
        approved_name="李某" if state == "exempt" else "", state=state, version=1,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def consultation_in(state: str, **values: Any) -> PublicConsultation:
    """A whole consultation put straight into a state; inside `write()`."""
    item, now = item_in("listed"), utcnow()
    asked = state not in NEVER_OPENED
    made = PublicConsultation(
        id=new_id(), item_id=item.id, agency_id=item.agency_id, matter_id=item.matter_id, title=item.title,
        main_points="调整。", background="六年。", basis="价格法。", feedback="电话。", text="第一条 草案。",
        methods=[{"kind": "website"}], errata=[], extensions=[], summary="共收到意见。", revised_text="第一条 修改。",
        opens_at=now if asked else None, closes_at=now + timedelta(days=30) if asked else None, state=state, version=1,
    )  # fmt: skip
    for name, value in values.items():
        setattr(made, name, value)
    if asked:
        made.editions = [DraftEdition(number=1, text="第一条 草案。", text_hash="", reason="", published_at=now)]
    db.session.add(made)
    db.session.flush()
    return made


@pytest.mark.table
@pytest.mark.article("predisclosure", 2, 3, 6, 7)
@pytest.mark.parametrize("event", list(TABLE))
def test_every_state_event_and_role(people: dict[str, Actor], event: str) -> None:
    assert set(TABLE) == set(CONSULTATION.events)
    params = PARAMS.get(event, {"closes_at": utcnow() + timedelta(days=40)} if event == "extend" else {})
    for state, role in product(CONSULTATION_STATES, ROLES):

        def fire(row: PublicConsultation, actor: Actor = people[role]) -> None:
            consultations.move(actor, row, event, reason="依据有关规定", params=params)

        told = outcome(lambda at=state: consultation_in(at), fire)
        assert told == expected(TABLE, state, event, role), (event, state, role)


@pytest.mark.table
@pytest.mark.article("predisclosure", 4)
@pytest.mark.parametrize("event", list(ITEM_TABLE))
def test_every_state_event_and_role_of_items(people: dict[str, Actor], event: str) -> None:
    assert set(ITEM_TABLE) == set(ITEM.events)
    for state, role in product(ITEM_STATES, ROLES):

        def fire(row: DecisionItem, actor: Actor = people[role]) -> None:
            items.move(actor, row, event, reason="突发事件应急处置")

        told = outcome(lambda at=state: item_in(at), fire)
        assert told == expected(ITEM_TABLE, state, event, role), (event, state, role)


@pytest.mark.article("predisclosure", 5, 6, 7)
@pytest.mark.parametrize(
    ("state", "event", "values", "code"),
    [
        ("draft", "submit", {"methods": []}, "METHOD_MISSING"),
        *(("draft", "submit", {name: " "}, "NOTICE_INCOMPLETE") for name in ("main_points", "background", "basis", "feedback", "text")),
        ("summarising", "submit_summary", {"methods": [{"kind": "hearing"}]}, "METHOD_UNRECORDED"),
        ("summarising", "submit_summary", {"summary": ""}, "SUMMARY_MISSING"),
        ("summary_published", "revise", {"revised_text": ""}, "REVISED_MISSING"),
        ("revised", "hand_in", {}, "LEGALITY_MISSING"),
        ("submitted", "issue", {}, "NUMBER_MISSING"),
        ("open", "correct", {}, "ERRATUM_MISSING"),
        ("open", "replace_draft", {}, "UNCHANGED"),
        ("open", "extend", {}, "PERIOD_TOO_SHORT"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(
    people: dict[str, Actor], state: str, event: str, values: dict[str, Any], code: str
) -> None:
    made = outcome(
        lambda: consultation_in(state, **values),
        lambda row: consultations.move(SYSTEM, row, event, reason="依据有关规定", params={}),
    )
    assert made == code


@pytest.mark.article("predisclosure", 6, 7)
@pytest.mark.parametrize(
    ("state", "event", "by"), [("pending", "publish", "submitted_by"), ("summary_review", "publish_summary", "summarised_by")]
)  # fmt: skip
def test_who_wrote_it_does_not_approve_it(people: dict[str, Actor], state: str, event: str, by: str) -> None:
    leader = people["deputy_leader"]
    made = outcome(
        lambda: consultation_in(state, **{by: leader.id}), lambda row: consultations.move(leader, row, event)
    )
    assert made == "OWN_APPROVAL"


@pytest.mark.article("predisclosure", 4)
def test_who_asks_for_an_exemption_does_not_approve_it(people: dict[str, Actor]) -> None:
    leader = people["deputy_leader"]

    def make() -> DecisionItem:
        row = item_in("exemption_pending")
        row.requested_by = leader.id
        return row

    assert outcome(make, lambda row: items.move(leader, row, "approve_exemption")) == "OWN_APPROVAL"
