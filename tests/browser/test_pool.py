"""Picking from the representative pool by keyboard alone, with the quotas summed as one ticks; every page sound."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe_findings
from tests.hall import Hall

pytestmark = pytest.mark.browser
QUOTAS = {"quotas": {"expert": 1, "npc_deputy": 1}}


@pytest.fixture(scope="session")
def pool(hall: Hall) -> dict[str, str]:
    """Three people of the pool, by name."""
    made = {}
    for name, category, extra in (
        ("钱晓林", "expert", {"speciality": "城市规划", "region": "高坪街道"}),
        ("孙建平", "npc_deputy", {}),
        ("李长安", "expert", {"renewal_due": "2024-01-01"}),
    ):
        body = {
            "name": name,
            "organisation": "某单位",
            "terms": [{"category": category, "from": "2024-01-01"}],
            **extra,
        }
        made[name] = hall.api("organiser", "POST", "meetings/representatives", body)["id"]
    return made


def test_two_people_are_picked_by_keyboard(hall: Hall, visitor: Callable[..., Page], pool: dict[str, str]) -> None:
    item = hall.application(title="停车收费标准", **QUOTAS)
    page = hall.sign_in(visitor(), "organiser")
    page.goto(f"/admin/{hall.county}/meetings/applications/{item}/pool")
    said = page.locator("[data-said]")
    expect(said).to_have_attribute("aria-live", "polite")
    expect(said).to_contain_text("还差：专家学者 1 人、人大代表 1 人。")
    expect(page.get_by_role("row", name="李长安")).to_contain_text("没有办理年度续聘")
    for name in ("钱晓林", "孙建平"):
        tick = page.get_by_role("checkbox", name=name)
        for _tab in range(60):
            if tick.evaluate("field => field === document.activeElement"):
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(tick).to_be_checked()
        page.locator("h1").evaluate("heading => { heading.tabIndex = -1; heading.focus(); }")
    expect(said).to_contain_text("名单共 3 人。 各类名额都已满足。")
    page.get_by_role("checkbox", name="孙建平").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="已增加 2 人。")).to_be_visible()
    expect(page.locator('input[value="钱晓林"]')).to_be_visible()


def test_quotas_follow_the_typing(hall: Hall, visitor: Callable[..., Page]) -> None:
    item = hall.application(title="公交线路优化", quotas={"expert": 1})
    page = hall.sign_in(visitor(), "organiser")
    page.goto(f"/admin/{hall.county}/meetings/applications/{item}/edit")
    said = page.locator("[data-said]")
    expect(said).to_contain_text("还差：专家学者 1 人。")
    page.fill("#invitees-1-name", "周岚")
    page.select_option("#invitees-1-category", "expert")
    expect(said).to_have_text("名单共 2 人。 各类名额都已满足。")
    page.fill("#quota-expert", "3")
    expect(said).to_contain_text("还差：专家学者 2 人。")
    expect(page.locator('tr[data-category="expert"] [data-verdict]')).to_have_text("还差 2 人")
    page.check("#invitees-0-remove")
    expect(said).to_contain_text("名单共 1 人。")


@pytest.mark.parametrize("width", [1366, 390])
def test_every_page_is_sound_on_desk_and_phone(
    hall: Hall, visitor: Callable[..., Page], pool: dict[str, str], width: int
) -> None:
    item = hall.application(title="农贸市场改造")
    person = pool["钱晓林"]
    page = hall.sign_in(visitor(width=width), "organiser")
    faults: list[str] = []
    for address in (
        "representatives/", f"representatives/{person}", f"representatives/{person}/edit", "representatives/new",
        "representatives/import", f"applications/{item}/pool", f"applications/{item}/edit",
        f"recusals/applications/{item}", "recusals/",
    ):  # fmt: skip
        page.goto(f"/admin/{hall.county}/meetings/{address}")
        faults += axe_findings(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"{address} is wider than the screen")
    assert faults == []
