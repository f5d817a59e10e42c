"""A document in the browser: drafted with its attribute, reviewed, approved, signed, issued with the proposed number."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe_findings
from tests.hall import Hall

pytestmark = [pytest.mark.browser, pytest.mark.article("disclosure", 6), pytest.mark.article("attribution", 3, 4, 7, 9)]
TITLE = "关于加强农村饮用水安全管理工作的通知"


def from_desk(hall: Hall, page: Page, login: str) -> Page:
    """Signed in, the document opened from one's own desk."""
    hall.sign_in(page, login).get_by_role("link", name=TITLE).click()
    return page


def press(page: Page, name: str, state: str) -> None:
    page.get_by_role("button", name=name).click()
    expect(page.locator("h1 + .badge")).to_have_text(state)


def test_from_the_draft_to_the_issue(hall: Hall, visitor: Callable[..., Page]) -> None:
    drafter = hall.sign_in(visitor(width=390), "drafter")
    drafter.goto(f"/admin/{hall.county}/disclosure/documents/new")
    drafter.locator("#title").fill(TITLE)
    drafter.locator("#text").fill("各乡镇人民政府：\n\n为保障饮水安全，现通知如下。")
    drafter.locator("#vital-yes").check()
    drafter.locator("#organisation-no").check()
    drafter.get_by_role("button", name="按回答更新可选的属性").click()
    expect(drafter.get_by_role("radio", name="不予公开")).to_be_disabled()
    expect(drafter.locator("#why-on_request")).to_contain_text("认4")
    assert axe_findings(drafter) == []
    drafter.get_by_role("radio", name="主动公开").check()
    drafter.get_by_role("button", name="保存草稿").click()
    press(drafter, "认定属性并送审", "待保密审查")

    press(from_desk(hall, visitor(), "secrecy"), "保密审查通过", "待审核")
    deputy = hall.sign_in(visitor(), "deputy")
    expect(deputy.locator("main")).to_contain_text("内容和公开属性待您审核（管6），secrecy送来")
    deputy.goto(f"/admin/{hall.county}/disclosure/documents/")
    deputy.get_by_role("checkbox", name=TITLE).check()
    assert axe_findings(deputy) == []
    deputy.get_by_role("button", name="选中的：同意").click()
    expect(deputy.get_by_text("已办理 1 份公文")).to_be_visible()
    press(from_desk(hall, visitor(), "leader"), "签发", "已签发")

    officer = from_desk(hall, visitor(), "officer")
    officer.get_by_label("文号").fill("汇府办发[2026]12号")
    press(officer, "编号制发", "已制发")
    expect(officer.get_by_text("汇府办发〔2026〕12号")).to_be_visible()
    officer.get_by_role("link", name="打印").click()
    expect(officer.get_by_role("row", name=re.compile("公开属性及理由 主动公开"))).to_be_visible()
    expect(officer.get_by_role("table", name="办理记录").get_by_role("row")).to_have_count(6)
    assert axe_findings(officer) == []
