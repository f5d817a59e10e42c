"""5.3 and what goes with it against tables written by hand: all states × events × roles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.db import db, new_id, utcnow, write
from core.models import Agency
from core.permissions import Actor
from core.workdays import local_date
from plugins.disclosure.models import Guide, Rectification, Urging, WithheldCatalogue, WithheldEntry
from plugins.disclosure.models.bodies import URGING_STATES
from plugins.disclosure.models.guides import GUIDE_STATES
from plugins.disclosure.models.rectifications import RECTIFICATION_STATES
from plugins.disclosure.models.withheld import CATALOGUE_STATES, ENTRY_STATES
from plugins.disclosure.workflow import CATALOGUE, ENTRY, GUIDE, RECTIFICATION, URGING
from plugins.disclosure.workflow.guides import content, digest
from tests.disclosure import tables
from tests.disclosure.tables import Table, expected, outcome
from tests.installations import Installations

ROLES = ("disclosure_officer", "deputy_leader", "supervisor", "nobody", "system")
OFFICER, DEPUTY, SUPERVISOR = ("disclosure_officer",), ("deputy_leader",), ("supervisor",)
REVIEWERS = ("disclosure_officer", "deputy_leader")

ENTRY_TABLE: Table = {
    "edit": (OFFICER, {"listed": "listed", "reasoned": "reasoned", "entered": "entered"}),
    "reason": (OFFICER, {"listed": "reasoned"}),
    "enter": (OFFICER, {"reasoned": "entered"}),
    "exclude": (OFFICER, {"listed": "excluded", "reasoned": "excluded"}),
    "reopen": (OFFICER, {"excluded": "listed"}),
    "take_out": (OFFICER, {"entered": "reasoned"}),
    "correct": (OFFICER, {"entered": "entered"}),
    "maintain": (REVIEWERS, {"entered": "entered"}),
    "withhold_again": ((), {"to_publish": "entered", "to_request": "entered"}),
    "disclose": (REVIEWERS, {"entered": "to_publish"}),
    "make_requestable": (REVIEWERS, {"entered": "to_request"}),
}
CATALOGUE_TABLE: Table = {
    "approve": (DEPUTY, {"compiling": "approved"}),
    "return": (DEPUTY, {"approved": "compiling", "filed": "compiling"}),
    "file": (OFFICER, {"approved": "filed"}),
    "accept": (SUPERVISOR, {"filed": "accepted"}),
    "publish": (OFFICER, {"accepted": "published"}),
    "supplement": (OFFICER, {"published": "published"}),
    "supersede": ((), {"published": "superseded"}),
}
GUIDE_TABLE: Table = {
    "edit": (OFFICER, {"drafting": "drafting"}),
    "submit": (OFFICER, {"drafting": "review"}),
    "return": (DEPUTY, {"review": "drafting", "approved": "drafting"}),
    "approve": (DEPUTY, {"review": "approved"}),
    "publish": (OFFICER, {"approved": "published"}),
    "supersede": ((), {"published": "superseded"}),
}
RECTIFICATION_TABLE: Table = {
    "report": (OFFICER, {"open": "reported"}),
    "return": (SUPERVISOR, {"reported": "open"}),
    "verify": (SUPERVISOR, {"reported": "verified"}),
}
URGING_TABLE: Table = {
    "answer": (OFFICER, {"open": "answered"}),
    "return": (SUPERVISOR, {"answered": "open"}),
    "close": (SUPERVISOR, {"answered": "closed"}),
}


@pytest.fixture(scope="module")
def people(installations: Installations, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Actor]]:
    """One county for the module; cases undo what they write."""
    roles = [role for role in ROLES if role not in {"nobody", "system"}]
    with tables.county(installations, tmp_path_factory.mktemp("withheld") / "data", roles) as found:
        yield found


def office() -> str:
    return db.session.scalars(select(Agency.id).where(Agency.code == "office")).one()


def entry_in(state: str, **values: Any) -> WithheldEntry:
    """A complete row put straight into a state; inside `write()`."""
    today = local_date(utcnow())
    row = WithheldEntry(
        id=new_id(), agency_id=office(), year=today.year, title="关于内部岗位调整的请示", public_title="某内部事项的请示",
        number="汇府办〔2026〕9号", ground="3a", facts="属于本机关内部人事管理事项", basis="条例第十六条第一款", unit="办公室",
        formed_on=today, review_on=today + timedelta(days=300), state=state, version=1,
        exclusion="重复" if state == "excluded" else "",
    )  # fmt: skip
    for name, value in values.items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()
    return row


def catalogue_in(state: str) -> WithheldCatalogue:
    """An empty catalogue of its year put straight into a state."""
    row = WithheldCatalogue(id=new_id(), agency_id=office(), year=2025, edition=1, state=state, version=1, rows=[])
    if state != "compiling":
        row.content_hash = row.approved_hash = digest([])
    if state in {"accepted", "published"}:
        row.receipt_number = "备〔2026〕1号"
    db.session.add(row)
    db.session.flush()
    return row


def guide_in(state: str) -> Guide:
    """A complete edition put straight into a state."""
    contact = dict.fromkeys(("office_name", "address", "hours", "phone", "website"), "有")
    row = Guide(
        id=new_id(), agency_id=office(), edition=1, classification="分类", arrangement="编排", obtaining="方式",
        contact=contact, state=state, version=1,
    )  # fmt: skip
    row.content_hash = digest(content(row))
    row.approved_hash = row.content_hash if state in {"approved", "published"} else None
    db.session.add(row)
    db.session.flush()
    return row


def rectification_in(state: str) -> Rectification:
    done = {} if state == "open" else {"measures": "已撤下并培训", "outcome": "rectified", "reported_name": "专员"}
    row = Rectification(
        id=new_id(), agency_id=office(), title="误公开的名单", ordered_by="区政府", found="含身份证号", severity="serious",
        due_on=local_date(utcnow()), state=state, version=1, verified_name="主管" if state == "verified" else "", **done,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def urging_in(state: str) -> Urging:
    row = Urging(
        id=new_id(), agency_id=office(), title="更新指南", demand="请更新", due_on=local_date(utcnow()), state=state,
        version=1, answer="" if state == "open" else "已更新",
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def test_the_tables_name_every_event_and_state() -> None:
    for table, machine, states in (
        (ENTRY_TABLE, ENTRY, ENTRY_STATES),
        (CATALOGUE_TABLE, CATALOGUE, CATALOGUE_STATES),
        (GUIDE_TABLE, GUIDE, GUIDE_STATES),
        (RECTIFICATION_TABLE, RECTIFICATION, RECTIFICATION_STATES),
        (URGING_TABLE, URGING, URGING_STATES),
    ):
        assert set(table) == set(machine.events)
        assert set(states) == set(machine.states)


@pytest.mark.article("disclosure", 11)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", ENTRY_TABLE)
@pytest.mark.parametrize("state", ENTRY_STATES)
def test_entry(people: dict[str, Actor], state: str, event: str, role: str) -> None:
    found = outcome(lambda: entry_in(state), lambda row: ENTRY.fire(row, event, people[role], reason="测试理由"))
    assert found == expected(ENTRY_TABLE, state, event, role)


@pytest.mark.article("disclosure", 11)
@pytest.mark.article("attribution", 9)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", CATALOGUE_TABLE)
@pytest.mark.parametrize("state", CATALOGUE_STATES)
def test_catalogue(people: dict[str, Actor], state: str, event: str, role: str) -> None:
    """编制中 → 已公开 is in no cell; a filed one goes back from the government's office, an approved one from the deputy."""

    def fire(row: WithheldCatalogue) -> None:
        CATALOGUE.fire(row, event, people[role], reason="测试理由", params={"receipt_number": "备〔2026〕2号"})

    found = outcome(lambda: catalogue_in(state), fire)
    table = CATALOGUE_TABLE
    if event == "return" and state == "filed":
        table = table | {"return": (SUPERVISOR, table["return"][1])}
    assert found == expected(table, state, event, role)


