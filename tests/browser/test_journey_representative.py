"""An invited representative on a phone: personal link, answer, rules, materials, live text. No account anywhere."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe_findings
from tests.hall import Hall

pytestmark = [pytest.mark.browser, pytest.mark.server]
SECRET = {
    "title": "突发事件处置方案", "subject_class": "none", "openness": "closed", "openness_ground": "涉及国家秘密",
    "forms": ["invitation"],
}  # fmt: skip


def upload(page: Page, hall: Hall) -> str:
    """An organiser's file; answers its id."""
    answer = page.request.post(
        f"{hall.url}/api/v1/{hall.county}/files",
        headers={"Authorization": f"Bearer {hall.tokens['organiser']}"},
        multipart={"file": {"name": "实施办法.txt", "mimeType": "text/plain", "buffer": "送审稿全文".encode()}},
    )
    assert answer.status == 201
    return str(answer.json()["id"])


def invite(hall: Hall, item: str) -> str:
    """Send the item's first invitation; answers the personal link, which is shown this once."""
    invitation = hall.api("organiser", "GET", f"meetings/applications/{item}")["invitees"][0]["id"]
    return str(hall.fire("organiser", f"invitations/{invitation}", "send")["link"])


@pytest.mark.article("meetings", 3, 7, 8)
def test_from_the_personal_link_to_the_live_text(hall: Hall, visitor: Callable[..., Page]) -> None:
    page = visitor(width=390)
    material = {"kind": "draft", "title": "实施办法（送审稿）", "file": upload(page, hall)}
    item = hall.approved(title="老旧小区加装电梯实施办法", materials=[material])
    meeting = hall.meeting(item, events=("announce",), title=f"常务会议{uuid4().hex[:6]}")
    link = invite(hall, item)

    page.goto(link)
    expect(page.get_by_role("heading", name="王小明，您好")).to_be_visible()
    expect(page.get_by_text("三楼会议室")).to_be_visible()
    assert not axe_findings(page)
    page.get_by_label("附言").fill("需要无障碍通道")
    page.get_by_role("button", name="接受邀请").click()
    expect(page.get_by_text("已记录：您接受邀请。")).to_be_visible()

    expect(page.get_by_text("共 1 份材料。承诺遵守规则后")).to_be_visible()
    page.get_by_role("button", name="承诺遵守规则").click()
    assert page.evaluate("document.activeElement.id") == "agree"
    page.get_by_label("我已阅读并承诺遵守").check()
    page.get_by_label("同意在会议页面公布我的姓名").check()
    page.get_by_role("button", name="承诺遵守规则").click()
    expect(page.get_by_text("您已承诺遵守第 1 版规则")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="实施办法（送审稿）").click()
    assert download.value.path().read_text() == "送审稿全文"
    assert not axe_findings(page)

    with page.expect_download() as calendar:
        page.get_by_role("link", name="加入日历").click()
    assert "BEGIN:VALARM" in calendar.value.path().read_text()

    hall.fire("organiser", meeting, "open")
    page.reload()
    expect(page.get_by_text("会议正在进行。")).to_be_visible()
    page.get_by_role("link", name="图文直播").click()
    expect(page.locator(".wire")).to_have_text("实时更新", timeout=15_000)


@pytest.mark.article("meetings", 2, 7)
def test_an_invited_only_session_opens_with_the_link_and_closes_with_it(
    hall: Hall, visitor: Callable[..., Page]
) -> None:
    item = hall.approved(**SECRET)
    meeting = hall.meeting(item, events=("announce", "open"), kind="special", title=f"应急专题会议{uuid4().hex[:6]}")
    link = invite(hall, item)
    stranger, invited = visitor(width=390), visitor(width=390)
    stranger.goto(f"/{hall.county}/meetings/{meeting}/live/")
    expect(stranger.get_by_role("heading", name="这场直播只对受邀代表开放")).to_be_visible()

    invited.goto(link)
    invited.get_by_role("link", name="图文直播").click()
    expect(invited.locator(".wire")).to_have_text("实时更新", timeout=15_000)
    body = {"type": "speech", "text": "建议先封闭道路。", "speaker": "钱学文"}
    hall.api("stenographer", "POST", f"meetings/{meeting}/live/posts", body, Idempotency_Key=uuid4().hex)
    expect(invited.get_by_text("建议先封闭道路。", exact=True)).to_be_visible()
    assert not axe_findings(invited)

    invitation = hall.api("organiser", "GET", f"meetings/applications/{item}")["invitees"][0]["id"]
    hall.api("organiser", "POST", f"meetings/invitations/{invitation}/link")
    expect(invited.locator(".wire")).to_have_text("这场直播不对您开放，请用您的个人链接打开", timeout=20_000)
    invited.goto(link)
    expect(invited.get_by_role("heading", name="这个链接不能用")).to_be_visible()
    invited.goto(f"/{hall.county}/meetings/{meeting}/live/")
    expect(invited.get_by_role("heading", name="这场直播只对受邀代表开放")).to_be_visible()
