"""The agenda's order by keyboard and by pointer; somebody else's change is shown beside one's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe_findings
from tests.hall import Hall

pytestmark = pytest.mark.browser


def titles(page: Page) -> list[str]:
    return page.locator("ol.agenda > li h3").all_inner_texts()


def saved(page: Page) -> None:
    page.get_by_role("button", name="保存顺序和时长").click()
    expect(page.get_by_text("议程的顺序和时长已保存。")).to_be_visible()


@pytest.mark.article("meetings", 5)
def test_order_by_keyboard_and_pointer(hall: Hall, visitor: Callable[..., Page]) -> None:
    meeting = hall.meeting(*(hall.approved(title=title) for title in ("甲", "乙", "丙")))
    address = f"/admin/{hall.county}/meetings/{meeting}/"
    page = hall.sign_in(visitor(), "organiser")
    page.goto(address)
    page.get_by_role("button", name="《丙》，用上下方向键移动").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_text("《丙》移到第 1 项，请保存。")).to_be_visible()
    page.get_by_label("时长（分钟）《丙》").fill("45")
    assert axe_findings(page) == []
    saved(page)
    assert titles(page) == ["丙", "甲", "乙"]
    expect(page.locator("ol.agenda > li").nth(1)).to_contain_text("预计 09:45—10:05")

    page.get_by_role("button", name="《丙》，用上下方向键移动").drag_to(page.locator("ol.agenda > li").nth(2))
    assert titles(page)[0] == "甲"
    other = hall.sign_in(visitor(), "organiser")
    other.goto(address)
    other.get_by_label("时长（分钟）《甲》").fill("10")
    saved(other)
    dragged = titles(page)
    page.get_by_role("button", name="保存顺序和时长").click()
    expect(page.get_by_text("下面是您排的顺序，尚未保存。")).to_contain_text("丙、甲、乙")
    assert titles(page) == dragged
    saved(page)
    assert titles(page) == dragged
