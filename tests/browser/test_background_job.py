"""A background job in a browser: started with one press, followed by the page itself, its file downloaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.hall import Hall

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest.fixture(scope="session")
def sealed(hall: Hall) -> str:
    """A sealed meeting with one item."""
    item = hall.approved(title="农贸市场改造方案")
    meeting = hall.meeting(item, events=("announce", "open"))
    hall.fire("organiser", f"applications/{item}", "call")
    hall.fire("organiser", f"applications/{item}", "deliberate", result="passed", note="同意。")
    for event in ("close", "seal"):
        hall.fire("organiser", meeting, event)
    return meeting


def test_the_record_is_made_while_the_page_follows(hall: Hall, visitor: Callable[..., Page], sealed: str) -> None:
    page = hall.sign_in(visitor(), "organiser")
    page.goto(f"/admin/{hall.county}/meetings/{sealed}/")
    page.get_by_role("button", name="生成 PDF 文件").click()
    link = page.get_by_role("link", name="会议记录.pdf")
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        link.click()
    assert "农贸市场改造方案" in PdfReader(Path(download.value.path())).pages[0].extract_text()
    page.goto(f"/admin/{hall.county}/jobs/")
    expect(page.get_by_text("已完成").first).to_be_visible()


def test_without_script_its_link_shows_how_far_it_is(hall: Hall, visitor: Callable[..., Page], sealed: str) -> None:
    page = hall.sign_in(visitor(script=False), "organiser")
    page.goto(f"/admin/{hall.county}/meetings/{sealed}/")
    page.get_by_role("button", name="生成 Word 文件").click()
    again = page.get_by_role("link", name="查看最新进度")
    for _ in range(1000):
        if not again.is_visible():
            break
        again.click()
    expect(page.get_by_role("link", name="会议记录.docx")).to_be_visible()
