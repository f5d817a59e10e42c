"""Invitations: nothing before approval, a personal link, rules acknowledged, lists from files."""

from __future__ import annotations

import io
from typing import Any

import pytest

LIST = "姓名,类别,单位,联系方式\n王小明,其他公众代表,,wang@example.org\n赵六,专家学者,某大学,zhao@example.org\n"
RULES = {"attendance": "新", "duties": "新", "agenda_rules": "新", "discipline": "新"}


def file(text: str = LIST, name: str = "名单.csv") -> dict[str, Any]:
    """A list to upload."""
    return {"file": (io.BytesIO(text.encode()), name)}


def first(office: Any, item: str) -> Any:
    """The first invitee of an application."""
    return office.ok("organiser", "GET", f"meetings/applications/{item}")["invitees"][0]


def send(office: Any, item: str) -> tuple[str, str]:
    """Send the first invitation: its id and the secret of the personal link."""
    ident = first(office, item)["id"]
    link = office.fire("organiser", f"invitations/{ident}", "send")["link"]
    return ident, link.rstrip("/").rpartition("/")[2]


@pytest.mark.article("meetings", 7)
def test_nothing_is_sent_before_approval(office: Any) -> None:
    item = office.application()["id"]
    path = f"meetings/invitations/{first(office, item)['id']}/transitions"
    assert office.codes("organiser", "POST", path, {"event": "send"}) == ["NOT_APPROVED"]
    office.fire("organiser", f"applications/{item}", "submit")
    assert office.codes("organiser", "POST", path, {"event": "send"}) == ["NOT_APPROVED"]
    office.fire("deputy_leader", f"applications/{item}", "approve")
    assert office.ok("organiser", "POST", path, {"event": "send"})["state"] == "sent"


@pytest.mark.article("meetings", 7)
def test_after_a_change_of_plan_nothing_is_sent_until_approved_again(office: Any) -> None:
    item = office.approved()
    people = [
        {"name": "王小明", "category": "public", "contact": "wang@example.org"},
        {"name": "李四", "category": "expert"},
    ]
    office.fire("organiser", f"applications/{item}", "change_plan", reason="增加", invitees=people)
    path = f"meetings/invitations/{first(office, item)['id']}/transitions"
    assert office.codes("organiser", "POST", path, {"event": "send"}) == ["NOT_APPROVED"]


@pytest.mark.article("meetings", 8)
def test_the_invitee_answers_with_the_link_alone(office: Any) -> None:
    ident, token = send(office, office.approved())
    reply = office.ok("", "POST", "meetings/invitations/reply", {"token": token, "event": "accept"})
    assert (reply["state"], reply["materials_open"]) == ("accepted", False)
    promise = {"token": token, "event": "acknowledge", "rule_version": 1, "publish_name": True}
    assert office.ok("", "POST", "meetings/invitations/reply", promise)["materials_open"]
    shown = office.ok("organiser", "GET", f"meetings/invitations/{ident}")
    assert (shown["state"], shown["publish_name"]) == ("acknowledged", True)
    assert [row["version"] for row in shown["acknowledged"]] == [1]
    assert office.fire("organiser", f"invitations/{ident}", "check_in")["state"] == "checked_in"
    wrong = office.call("", "POST", "meetings/invitations/reply", {"token": "x" * 32, "event": "accept"})
    assert wrong.status_code == 404


@pytest.mark.article("meetings", 8)
def test_a_new_version_of_the_rules_asks_again(office: Any) -> None:
    ident, token = send(office, office.approved())
    promise = {"token": token, "event": "acknowledge", "rule_version": 1}
    office.ok("", "POST", "meetings/invitations/reply", promise)
    assert office.ok("organiser", "POST", "meetings/rules", RULES)["version"] == 2
    path = f"meetings/invitations/{ident}/transitions"
    assert office.codes("organiser", "POST", path, {"event": "check_in"}) == ["RULES_NOT_ACKNOWLEDGED"]
    assert office.codes("", "POST", "meetings/invitations/reply", promise) == ["RULES_CHANGED"]
    assert office.ok("", "POST", "meetings/invitations/reply", promise | {"rule_version": 2})["materials_open"]
    assert office.fire("organiser", f"invitations/{ident}", "check_in")["state"] == "checked_in"


@pytest.mark.article("meetings", 8)
def test_rules_have_all_four_parts_and_are_public(office: Any) -> None:
    assert office.call("organiser", "POST", "meetings/rules", RULES | {"discipline": " "}).status_code == 422
    assert office.call("stenographer", "POST", "meetings/rules", RULES).status_code == 403
    office.ok("organiser", "POST", "meetings/rules", RULES)
    assert office.ok("", "GET", "meetings/rules")["items"][0]["discipline"] == "新"


