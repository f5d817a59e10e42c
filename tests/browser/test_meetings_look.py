"""The look of the public pages of meetings: readable by everyone, on every width, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from core import jurisdictions
from core.db import write
from plugins.meetings.services import invitations
from tests.browser.conftest import axe_findings
from tests.meetings.portal import stage as staging
from tests.meetings.portal.stage import Stage

pytestmark = pytest.mark.browser
LIVE_DATA = "document.querySelector('.live').dataset.size"


@pytest.fixture(scope="session")
def stage(portal_app: Flask) -> Stage:
    """Meetings in every state, one invitation answered."""
    with portal_app.app_context(), jurisdictions.enter(jurisdictions.by_slug("huichuan")):
        made = staging.build()
        with write():
            invitations.answer(invitations.by_token(made.tokens["closed"]), "acknowledge", rule_version=1)
    return made


@pytest.fixture(scope="session")
def pages(stage: Stage) -> list[str]:
    """Every kind of page."""
    return [
        "/",
        "/huichuan/",
        "/huichuan/meetings/",
        "/huichuan/meetings/rules/",
        *(stage.path(name) for name in ("live", "coming", "sealed", "cancelled", "closed")),
        *(stage.path(name, "live/") for name in ("live", "coming", "sealed", "closed")),
        stage.path("live", "live/?before=5"),
        stage.path("live", f"live/?item={stage.items['live']}"),
        stage.path("live", "live/lite/"),
        stage.path("live", "live/corrections/"),
        stage.path("sealed", "record/"),
        stage.link("coming"),
        stage.link("closed"),
        "/huichuan/meetings/invitations/unknown/",
    ]


@pytest.mark.parametrize(
    "device",
    [
        {},
        {"width": 390},
        {"language": "en"},
        {"width": 390, "language": "en", "dark": True},
        {"elder": True, "width": 390},
        {"elder": True, "dark": True},
    ],
    ids=str,
)
def test_axe_finds_nothing_serious(browse: Callable[..., Page], pages: list[str], device: dict[str, object]) -> None:
    page = browse("/", **device)
    found = []
    for path in pages:
        page.goto(path)
        found += axe_findings(page)
    assert not found


@pytest.mark.parametrize("device", [{"width": 320}, {"width": 390, "elder": True}, {"width": 683}], ids=str)
def test_nothing_runs_out_of_the_page(browse: Callable[..., Page], pages: list[str], device: dict[str, object]) -> None:
    page = browse("/", **device)
    for path in pages:
        page.goto(path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, path


def test_what_is_going_on_stays_in_sight(browse: Callable[..., Page], stage: Stage) -> None:
    page = browse(stage.path("live", "live/"), width=390)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    top = page.evaluate("document.querySelector('.live-now').getBoundingClientRect().top")
    assert abs(top) < 1
    assert page.locator('[data-now="item"]').inner_text() == "老旧小区加装电梯实施办法"


def test_one_tap_makes_the_text_larger_and_it_stays_so(browse: Callable[..., Page], stage: Stage) -> None:
    page = browse(stage.path("live", "live/"), width=390)
    size = "parseFloat(getComputedStyle(document.querySelector('.line p')).fontSize)"
    before = page.evaluate(size)
    button = page.get_by_role("button", name="大字")
    button.click()
    assert page.evaluate(size) > before
    assert button.get_attribute("aria-pressed") == "true"
    page.reload()
    page.wait_for_function(f"{LIVE_DATA} === '2'")


def test_the_record_prints_whole(browse: Callable[..., Page], stage: Stage) -> None:
    page = browse(stage.path("sealed", "record/"))
    page.emulate_media(media="print")
    assert page.get_by_text("理由：口误").is_visible()
    assert page.locator(".digest").is_visible()
    assert not page.get_by_role("navigation").first.is_visible()


def test_the_life_line_of_a_matter_leads_to_its_meeting(browse: Callable[..., Page], stage: Stage) -> None:
    page = browse(stage.path("sealed"))
    page.get_by_role("link", name="城市更新专项资金管理办法", exact=True).first.click()
    assert "/huichuan/matters/" in page.url
    assert page.get_by_text("审议结论：原则通过").is_visible()
    page.get_by_role("link", name="第10次常务会议").first.click()
    assert page.url.endswith(stage.path("sealed"))
