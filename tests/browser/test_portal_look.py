"""The look of the public pages: readable by everyone, on every width, without script."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from playwright.sync_api import Page

from core import jurisdictions, matters, publications, storage
from core.db import write
from core.permissions import SYSTEM
from tests.browser.conftest import axe_findings

pytestmark = pytest.mark.browser
TEXT = (
    "为规范中心城区停车秩序，合理配置公共停车资源，结合实际，制定本方案。\n\n一、总体要求。坚持公益性与市场化相结合。"
)
DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><rect width="90" height="30" fill="#1d4e79"/></svg>'
)


@pytest.fixture(scope="session")
def pages(portal_app: Flask) -> list[str]:
    """Every kind of public page, filled."""
    with portal_app.app_context(), jurisdictions.enter(jurisdictions.by_slug("huichuan")), write():
        drawing = storage.stage(BytesIO(DRAWING), "流程.svg")
        matter = matters.create(SYSTEM, "中心城区公共停车场收费标准调整").id
        kind = "policy_document"
        row = publications.create(SYSTEM, kind=kind, title="停车收费标准调整方案", body=TEXT, matter_id=matter)
        file = publications.attach(SYSTEM, row, storage.keep(SYSTEM, drawing).id).attachment_id
        parts = [
            {"kind": "diagram", "title": "办理流程", "text": "图里的字：三步。", "file": file},
            {"kind": "question", "title": "谁缴费？", "text": "停车的人。"},
            {"kind": "video", "title": "讲解", "text": "视频里的话：大家好。", "url": "https://tv.example.org/1"},
        ]
        publications.edit(SYSTEM, row, parts=parts)
        publications.approve(SYSTEM, row)
        publications.release(SYSTEM, row)
        publication = row.id
    return [
        "/",
        "/zunyi/",
        "/huichuan/",
        "/huichuan/publications/",
        f"/huichuan/publications/{publication}/",
        f"/huichuan/matters/{matter}/",
        "/huichuan/search?q=停车",
        "/huichuan/search?q=龙舟",
        "/huichuan/workdays/?from=2026-09-25&days=12",
        "/huichuan/workdays/?from=x&days=0",
        "/huichuan/basis/",
        "/huichuan/nowhere/",
    ]


@pytest.mark.parametrize(
    "device",
    [
        {},
        {"width": 390, "language": "en"},
        {"dark": True},
        {"elder": True},
        {"elder": True, "dark": True, "width": 390},
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


def test_a_drawing_opens_large_on_a_narrow_screen_and_its_words_are_printed(
    browse: Callable[..., Page], pages: list[str]
) -> None:
    path = next(path for path in pages if "/publications/" in path and not path.endswith("publications/"))
    page = browse(path, width=390, script=False)
    image = page.get_by_role("img", name="办理流程")
    assert image.evaluate("one => one.clientWidth") <= 390
    page.get_by_role("link", name="看大图").click()
    assert image.evaluate("one => one.clientWidth") > 900
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="还原").click()
    assert image.evaluate("one => one.clientWidth") <= 390
    page.locator("summary", has_text="图解的文字说明").click()
    for words in ("图里的字：三步。", "视频里的话：大家好。"):
        assert not page.get_by_text(words).is_visible()
    page.emulate_media(media="print")
    for words in ("图里的字：三步。", "视频里的话：大家好。"):
        assert page.get_by_text(words).is_visible()
    assert not page.get_by_role("link", name="看大图").is_visible()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1366, "height": 900})
    assert not page.get_by_role("link", name="看大图").is_visible()


def test_without_script_the_menu_opens_and_the_switches_work(browse: Callable[..., Page]) -> None:
    page = browse("/huichuan/", width=390, script=False)
    assert not page.get_by_role("link", name="公开内容", exact=True).is_visible()
    page.get_by_text("栏目", exact=True).click()
    page.get_by_role("link", name="公开内容", exact=True).click()
    assert page.url.endswith("/huichuan/publications/")
    page.get_by_role("link", name="长者模式").click()
    assert page.url.endswith("/huichuan/publications/")
    assert page.locator("html[data-elder]").count() == 1
    page.get_by_role("link", name="标准模式").click()
    assert page.locator("html[data-elder]").count() == 0


def test_first_tab_leads_past_the_menu(browse: Callable[..., Page]) -> None:
    page = browse("/huichuan/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_search_by_keyboard(browse: Callable[..., Page], pages: list[str]) -> None:
    page = browse("/huichuan/")
    page.get_by_role("searchbox").fill("停车")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="停车收费标准调整方案").click()
    assert "/huichuan/publications/" in page.url


def test_elder_mode_is_larger_and_of_full_contrast(browse: Callable[..., Page], pages: list[str]) -> None:
    size = "parseFloat(getComputedStyle(document.body).fontSize)"
    assert browse("/").evaluate(size) == pytest.approx(17)
    page = browse(pages[4], elder=True)
    assert page.evaluate(size) == pytest.approx(22)
    assert page.evaluate("getComputedStyle(document.querySelector('.prose p')).color") == "rgb(0, 0, 0)"


def test_light_enough_for_a_slow_line(browse: Callable[..., Page], pages: list[str]) -> None:
    """Styles of the live page together: 30,000 octets at most."""
    page = browse("/")
    sheets = ("tokens", "base", "portal", "live")
    assert sum(len(page.request.get(f"/static/css/{name}.css").body()) for name in sheets) <= 30_000