@pytest.mark.article("meetings", 7)
def test_a_leaked_link_is_replaced_and_a_revoked_one_dead(office: Any) -> None:
    ident, token = send(office, office.approved())
    link = office.ok("organiser", "POST", f"meetings/invitations/{ident}/link")["link"]
    body = {"token": token, "event": "accept"}
    assert office.call("", "POST", "meetings/invitations/reply", body).status_code == 404
    fresh = {"token": link.rstrip("/").rpartition("/")[2], "event": "accept"}
    assert office.ok("", "POST", "meetings/invitations/reply", fresh)["state"] == "accepted"
    office.fire("organiser", f"invitations/{ident}", "revoke", reason="名额调整")
    assert office.call("", "POST", "meetings/invitations/reply", fresh).status_code == 404


@pytest.mark.article("meetings", 7)
def test_substitution_goes_back_to_approval(office: Any) -> None:
    item = office.approved()
    ident = first(office, item)["id"]
    new = {"name": "孙七", "category": "public"}
    office.fire("organiser", f"invitations/{ident}", "substitute", reason="本人请假", invitee=new)
    shown = office.ok("organiser", "GET", f"meetings/applications/{item}")
    assert shown["state"] == "pending"
    assert [row["name"] for row in shown["invitees"]] == ["孙七"]


@pytest.mark.article("meetings", 7)
def test_a_list_is_previewed_then_taken_then_known(office: Any) -> None:
    item = office.approved()
    meeting = office.meeting(item)
    path = f"meetings/{meeting}/invitations/import"
    preview = office.ok("organiser", "POST", f"{path}?dry_run=1", file())
    assert (preview["dry_run"], preview["created"], preview["state"]) == (True, 0, "scheduled")
    assert [(row["row"], row["name"], row["status"]) for row in preview["rows"]] == [
        (2, "王小明", "unchanged"),
        (3, "赵六", "new"),
    ]
    taken = office.ok("organiser", "POST", path, file())
    assert (taken["created"], taken["unchanged"], taken["state"]) == (1, 1, "pending")
    again = office.ok("organiser", "POST", path, file())
    assert (again["created"], again["unchanged"], again["state"]) == (0, 2, "pending")
    assert len(office.ok("organiser", "GET", f"meetings/{meeting}/invitations")["items"]) == 2
    more = LIST + "钱八,专家学者,,\n"
    answers = [office.call("organiser", "POST", path + query, file(more)) for query in ("?dry_run=1", "")]
    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(409, "WRONG_STATE")] * 2


def test_a_list_names_its_faults_by_row(office: Any) -> None:
    item = office.application()["id"]
    path = f"meetings/applications/{item}/invitations/import"
    faulty = LIST + ",专家学者,,\n钱八,外星人,,\n"
    refused = office.call("organiser", "POST", path, file(faulty))
    assert (refused.status_code, refused.json["code"]) == (422, "FAULTY_ROWS")
    assert [(row["row"], row["column"]) for row in refused.json["errors"]] == [("4", "姓名"), ("5", "类别")]
    assert len(office.ok("organiser", "GET", f"meetings/applications/{item}")["invitees"]) == 1
    taken = office.ok("organiser", "POST", f"{path}?skip_faulty=1", file(faulty))
    assert [(row["row"], row["column"]) for row in taken["errors"]] == [(4, "姓名"), (5, "类别")]
    assert (taken["created"], taken["unchanged"]) == (1, 1)
    assert office.call("organiser", "POST", path, file("没有表头", "名单.csv")).status_code == 422
    assert office.call("organiser", "POST", path, file("x", "名单.exe")).status_code == 422


def test_the_right_item_must_be_named(office: Any) -> None:
    items = [office.approved(title=f"议题{n}") for n in range(2)]
    path = f"meetings/{office.meeting(*items)}/invitations/import"
    assert office.call("organiser", "POST", path, file()).status_code == 422
    assert office.ok("organiser", "POST", f"{path}?application={items[1]}", file())["application"] == items[1]


@pytest.mark.article("meetings", 7)
def test_others_read_neither_invitation_nor_contact(office: Any) -> None:
    item = office.approved()
    ident = first(office, item)["id"]
    assert office.call("", "GET", f"meetings/invitations/{ident}").status_code == 401
    assert office.call("secrecy_reviewer", "GET", f"meetings/invitations/{ident}").status_code == 404
    shown = office.ok("secrecy_reviewer", "GET", f"meetings/applications/{item}")
    assert shown["invitees"][0]["contact"] is None
