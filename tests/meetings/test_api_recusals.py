"""Recusal and eligibility: who declares, who decides, and that a recused person neither comes nor comes back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.meetings.conftest import Office

BODY = {"kind": "interest", "statement": "本人是一楼住户，加装电梯影响采光。"}


def invited(office: Office, item: str) -> dict[str, Any]:
    return dict(office.ok("organiser", "GET", f"meetings/applications/{item}")["invitees"][0])


def declare(office: Office, item: str, role: str = "organiser", **fields: Any) -> Any:
    return office.call(role, "POST", f"meetings/invitations/{invited(office, item)['id']}/recusals", BODY | fields)


def decide(office: Office, ident: str, event: str, role: str = "deputy_leader") -> Any:
    body = {"event": event, "reason": "与议题有直接利害关系"}
    return office.call(role, "POST", f"meetings/recusals/{ident}/transitions", body)


def sent(office: Office, item: str) -> tuple[str, str]:
    """The first invitation and the secret of its link."""
    ident = invited(office, item)["id"]
    link = office.fire("organiser", f"invitations/{ident}", "send")["link"]
    return ident, link.rstrip("/").rpartition("/")[2]


@pytest.mark.article("meetings", 3, 7)
def test_an_accepted_recusal_ends_the_invitation_and_its_link(office: Office) -> None:
    item = office.approved()
    ident, token = sent(office, item)
    own = office.ok("", "POST", "meetings/invitations/declare", {"token": token, **BODY})
    assert own["state"] == "declared"
    (row,) = office.ok("organiser", "GET", f"meetings/applications/{item}/recusals")["items"]
    assert (row["name"], row["declared_by"], row["statement"]) == ("王小明", "王小明", BODY["statement"])
    assert decide(office, row["id"], "accept").json["state"] == "recused"
    shown = office.ok("organiser", "GET", f"meetings/invitations/{ident}")
    assert (shown["state"], [e["allowed"] for e in shown["events"] if e["event"] in {"send", "check_in"}]) == (
        "revoked", [False, False],
    )  # fmt: skip
    reply = {"token": token, "event": "accept"}
    assert office.call("", "POST", "meetings/invitations/reply", reply).status_code == 404
    state = office.ok("organiser", "GET", f"meetings/applications/{item}")["state"]
    assert state == "approved"  # the list stays as it was approved; replacing him is a change of plan


@pytest.mark.article("meetings", 3, 7)
def test_who_is_recused_does_not_come_back_by_any_door(office: Office) -> None:
    item = office.application()["id"]
    ident = declare(office, item).json["id"]
    assert decide(office, ident, "accept").status_code == 200
    assert office.ok("organiser", "GET", f"meetings/applications/{item}")["invitees"] == []
    etag = office.ok("organiser", "GET", f"meetings/applications/{item}")["etag"]
    person = {"name": "王小明", "category": "public"}
    path = f"meetings/applications/{item}"
    patch = office.call("organiser", "PATCH", path, {"invitees": [person]}, If_Match=f'"{etag}"')
    assert (patch.status_code, patch.json["code"], patch.json["article"]) == (409, "RECUSED", "会3")
    in_pool = {"name": "王小明", "terms": [{"category": "expert", "from": "2024-01-01"}]}
    term = office.ok("organiser", "POST", "meetings/representatives", in_pool)["terms"][0]["id"]
    assert office.codes("organiser", "POST", f"{path}/invitations/pick", {"terms": [term]}) == ["RECUSED"]
    other = office.application(title="另一个议题", invitees=[person])  # another item is another question
    assert [row["name"] for row in other["invitees"]] == ["王小明"]


@pytest.mark.article("meetings", 7)
def test_nobody_decides_a_declaration_of_his_own(office: Office) -> None:
    item = office.approved()
    ident = declare(office, item, "organiser+deputy_leader").json["id"]
    for event in ("accept", "keep"):
        answer = decide(office, ident, event, "organiser+deputy_leader")
        assert (answer.status_code, answer.json["code"], answer.json["article"]) == (409, "SELF_APPROVAL", "会7")
    assert decide(office, ident, "keep", "organiser").json["state"] == "kept"


@pytest.mark.article("meetings", 7)
def test_an_open_declaration_is_decided_before_sending_and_before_check_in(office: Office) -> None:
    item = office.approved()
    ident = declare(office, item).json["id"]
    path = f"meetings/invitations/{invited(office, item)['id']}/transitions"
    assert office.codes("organiser", "POST", path, {"event": "send"}) == ["RECUSAL_OPEN"]
    decide(office, ident, "keep")
    office.ok("organiser", "POST", path, {"event": "send"})
    office.ok("organiser", "POST", path, {"event": "acknowledge"})
    again = declare(office, item, kind="eligibility", statement="已不再担任代表").json["id"]
    assert office.codes("organiser", "POST", path, {"event": "check_in"}) == ["RECUSAL_OPEN"]
    decide(office, again, "keep")
    assert office.ok("organiser", "POST", path, {"event": "check_in"})["state"] == "checked_in"
    late = declare(office, item).json["id"]
    assert decide(office, late, "accept").json["code"] == "IN_THE_HALL"


def test_the_same_words_twice_are_one_declaration_other_words_wait(office: Office) -> None:
    item = office.approved()
    first, second = declare(office, item), declare(office, item)
    assert first.json["id"] == second.json["id"]
    assert declare(office, item, statement="另有原因").json["code"] == "RECUSAL_OPEN"
    assert declare(office, item, kind="eligibility").status_code == 201


@pytest.mark.parametrize("fields", [{"kind": "mood"}, {"statement": " "}, {"statement": "长" * 1001}])
def test_a_wrong_declaration_is_named(office: Office, fields: dict[str, str]) -> None:
    assert declare(office, office.application()["id"], **fields).status_code == 422


def test_a_decision_wants_its_reason_and_the_version_that_was_read(office: Office) -> None:
    ident = declare(office, office.approved()).json["id"]
    path = f"meetings/recusals/{ident}/transitions"
    assert office.call("deputy_leader", "POST", path, {"event": "accept"}).status_code == 422
    body = {"event": "accept", "reason": "属实"}
    assert office.call("deputy_leader", "POST", path, body, If_Match='"9"').status_code == 412
    assert office.call("deputy_leader", "POST", path, body, If_Match='"1"').status_code == 200
    assert office.call("deputy_leader", "POST", path, body).json["code"] == "WRONG_STATE"


def test_only_those_who_invite_or_approve_read_declarations(office: Office) -> None:
    item = office.approved()
    ident = declare(office, item).json["id"]
    for role in ("stenographer", "secrecy_reviewer", "disclosure_officer"):
        assert office.call(role, "GET", f"meetings/recusals/{ident}").status_code == 404
        assert office.ok(role, "GET", f"meetings/applications/{item}/recusals")["items"] == []
    assert office.call("", "GET", f"meetings/recusals/{ident}").status_code == 401
    assert decide(office, ident, "accept", "secrecy_reviewer").status_code == 404
    wrong = {"token": "x" * 32, **BODY}
    assert office.call("", "POST", "meetings/invitations/declare", wrong).status_code == 404


@pytest.mark.article("meetings", 3)
def test_a_recused_person_fills_no_quota(office: Office) -> None:
    people = [{"name": "王小明", "category": "public"}, {"name": "李芳", "category": "expert"}]
    item = office.application(invitees=people, quotas={"public": 1})["id"]
    decide(office, declare(office, item).json["id"], "accept")
    answer = office.call("organiser", "POST", f"meetings/applications/{item}/transitions", {"event": "submit"})
    assert (answer.json["code"], answer.json["missing"]) == ("PARTICIPATION_INCOMPLETE", ["invitees.public"])
