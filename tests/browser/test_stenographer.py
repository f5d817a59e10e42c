"""The stenographer writes a meeting from first word to sealed record with the keyboard alone; a dropped line costs nothing."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import axe_findings
from tests.hall import Hall
from tests.meetings.live.conftest import PIXEL
from tests.serving import wait_for

pytestmark = pytest.mark.browser
ITEMS = ("供水管网改造工程", "公交线路优化方案")


def said(page: Page) -> list[str]:
    """The texts of the public lines on the page."""
    return page.locator(".live-flow .line p:first-of-type").all_inner_texts()


def write(page: Page, text: str, number: int) -> None:
    """Type a line, send it, and see it as line `number` of the record."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator(".live-flow .line")).to_have_count(number)


def press(page: Page, name: str) -> None:
    """Reach a button with the keyboard and press it."""
    page.get_by_role("button", name=name).first.focus()
    page.keyboard.press("Enter")


def record(hall: Hall, meeting: str) -> list[dict[str, Any]]:
    """The lines as everybody reads them."""
    return list(hall.api("stenographer", "GET", f"meetings/{meeting}/live/snapshot")["posts"])


@pytest.mark.article("meetings", 9)
def test_a_meeting_is_written_down_by_keyboard_alone(hall: Hall, visitor: Callable[..., Page]) -> None:
    items = [hall.approved(title=title) for title in ITEMS]
    meeting = hall.meeting(*items, events=("announce",))
    page = hall.sign_in(visitor(), "organiser")
    page.get_by_role("link", name="速录台").first.press("Enter")
    page.locator(f'main a[href$="/live/{meeting}/"]').press("Enter")
    press(page, "开始会议")
    expect(page.locator('[data-now="state"]')).to_have_text("直播中")
    expect(page.get_by_label("内容", exact=True)).to_be_focused()
    assert axe_findings(page) == []

    page.keyboard.press("Alt+ArrowDown")  # the first item
    page.keyboard.press("Alt+0")
    page.keyboard.type("张区长")
    page.keyboard.press("Tab")
    page.get_by_label("内容", exact=True).focus()
    write(page, "现在开会。", 1)
    expect(page.locator('[data-now="item"]')).to_have_text(ITEMS[0])
    page.keyboard.press("Alt+0")
    page.locator("#speaker").fill("李局长")
    page.keyboard.press("Tab")
    page.get_by_label("内容", exact=True).focus()
    write(page, "我汇报改造的范围", 2)
    page.keyboard.press("Alt+1")  # back to the first speaker
    write(page, "请大家发表意见。", 3)
    page.keyboard.press("Alt+v")
    write(page, "同意 9 票，反对 0 票。", 4)
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+i")
    write(page, ITEMS[1], 5)

    for _ in range(4):
        page.keyboard.press("Control+ArrowUp")
    page.keyboard.press("Control+e")
    dialog = page.get_by_role("dialog", name="更正")
    expect(dialog).to_be_visible()
    assert axe_findings(page) == []
    dialog.get_by_label("更正后的内容").fill("我汇报改造的范围和工期")
    dialog.get_by_label("理由（公开）").fill("漏记")
    page.keyboard.press("Enter")
    expect(page.locator(".live-flow .mended")).to_have_count(1)
    write(page, "这一句记错了", 6)
    page.keyboard.press("Alt+z")
    page.get_by_role("dialog", name="撤回").get_by_label("理由（内部留痕）").fill("误记")
    page.get_by_role("dialog", name="撤回").get_by_label("公开说明").fill("误记，已撤回")
    page.keyboard.press("Enter")
    expect(page.locator(".live-flow .gone")).to_have_count(1)

    lines = record(hall, meeting)
    assert [(line["type"], line.get("speaker"), line.get("item")) for line in lines[:5]] == [
        ("speech", "张区长", items[0]),
        ("speech", "李局长", items[0]),
        ("speech", "张区长", items[0]),
        ("vote", None, items[0]),
        ("item", None, items[1]),
    ]
    assert (lines[1]["text"], lines[5]["text"]) == ("我汇报改造的范围和工期", None)

    for act, word in (("结束会议", "已结束"), ("封存记录", "已封存")):
        press(page, act)
        page.get_by_role("dialog").get_by_role("button", name=act).press("Enter")
        expect(page.locator('[data-now="state"]')).to_have_text(word)
    expect(page.locator(".wire")).to_have_text("直播已结束，内容完整")
    sealed = hall.api("stenographer", "GET", f"meetings/{meeting}/record.json")
    assert sealed["count"] == sealed["events"][-1]["seq"]


