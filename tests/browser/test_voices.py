"""A representative's question and opinion from the phone to the reply; staff act by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import axe_findings
from tests.browser.test_journey_representative import invite
from tests.hall import Hall

pytestmark = [pytest.mark.browser, pytest.mark.server]
IS_FOCUSED = "element => element === document.activeElement"


def reach(wanted: Locator) -> Locator:
    """Tab on until it has the focus, as somebody without a mouse does."""
    expect(wanted).to_be_visible()
    for _ in range(120):
        if wanted.evaluate(IS_FOCUSED):
            return wanted
        wanted.page.keyboard.press("Tab")
    pytest.fail(f"no way to {wanted} by keyboard")


def press(page: Page, name: str, *, within: Locator | None = None) -> None:
    """A button by its name."""
    reach((within or page).get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")


def write(page: Page, label: str, text: str, *, within: Locator | None = None) -> None:
    """Into a field by its label."""
    reach((within or page).get_by_label(label).first).fill("")
    page.keyboard.insert_text(text)


def choose(page: Page, name: str, *, within: Locator | None = None) -> None:
    """A radio button by its name: Tab to its group, then arrow on."""
    wanted = (within or page).get_by_role("radio", name=name, exact=True)
    reach((within or page).get_by_role("radio").first)
    page.keyboard.press("Space")
    for _ in range(10):
        if wanted.is_checked():
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"no way to {name} by arrow keys")


def said(page: Page, sentence: str) -> None:
    expect(page.get_by_text(sentence).first).to_be_visible()
    assert not axe_findings(page)


@pytest.mark.article("meetings", 6, 8)
def test_a_question_and_an_opinion_from_the_phone_to_the_reply(hall: Hall, visitor: Callable[..., Page]) -> None:
    item = hall.approved(title="老旧小区加装电梯实施办法")
    meeting = hall.meeting(item, events=("announce", "open"), title=f"常务会议{uuid4().hex[:6]}")
    hall.fire("organiser", f"applications/{item}", "call")
    phone = visitor(width=390, language="en")
    phone.goto(invite(hall, item))
    phone.get_by_label("I have read the rules and will keep them").check()
    phone.get_by_role("button", name="Acknowledge the rules").click()
    phone.locator("#voice ~ p a").click()
    for kind, text in (("Question", "一楼采光怎么补偿？"), ("Written opinion", "建议补偿标准公示一个月。")):
        phone.get_by_role("radio", name=kind, exact=True).check()
        phone.get_by_label("Content").fill(text)
        phone.get_by_role("button", name="Submit").click()
        said(phone, "Handed in. It cannot be changed; you can take it back before it is answered.")

    desk = hall.sign_in(visitor(), "organiser")
    slips = f"/admin/{hall.county}/meetings/slips/?meeting={meeting}"
    for text in ("一楼采光怎么补偿？", "建议补偿标准公示一个月。"):
        desk.goto(slips)
        reach(desk.get_by_role("link", name=text))
        desk.keyboard.press("Enter")
        press(desk, "收下")
        said(desk, "已收下")
    desk.goto(slips)
    reach(desk.get_by_role("link", name="一楼采光怎么补偿？"))
    desk.keyboard.press("Enter")
    write(desk, "答复人", "陈明")
    write(desk, "答复内容", "由本单元业主协商，区里给参考标准。")
    press(desk, "记录答复")
    said(desk, "已当场答复")
    phone.goto(f"/{hall.county}/meetings/{meeting}/live/")
    said(phone, "由本单元业主协商，区里给参考标准。")

    desk.goto(slips)
    reach(desk.get_by_role("link", name="建议补偿标准公示一个月。"))
    desk.keyboard.press("Enter")
    reach(desk.get_by_label("承办单位"))
    desk.keyboard.press("ArrowDown")
    press(desk, "转办")
    said(desk, "转办中")
    unit = hall.sign_in(visitor(), "applicant")
    unit.goto(desk.url)
    choose(unit, "不采纳")
    press(unit, "答复")
    said(unit, "应当说明理由")
    write(unit, "答复内容", "公示期由上级文件统一规定为十天。")
    press(unit, "答复")
    said(unit, "不采纳")

    phone.go_back()
    phone.reload()
    for text in ("由本单元业主协商", "Not adopted", "公示期由上级文件统一规定为十天。"):
        said(phone, text)
