"""The citizen's pages and the organiser's, without JavaScript."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import g
from openpyxl import load_workbook

from core.db import db
from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk, desk
from tests.meetings.signups.test_api import call_of, over, person, sign_up, times, with_plan

__all__ = ["desk"]
Sign = Callable[..., Desk]


class Citizen:
    """Somebody without an account; paths are below /huichuan/meetings/."""

    def __init__(self, office: Office) -> None:
        self.client = office.app.test_client()

    def get(self, path: str, status: int = 200) -> str:
        """A page's text."""
        self._forget()
        answer = self.client.get(f"/huichuan/meetings/{path}")
        assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
        return answer.get_data(as_text=True)

    def send(self, path: str, page: str, **values: str) -> Any:
        """A form with the hidden values of its page."""
        hidden = dict(re.findall(r'name="(csrf_token|form_key)" value="([^"]+)"', page))
        self._forget()
        return self.client.post(f"/huichuan/meetings/{path}", data=hidden | values)

    @staticmethod
    def _forget() -> None:
        db.session.remove()
        g.pop("csrf_token", None)


ENTRY = {"name": "张三丰", "category": "public", "contact": "13800000001", "reason": "住在这条街上"}


@pytest.mark.article("meetings", 3)
def test_a_citizen_signs_up_once_and_withdraws(office: Office) -> None:
    _item, call = with_plan(office)
    citizen = Citizen(office)
    page = citizen.get(f"signups/{call}/")
    assert "我要报名" in page
    assert "正在报名" in citizen.get("")
    form = citizen.get(f"signups/{call}/apply/")
    for _ in range(2):
        answer = citizen.send(f"signups/{call}/apply/", form, **ENTRY)
        assert answer.status_code == 303
    assert answer.headers["Cache-Control"] == "private, no-store"
    own = answer.headers["Location"].removeprefix("/huichuan/meetings/")
    page = citizen.get(own)
    assert "报名编号 0001" in page
    assert "已收到您的报名" in page
    again = citizen.send(f"signups/{call}/apply/", citizen.get(f"signups/{call}/apply/"), **ENTRY)
    assert again.status_code == 200
    assert "没有重复登记" in again.get_data(as_text=True)
    public = citizen.get(f"signups/{call}/")
    for secret in ("张三丰", "13800000001", "住在这条街上"):
        assert secret not in public
    for _ in range(2):
        assert citizen.send(own, page).status_code == 303
    assert "已撤回" in citizen.get(own)
    assert "这个链接不能用" in citizen.get("signups/mine/made-up/", 404)


@pytest.mark.article("meetings", 3)
def test_the_meeting_s_page_lists_the_call_and_says_when_it_is_cancelled(office: Office) -> None:
    item, call = with_plan(office)
    meeting = office.meeting(item)
    citizen = Citizen(office)
    citizen.get(f"{meeting}/", 404)
    office.fire("organiser", meeting, "announce")
    assert f"/huichuan/meetings/signups/{call}/" in citizen.get(f"{meeting}/")
    office.fire("organiser", f"signups/{call}", "cancel", reason="会议改期")
    assert "原因：会议改期" in citizen.get(f"signups/{call}/")


