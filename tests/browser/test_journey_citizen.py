"""A citizen follows a meeting: from the county's home to the live text, and afterwards to the sealed record."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe_findings
from tests.hall import Hall

pytestmark = [pytest.mark.browser, pytest.mark.server]


class Writer:
    """The stenographer of one meeting, over the API."""

    def __init__(self, hall: Hall, meeting: str) -> None:
        self.hall, self.path = hall, f"meetings/{meeting}/live/posts"

    def say(self, text: str, **fields: str) -> str:
        """A new line; answers its post."""
        body = {"type": "speech", "text": text, "speaker": "陈明", "role": "区住建局局长"} | fields
        return str(self.hall.api("stenographer", "POST", self.path, body, Idempotency_Key=uuid4().hex)["post"])

    def correct(self, post: str, text: str, rev: int = 1) -> None:
        """Another text, with a reason."""
        body = {"text": text, "reason": "口误"}
        self.hall.api("stenographer", "PATCH", f"{self.path}/{post}", body, If_Match=f'"{rev}"')

    def retract(self, post: str, rev: int = 1) -> None:
        """Take it back, with a public note."""
        body = {"reason": "涉及个人信息", "public_note": "涉及个人信息"}
        self.hall.api("stenographer", "DELETE", f"{self.path}/{post}", body, If_Match=f'"{rev}"')


@pytest.fixture
def meeting(hall: Hall) -> str:
    """A meeting in session with one item being dealt with."""
    item = hall.approved(title="老旧小区加装电梯实施办法")
    made = hall.meeting(item, events=("announce", "open"), title=f"常务会议{uuid4().hex[:6]}")
    hall.fire("organiser", f"applications/{item}", "call")
    return made


def live_page(hall: Hall, meeting: str) -> str:
    return f"/{hall.county}/meetings/{meeting}/live/"


def end(hall: Hall, meeting: str) -> None:
    for event in ("close", "seal"):
        hall.fire("organiser", meeting, event)


@pytest.mark.article("meetings", 3, 4)
def test_from_the_home_page_to_the_record(hall: Hall, visitor: Callable[..., Page], meeting: str) -> None:
    writer = Writer(hall, meeting)
    first = writer.say("全区计划加装电梯 88 部。")
    writer.correct(first, "全区计划加装电梯 80 部。")
    title = hall.api("organiser", "GET", f"meetings/{meeting}")["title"]
    page = visitor(width=390)
    page.goto(f"/{hall.county}/")
    page.get_by_role("link", name=title).click()
    expect(page.get_by_text("会议正在进行，现在审议第1项：老旧小区加装电梯实施办法")).to_be_visible()
    page.get_by_role("link", name="进入图文直播").click()
    expect(page.get_by_text("全区计划加装电梯 80 部。")).to_be_visible()
    expect(page.locator(".wire")).to_have_text("实时更新", timeout=15_000)

    second = writer.say("一楼住户的补偿由业主协商。", speaker="王小明", role="公众代表")
    expect(page.get_by_text("一楼住户的补偿由业主协商。")).to_be_visible()
    expect(page.locator('[data-now="speaker"]')).to_have_text("王小明")
    expect(page.locator("[data-voice]")).to_have_text("新增 1 条，正在审议：老旧小区加装电梯实施办法", timeout=13_000)

    writer.correct(first, "全区计划加装电梯 86 部。", rev=2)
    row = page.locator(f"#p-{first}")
    expect(row.locator("p").first).to_have_text("全区计划加装电梯 86 部。")
    expect(row.get_by_text("已更正 2 次")).to_be_visible()
    expect(row.locator("del").first).to_have_text("全区计划加装电梯 88 部。")
    expect(row).to_contain_text("区住建局局长")
    expect(row.locator("time")).to_have_text(re.compile(r"\d\d:\d\d"))

    writer.retract(second)
    expect(page.locator(f"#p-{second}")).to_contain_text("此条已撤回：涉及个人信息")
    expect(page.get_by_text("一楼住户的补偿由业主协商。", exact=True)).to_have_count(0)
    assert not axe_findings(page)

    end(hall, meeting)
    expect(page.locator(".wire")).to_have_text("直播已结束，内容完整")
    expect(page.locator('[data-now="state"]')).to_have_text("已封存")
    page.reload()
    page.get_by_role("link", name="查阅会议记录").click()
    expect(page.get_by_text("全区计划加装电梯 86 部。")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="record.json", exact=True).click()
    assert download.value.path().stat().st_size > 500


def test_a_reader_further_up_is_not_disturbed_and_jumps_by_keyboard(
    hall: Hall, visitor: Callable[..., Page], meeting: str
) -> None:
    writer = Writer(hall, meeting)
    for number in range(40):
        writer.say(f"第 {number} 条：讲到加装电梯的补偿办法，由本单元业主协商。")
    page = visitor(width=390)
    page.goto(live_page(hall, meeting))
    expect(page.locator(".wire")).to_have_text("实时更新", timeout=15_000)
    page.evaluate("document.querySelector('.line').scrollIntoView()")
    page.wait_for_function("scrollY < 600")
    before = page.evaluate("scrollY")
    post = writer.say("新来的一条。")
    fresh = page.get_by_role("button", name="1 条新内容")
    expect(fresh).to_be_visible()
    assert page.evaluate("scrollY") == before
    assert page.locator(f"#p-{post}").count() == 0
    fresh.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#p-{post}")).to_be_focused()
    expect(fresh).to_be_hidden()


def test_keyboard_alone_is_enough(hall: Hall, visitor: Callable[..., Page], meeting: str) -> None:
    Writer(hall, meeting).say("开始。")
    title = hall.api("organiser", "GET", f"meetings/{meeting}")["title"]
    page = visitor()
    page.goto(f"/{hall.county}/meetings/")
    for name in (title, "进入图文直播"):
        _tab_to(page, name)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert page.url.endswith(live_page(hall, meeting))
    _tab_to(page, "大字")
    page.keyboard.press("Space")
    expect(page.locator(".live")).to_have_attribute("data-size", "2")


def _tab_to(page: Page, name: str) -> None:
    """Tab on until something of this name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    pytest.fail(f"no way to «{name}» by keyboard")


