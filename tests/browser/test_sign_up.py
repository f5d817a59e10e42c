"""Public sign-up as people go through it: a citizen on a phone, the organiser at the desk, the draw checked by anyone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe_findings
from tests.hall import Hall

pytestmark = [pytest.mark.browser, pytest.mark.server]


def called(hall: Hall, **values: Any) -> tuple[str, str, str]:
    """A meeting whose one item has a public draw in its approved plan: meeting, item, call."""
    title = f"老旧小区加装电梯实施办法{uuid4().hex[:4]}"
    item, now = hall.application(title=title), datetime.now(UTC)
    body = {
        "application": item, "method": "draw", "seats": 2, "categories": ["public", "expert"], "audience": "本区居民",
        "opens_at": (now - timedelta(hours=1)).isoformat(), "closes_at": (now + timedelta(hours=1)).isoformat(),
    }  # fmt: skip
    call = str(hall.api("organiser", "POST", "meetings/signups", body | values)["id"])
    hall.fire("organiser", f"applications/{item}", "submit")
    hall.fire("deputy", f"applications/{item}", "approve")
    hall.fire("organiser", f"signups/{call}", "publish")
    return hall.meeting(item, events=("announce",), title=f"常务会议{uuid4().hex[:6]}"), item, call


def sign_up(hall: Hall, call: str, *names: str) -> None:
    for name in names:
        body = {"name": name, "category": "public", "contact": f"{uuid4().hex}@example.org"}
        hall.api("organiser", "POST", f"meetings/signups/{call}/applicants", body)


def pass_deadline(hall: Hall, call: str) -> None:
    """Put the deadline behind us, as time would."""
    over = (datetime.now(UTC) - timedelta(seconds=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(hall.server.data / "mingtang.db", timeout=10)) as file, file:
        changed = file.execute("UPDATE meetings_signup_call SET closes_at = ? WHERE id = ?", (over, call)).rowcount
    assert changed == 1


@pytest.mark.article("meetings", 3, 7)
def test_from_the_phone_to_the_invited_list(hall: Hall, visitor: Callable[..., Page]) -> None:
    meeting, item, call = called(hall)
    sign_up(hall, call, "李大海", "赵小河", "孙一山")
    phone = visitor(width=390)
    phone.goto(f"/{hall.county}/meetings/{meeting}/")
    phone.get_by_role("link", name="老旧小区加装电梯实施办法").last.click()
    commitment = phone.locator(".digest code").text_content()
    phone.get_by_role("link", name="我要报名").click()
    phone.get_by_label("姓名").first.fill("周知行")
    phone.get_by_label("其他公众代表").check()
    phone.get_by_label("手机号或电子邮箱").fill("我的电话")
    phone.get_by_label("想参加的理由").fill("住在六楼，家里有老人。")
    phone.get_by_role("button", name="提交报名").click()
    expect(phone.get_by_role("link", name="请填写手机号")).to_be_visible()
    expect(phone.get_by_label("想参加的理由")).to_have_value("住在六楼，家里有老人。")
    expect(phone.get_by_label("其他公众代表")).to_be_checked()
    phone.get_by_label("手机号或电子邮箱").fill("138 0000 0001")
    phone.get_by_role("button", name="提交报名").click()
    expect(phone.get_by_role("heading", name="报名编号 0004")).to_be_visible()
    assert not axe_findings(phone)
    mine = phone.url

    pass_deadline(hall, call)
    desk = hall.sign_in(visitor(), "organiser")
    desk.goto(f"/admin/{hall.county}/meetings/signups/{call}/")
    if desk.get_by_role("button", name="截止报名").count():  # unless the sweep was first
        desk.get_by_role("button", name="截止报名").click()
    desk.get_by_role("button", name="抽签").click()
    desk.get_by_role("dialog").get_by_role("button", name="抽签").click()
    expect(desk.get_by_text("公众报名现在是“已抽签”。")).to_be_visible()
    desk.get_by_role("button", name="列入邀请名单").click()
    expect(desk.get_by_text("已列入邀请名单 2 人，可以发出邀请。")).to_be_visible()
    assert not axe_findings(desk)
    assert len(hall.api("organiser", "GET", f"meetings/applications/{item}")["invitees"]) == 3
    assert hall.api("organiser", "GET", f"meetings/applications/{item}")["state"] == "scheduled"

    phone.goto(f"/{hall.county}/meetings/signups/{call}/")
    assert phone.locator(".digest code").first.text_content() == commitment
    phone.get_by_role("button", name="在本页核验").click()
    expect(phone.get_by_role("status")).to_contain_text("核验无误")
    assert not axe_findings(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.goto(mine)
    phone.get_by_text("撤回报名", exact=True).click()
    phone.get_by_role("button", name="确定撤回").click()
    expect(phone.get_by_text("已撤回报名。", exact=True)).to_be_visible()


def test_a_tampered_list_or_result_is_found_in_the_browser(hall: Hall, visitor: Callable[..., Page]) -> None:
    _meeting, _item, call = called(hall)
    sign_up(hall, call, "李大海", "赵小河", "孙一山", "周知行")
    pass_deadline(hall, call)
    hall.ask("organiser", "POST", f"meetings/signups/{call}/transitions", {"event": "close"})
    hall.fire("organiser", f"signups/{call}", "draw")
    page = visitor(width=390, language="en")
    address = f"/{hall.county}/meetings/signups/{call}/"
    page.goto(address)
    row = page.locator("[data-receipt]").first
    row.evaluate("row => row.dataset.selected = row.dataset.selected === 'yes' ? 'no' : 'yes'")
    page.get_by_role("button", name="Check on this page").click()
    expect(page.get_by_role("status")).to_contain_text("another result")

    def tampered(route: Any) -> None:
        document = route.fetch().json()
        document["entries"][0]["category"] = "expert"
        route.fulfill(json=document)

    page.route("**/draw.json", tampered)
    page.goto(address)
    page.get_by_role("button", name="Check on this page").click()
    expect(page.get_by_role("status")).to_contain_text("does not fit its published digest")


def test_signing_up_works_without_script(hall: Hall, visitor: Callable[..., Page]) -> None:
    _meeting, _item, call = called(hall, method="order", seats=1)
    page = visitor(width=390, script=False)
    page.goto(f"/{hall.county}/meetings/signups/{call}/apply/")
    page.get_by_label("姓名").first.fill("周知行")
    page.get_by_label("专家学者").check()
    page.get_by_label("手机号或电子邮箱").fill("zhou@example.org")
    page.get_by_role("button", name="提交报名").click()
    expect(page.get_by_text("您已入选")).to_be_visible()
