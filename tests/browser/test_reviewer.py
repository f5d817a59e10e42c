"""The reviewer lets lines out by keyboard; the stenographer sees what became of his; a confidential item; a rehearsal."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe_findings
from tests.hall import Hall

pytestmark = [pytest.mark.browser, pytest.mark.article("meetings", 4)]


def started(hall: Hall, *items: str, delay: int = 0) -> str:
    meeting = hall.meeting(*(items or (hall.approved(title="供水管网改造工程"),)), events=("announce", "open"))
    if delay:
        hall.api("organiser", "POST", f"meetings/{meeting}/live/delay", {"seconds": delay})
    return meeting


def desk(hall: Hall, page: Page, login: str, meeting: str, part: str = "") -> Page:
    hall.sign_in(page, login)
    page.goto(f"/admin/{hall.county}/meetings/live/{meeting}/{part}")
    return page


def say(hall: Hall, meeting: str, text: str, number: int) -> None:
    key = {"Idempotency_Key": f"{meeting[:12]}-{number:08}"}
    hall.api("stenographer", "POST", f"meetings/{meeting}/live/posts", {"type": "speech", "text": text}, **key)


def public(hall: Hall, meeting: str) -> list[str]:
    posts = hall.api("stenographer", "GET", f"meetings/{meeting}/live/snapshot")["posts"]
    return [line["text"] for line in posts]


def test_the_reviewer_works_by_keyboard_alone(hall: Hall, visitor: Callable[..., Page]) -> None:
    meeting = started(hall, delay=120)
    page = desk(hall, visitor(), "reviewer", meeting, "review/")
    for number, text in enumerate(("第一句", "第二句有错", "第三句", "第四句"), 1):
        say(hall, meeting, text, number)
    lines = page.locator(".held-line")
    expect(lines).to_have_count(4)
    expect(lines.first).to_have_attribute("data-chosen", "")
    left = page.locator("[data-left]").first
    before = int(left.inner_text())
    assert 90 < before <= 120
    expect(left).not_to_have_text(str(before))
    assert axe_findings(page) == []
    page.keyboard.press("Alt+r")
    expect(lines).to_have_count(3)
    page.keyboard.press("Alt+e")  # leaves the queue, so that it does not go out under one's hands
    field = lines.first.get_by_label("修改后的内容")
    expect(field).to_be_focused()
    expect(lines.first).to_have_attribute("data-state", "stopped")
    field.fill("第二句")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(lines).to_have_count(2)
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+x")
    page.keyboard.type("与议题无关")
    page.keyboard.press("Enter")
    expect(lines).to_have_count(1)
    page.keyboard.press("Alt+p")
    expect(page.get_by_text("停止了自动放行")).to_be_visible()
    assert public(hall, meeting) == ["第一句", "第二句"]
    page.keyboard.press("Alt+p")
    expect(page.get_by_text("停止了自动放行")).to_have_count(0)
    writer = desk(hall, visitor(), "stenographer", meeting)
    expect(writer.get_by_text("理由：与议题无关")).to_be_visible()


def test_a_line_goes_out_by_itself_about_a_second_after_its_time(hall: Hall, visitor: Callable[..., Page]) -> None:
    meeting = started(hall, delay=2)
    reader = visitor(width=390)
    reader.goto(f"/{hall.county}/meetings/{meeting}/live/")
    page = desk(hall, visitor(), "stenographer", meeting)
    page.keyboard.type("两秒后公开")
    page.keyboard.press("Enter")
    expect(page.locator('[data-part="queue"]')).to_contain_text("已送审")
    expect(reader.get_by_text("两秒后公开")).to_have_count(0)
    expect(reader.get_by_text("两秒后公开").first).to_be_visible(timeout=15_000)


def test_without_script_the_reviewer_still_decides(hall: Hall, visitor: Callable[..., Page]) -> None:
    meeting = started(hall, delay=120)
    say(hall, meeting, "一句", 1)
    page = desk(hall, visitor(script=False, width=390), "reviewer", meeting, "review/")
    page.get_by_role("button", name="立即放行").click()
    expect(page.get_by_text("已放行。")).to_be_visible()
    assert public(hall, meeting) == ["一句"]


def test_a_closed_item_proposes_the_pause_and_two_persons_resume(hall: Hall, visitor: Callable[..., Page]) -> None:
    ident = hall.application(title="不公开的议题", openness="closed", openness_ground="依法属于国家秘密")
    hall.fire("secrecy", f"applications/{ident}", "clear")
    hall.fire("organiser", f"applications/{ident}", "submit")
    hall.fire("deputy", f"applications/{ident}", "approve")
    meeting = started(hall, hall.approved(title="公开的议题"), ident)
    page = desk(hall, visitor(width=390), "stenographer", meeting)
    expect(page.locator(".wire")).to_have_text("实时更新")
    hall.fire("organiser", f"applications/{ident}", "call")
    expect(page.get_by_role("heading", name="这一议题不公开审议")).to_be_visible()
    page.get_by_role("button", name="暂停直播（不公开议题）").click()
    expect(page.get_by_text("不公开审议，直播已暂停")).to_be_visible()
    page.locator("#text").fill("不该公开的话")
    page.locator("#text").press("Enter")
    expect(page.locator('[data-part="alert"]')).to_contain_text("暂停发送")
    page.get_by_role("button", name=re.compile("第一人")).click()
    expect(page.get_by_text("还需要另一位有权限的人员确认")).to_be_visible()
    other = desk(hall, visitor(), "organiser", meeting)
    other.get_by_role("button", name="确认恢复直播").click()
    other.get_by_role("dialog").get_by_role("button", name="确认恢复直播").click()
    expect(other.locator('[data-now="state"]')).to_have_text("直播中")
    assert "现在审议依法不公开的议题" in public(hall, meeting)[0]


def test_a_rehearsal_says_so_loudly_and_leaves_nothing(hall: Hall, visitor: Callable[..., Page]) -> None:
    meeting = hall.meeting(hall.approved(title="供水管网改造工程"), events=("announce",))
    page = desk(hall, visitor(), "organiser", meeting)
    page.get_by_role("button", name="开始演练").click()
    expect(page.locator(".rehearsal-mark")).to_contain_text("对外不可见")
    expect(page.locator(".wire")).to_have_text("实时更新")
    page.locator("#text").fill("演练的话")
    page.locator("#text").press("Enter")
    expect(page.locator(".live-flow .line")).to_have_count(1)
    assert axe_findings(page) == []
    expect(page.locator('[data-now="state"]')).to_have_text("演练中")
    assert public(hall, meeting) == []
    page.get_by_role("button", name="清除演练内容").click()
    expect(page.locator(".rehearsal-mark")).to_have_count(0)
    expect(page.get_by_text("演练内容已清除。")).to_be_visible()


def test_the_agenda_beside_the_lines_follows_what_others_do(hall: Hall, visitor: Callable[..., Page]) -> None:
    item = hall.approved(title="供水管网改造工程")
    meeting = started(hall, item)
    page = desk(hall, visitor(), "stenographer", meeting)
    badge = page.locator(".agenda .badge")
    expect(badge).to_have_text("已排会")
    hall.fire("organiser", f"applications/{item}", "call")
    expect(badge).to_have_text("审议中", timeout=10_000)
    hall.fire("organiser", f"applications/{item}", "deliberate", result="passed")
    expect(badge).to_have_text("已审议", timeout=10_000)