def test_a_dropped_connection_loses_no_line_and_doubles_none(hall: Hall, visitor: Callable[..., Page]) -> None:
    meeting = hall.meeting(hall.approved(title=ITEMS[0]), events=("announce", "open"))
    page = hall.sign_in(visitor(), "stenographer")
    page.goto(f"/admin/{hall.county}/meetings/live/{meeting}/")
    write(page, "第一句", 1)
    down = f"**/meetings/{meeting}/live/**"
    page.route(down, lambda route: route.abort())
    for text in ("第二句", "第三句", "第四句"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    expect(page.locator('[data-part="queue"] [data-state="waiting"]')).to_have_count(3)
    page.keyboard.type("还没写完的半句")
    page.on("dialog", lambda dialog: dialog.accept())  # the browser asks before unsent lines are left behind
    page.reload()
    expect(page.locator('[data-part="queue"] [data-state="waiting"]')).to_have_count(3)
    expect(page.get_by_label("内容", exact=True)).to_have_value("还没写完的半句")
    page.unroute(down)
    expect(page.locator(".live-flow .line")).to_have_count(4, timeout=20_000)
    assert [line["text"] for line in record(hall, meeting)] == ["第一句", "第二句", "第三句", "第四句"]
    expect(page.locator('[data-part="queue"] [data-state="waiting"]')).to_have_count(0)


def test_a_script_that_comes_late_takes_the_focus_from_nobody(hall: Hall, visitor: Callable[..., Page]) -> None:
    meeting = hall.meeting(hall.approved(title=ITEMS[0]), events=("announce", "open"))
    page = hall.sign_in(visitor(), "organiser")
    button = page.get_by_role("button", name="结束会议")

    def come_late(route: Route) -> None:
        button.focus()
        route.continue_()

    page.route("**/live/console.js*", come_late)
    page.goto(f"/admin/{hall.county}/meetings/live/{meeting}/")
    expect(page.locator("[data-with-script]").first).to_be_visible()
    expect(button).to_be_focused()


def test_a_pause_keeps_what_is_typed_until_the_meeting_goes_on(hall: Hall, visitor: Callable[..., Page]) -> None:
    meeting = hall.meeting(hall.approved(title=ITEMS[0]), events=("announce", "open", "pause"))
    page = hall.sign_in(visitor(), "stenographer")
    page.goto(f"/admin/{hall.county}/meetings/live/{meeting}/")
    page.keyboard.type("暂停时记下的话")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("暂停发送")
    hall.fire("organiser", meeting, "resume")
    expect(page.locator(".live-flow .line")).to_have_count(1, timeout=20_000)
    assert said(page) == ["暂停时记下的话"]


def test_without_script_the_desk_still_writes(hall: Hall, visitor: Callable[..., Page]) -> None:
    meeting = hall.meeting(hall.approved(title=ITEMS[0]), events=("announce", "open"))
    page = hall.sign_in(visitor(script=False, width=390), "stenographer")
    page.goto(f"/admin/{hall.county}/meetings/live/{meeting}/")
    page.locator("#type").select_option("vote")
    page.get_by_label("内容", exact=True).fill("一致通过。")
    page.get_by_role("button", name="发出", exact=True).click()
    assert said(page) == ["一致通过。"]
    assert record(hall, meeting)[0]["type"] == "vote"


@pytest.mark.article("meetings", 9)
def test_the_record_follows_the_item_another_person_calls(hall: Hall, visitor: Callable[..., Page]) -> None:
    items = [hall.approved(title=title) for title in ITEMS]
    meeting = hall.meeting(*items, events=("announce", "open"))
    page = hall.sign_in(visitor(), "stenographer")
    page.goto(f"/admin/{hall.county}/meetings/live/{meeting}/")
    expect(page.locator(".wire")).to_have_text("实时更新")
    meant = page.locator('[data-part="item"]')
    expect(meant).to_have_text("未指定")
    hall.fire("organiser", f"applications/{items[0]}", "call")
    expect(meant).to_have_text(ITEMS[0])
    write(page, "先说这一项。", 1)
    page.keyboard.press("Alt+ArrowDown")  # ahead of the chair: one's own choice stands
    hall.fire("organiser", f"applications/{items[0]}", "deliberate", result="passed")
    expect(meant).to_have_text(ITEMS[1])
    write(page, "再说下一项。", 2)
    assert [line["item"] for line in record(hall, meeting)] == items


PASTE = """([base64, type]) => {
  const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], 'clip', { type }));
  document.getElementById('text').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def paste_picture(page: Page, description: str, kind: str = "image/png", octets: bytes = PIXEL) -> None:
    """A picture from the clipboard, described and sent."""
    page.evaluate(PASTE, [base64.b64encode(octets).decode(), kind])
    dialog = page.get_by_role("dialog", name="发一张图片")
    expect(dialog).to_be_visible()
    dialog.get_by_label("图片说明").fill(description)
    page.keyboard.press("Tab")
    dialog.get_by_role("button", name="发出图片").press("Enter")


def test_five_minutes_offline_lose_nothing_pictures_included(hall: Hall, visitor: Callable[..., Page]) -> None:
    meeting = hall.meeting(hall.approved(title=ITEMS[0]), events=("announce", "open"))
    page = hall.sign_in(visitor(), "stenographer")
    page.clock.install()
    page.goto(f"/admin/{hall.county}/meetings/live/{meeting}/")
    write(page, "断线前", 1)
    down = re.compile(r"/api/v1/|/socket\.io/|/aside")
    page.route(down, lambda route: route.abort())
    page.on("dialog", lambda dialog: dialog.accept())
    said = ["断线前"]
    for minute in range(5):
        for n in range(12):
            said.append(f"第{minute + 1}分钟第{n + 1}句")
            page.keyboard.type(said[-1])
            page.keyboard.press("Enter")
        if minute in {1, 3}:
            said.append(f"第{minute + 1}分钟的图")
            paste_picture(page, said[-1])
            expect(page.locator("dialog[open]")).to_have_count(0)
        page.clock.run_for(60_000)
        if minute == 2:
            page.reload()
    waiting = page.evaluate("Object.values(localStorage).filter((one) => one.includes('\"waiting\"')).length")
    assert waiting == len(said) - 1
    page.unroute(down)

    def arrived() -> bool:
        page.clock.run_for(1000)
        return len(record(hall, meeting)) >= len(said)

    wait_for(arrived)
    lines = record(hall, meeting)
    assert [line["text"] for line in lines] == said
    pictures = [line for line in lines if line["type"] == "image"]
    assert [len(line["attachments"]) for line in pictures] == [1, 1]
    reader = visitor(width=390)
    reader.goto(f"/{hall.county}/meetings/{meeting}/live/")
    picture = reader.get_by_role("img", name="第4分钟的图")
    expect(picture).to_have_attribute("loading", "lazy")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("one => one.naturalWidth") == 1


@pytest.mark.parametrize(
    ("text", "said"), [("控制\u0007字符", "控制字符"), ("残缺\ud83d字符", "残缺字符"), ("字" * 4001, "现有 4001 个")]
)
def test_bad_text_is_said_at_once_and_stays_in_the_box(
    hall: Hall, visitor: Callable[..., Page], text: str, said: str
) -> None:
    meeting = hall.meeting(hall.approved(title=ITEMS[0]), events=("announce", "open"))
    page = hall.sign_in(visitor(), "stenographer")
    page.goto(f"/admin/{hall.county}/meetings/live/{meeting}/")
    expect(page.locator(".wire")).to_have_text("实时更新")
    box = page.get_by_label("内容", exact=True)
    page.evaluate(
        "text => { const box = document.getElementById('text'); box.value = JSON.parse(text); "
        "box.dispatchEvent(new Event('input')); }",
        json.dumps(text),
    )
    fault = page.locator('[data-part="fault"]')
    expect(fault).to_contain_text(said)
    expect(box).to_have_attribute("aria-invalid", "")
    box.press("Enter")
    assert page.evaluate("text => document.getElementById('text').value === JSON.parse(text)", json.dumps(text))
    expect(page.locator('[data-part="queue"] li')).to_have_count(0)
    box.fill("好的")
    expect(fault).to_have_text("")
    page.keyboard.press("Enter")
    expect(page.locator(".live-flow .line")).to_have_count(1)
    assert [line["text"] for line in record(hall, meeting)] == ["好的"]


def test_a_picture_that_is_too_large_or_no_picture_is_said_in_its_box(hall: Hall, visitor: Callable[..., Page]) -> None:
    meeting = hall.meeting(hall.approved(title=ITEMS[0]), events=("announce", "open"))
    page = hall.sign_in(visitor(), "stenographer")
    page.goto(f"/admin/{hall.county}/meetings/live/{meeting}/")
    expect(page.locator(".wire")).to_have_text("实时更新")
    dialog = page.get_by_role("dialog", name="发一张图片")
    for kind, octets, sentence in (
        ("image/svg+xml", b"<svg/>", "图片只能是 png"),
        ("image/png", PIXEL + bytes(5 * 1024 * 1024), "不能超过 5 MB"),
    ):
        page.evaluate(PASTE, [base64.b64encode(octets).decode(), kind])
        expect(dialog.get_by_role("alert")).to_contain_text(sentence)
        expect(dialog.get_by_role("button", name="发出图片")).to_be_disabled()
        page.keyboard.press("Escape")
    paste_picture(page, " ")
    expect(dialog.get_by_role("alert")).to_have_text("请写图片说明。")
    assert axe_findings(page) == []


def test_standard_texts_and_speaker_keys_come_by_key_and_can_be_changed(
    hall: Hall, visitor: Callable[..., Page]
) -> None:
    meeting = hall.meeting(hall.approved(title=ITEMS[0]), events=("announce", "open"))
    page = hall.sign_in(visitor(), "stenographer")
    page.goto(f"/admin/{hall.county}/meetings/live/{meeting}/")
    expect(page.locator(".wire")).to_have_text("实时更新")
    page.keyboard.press("Alt+k")
    dialog = page.get_by_role("dialog", name="编排发言人键")
    dialog.get_by_label("Alt+2").fill("王代表")
    assert axe_findings(page) == []
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    page.reload()
    expect(page.get_by_role("button", name="Alt+2 王代表")).to_be_visible()
    page.get_by_label("内容", exact=True).focus()
    page.keyboard.press("Alt+2")
    write(page, "我同意。", 1)
    page.keyboard.press("Alt+Shift+Digit1")
    for filled in ("9", "0", "1", "通过"):
        page.keyboard.type(filled)
        page.keyboard.press("Tab")
    page.get_by_label("内容", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".live-flow .line")).to_have_count(2)
    first, vote = record(hall, meeting)
    assert (first["speaker"], vote["type"]) == ("王代表", "vote")
    assert vote["text"] == "表决：同意9票，反对0票，弃权1票，通过。"


def test_on_a_phone_the_acts_are_one_tap_away(hall: Hall, visitor: Callable[..., Page]) -> None:
    meeting = hall.meeting(hall.approved(title=ITEMS[0]), events=("announce", "open"))
    page = hall.sign_in(visitor(width=390), "organiser")
    page.goto(f"/admin/{hall.county}/meetings/live/{meeting}/")
    page.get_by_role("link", name="会议和议程的办理").click()
    expect(page.get_by_role("button", name="暂停会议")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
