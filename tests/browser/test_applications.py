"""Journeys of an application: the organiser drafts, the leader decides, each told what to do and never losing a word."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe_findings
from tests.hall import Hall

pytestmark = pytest.mark.browser
Visitor = Callable[..., Page]


def applications(hall: Hall, tail: str = "") -> str:
    return f"{hall.url}/admin/{hall.county}/meetings/applications/{tail}"


def sound(page: Page) -> None:
    """Nothing serious for axe, nothing to scroll sideways for."""
    assert not axe_findings(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.article("meetings", 3)
@pytest.mark.article("meetings", 7)
def test_an_organiser_is_led_from_half_a_form_to_approval(hall: Hall, visitor: Visitor) -> None:
    page = hall.sign_in(visitor(), "organiser")
    page.get_by_role("link", name="议题申报").first.click()
    page.get_by_role("link", name="申报新议题").click()
    page.get_by_label("议题名称").fill("城区公交线网优化方案")
    page.get_by_label("公共资源配置").check()
    page.get_by_label("邀请列席").check()
    page.get_by_label("公众参与方式").fill("列席并发言")
    page.get_by_role("button", name="保存并申报").click()
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("请至少填写一名邀请人员")
    expect(problem).to_contain_text("会7")
    expect(page.get_by_label("公众参与方式")).to_have_value("列席并发言")
    sound(page)
    problem.get_by_role("link", name="会议组织形式").click()
    assert page.evaluate("location.hash") == "#organisation_form"
    page.get_by_label("会议组织形式").fill("现场会议，设列席席位")
    page.locator("#invitees-0-name").fill("王小明")
    page.locator("#invitees-0-category").select_option("public")
    page.get_by_role("button", name="保存并申报").click()
    expect(page.locator("main")).to_contain_text("已申报，等分管领导审批。")
    sound(page)
    ident = page.url.partition("#")[0].rpartition("/")[2]
    hall.fire("deputy", f"applications/{ident}", "return", reason="请补充企业代表")
    page.goto(f"{hall.url}/admin/{hall.county}/")
    expect(page.locator("main")).to_contain_text("已退回，请修改后重新申报")
    page.locator("main").get_by_role("link", name="城区公交线网优化方案").first.click()
    expect(page.locator("main")).to_contain_text("请补充企业代表")
    page.get_by_role("link", name="修改草稿").click()
    page.locator("#invitees-1-name").fill("李芳")
    page.locator("#invitees-1-category").select_option("stakeholder")
    page.get_by_role("button", name="保存并申报").click()
    expect(page.locator(".badge").first).to_have_text("待审批")


@pytest.mark.article("meetings", 7)
def test_leaders_approve_in_one_act_from_their_desks_by_keyboard(hall: Hall, visitor: Visitor) -> None:
    ident = hall.application(title="中心城区雨污分流改造", important=True)
    hall.fire("organiser", f"applications/{ident}", "submit")
    for login, reached in (("deputy", "待主要领导"), ("leader", "已批准")):
        page = hall.sign_in(visitor(width=390), login)
        page.locator("main").get_by_role("link", name="中心城区雨污分流改造").click()
        expect(page.locator(".deed")).to_contain_text("王小明")
        sound(page)
        page.get_by_role("button", name="同意").press("Enter")
        question = page.get_by_role("dialog")
        expect(question).to_contain_text("同意《中心城区雨污分流改造》，连同参与方案和 1 人的邀请名单？")
        question.get_by_role("button", name="同意").press("Enter")
        expect(page.locator(".badge").first).to_have_text(reached)


@pytest.mark.article("meetings", 7)
def test_who_applied_is_told_why_he_cannot_approve(hall: Hall, visitor: Visitor) -> None:
    ident = str(hall.api("both", "POST", "meetings/applications", {"title": "自己申报的", "subject_class": "none", "openness": "closed"})["id"])  # fmt: skip
    hall.fire("both", f"applications/{ident}", "submit")
    page = hall.sign_in(visitor(), "both")
    page.goto(applications(hall, ident))
    expect(page.locator(".acts .refused")).to_contain_text("申报人不能审批自己申报的议题")
    assert page.get_by_role("button", name="同意").count() == 0
    sound(page)


def test_two_tabs_never_overwrite_each_other(hall: Hall, visitor: Visitor) -> None:
    ident = hall.application(title="二次供水改造")
    page = hall.sign_in(visitor(), "organiser")
    page.goto(applications(hall, f"{ident}/edit"))
    other = page.context.new_page()
    other.goto(applications(hall, f"{ident}/edit"))
    other.get_by_label("公众参与方式").fill("另一个窗口写的")
    other.get_by_role("button", name="保存草稿").last.click()
    expect(other.locator("main")).to_contain_text("草稿已保存。")
    page.get_by_label("公众参与方式").fill("这个窗口写的")
    page.get_by_role("button", name="保存草稿").last.click()
    expect(page.get_by_role("alert")).to_contain_text("另一个窗口写的")
    expect(page.get_by_label("公众参与方式")).to_have_value("这个窗口写的")
    sound(page)
    page.get_by_role("button", name="用我填写的内容保存").click()
    expect(page.get_by_label("公众参与方式")).to_have_value("这个窗口写的")


def test_a_draft_left_behind_comes_back(hall: Hall, visitor: Visitor) -> None:
    page = hall.sign_in(visitor(), "organiser")
    page.goto(applications(hall, "new"))
    page.get_by_label("议题名称").fill("没来得及保存的议题")
    page.goto(applications(hall))
    page.goto(applications(hall, "new"))
    expect(page.get_by_label("议题名称")).to_have_value("没来得及保存的议题")
    expect(page.get_by_role("status")).to_contain_text("已恢复您上次没有保存的内容。")


def test_without_script_the_form_works_and_more_rows_keep_everything(hall: Hall, visitor: Visitor) -> None:
    page = hall.sign_in(visitor(script=False), "organiser")
    page.goto(applications(hall, "new"))
    page.get_by_label("议题名称").fill("无脚本的议题")
    page.get_by_label("城乡规划").check()
    page.locator("#invitees-0-name").fill("王小明")
    page.locator("#invitees-0-category").select_option("public")
    page.get_by_role("button", name="增加 10 行").click()
    expect(page.get_by_label("议题名称")).to_have_value("无脚本的议题")
    page.locator("#invitees-10-name").fill("李芳")
    page.locator("#invitees-10-category").select_option("expert")
    page.get_by_label("议题名称").press("Enter")
    expect(page.locator("main")).to_contain_text("草稿已保存。")
    expect(page.locator("#invitees-1-name")).to_have_value("李芳")


@pytest.mark.parametrize(("width", "language"), [(390, "zh"), (1366, "en"), (390, "en")])
def test_every_page_is_sound_on_every_width(hall: Hall, visitor: Visitor, width: int, language: str) -> None:
    draft, approved = hall.application(title="路灯节能改造"), hall.approved(title="农贸市场升级")
    page = hall.sign_in(visitor(width=width), "organiser")
    page.goto(f"{hall.url}/-/prefs?lang={language}&next=/admin/")
    tails = ("", "?list=all&state=draft", "new", draft, f"{draft}/edit", f"{draft}/invitees", f"{draft}/print", approved, f"{approved}/plan")  # fmt: skip
    for tail in tails:
        page.goto(applications(hall, tail))
        sound(page)
