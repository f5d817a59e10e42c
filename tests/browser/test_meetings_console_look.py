"""Every console page around a meeting: no serious finding of axe, nothing wider than the screen, desk and phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import axe_findings
from tests.hall import Hall

pytestmark = pytest.mark.browser
PEOPLE = [
    {"name": "王小明", "category": "public", "contact": "wang@example.org"},
    {"name": "李桂芳", "category": "stakeholder", "organisation": "和平路社区居民委员会"},
]


@pytest.fixture(scope="session")
def addresses(hall: Hall) -> dict[str, str]:
    """Pages below /admin/<county>/meetings/ in the states they are mostly seen in."""
    prepared = hall.meeting(hall.approved(title="议题甲", invitees=PEOPLE), hall.approved(title="议题乙"))
    hall.approved(title="还没有上会的议题")
    item = hall.approved(title="农贸市场改造方案")
    running = hall.meeting(item, hall.approved(title="公交线路优化"), events=("announce", "open"))
    hall.fire("organiser", f"applications/{item}", "call")
    decided = hall.approved(title="停车收费标准调整")
    closed = hall.meeting(decided, events=("announce", "open"))
    hall.fire("organiser", f"applications/{decided}", "call")
    hall.fire("organiser", f"applications/{decided}", "deliberate", result="passed", note="同意。")
    hall.fire("organiser", closed, "close")
    owed = {row["kind"]: row["id"] for row in hall.api("organiser", "GET", f"meetings/{closed}/obligations")["items"]}
    person = hall.api("organiser", "GET", f"meetings/{prepared}/invitations")["items"][0]["id"]
    return {
        "list": "", "new": "new", "prepared": f"{prepared}/", "edit": f"{prepared}/edit", "running": f"{running}/",
        "closed": f"{closed}/", "invited": f"{prepared}/invitations/", "person": f"invitations/{person}/",
        "desks": "live/", "desk": f"live/{running}/", "board": "obligations/", "rules": "rules/",
        "outcome": f"obligations/{owed['outcome']}/", "policy": f"obligations/{owed['policy_document']}/",
        "templates": "templates/", "template": "templates/notice/", "jobs": "../jobs/",
        **{key: f"{running}/print/{key}" for key in ("notice", "agenda", "attendance", "badges", "seat_cards")},
    }  # fmt: skip


@pytest.mark.parametrize("width", [1366, 390])
def test_every_page_is_sound_on_desk_and_phone(
    hall: Hall, visitor: Callable[..., Page], addresses: dict[str, str], width: int
) -> None:
    page = hall.sign_in(visitor(width=width), "organiser")
    faults: list[str] = []
    for name, address in addresses.items():
        page.goto(f"/admin/{hall.county}/meetings/{address}")
        faults += axe_findings(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"{name} is wider than the screen")
    assert faults == []