@pytest.mark.article("disclosure", 8)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", GUIDE_TABLE)
@pytest.mark.parametrize("state", GUIDE_STATES)
def test_guide(people: dict[str, Actor], state: str, event: str, role: str) -> None:
    found = outcome(lambda: guide_in(state), lambda row: GUIDE.fire(row, event, people[role], reason="测试理由"))
    assert found == expected(GUIDE_TABLE, state, event, role)


@pytest.mark.article("attribution", 10)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", RECTIFICATION_TABLE)
@pytest.mark.parametrize("state", RECTIFICATION_STATES)
def test_rectification(people: dict[str, Actor], state: str, event: str, role: str) -> None:
    params = {"measures": "已撤下", "outcome": "rectified"}

    def fire(row: Rectification) -> None:
        RECTIFICATION.fire(row, event, people[role], reason="测试理由", params=params)

    assert outcome(lambda: rectification_in(state), fire) == expected(RECTIFICATION_TABLE, state, event, role)


@pytest.mark.article("disclosure", 4)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", URGING_TABLE)
@pytest.mark.parametrize("state", URGING_STATES)
def test_urging(people: dict[str, Actor], state: str, event: str, role: str) -> None:
    found = outcome(lambda: urging_in(state), lambda row: URGING.fire(row, event, people[role], reason="测试理由"))
    assert found == expected(URGING_TABLE, state, event, role)


# --- what the cells do not show --------------------------------------------------------------------------


def refused(make: Any, machine: Any, event: str, who: Actor, **params: Any) -> str:
    return outcome(make, lambda row: machine.fire(row, event, who, reason="测试理由", params=params))