def test_without_script_everything_is_there_and_one_link_brings_the_rest(
    hall: Hall, visitor: Callable[..., Page], meeting: str
) -> None:
    writer = Writer(hall, meeting)
    gone = writer.say("说错的话。")
    writer.say("第一条。")
    page = visitor(script=False, width=390)
    page.goto(live_page(hall, meeting))
    expect(page.get_by_text("第一条。")).to_be_visible()
    writer.say("第二条。")
    writer.retract(gone)
    expect(page.get_by_text("第二条。")).to_have_count(0)
    page.wait_for_timeout(1_100)  # the page itself may be kept for a second
    page.get_by_role("link", name="刷新").first.click()
    expect(page.get_by_text("第二条。")).to_be_visible()
    expect(page.get_by_text("说错的话。")).to_have_count(0)
    expect(page.get_by_text("此条已撤回：涉及个人信息")).to_be_visible()


def test_a_lost_line_is_said_in_words_and_nothing_is_missed(
    hall: Hall, visitor: Callable[..., Page], meeting: str
) -> None:
    writer = Writer(hall, meeting)
    writer.say("断线之前。")
    page = visitor()
    page.goto(live_page(hall, meeting))
    expect(page.locator(".wire")).to_have_text("实时更新", timeout=15_000)
    page.context.set_offline(True)
    post = writer.say("断线期间。")
    expect(page.locator(".wire")).to_have_text(re.compile("连接断开|一段时间没有收到消息"), timeout=60_000)
    page.context.set_offline(False)
    expect(page.locator(f"#p-{post}")).to_contain_text("断线期间。", timeout=30_000)
