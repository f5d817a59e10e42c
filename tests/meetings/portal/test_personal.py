"""The personal link of an invitee: answer, rules, materials, and how a link dies."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from core.db import db, utcnow, write
from core.permissions import SYSTEM
from plugins.meetings.models import AgendaApplication, Invitation
from plugins.meetings.services import invitations, rules
from tests.meetings.portal.conftest import Visitor
from tests.meetings.portal.stage import Stage

NEW_RULES = {name: f"新的{name}" for name in rules.PARTS}


def invitation(made: Stage) -> Invitation:
    db.session.remove()
    return invitations.by_token(made.tokens["coming"])


@pytest.mark.article("meetings", 3)
def test_the_letter_says_what_when_and_where(visitor: Visitor, made: Stage) -> None:
    text = visitor.get(made.link("coming"))
    for expected in (
        "王小明，您好",
        "农村饮水安全提升工程方案",
        "区政府三楼会议室",
        "会议室现场列席",
        "请您答复",
        "加入日历",
    ):
        assert expected in text


@pytest.mark.article("meetings", 3)
def test_accepting_and_thinking_better_of_it(visitor: Visitor, made: Stage) -> None:
    text = visitor.send(made.link("coming"), event="accept", note="需要无障碍通道")
    assert "已记录：您接受邀请。" in text
    assert invitation(made).reply_note == "需要无障碍通道"
    text = visitor.send(made.link("coming"), event="decline", note="出差")
    assert "您已答复不能参加" in text
    assert "会议开放规则</h2>" not in text
    assert "图文直播</a>" not in text
    assert "已记录：您接受邀请。" in visitor.send(made.link("coming"), event="accept")
    assert invitation(made).state == "accepted"


def test_sending_the_same_answer_twice_does_it_once(visitor: Visitor, made: Stage) -> None:
    visitor.send(made.link("coming"), event="accept", note="第一次")
    version = invitation(made).version
    visitor.send(made.link("coming"), event="accept", note="第二次")
    assert (invitation(made).version, invitation(made).reply_note) == (version, "第一次")


@pytest.mark.article("meetings", 8)
def test_materials_open_with_the_promise_to_keep_the_rules(visitor: Visitor, made: Stage) -> None:
    visitor.send(made.link("coming"), event="accept")
    closed = visitor.get(made.link("coming"))
    assert "共 1 份材料" in closed
    assert "/files/" not in closed
    file = db.session.get_one(AgendaApplication, made.items["coming"]).materials[0].attachment_id
    visitor.get(made.link("coming", f"files/{file}"), 404)
    opened = visitor.send(made.link("coming"), event="acknowledge", agree="1", rule_version="1")
    assert "您已承诺遵守第 1 版规则" in opened
    address = re.search(r'href="([^"]+/files/\w+)"', opened)
    assert address
    assert visitor.get(address[1]) == "会议材料正文"
    visitor.get(f"/huichuan/files/{file}", 404)


@pytest.mark.article("meetings", 8)
def test_a_new_version_of_the_rules_asks_again(visitor: Visitor, made: Stage) -> None:
    visitor.send(made.link("coming"), event="acknowledge", agree="1", rule_version="1")
    with write():
        rules.issue(SYSTEM, NEW_RULES)
    text = visitor.get(made.link("coming"))
    assert "规则有了新版本（第 2 版）" in text
    assert "新的duties" in text
    assert "/files/" not in text
    refused = visitor.send(made.link("coming"), 409, event="acknowledge", agree="1", rule_version="1")
    assert "会议开放规则已有新版本" in refused
    assert "会8" in refused
    assert "/files/" in visitor.send(made.link("coming"), event="acknowledge", agree="1", rule_version="2")


@pytest.mark.article("meetings", 8)
def test_nobody_promises_without_saying_so_and_nothing_typed_is_lost(visitor: Visitor, made: Stage) -> None:
    text = visitor.send(made.link("coming"), 422, event="acknowledge", rule_version="1", note="我写的附言")
    assert "请先阅读规则" in text
    assert "我写的附言" in text
    assert invitation(made).state == "sent"
    long = visitor.send(made.link("coming"), 422, event="accept", note="长" * 501)
    assert "最多 500 个字" in long
    assert "长" * 501 in long


@pytest.mark.article("meetings", 8)
def test_the_name_is_published_with_consent_that_can_be_taken_back(visitor: Visitor, made: Stage) -> None:
    visitor.send(made.link("coming"), event="acknowledge", agree="1", rule_version="1", publish_name="1")
    assert invitation(made).publish_name is True
    assert "您同意公布姓名" in visitor.get(made.link("coming"))
    visitor.send(made.link("coming"), event="acknowledge", agree="1", rule_version="1")
    assert invitation(made).publish_name is False


def test_only_the_invitees_own_acts_are_taken(visitor: Visitor, made: Stage) -> None:
    visitor.send(made.link("coming"), 422, event="check_in")
    assert invitation(made).state == "sent"


def test_a_form_without_its_token_is_refused(app: Flask, made: Stage) -> None:
    answer = app.test_client().post(made.link("coming"), data={"event": "accept"})
    assert answer.status_code == 403
    assert invitation(made).state == "sent"


@pytest.mark.article("meetings", 7)
def test_unknown_expired_renewed_and_revoked_links_look_the_same(visitor: Visitor, made: Stage) -> None:
    dead = visitor.get("/huichuan/meetings/invitations/unknown/", 404)
    assert "这个链接不能用" in dead
    with write():
        invitation_row = invitations.by_token(made.tokens["coming"])
        renewed = invitations.renew_link(SYSTEM, invitation_row)
    assert visitor.get(made.link("coming"), 404) == dead
    assert visitor.get(made.link("coming", "meeting.ics"), 404) == dead
    with write():
        db.session.get_one(Invitation, invitation_row.id).token_expires_at = utcnow() - timedelta(seconds=1)
    assert visitor.get(renewed, 404) == dead
    with write():
        row = db.session.get_one(Invitation, invitation_row.id)
        row.token_expires_at = utcnow() + timedelta(days=1)
        invitations.move(SYSTEM, row, "revoke")
    assert visitor.get(renewed, 404) == dead


def test_a_link_is_good_in_its_own_county_only(visitor: Visitor, made: Stage) -> None:
    path = made.link("coming").replace("/huichuan/", "/meitan/")
    assert visitor.get(path, 404) == visitor.get("/meitan/meetings/invitations/unknown/", 404)


def test_one_link_opens_no_other_items_files(visitor: Visitor, made: Stage) -> None:
    visitor.send(made.link("closed"), event="acknowledge", agree="1", rule_version="1")
    file = db.session.get_one(AgendaApplication, made.items["coming"]).materials[0].attachment_id
    visitor.get(made.link("closed", f"files/{file}"), 404)


def test_no_log_line_holds_the_secret(visitor: Visitor, made: Stage) -> None:
    with capture_logs() as logs:
        visitor.send(made.link("coming"), event="accept")
    assert logs
    assert made.tokens["coming"] not in str(logs)


def test_the_calendar_file_reminds_the_day_before(visitor: Visitor, made: Stage) -> None:
    text = visitor.get(made.link("coming", "meeting.ics"))
    assert "BEGIN:VALARM" in text
    assert made.tokens["coming"] not in text.replace("\r\n ", "")


@pytest.mark.article("meetings", 2, 7)
def test_an_invited_only_session_opens_to_who_came_by_the_link(app: Flask, visitor: Visitor, made: Stage) -> None:
    live = made.path("closed", "live/")
    visitor.get(live, 403)
    visitor.get(made.link("closed"))
    text = visitor.get(live)
    for expected in ("建议先封闭道路。", "突发事件处置方案", 'name="csrf-token"', '"audience": "invited"'):
        assert expected in text
    answer = visitor.client.get(live)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert app.test_client().get(live).status_code == 403
    visitor.get(made.path("coming", "live/"))
    visitor.send(made.link("closed"), event="decline")
    visitor.get(live, 403)


@pytest.mark.article("meetings", 7)
def test_a_renewed_link_shuts_the_session_to_the_old_one(visitor: Visitor, made: Stage) -> None:
    visitor.get(made.link("closed"))
    with write():
        invitations.renew_link(SYSTEM, invitations.by_token(made.tokens["closed"]))
    visitor.get(made.path("closed", "live/"), 403)


@pytest.mark.article("meetings", 3)
def test_an_interest_is_declared_with_the_link_and_its_decision_shown(visitor: Visitor, made: Stage) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get(made.link("coming")))
    assert token

    def declare(statement: str) -> TestResponse:
        form = {"kind": "eligibility", "statement": statement, "csrf_token": token[1]}
        return visitor.client.post(made.link("coming", "recusal"), data=form)

    assert [declare(text).status_code for text in ("", "已不再担任代表", "已不再担任代表")] == [422, 303, 303]
    page = visitor.get(made.link("coming"))
    assert (page.count("待决定"), "已不再担任代表" in page) == (1, True)
    other = declare("另有原因")
    assert (other.status_code, "另有原因" in other.get_data(as_text=True)) == (409, True)