@pytest.mark.article("disclosure", 11)
def test_a_row_wants_its_reason_and_all_its_columns(people: dict[str, Actor]) -> None:
    officer = people["disclosure_officer"]
    assert refused(lambda: entry_in("listed", facts="短"), ENTRY, "reason", officer) == "REASON_MISSING"
    assert refused(lambda: entry_in("listed", ground=""), ENTRY, "reason", officer) == "REASON_MISSING"
    for column in ("public_title", "basis", "unit", "number"):
        assert refused(lambda column=column: entry_in("reasoned", **{column: ""}), ENTRY, "enter", officer) == (
            "ENTRY_INCOMPLETE"
        )
    later = local_date(utcnow()) + timedelta(days=400)
    assert refused(lambda: entry_in("reasoned", review_on=later), ENTRY, "enter", officer) == "REVIEW_TOO_LATE"


@pytest.mark.article("disclosure", 11)
def test_what_is_on_file_is_only_corrected_or_turned(people: dict[str, Actor]) -> None:
    officer = people["disclosure_officer"]
    for event in ("edit", "take_out"):
        assert refused(lambda: entry_in("entered", accepted=True), ENTRY, event, officer) == "ROW_ON_FILE"
    for event in ("correct", "maintain"):
        assert refused(lambda: entry_in("entered", accepted=True), ENTRY, event, officer) == "entered"
    assert refused(lambda: entry_in("entered", accepted=True), ENTRY, "disclose", officer) == "to_publish"


@pytest.mark.article("attribution", 5)
@pytest.mark.parametrize("ground", ["1a", "4"])
def test_a_state_secret_opens_only_once_it_is_none(people: dict[str, Actor], ground: str) -> None:
    officer = people["disclosure_officer"]
    assert refused(lambda: entry_in("entered", ground=ground), ENTRY, "disclose", officer) == "NO_OVERRIDE"
    lifted = {"lifted": "解密决定〔2026〕1号"}
    assert refused(lambda: entry_in("entered", ground=ground), ENTRY, "disclose", officer, **lifted) == "to_publish"


@pytest.mark.article("disclosure", 11)
def test_a_title_that_tells_the_secret_is_refused(people: dict[str, Actor]) -> None:
    officer = people["disclosure_officer"]
    hidden = {"title": "关于大山坡储备库搬迁的请示", "title_sensitive": True}

    def fire(**row: Any) -> str:
        return refused(lambda: entry_in("reasoned", **hidden | row), ENTRY, "enter", officer)

    assert fire(public_title="储备库搬迁方案") == "TITLE_REVEALS"
    assert fire(public_title="大山坡 储备库事项") == "TITLE_REVEALS"
    assert fire(public_title="某事项的请示", facts="大山坡储备库的位置是国家秘密") == "TITLE_REVEALS"
    assert fire(public_title="某事项的请示", facts="涉及国家秘密，依法不予公开") == "entered"


@pytest.mark.article("disclosure", 6, 11)
@pytest.mark.article("attribution", 9)
def test_a_catalogue_is_whole_approved_by_another_and_filed_as_approved(people: dict[str, Actor]) -> None:
    deputy, officer = people["deputy_leader"], people["disclosure_officer"]

    def with_a_loose_row() -> WithheldCatalogue:
        entry_in("listed", year=2025)
        return catalogue_in("compiling")

    def compiled_by_the_deputy() -> WithheldCatalogue:
        row = catalogue_in("compiling")
        row.compiled_by = deputy.id
        return row

    def changed_since() -> WithheldCatalogue:
        entry_in("entered", year=2025)
        return catalogue_in("approved")

    assert refused(with_a_loose_row, CATALOGUE, "approve", deputy) == "CATALOGUE_INCOMPLETE"
    assert refused(compiled_by_the_deputy, CATALOGUE, "approve", deputy) == "OWN_APPROVAL"
    assert refused(changed_since, CATALOGUE, "file", officer) == "NOT_APPROVED"
    receipt = {"receipt_number": " "}
    assert refused(lambda: catalogue_in("filed"), CATALOGUE, "accept", people["supervisor"], **receipt) == (
        "RECEIPT_MISSING"
    )


@pytest.mark.article("disclosure", 4)
def test_a_body_without_its_posts_submits_nothing(people: dict[str, Actor]) -> None:
    from core.models import RoleGrant

    with write() as session:
        grants = session.scalars(select(RoleGrant).where(RoleGrant.role == "deputy_leader")).all()
        for grant in grants:
            grant.role = "leader"
    try:
        officer = people["disclosure_officer"]
        assert refused(lambda: guide_in("drafting"), GUIDE, "submit", officer) == "ORG_UNSTAFFED"
        assert refused(lambda: entry_in("reasoned"), ENTRY, "enter", officer) == "ORG_UNSTAFFED"
    finally:
        with write() as session:
            for grant in grants:
                session.merge(grant).role = "deputy_leader"
