"""Documents over the API: the whole road of 5.1, and its refusals with code and article."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core import storage
from core.db import db
from core.jurisdictions import enter
from core.models import Agency
from core.permissions import Actor
from plugins.disclosure.models import Document, WithheldEntry
from plugins.disclosure.services.document_gate import visible_documents
from tests.office import Office

BODY = {
    "title": "关于加强饮用水管理的通知", "genre": "notice", "text": "各乡镇：", "attribute": "voluntary",
    "answers": {"vital": True, "organisation": False},
}  # fmt: skip


def draft(office: Office, **more: Any) -> Any:
    return office.ok("drafter", "POST", "disclosure/documents", BODY | more)


def fire(office: Office, role: str, ident: str, event: str, **values: Any) -> Any:
    return office.ok(role, "POST", f"disclosure/documents/{ident}/transitions", {"event": event, **values})


@pytest.mark.article("attribution", 2, 3, 4, 7, 8)
def test_from_draft_to_issue(office: Office) -> None:
    ident = draft(office, important=True)["id"]
    office.token("disclosure_officer")
    office.token("deputy_leader")
    fire(office, "drafter", ident, "determine")
    fire(office, "secrecy_reviewer", ident, "review")
    fire(office, "deputy_leader", ident, "approve", reason="同意，主动公开")
    fire(office, "leader", ident, "approve")
    assert fire(office, "leader", ident, "sign")["state"] == "signed"
    assert fire(office, "disclosure_officer", ident, "issue", number="汇府办发[2026] 3 号")["state"] == "issued"
    done = office.ok("drafter", "GET", f"disclosure/documents/{ident}")
    assert done["number"] == "汇府办发〔2026〕3号"
    assert [line["event"] for line in done["lines"]] == ["determine", "review", "approve", "approve", "sign", "issue"]
    assert {line["attribute"] for line in done["lines"]} == {"voluntary"}
    found = office.ok("drafter", "GET", "disclosure/documents?state=issued&attribute=voluntary&q=饮用水")
    assert [one["id"] for one in found["items"]] == [ident]


@pytest.mark.article("attribution", 3)
def test_no_attribute_no_step(office: Office) -> None:
    office.token("disclosure_officer")
    office.token("deputy_leader")
    ident = draft(office, attribute=None)["id"]
    path = f"disclosure/documents/{ident}/transitions"
    assert office.codes("drafter", "POST", path, {"event": "determine"})[0] == "ATTR_MISSING"
    shown = office.ok("drafter", "GET", f"disclosure/documents/{ident}")
    event = next(one for one in shown["events"] if one["event"] == "determine")
    assert (event["allowed"], event["code"], event["article"]) == (False, "ATTR_MISSING", "认3")


@pytest.mark.article("attribution", 4, 5, 6)
def test_the_choices_that_the_answers_leave(office: Office) -> None:
    def left(**values: Any) -> dict[str, str]:
        shown = draft(office, attribute=None, **values)
        return {one["attribute"]: one["code"] for one in shown["choices"]}

    assert left() == {"voluntary": "", "on_request": "MUST_PUBLISH", "withheld": "MUST_PUBLISH"}
    assert left(answers={})["voluntary"] == "QUESTIONS_OPEN"
    plain = {"vital": False, "organisation": False}
    assert left(answers=plain, grounds=["1b"]) == {
        "voluntary": "MUST_WITHHOLD", "on_request": "MUST_WITHHOLD", "withheld": "",
    }  # fmt: skip
    consent = {"override": "consent", "evidence": "同意书", "third_party": "某公司", "informed_on": "2026-11-01"}
    assert left(answers=plain, grounds=["1b"], ground_facts=consent)["voluntary"] == ""
    assert left(grounds=["3a"])["withheld"] == "CONFLICT_OPEN"
    assert left(grounds=["3a"], public_text="公开部分")["voluntary"] == ""


@pytest.mark.article("attribution", 6)
def test_a_secret_with_a_public_attribute_is_refused_and_nothing_is_lost(office: Office) -> None:
    answer = office.call("drafter", "POST", "disclosure/documents", BODY | {"secrecy_level": "secret"})
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["field"] == "attribute"


@pytest.mark.article("attribution", 9)
def test_in_doubt_it_is_referred_and_the_answer_is_kept(office: Office) -> None:
    office.token("deputy_leader")
    office.token("disclosure_officer")
    ident = draft(office)["id"]
    fire(office, "drafter", ident, "determine")
    path = f"disclosure/documents/{ident}/transitions"
    assert office.codes("secrecy_reviewer", "POST", path, {"event": "refer", "reason": "拿不准"}) == ["TARGET_MISSING"]
    fire(office, "secrecy_reviewer", ident, "refer", reason="第三段是否涉密拿不准", target="secrecy_office")
    assert office.codes("disclosure_officer", "POST", path, {"event": "answer_referral"}) == ["ANSWER_MISSING"]
    file = office.ok("disclosure_officer", "POST", "files", {"file": (io.BytesIO("批复".encode()), "批复.txt")})["id"]
    fire(office, "disclosure_officer", ident, "answer_referral", answer="不涉密，可以公开", file=file)
    shown = office.ok("secrecy_reviewer", "GET", f"disclosure/documents/{ident}")
    assert (shown["state"], shown["referrals"][0]["answer"]) == ("secrecy_review", "不涉密，可以公开")


@pytest.mark.article("disclosure", 11)
@pytest.mark.article("attribution", 9)
def test_a_withheld_document_is_a_row_of_the_catalogue_once_issued(office: Office) -> None:
    office.token("disclosure_officer")
    body = {
        "attribute": "withheld", "attribute_reason": "属于本机关内部人事管理事项", "grounds": ["3a"],
        "answers": {"vital": False, "organisation": False},
    }  # fmt: skip
    ident = draft(office, **body)["id"]
    for role, event in (
        ("drafter", "determine"), ("secrecy_reviewer", "review"), ("deputy_leader", "approve"), ("leader", "sign"),
    ):  # fmt: skip
        office.token("deputy_leader")
        fire(office, role, ident, event)
    fire(office, "disclosure_officer", ident, "issue", number="汇府办发〔2026〕4号")
    with enter(office.place):
        assert db.session.scalars(select(WithheldEntry.document_id)).all() == [ident]


@pytest.mark.article("disclosure", 6)
def test_an_edit_after_review_is_refused(office: Office) -> None:
    office.token("disclosure_officer")
    office.token("deputy_leader")
    made = draft(office)
    fire(office, "drafter", made["id"], "determine")
    answer = office.call(
        "drafter", "PATCH", f"disclosure/documents/{made['id']}", {"text": "改"}, If_Match=f'"{int(made["etag"]) + 1}"'
    )
    assert (answer.status_code, answer.json and answer.json["code"]) == (409, "WRONG_STATE")


@pytest.mark.article("disclosure", 4)
def test_staff_bound_to_one_body_see_its_documents_and_those_it_countersigns(
    office: Office, person: Callable[..., Actor]
) -> None:
    def seen(code: str) -> set[str]:
        with enter(office.place):
            agency = db.session.scalars(select(Agency).where(Agency.code == code)).one()
            clerk = person("drafter", place=office.place, agency=agency)
            return set(db.session.scalars(select(Document.id).where(visible_documents(clerk))))

    with enter(office.place):
        education = db.session.scalars(select(Agency.id).where(Agency.code == "education")).one()
    office.token("disclosure_officer")
    office.token("deputy_leader")
    alone, joint = draft(office)["id"], draft(office, joint_agencies=[education])["id"]
    assert seen("education") == set()
    for ident in (alone, joint):
        fire(office, "drafter", ident, "determine")
    assert seen("education") == {joint}
    assert seen("office") == {alone, joint}


@pytest.mark.article("attribution", 9)
@pytest.mark.article("disclosure", 6)
def test_an_answered_referral_lets_the_review_go_on_and_its_answer_is_no_file_of_the_document(office: Office) -> None:
    office.token("deputy_leader")
    office.token("disclosure_officer")
    ident = draft(office)["id"]
    fire(office, "drafter", ident, "determine")
    fire(office, "secrecy_reviewer", ident, "refer", reason="第三段是否涉密拿不准", target="secrecy_office")
    file = office.ok("disclosure_officer", "POST", "files", {"file": (io.BytesIO("批复".encode()), "批复.txt")})["id"]
    fire(office, "disclosure_officer", ident, "answer_referral", answer="不涉密，可以公开", file=file)
    assert office.ok("drafter", "GET", f"disclosure/documents/{ident}")["files"] == []
    assert fire(office, "secrecy_reviewer", ident, "review")["state"] == "review"
    with enter(office.place):
        assert storage.open_for(office.person("secrecy_reviewer", place=office.place), file)


@pytest.mark.article("disclosure", 6)
def test_an_important_document_needs_two_people(office: Office) -> None:
    office.token("disclosure_officer")
    ident = draft(office, important=True)["id"]
    fire(office, "drafter", ident, "determine")
    fire(office, "secrecy_reviewer", ident, "review")
    fire(office, "deputy_leader+leader", ident, "approve")
    path = f"disclosure/documents/{ident}/transitions"
    assert office.codes("deputy_leader+leader", "POST", path, {"event": "approve"}) == ["ONE_SIGNATURE"]
    assert fire(office, "leader", ident, "approve")["state"] == "to_sign"


@pytest.mark.article("disclosure", 6)
@pytest.mark.article("attribution", 6)
def test_a_redetermination_has_its_reason_and_is_agreed_to_by_others(office: Office) -> None:
    office.token("disclosure_officer")
    ident = draft(office)["id"]
    everything = "disclosure_officer+secrecy_reviewer+deputy_leader"
    for role, event in (
        ("drafter", "determine"), ("secrecy_reviewer", "review"), ("deputy_leader", "approve"), ("leader", "sign"),
    ):  # fmt: skip
        office.token("deputy_leader")
        fire(office, role, ident, event)
    fire(office, "disclosure_officer", ident, "issue", number="汇府办发〔2026〕5号")
    path = f"disclosure/documents/{ident}/transitions"
    asked = {
        "event": "redetermine", "reason": "情况变化", "attribute": "on_request",
        "answers": {"vital": False, "organisation": False},
    }  # fmt: skip
    assert office.codes(everything, "POST", path, asked | {"attribute_reason": ""}) == ["REASON_MISSING"]
    office.ok(everything, "POST", path, asked | {"attribute_reason": "不再需要社会公众广泛知晓，依申请提供"})
    assert office.codes(everything, "POST", path, {"event": "review"}) == ["SELF_APPROVAL"]
    fire(office, "secrecy_reviewer", ident, "review")
    assert office.codes(everything, "POST", path, {"event": "complete"}) == ["SELF_APPROVAL"]
    fire(office, "deputy_leader", ident, "complete")
    assert office.ok("drafter", "GET", f"disclosure/documents/{ident}")["attribute"] == "on_request"


@pytest.mark.article("attribution", 7)
def test_one_body_does_not_countersign_for_another(office: Office) -> None:
    for role in ("disclosure_officer", "deputy_leader"):
        office.token(role)
    for code in ("education", "health"):
        office.hire(code, "disclosure_officer", agency=code)
    with enter(office.place):
        found = {row.code: row.id for row in db.session.scalars(select(Agency))}
    ident = draft(office, joint_agencies=[found["education"], found["health"]])["id"]
    fire(office, "drafter", ident, "determine")
    path = f"disclosure/documents/{ident}/transitions"
    answer = office.call("education", "POST", path, {"event": "cosign", "agency": found["health"]})
    assert answer.status_code == 403
    for code in ("education", "health"):
        fire(office, code, ident, "cosign", agency=found[code])
