"""Substitution: proposed by the invitee, same category, decided by staff; old link and code are dead."""

from __future__ import annotations

from typing import Any

import pytest

PROPOSAL = {"name": "周立新", "organisation": "和平路社区", "contact": "zhou@example.org", "reason": "本人出差"}


@pytest.fixture
def sent(office: Any) -> tuple[str, str, str]:
    """Item, invitation and the secret of its personal link."""
    item = office.approved()
    office.meeting(item)
    ident = office.ok("organiser", "GET", f"meetings/applications/{item}")["invitees"][0]["id"]
    link = office.fire("organiser", f"invitations/{ident}", "send")["link"]
    return item, ident, link.rstrip("/").rpartition("/")[2]


def propose(office: Any, token: str, **more: str) -> Any:
    return office.call("", "POST", "meetings/invitations/substitute", {"token": token, **PROPOSAL, **more})


def waiting(office: Any, ident: str) -> str:
    return str(office.ok("organiser", "GET", f"meetings/invitations/{ident}")["substitutions"][-1]["id"])


@pytest.mark.article("meetings", 7)
def test_accepted_the_list_goes_back_to_approval_and_the_old_link_dies(office: Any, sent: Any) -> None:
    item, ident, token = sent
    assert propose(office, token).status_code == 201
    assert propose(office, token).status_code == 201  # sent twice: one proposal
    shown = office.ok("organiser", "GET", f"meetings/invitations/{ident}")["substitutions"]
    assert [(row["name"], row["state"]) for row in shown] == [("周立新", "proposed")]
    proposal = f"substitutions/{waiting(office, ident)}"
    assert office.ok("deputy_leader", "GET", f"meetings/{proposal}")["category"] == "public"
    assert office.fire("organiser", proposal, "accept")["state"] == "accepted"
    listed = office.ok("organiser", "GET", f"meetings/applications/{item}")
    assert listed["state"] == "pending"
    assert [(row["name"], row["category"], row["state"]) for row in listed["invitees"]] == [
        ("周立新", "public", "proposed")
    ]
    reply = office.call("", "POST", "meetings/invitations/reply", {"token": token, "event": "accept"})
    assert reply.status_code == 404
    new = f"invitations/{listed['invitees'][0]['id']}"
    assert office.codes("organiser", "POST", f"meetings/{new}/transitions", {"event": "send"}) == ["NOT_APPROVED"]
    office.fire("deputy_leader", f"applications/{item}", "approve")
    assert token not in office.fire("organiser", new, "send")["link"]


@pytest.mark.article("meetings", 7)
def test_refused_with_a_reason_the_invitee_hears_it_and_may_propose_again(office: Any, sent: Any) -> None:
    item, ident, token = sent
    propose(office, token)
    path = f"meetings/substitutions/{waiting(office, ident)}/transitions"
    assert office.call("deputy_leader", "POST", path, {"event": "refuse"}).status_code == 422
    assert office.ok("deputy_leader", "POST", path, {"event": "refuse", "reason": "不属同一类别"})["state"] == "refused"
    assert office.ok("organiser", "GET", f"meetings/applications/{item}")["state"] == "scheduled"
    meeting = office.ok("organiser", "GET", f"meetings/applications/{item}")["meeting"]
    bodies = [row["body"] for row in office.ok("organiser", "GET", f"meetings/{meeting}/deliveries")["items"]]
    assert any("不属同一类别" in body for body in bodies)
    assert propose(office, token, name="钱八").status_code == 201
    assert propose(office, token, name="孙九").json["code"] == "WRONG_STATE"


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"reason": " "}, {"name": "很" * 61}, {"name": "王小明", "organisation": ""}]
)
def test_a_proposal_says_who_and_why(office: Any, sent: Any, wrong: dict[str, str]) -> None:
    assert propose(office, sent[2], **wrong).status_code == 422


def test_a_guessed_link_proposes_nobody(office: Any) -> None:
    assert propose(office, "x" * 32).status_code == 404
