"""5.1 against a table written by hand: all states × events × roles, and what binds approvals to content."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.db import db, new_id, write
from core.models import Agency
from core.permissions import SYSTEM, Actor
from core.refusals import Refused
from plugins.disclosure.document_content import content_hash
from plugins.disclosure.models import Document
from plugins.disclosure.models.documents import DOCUMENT_STATES
from plugins.disclosure.questionnaire import Answers, evaluate
from plugins.disclosure.services import documents
from plugins.disclosure.values import GROUNDS
from plugins.disclosure.workflow import DOCUMENT
from tests.disclosure import tables
from tests.disclosure.tables import Table, expected, outcome
from tests.installations import Installations

ROLES = (
    "drafter",
    "secrecy_reviewer",
    "deputy_leader",
    "leader",
    "disclosure_officer",
    "supervisor",
    "nobody",
    "system",
)
DRAFTERS, OFFICER = ("drafter", "disclosure_officer"), ("disclosure_officer",)
SECRECY, DEPUTY, LEADER = ("secrecy_reviewer",), ("deputy_leader",), ("leader",)
IN_REVIEW = ("secrecy_review", "referred", "review", "leader_review", "to_sign")
TABLE: Table = {
    "determine": (DRAFTERS, {"drafting": "secrecy_review"}),
    "review": (SECRECY, {"secrecy_review": "review", "redetermination": "redetermination"}),
    "refer": (SECRECY, {"secrecy_review": "referred"}),
    "answer_referral": (OFFICER, {"referred": "ANSWER_MISSING"}),
    "cosign": (("disclosure_officer", "deputy_leader"), dict.fromkeys(IN_REVIEW, "COSIGN_MISSING")),
    "sign": (LEADER, {"to_sign": "signed"}),
    "issue": (OFFICER, {"signed": "issued"}),
    "redetermine": (OFFICER, {"issued": "redetermination"}),
    "complete": (DEPUTY, {"redetermination": "NOT_REVIEWED"}),
    "dismiss": (DEPUTY, {"redetermination": "issued"}),
    "void": (
        ("drafter", "disclosure_officer", "deputy_leader", "leader"),
        dict.fromkeys(("drafting", *IN_REVIEW), "void"),
    ),
    "repeal": (OFFICER, {"issued": "repealed"}),
}
BY_STATE = {
    "approve": {"review": (DEPUTY, "to_sign"), "leader_review": (LEADER, "to_sign")},
    "return": {
        "secrecy_review": (SECRECY, "drafting"), "review": (DEPUTY, "drafting"), "leader_review": (LEADER, "drafting"),
        "to_sign": (LEADER, "drafting"),
    },
}  # fmt: skip
FIRST = {"approve": DEPUTY, "return": SECRECY}
"""Whose right is asked for where a state has no such event."""
PARAMS: dict[str, dict[str, Any]] = {
    "refer": {"target": "superior"}, "issue": {"number": "遵府发[2026]1号"},
    "redetermine": {"attribute": "on_request", "attribute_reason": "不需要社会公众广泛知晓和参与", "answers": {"vital": False, "organisation": False}},
    "repeal": {"basis": "遵府发〔2026〕2号"},
}  # fmt: skip


@pytest.fixture(scope="module")
def people(installations: Installations, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Actor]]:
    roles = [role for role in ROLES if role not in {"nobody", "system"}]
    with tables.county(installations, tmp_path_factory.mktemp("documents") / "data", roles) as found:
        yield found


def document_in(state: str, **values: Any) -> Document:
    """A lawful document put straight into a state; inside `write()`."""
    row = Document(
        id=new_id(), agency_id=db.session.scalars(select(Agency.id).where(Agency.code == "office")).one(),
        title="关于老旧小区改造的通知", genre="notice", text="各县：", public_text="", origin="made", source="",
        attribute="voluntary", attribute_reason="", answers={"vital": True, "organisation": False}, grounds=[],
        ground_facts={}, secrecy_level="none", important=False, joint_agencies=[], key_area="", sheet={}, proposal={},
        created_by=None, version=1, state=state,
    )  # fmt: skip
    for name, value in values.items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()
    row.content_hash = row.approved_hash = content_hash(row)
    return row


def told(event: str, state: str, role: str) -> str:
    if event not in BY_STATE:
        return expected(TABLE, state, event, role)
    who, after = BY_STATE[event].get(state, (FIRST[event], "WRONG_STATE"))
    return after if role in {*who, "system"} else "FORBIDDEN"


@pytest.mark.table
@pytest.mark.article("attribution", 3, 7, 9)
@pytest.mark.article("disclosure", 6)
@pytest.mark.parametrize("event", [*TABLE, *BY_STATE])
def test_every_state_event_and_role(people: dict[str, Actor], event: str) -> None:
    assert {*TABLE, *BY_STATE} == set(DOCUMENT.events)
    for state, role in product(DOCUMENT_STATES, ROLES):
        values = {"answers": {"vital": False, "organisation": False}} if event == "redetermine" else {}

        def fire(row: Document, actor: Actor = people[role]) -> None:
            documents.move(actor, row, event, reason="依据有关规定办理", params=PARAMS.get(event))

        assert outcome(lambda at=state, more=values: document_in(at, **more), fire) == told(event, state, role), (
            event, state, role,
        )  # fmt: skip


@pytest.mark.article("attribution", 3)
@pytest.mark.parametrize("event", ["determine", "sign", "issue"])
def test_nothing_goes_on_without_an_attribute(people: dict[str, Actor], event: str) -> None:
    state = {"determine": "drafting", "sign": "to_sign", "issue": "to_sign"}[event]
    codes: list[str] = []

    def fire(row: Document) -> None:
        if event == "issue":
            row.state = "to_sign"
            codes.extend(no.code for no in DOCUMENT.obstacles(row, "sign", SYSTEM))
            return
        documents.move(SYSTEM, row, event, params=PARAMS.get(event))

    found = outcome(lambda: document_in(state, attribute=None), fire)
    assert "ATTR_MISSING" in {found, *codes}


@pytest.mark.article("disclosure", 6)
def test_who_drafted_it_neither_reviews_nor_approves_nor_signs(people: dict[str, Actor]) -> None:
    for event, state, role in (
        ("review", "secrecy_review", "secrecy_reviewer"), ("approve", "review", "deputy_leader"),
        ("approve", "leader_review", "leader"), ("sign", "to_sign", "leader"),
    ):  # fmt: skip
        own = people[role]
        made = outcome(
            lambda at=state, who=own: document_in(at, created_by=who.id),
            lambda row, who=own, what=event: documents.move(who, row, what),
        )
        assert made == "SELF_APPROVAL", (event, state)


@pytest.mark.article("disclosure", 6)
def test_an_important_document_needs_both_leaders(people: dict[str, Actor]) -> None:
    def fire(row: Document) -> None:
        documents.move(people["deputy_leader"], row, "approve")
        assert row.state == "leader_review"
        documents.move(people["leader"], row, "approve")

    assert outcome(lambda: document_in("review", important=True), fire) == "to_sign"


EDITS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.text("甲乙丙", min_size=1, max_size=5),
        "text": st.text("甲乙丙", max_size=5),
        "attribute_reason": st.text("甲乙丙", max_size=5),
        "important": st.booleans(),
        "key_area": st.sampled_from(["", "housing"]),
        "answers": st.fixed_dictionaries({"vital": st.booleans(), "organisation": st.booleans()}),
        "grounds": st.lists(st.sampled_from(sorted(GROUNDS)), max_size=2, unique=True),
    },
)


@pytest.mark.article("disclosure", 6)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edit=EDITS)
def test_any_change_of_what_decides_voids_what_was_agreed_to(people: dict[str, Actor], edit: dict[str, Any]) -> None:
    def fire(row: Document) -> None:
        documents.move(SYSTEM, row, "determine")
        before = row.content_hash
        documents.move(people["secrecy_reviewer"], row, "return", reason="请改写")
        documents.edit(people["drafter"], row, edit)
        changed = content_hash(row) != before
        assert row.approved_hash is None
        assert all(line.void for line in row.lines)
        row.state, row.approved_hash = "to_sign", before
        codes = [no.code for no in DOCUMENT.obstacles(row, "sign", SYSTEM)]
        assert ("HASH_MISMATCH" in codes) is changed

    outcome(lambda: document_in("drafting"), fire)


@pytest.mark.article("attribution", 7)
def test_a_joint_document_is_signed_when_every_body_confirmed_this_content(people: dict[str, Actor]) -> None:
    other = db.session.scalars(select(Agency.id).where(Agency.code == "education")).one()

    def fire(row: Document) -> None:
        assert [no.code for no in DOCUMENT.obstacles(row, "sign", SYSTEM)] == ["COSIGN_MISSING"]
        documents.move(people["disclosure_officer"], row, "cosign", params={"agency": other})
        documents.move(people["leader"], row, "sign")

    assert outcome(lambda: document_in("to_sign", joint_agencies=[other]), fire) == "signed"


def lawful_by_hand(one: Answers) -> set[str]:
    """认4 to 认6 read again, attribute by attribute, without looking at the product's function."""
    if one.vital is None or one.organisation is None:
        return set()
    must = one.vital or one.organisation
    grounds = {ground for ground in one.grounds if not (one.lifted and ground in {"1b", "1c"})}
    found = set()
    if (grounds or one.secret) and (not must or one.conflict_reason):
        found.add("withheld")
    if not one.secret and (not grounds or one.parted):
        found.add("voluntary")
    if not one.secret and not grounds and not must:
        found.add("on_request")
    return found