def test_a_refusal_keeps_what_was_typed(office: Office) -> None:
    _item, call = with_plan(office)
    citizen = Citizen(office)
    form = citizen.get(f"signups/{call}/apply/")
    answer = citizen.send(f"signups/{call}/apply/", form, **ENTRY | {"contact": "不知道"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for kept in ("张三丰", "不知道", "住在这条街上", "请填写手机号"):
        assert kept in page


@pytest.mark.article("meetings", 3, 7)
def test_an_organiser_sets_up_decides_and_hands_over(desk: Sign, office: Office) -> None:
    item = str(office.application()["id"])
    organiser = desk("organiser")
    assert "设置公众报名" in organiser.get(f"meetings/applications/{item}")
    form = organiser.get("meetings/signups/new", application=item)
    begin = {name: value[:16] for name, value in local_times().items()}
    values = {
        "application": item, "form_key": re.findall(r'name="form_key" value="(\w+)"', form)[0], "method": "draw",
        "seats": "1", "categories": ["public", "expert"], "quota-expert": "2", "audience": "本区居民",
    }  # fmt: skip
    refused = organiser.post("meetings/signups/new", values | begin)
    assert refused.status_code == 422
    assert "各类名额之和不能超过总名额" in refused.get_data(as_text=True)
    assert "本区居民" in refused.get_data(as_text=True)
    for _ in range(2):
        made = organiser.post("meetings/signups/new", values | begin | {"quota-expert": "1"})
        assert made.status_code == 302
    page = made.headers["Location"].removeprefix("/admin/huichuan/")
    call = page.strip("/").split("/")[-1]
    office.fire("organiser", f"applications/{item}", "submit")
    assert "公开抽签，名额 1 个，面向利益相关方" not in organiser.get(f"meetings/applications/{item}")
    assert "公开抽签，名额 1 个，面向专家学者、其他公众代表。" in organiser.get(f"meetings/applications/{item}")
    office.fire("deputy_leader", f"applications/{item}", "approve")
    assert organiser.post(f"{page}move", act(organiser.get(page), "publish")).status_code == 302
    sign_up(office, call, person(1), person(2, "expert"), person(3))
    over(office, call)
    assert "今天请抽签" in organiser.get("")
    assert organiser.post(f"{page}move", act(organiser.get(page), "draw")).status_code == 302
    assert "入选人员待列入邀请名单" in organiser.get("")
    assert organiser.post(f"{page}hand-over", act(organiser.get(page), "")).status_code == 302
    assert "张三2" in organiser.get(f"meetings/applications/{item}")
    shown = Citizen(office).get(f"signups/{call}/")
    assert len(re.findall('data-selected="yes"', shown)) == 1
    assert "verify_draw.py" in shown
    assert "张**" in Citizen(office).get(f"signups/{call}/list.csv")


def test_a_stale_form_shows_both_and_loses_nothing(desk: Sign, office: Office) -> None:
    call = call_of(office, office.approved())
    office.ok("organiser", "PATCH", f"meetings/signups/{call}", {"audience": "全区居民"}, If_Match="1")
    begin = {name: value[:16] for name, value in local_times().items()}
    mine = {"version": "1", "method": "draw", "seats": "3", "categories": ["public"], "audience": "东街社区的居民"}
    answer = desk("organiser").post(f"meetings/signups/{call}/edit", mine | begin)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412
    for shown in ("全区居民", "东街社区的居民", 'name="version" value="2"'):
        assert shown in page
    assert desk("organiser").post(f"meetings/signups/{call}/edit", mine | begin | {"version": "2"}).status_code == 302


def test_the_list_of_people_is_a_workbook_for_those_who_run_the_call(desk: Sign, office: Office) -> None:
    _item, call = with_plan(office)
    sign_up(office, call, person(1, name="=1+1"))
    organiser = desk("organiser")
    organiser.get("")
    answer = organiser.client.get(f"/admin/huichuan/meetings/signups/{call}/applicants.xlsx")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.values)
    assert rows[1][:2] == ("0001", "'=1+1")
    desk("stenographer").get(f"meetings/signups/{call}/applicants.xlsx", 403)
    assert "张三" not in desk("stenographer").get(f"meetings/signups/{call}/")


def test_staff_withdraw_somebody_who_telephoned(desk: Sign, office: Office) -> None:
    _item, call = with_plan(office)
    sign_up(office, call, person(1))
    ident = office.ok("organiser", "GET", f"meetings/signups/{call}/applicants")["items"][0]["id"]
    for status in (302, 409):
        values = {"reason": "来电", "version": "1"}
        assert desk("organiser").post(f"meetings/signups/applicants/{ident}/withdraw", values).status_code == status
    assert office.ok("organiser", "GET", f"meetings/signups/{call}/applicants")["items"][0]["state"] == "withdrawn"
    assert desk("organiser", "meitan").post(f"meetings/signups/applicants/{ident}/withdraw").status_code == 404


def act(page: str, event: str) -> dict[str, str]:
    """An act as its button sends it."""
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    return {"version": version, "event": event}


def local_times() -> dict[str, str]:
    from datetime import datetime

    from core.workdays import LOCAL

    return {name: datetime.fromisoformat(at).astimezone(LOCAL).isoformat() for name, at in times().items()}
