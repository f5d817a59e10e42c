"""What a reader of the live text has beside reading: tabs that share a connection, search, jumps, reading aloud, replay."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import axe_findings
from tests.browser.test_journey_citizen import Writer, end, live_page, meeting
from tests.hall import Hall

pytestmark = [pytest.mark.browser, pytest.mark.server]
__all__ = ["meeting"]
LIVE = "实时更新"
WECHAT = (
    "Mozilla/5.0 (Linux; Android 10; V1829A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/86.0.4240.99 "
    "XWEB/4343 MMWEBSDK/20220903 Mobile Safari/537.36 MicroMessenger/8.0.28 Language/zh_CN"
)
WITHOUT = """for (const name of ['WebSocket', 'BroadcastChannel']) delete window[name];
Object.defineProperty(Navigator.prototype, 'locks', {value: undefined});"""
VOICE = """window.said = []; Object.defineProperty(window, 'speechSynthesis', {value: {
  speak: (one) => { said.push(one.text); setTimeout(() => one.onend(), 0); }, cancel: () => said.push('—')}});
window.SpeechSynthesisUtterance = function (text) { this.text = text; };"""


def opened(page: Page, address: str) -> Page:
    """A live page that is connected."""
    page.goto(address)
    expect(page.locator(".wire")).to_have_text(LIVE, timeout=15_000)
    return page


def tools(page: Page) -> Page:
    page.get_by_text("阅读工具").click()
    return page


def test_two_tabs_hold_one_socket_and_the_second_goes_on_when_the_first_is_closed(
    hall: Hall, visitor: Callable[..., Page], meeting: str
) -> None:
    writer = Writer(hall, meeting)
    first = opened(visitor(width=390), live_page(hall, meeting))
    second = first.context.new_page()
    asked: list[str] = []
    second.on("request", lambda request: asked.append(request.url))
    second.on("websocket", lambda socket: asked.append(socket.url))
    opened(second, live_page(hall, meeting))
    one = writer.say("两个标签页都有这一条。")
    for page in (first, second):
        expect(page.locator(f"#p-{one}")).to_have_count(1)
    assert not [url for url in asked if "/socket.io/" in url]
    first.close()
    two = writer.say("第一个标签页关了以后。")
    expect(second.locator(f"#p-{two}")).to_have_count(1, timeout=15_000)
    three = writer.say("再来一条。")
    expect(second.locator(f"#p-{three}")).to_have_count(1)
    expect(second.locator(".wire")).to_have_text(LIVE)
    assert [url for url in asked if "/socket.io/" in url]
    posts = second.evaluate("[...document.querySelectorAll('.line')].map((row) => row.dataset.post)")
    assert posts == [one, two, three]


def test_the_live_text_works_in_wechat_without_websocket_locks_and_channels(
    hall: Hall, browser: Browser, meeting: str
) -> None:
    writer, faults = Writer(hall, meeting), []
    writer.say("微信里的第一条。")
    with browser.new_context(
        base_url=hall.url, user_agent=WECHAT, locale="zh-CN", viewport={"width": 390, "height": 800}
    ) as context:
        context.add_init_script(WITHOUT)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        opened(page, live_page(hall, meeting))
        post = writer.say("微信里的第二条。")
        expect(page.locator(f"#p-{post}")).to_have_text(re.compile("微信里的第二条。"))
        picture = page.locator('meta[property="og:image"]').get_attribute("content") or ""
        assert page.request.get(picture).headers["content-type"] == "image/png"
        page.get_by_text("分享本页").click()
        expect(page.get_by_alt_text("本页地址的二维码")).to_be_visible()
        assert page.evaluate("document.querySelector('#share img').decode().then(() => true)")
        expect(page.get_by_role("button", name="复制地址")).to_be_visible()
    assert not faults


def test_a_reader_who_does_not_follow_decides_when_new_lines_come(
    hall: Hall, visitor: Callable[..., Page], meeting: str
) -> None:
    writer = Writer(hall, meeting)
    page = tools(opened(visitor(width=390), live_page(hall, meeting)))
    follow = page.get_by_role("button", name="跟随最新")
    follow.click()
    expect(follow).to_have_attribute("aria-pressed", "false")
    post = writer.say("先等着的一条。")
    expect(page.get_by_role("button", name="1 条新内容")).to_be_visible()
    assert page.locator(f"#p-{post}").count() == 0
    follow.click()
    expect(page.locator(f"#p-{post}")).to_be_in_viewport()


def test_words_are_found_counted_and_stepped_through_by_keyboard(
    hall: Hall, visitor: Callable[..., Page], meeting: str
) -> None:
    writer = Writer(hall, meeting)
    posts = [writer.say(f"第 {number} 条讲到{'采光补偿' if number % 3 == 0 else '停车'}。") for number in range(9)]
    page = tools(opened(visitor(width=390), live_page(hall, meeting)))
    page.get_by_role("button", name="在本页查找").click()
    box = page.get_by_role("searchbox", name="要找的词")
    expect(box).to_be_focused()
    box.fill("采光")
    for place, post in (("第 3 处", posts[6]), ("第 2 处", posts[3])):
        page.keyboard.press("Enter")
        expect(page.locator("[data-search] [role=status]")).to_have_text(f"{place}，共 3 处")
        expect(page.locator(f"#p-{post}")).to_have_attribute("data-found", "")
    assert not axe_findings(page)
    box.fill("没有的词")
    page.keyboard.press("Enter")
    expect(page.locator("[data-search] [role=status]")).to_have_text("本页没有")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()


def test_new_lines_are_read_aloud_paused_and_stopped(hall: Hall, visitor: Callable[..., Page], meeting: str) -> None:
    writer = Writer(hall, meeting)
    writer.say("已经有的一条。")
    page = visitor(width=390)
    page.context.add_init_script(VOICE)
    tools(opened(page, live_page(hall, meeting)))
    page.get_by_role("button", name="朗读新内容").click()
    page.wait_for_function("() => said.includes('陈明：已经有的一条。')")
    writer.say("新来的一条。")
    page.wait_for_function("() => said.includes('陈明：新来的一条。')")
    page.get_by_role("button", name="暂停朗读").click()
    post = writer.say("暂停时的一条。")
    expect(page.locator(f"#p-{post}")).to_have_count(1)
    assert "陈明：暂停时的一条。" not in page.evaluate("said")
    page.get_by_role("button", name="暂停朗读").click()
    page.wait_for_function("() => said.includes('陈明：暂停时的一条。')")
    page.get_by_role("button", name="朗读新内容").click()
    expect(page.get_by_role("button", name="暂停朗读")).to_be_hidden()


def test_reading_aloud_is_not_offered_where_there_is_no_voice(
    hall: Hall, visitor: Callable[..., Page], meeting: str
) -> None:
    page = visitor(width=390)
    page.context.add_init_script("Object.defineProperty(window, 'speechSynthesis', {value: undefined});")
    tools(opened(page, live_page(hall, meeting)))
    expect(page.get_by_role("button", name="在本页查找")).to_be_visible()
    expect(page.get_by_role("button", name="朗读新内容")).to_be_hidden()


def test_a_speaker_and_an_item_are_jumped_to_and_a_pinned_line_stays_on_top(
    hall: Hall, visitor: Callable[..., Page], meeting: str
) -> None:
    writer = Writer(hall, meeting)
    item = hall.api("organiser", "GET", f"meetings/{meeting}")["agenda"][0]
    ident = str(item["id"] if isinstance(item, dict) else item)
    first = writer.say("进入这个议题。", item=ident)
    said = writer.say("代表的意见。", speaker="王小明", item=ident)
    for number in range(15):
        writer.say(f"第 {number} 条。", item=ident)
    page = opened(visitor(width=390), live_page(hall, meeting))
    page.get_by_role("link", name="王小明").click()
    expect(page.locator(f"#p-{said}")).to_be_focused()
    page.locator("[data-jumps] ol a").first.click()
    expect(page.locator(f"#p-{first}")).to_be_focused()
    expect(page.locator('[data-now="number"]')).to_have_text("第 1 项 ")
    hall.api("stenographer", "POST", f"meetings/{meeting}/live/pin", {"post": said}, Idempotency_Key="p" * 20)
    expect(page.locator("[data-pin]")).to_contain_text("代表的意见。")
    writer.retract(said)
    expect(page.locator("[data-pin]")).to_be_hidden()


def test_the_record_is_replayed_by_keyboard_and_whole_without_script(
    hall: Hall, visitor: Callable[..., Page], meeting: str
) -> None:
    writer = Writer(hall, meeting)
    first = writer.say("第一条。")
    wait: Any = visitor()
    wait.wait_for_timeout(3_000)
    last = writer.say("最后一条。")
    end(hall, meeting)
    record = f"/{hall.county}/meetings/{meeting}/record/"
    page = visitor(width=390)
    page.goto(record)
    page.get_by_role("button", name="按原来的快慢回放").focus()
    page.keyboard.press("Enter")
    play = page.locator("[data-replay-play]")
    expect(play).to_be_focused()
    expect(page.locator(f"#p-{last}")).to_be_hidden()
    expect(page.locator(f"#p-{first}")).to_be_visible()
    assert not axe_findings(page)
    expect(page.locator(f"#p-{last}")).to_be_visible(timeout=15_000)
    expect(play).to_have_text("播放")
    page.get_by_role("slider", name="时间").focus()
    page.keyboard.press("Home")
    expect(page.locator(f"#p-{last}")).to_be_hidden()
    page.get_by_role("button", name="结束回放，显示全文").click()
    expect(page.locator(f"#p-{last}")).to_be_visible()
    plain = visitor(script=False)
    plain.goto(record)
    expect(plain.locator(f"#p-{last}")).to_be_visible()
    expect(plain.locator("[data-replay]")).to_be_hidden()