@pytest.mark.article("attribution", 4, 5, 6)
def test_the_questionnaire_leaves_what_the_articles_leave() -> None:
    yes_no = (True, False)
    sets: tuple[frozenset[str], ...] = (
        frozenset(), *(frozenset({ground}) for ground in GROUNDS), frozenset({"1a", "1b"}), frozenset({"1b", "3a"}),
    )  # fmt: skip
    for vital, organisation, grounds, secret, lifted, parted, reason in product(
        (None, True, False), (None, True, False), sets, yes_no, yes_no, yes_no, ("", "全部涉及内部事务")
    ):
        one = Answers(vital, organisation, grounds, secret, lifted, parted, reason)
        left = {attribute for attribute, no in evaluate(one).items() if no is None}
        assert left == lawful_by_hand(one), one


@pytest.mark.article("attribution", 5)
def test_neither_consent_nor_public_interest_opens_a_state_secret() -> None:
    for ground in ("1a", "4"):
        no = evaluate(Answers(False, False, frozenset({ground}), False, True, False, ""))["voluntary"]
        assert no is not None
        assert (no.code, no.article) == ("NO_OVERRIDE", "认5")


@pytest.mark.article("attribution", 5)
@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"grounds": ["1a"], "secrecy_level": "secret"}, ("secrecy_period", "secrecy_basis")),
        ({"grounds": ["4"]}, ("legal_basis",)),
        ({"grounds": ["1a"], "ground_facts": {"secrecy_period": "1年", "secrecy_basis": "x"}}, ("secrecy_level",)),
    ],
)
def test_each_ground_asks_for_its_facts(
    people: dict[str, Actor], values: dict[str, Any], missing: tuple[str, ...]
) -> None:
    told: list[Any] = []
    base = {
        "attribute": "withheld",
        "attribute_reason": "涉及不宜公开的事项内容",
        "answers": {"vital": False, "organisation": False},
    }

    def fire(row: Document) -> None:
        try:
            documents.move(SYSTEM, row, "determine")
        except Refused as no:
            told.extend(no.refusals)
            raise

    outcome(lambda: document_in("drafting", **base, **values), fire)
    assert [one.missing for one in told if one.code == "GROUND_INCOMPLETE"] == [missing]


def test_a_number_is_used_once(people: dict[str, Actor]) -> None:
    def make() -> Document:
        document_in("issued", number="遵府发〔2026〕1号")
        return document_in("signed")

    assert outcome(make, lambda row: documents.move(SYSTEM, row, "issue", params=PARAMS["issue"])) == "NUMBER_TAKEN"
    with write():
        assert db.session.scalars(select(Document)).all() == []
