"""The organiser after approval: meeting, agenda, invitations, the session, its outcome; nothing is left owed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe_findings
from tests.hall import Hall

pytestmark = pytest.mark.browser


def answer(page: Page, button: str) -> None:
    """Press a button that asks first, and say yes."""
    page.get_by_role("button", name=button).first.click()
    page.get_by_role("dialog").get_by_role("button").last.click()


def publish(page: Page, kind: str) -> None:
    """Open a duty on the board of the meeting."""
    page.get_by_role("row").filter(has_text="待公开").get_by_role("link", name=kind).first.click()


@pytest.mark.article("meetings", 3, 4, 5, 7, 9)
def test_from_approval_to_the_published_outcome(hall: Hall, visitor: Callable[..., Page]) -> None:
    item = hall.approved(title="农贸市场改造方案")
    page = hall.sign_in(visitor(), "organiser")
    page.get_by_role("link", name="会议", exact=True).click()
    page.get_by_role("link", name="新建会议").click()
    page.get_by_label("开始时间").fill("2027-03-02T09:00")
    page.get_by_label("地点").fill("三楼会议室")
    page.get_by_label("“农贸市场改造方案”在议程中的顺序").fill("1")
    page.get_by_role("button", name="建立会议").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2027年3月2日常务会议")
    assert axe_findings(page) == []
    meeting = page.url.rstrip("/").rpartition("/")[2]

    answer(page, "发布公告")
    expect(page.locator("main .section-head .badge")).to_have_text("已公告")
    page.get_by_role("link", name="邀请列席").click()
    answer(page, "发出全部邀请")
    expect(page.get_by_role("img", name="王小明的个人链接二维码")).to_be_visible()
    assert axe_findings(page) == []
    page.get_by_role("link", name="完成").click()
    expect(page.get_by_role("row").filter(has_text="王小明")).to_contain_text("已发出")

    page.goto(f"/admin/{hall.county}/meetings/{meeting}/")
    page.get_by_role("button", name="开始会议").click()
    page.get_by_role("button", name="进入审议").click()
    page.get_by_label("通过", exact=True).check()
    page.get_by_label("结论说明").fill("年内完工。")
    page.get_by_role("button", name="记录结论").click()
    expect(page.locator(".agenda")).to_contain_text("审议结论：通过")
    answer(page, "结束会议")
    page.get_by_role("button", name="公布结果").click()
    expect(page.locator(".agenda")).to_contain_text("履责中")

    page.get_by_role("link", name="会后公开（待办 3 项）").click()
    assert axe_findings(page) == []
    publish(page, "审议情况")
    expect(page.get_by_label("正文")).to_have_value(
        "2027年3月2日（周二），2027年3月2日常务会议审议了《农贸市场改造方案》。审议结论：通过。\n\n年内完工。"
    )
    page.get_by_role("button", name="公开", exact=True).click()

    publish(page, "政策文件")
    page.get_by_label("正文", exact=True).fill("第一条 改造农贸市场。")
    page.get_by_label("文件", exact=True).set_input_files(
        {"name": "方案.txt", "mimeType": "text/plain", "buffer": "方案全文".encode()}
    )
    page.get_by_role("button", name="公开", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("政策文件应当与解读材料一并公开")
    expect(page.get_by_label("正文", exact=True)).to_have_value("第一条 改造农贸市场。")
    expect(page.get_by_label("已上传：方案.txt")).to_be_checked()
    assert axe_findings(page) == []
    page.get_by_label("解读材料正文").fill("为什么改、怎么改。")
    page.get_by_role("button", name="公开", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="已公开")).to_have_count(3)

    assert hall.api("organiser", "GET", f"meetings/applications/{item}")["state"] == "done"
    page.get_by_role("row").filter(has_text="政策文件").get_by_role("link", name="查看").click()
    expect(page.get_by_role("link", name="方案.txt")).to_be_visible()


def test_order_and_refusals_are_at_hand_on_a_phone(hall: Hall, visitor: Callable[..., Page]) -> None:
    first, second = hall.approved(title="议题甲"), hall.approved(title="议题乙")
    meeting = hall.meeting(first, second, place="")
    page = hall.sign_in(visitor(width=390), "organiser")
    page.goto(f"/admin/{hall.county}/meetings/{meeting}/")
    page.get_by_role("listitem").filter(has_text="议题甲").get_by_role("button", name="下移").click()
    expect(page.locator(".agenda h3").first).to_have_text("议题乙")
    expect(page.locator("main aside .refused")).to_contain_text("请先填写会议地点")
    page.get_by_role("link", name="修改时间和地点").click()
    page.get_by_label("地点").fill("五楼")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("button", name="发布公告")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
