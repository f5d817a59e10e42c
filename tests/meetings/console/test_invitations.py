"""Invitations in the console: nothing before approval, links shown once, answers taken down, people replaced."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk

Sign = Callable[..., Desk]
PEOPLE = [
    {"name": "王小明", "category": "public", "contact": "wang@example.org"},
    {"name": "李桂芳", "category": "stakeholder", "organisation": "和平路社区"},
]


@pytest.fixture
def meeting(office: Office) -> str:
    """A meeting with one approved item and two people on its list."""
    return office.meeting(office.approved(title="供水管网改造", invitees=PEOPLE))


def ids(page: str) -> list[str]:
    return re.findall(r'href="/admin/huichuan/meetings/invitations/(\w{32})/"', page)


def send_all(desk: Desk, meeting: str) -> TestResponse:
    return desk.post(f"meetings/{meeting}/invitations/send", {"item": ""})


def act(desk: Desk, one: str, event: str, **more: Any) -> TestResponse:
    page = desk.get(f"meetings/invitations/{one}/")
    version = re.search(r'name="version" value="(\d+)"', page)
    return desk.post(
        f"meetings/invitations/{one}/move", {"event": event, "version": version[1] if version else "", **more}
    )


def links(page: str) -> list[str]:
    return re.findall(r"http://localhost/huichuan/meetings/invitations/([\w-]+)/", page)


@pytest.mark.article("meetings", 7)
def test_every_approved_invitation_goes_out_and_its_link_is_shown_once(
    desk: Sign, office: Office, meeting: str
) -> None:
    organiser, address = desk("organiser"), f"meetings/{meeting}/invitations/"
    assert "发出全部邀请（2 人）" in organiser.get(address)
    letters = send_all(organiser, meeting).get_data(as_text=True)
    assert len(set(links(letters))) == 2
    assert letters.count("data:image/svg+xml") == 2
    assert "王小明：" in letters
    for token in links(letters):
        body = {"token": token, "event": "accept"}
        office.ok("", "POST", "meetings/invitations/reply", body)
    page = organiser.get(address)
    assert not any(token in page for token in links(letters))
    assert "发出全部邀请" not in page
    assert send_all(organiser, meeting).status_code == 302  # again: nobody is invited twice
    assert "没有新的邀请要发出。" in organiser.get(address)


@pytest.mark.article("meetings", 7)
def test_nothing_goes_out_before_approval_and_the_page_says_why(desk: Sign, office: Office, meeting: str) -> None:
    item = office.ok("organiser", "GET", f"meetings/{meeting}")["agenda"][0]["id"]
    change = {"event": "change_plan", "reason": "换形式", "participation_mode": "线上列席"}
    office.ok("organiser", "POST", f"meetings/applications/{item}/transitions", change)
    organiser, address = desk("organiser"), f"meetings/{meeting}/invitations/"
    page = organiser.get(address)
    assert "2 人还不能发出邀请" in page
    assert "（会7）" in page
    answer = send_all(organiser, meeting)
    assert answer.status_code == 409
    assert "（会7）" in answer.get_data(as_text=True)
    assert act(organiser, ids(page)[0], "send").status_code == 409


@pytest.mark.article("meetings", 8)
def test_answers_by_phone_and_the_promise_on_paper_are_taken_down(desk: Sign, office: Office, meeting: str) -> None:
    organiser = desk("organiser")
    send_all(organiser, meeting)
    one, two = ids(organiser.get(f"meetings/{meeting}/invitations/"))
    assert act(organiser, one, "accept", reason="电话答复").status_code == 302
    assert act(organiser, two, "decline", reason="出差").status_code == 302
    assert act(organiser, one, "check_in").status_code == 409  # the rules come first
    assert act(organiser, one, "acknowledge").status_code == 302
    page = organiser.get(f"meetings/invitations/{one}/")
    assert "代为登记" in page
    assert "第 1 版" in page
    rule = dict.fromkeys(("attendance", "duties", "agenda_rules", "discipline"), "新的内容")
    office.ok("organiser", "POST", "meetings/rules", rule)
    shown = organiser.get(f"meetings/{meeting}/invitations/")
    assert "第 1 版（已有新版，须重新承诺）" in shown
    assert act(organiser, one, "check_in").status_code == 409
    act(organiser, one, "acknowledge")
    assert act(organiser, one, "check_in", **{"from": "list"}).headers["Location"].endswith(f"#i-{one}")
    assert act(desk("stenographer"), one, "check_out").status_code == 302
    assert "已退席" in organiser.get(f"meetings/{meeting}/invitations/")


@pytest.mark.article("meetings", 7)
def test_a_substitute_sends_the_list_back_to_approval(desk: Sign, office: Office, meeting: str) -> None:
    organiser = desk("organiser")
    one = ids(organiser.get(f"meetings/{meeting}/invitations/"))[0]
    typed = {"invitee.name": "", "invitee.category": "public", "invitee.organisation": "云峰社区", "reason": "本人出差"}
    refused = act(organiser, one, "substitute", **typed)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "云峰社区" in page
    assert "本人出差" in page
    assert act(organiser, one, "substitute", **(typed | {"invitee.name": "赵敏"})).status_code == 302
    assert office.ok("organiser", "GET", f"meetings/{meeting}")["agenda"][0]["state"] == "pending"
    assert "赵敏" in organiser.get(f"meetings/{meeting}/invitations/")


def test_a_lost_link_is_replaced_and_a_revoked_one_is_dead(desk: Sign, office: Office, meeting: str) -> None:
    organiser = desk("organiser")
    one = ids(organiser.get(f"meetings/{meeting}/invitations/"))[0]
    first = links(act(organiser, one, "send").get_data(as_text=True))[0]
    second = links(organiser.post(f"meetings/invitations/{one}/link").get_data(as_text=True))[0]
    reply = "meetings/invitations/reply"
    assert office.call("", "POST", reply, {"token": first, "event": "accept"}).status_code == 404
    assert office.call("", "POST", reply, {"token": second, "event": "accept"}).status_code == 200
    assert act(organiser, one, "revoke").status_code == 302
    assert office.call("", "POST", reply, {"token": second, "event": "accept"}).status_code == 404
    assert organiser.post(f"meetings/invitations/{one}/link").status_code == 409


def test_a_stale_act_is_refused_and_a_second_one_does_nothing(desk: Sign, meeting: str) -> None:
    organiser = desk("organiser")
    send_all(organiser, meeting)
    one = ids(organiser.get(f"meetings/{meeting}/invitations/"))[0]
    path, sent = f"meetings/invitations/{one}/move", {"event": "accept", "reason": "来电", "version": "1"}
    stale = organiser.post(path, sent)
    assert stale.status_code == 412
    assert "来电" in stale.get_data(as_text=True)
    version = re.search(r'name="version" value="(\d+)"', organiser.get(f"meetings/invitations/{one}/"))
    assert version
    assert organiser.post(path, sent | {"version": version[1]}).status_code == 302
    assert organiser.post(path, sent | {"version": version[1]}).status_code == 409


def test_only_those_who_invite_see_telephone_numbers(desk: Sign, office: Office, meeting: str) -> None:
    address = f"meetings/{meeting}/invitations/"
    page = desk("organiser").get(address)
    one = ids(page)[0]
    assert "wang@example.org" in page
    steno = desk("stenographer").get(address)
    assert "王小明" in steno
    assert "wang@example.org" not in steno + desk("stenographer").get(f"meetings/invitations/{one}/")
    assert "王小明" not in desk("disclosure_officer").get(address)
    desk("disclosure_officer").get(f"meetings/invitations/{one}/", 404)
    assert act(desk("stenographer"), one, "send").status_code == 403
    stranger = desk("organiser", "meitan")
    assert stranger.get(f"meetings/invitations/{one}/", 404) == stranger.get(f"meetings/invitations/{'0' * 32}/", 404)
    for path in ("move", "link"):
        assert stranger.post(f"meetings/invitations/{one}/{path}", {"event": "revoke"}).status_code == 404


def test_counts_by_category_stand_above_the_lists(desk: Sign, meeting: str) -> None:
    send_all(desk("organiser"), meeting)
    page = desk("organiser").get(f"meetings/{meeting}/invitations/")
    table = page.partition("各类列席人员的人数")[2].partition("</table>")[0]
    assert "利益相关方" in table
    assert "其他公众代表" in table
    assert "专家学者" not in table
