"""The two small scripts of the shell: the question before a grave act, and the draft that is never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser

CONFIRM = """<!doctype html><html lang="zh"><title>t</title><script src="/static/js/confirm.js"></script>
<form action="/probe" method="get" data-confirm="确定撤回“停车收费方案”吗？" data-yes="撤回" data-no="先不办理">
<button name="event" value="withdraw">办理</button></form>"""
DRAFT = """<!doctype html><html lang="zh"><title>t</title><script type="module" src="/static/js/draft.js"></script>
%s<form action="/probe" method="get" data-draft="application-1" data-draft-note="已恢复。" data-draft-drop="不要了">
<label>名称<input name="title"></label><label>说明<textarea name="text"></textarea></label>
<label><input type="checkbox" name="form" value="tv">电视</label><input type="password" name="secret" aria-label="s">
<input type="hidden" name="version" value="%s" data-draft-keep><button>提交</button></form>"""


@pytest.fixture
def probe(browse: Callable[..., Page]) -> Callable[..., Page]:
    """A page of the site with given HTML at /probe."""

    def make(*bodies: str) -> Page:
        page = browse("/")
        left = list(bodies)

        def answer(route: Route) -> None:
            body = left.pop(0) if len(left) > 1 else left[0]
            route.fulfill(body=body, content_type="text/html; charset=utf-8")

        page.route("**/probe*", answer)
        page.goto("/probe")
        return page

    return make


def test_a_grave_act_asks_first(probe: Callable[..., Page]) -> None:
    page = probe(CONFIRM)
    page.get_by_role("button", name="办理").click()
    dialog = page.get_by_role("dialog")
    assert "确定撤回“停车收费方案”吗？" in dialog.inner_text()
    assert page.evaluate("document.activeElement.textContent") == "先不办理"
    dialog.get_by_role("button", name="先不办理").click()
    assert page.get_by_role("dialog").count() == 0
    assert "event=" not in page.url
    page.get_by_role("button", name="办理").click()
    page.keyboard.press("Escape")
    assert "event=" not in page.url
    page.get_by_role("button", name="办理").click()
    page.get_by_role("button", name="撤回").click()
    page.wait_for_url("**/probe?event=withdraw")


def test_a_key_pressed_before_the_page_has_loaded_is_asked_too(probe: Callable[..., Page]) -> None:
    page = probe(f"{CONFIRM}<script>document.querySelector('button').click()</script>")
    page.get_by_role("dialog").get_by_role("button", name="先不办理").click()
    assert "event=" not in page.url


def test_a_draft_survives_a_reload_and_can_be_dropped(probe: Callable[..., Page]) -> None:
    page = probe(DRAFT % ("", "3"))
    page.get_by_label("名称").fill("停车收费")
    page.get_by_label("说明").fill("第一行\n第二行")
    page.get_by_label("电视").check()
    page.get_by_label("s").fill("geheim")
    assert "geheim" not in page.evaluate("JSON.stringify(localStorage)")
    page.reload()
    assert page.get_by_label("名称").input_value() == "停车收费"
    assert page.get_by_label("说明").input_value() == "第一行\n第二行"
    assert page.get_by_label("电视").is_checked()
    assert page.get_by_label("s").input_value() == ""
    assert "已恢复。" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="不要了").click()
    assert page.get_by_label("名称").input_value() == ""
    page.reload()
    assert page.get_by_role("status").count() == 0


def test_a_draft_goes_when_the_form_went_through(probe: Callable[..., Page]) -> None:
    page = probe(DRAFT % ("", "3"))
    page.get_by_label("名称").fill("停车收费")
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/probe?title=*")
    assert page.get_by_label("名称").input_value() == ""
    assert page.evaluate("localStorage.length") == 0


def test_a_draft_stays_when_the_answer_names_a_problem(probe: Callable[..., Page]) -> None:
    page = probe(DRAFT % ("", "3"), DRAFT % ('<section class="problem">还不能提交</section>', "3"))
    page.get_by_label("名称").fill("停车收费")
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/probe?title=*")
    assert page.get_by_label("名称").input_value() == "停车收费"


def test_a_restored_draft_brings_its_version_so_that_nothing_is_overwritten_unseen(probe: Callable[..., Page]) -> None:
    page = probe(DRAFT % ("", "3"), DRAFT % ("", "4"), DRAFT % ('<section class="problem">已被修改</section>', "4"))
    page.get_by_label("名称").fill("停车收费")
    page.reload()
    assert page.get_by_label("名称").input_value() == "停车收费"
    assert page.locator("[name=version]").input_value() == "3"
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/probe?title=*")
    assert page.locator("[name=version]").input_value() == "4"


def test_asking_for_more_rows_keeps_the_draft(probe: Callable[..., Page]) -> None:
    more = DRAFT.replace("<form ", "<form data-draft-unsaved ") % ("", "3")
    page = probe(DRAFT % ("", "3"), more.replace('name="title"', 'name="title" value="停车收费"'))
    page.get_by_label("名称").fill("停车收费")
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/probe?title=*")
    assert "停车收费" in page.evaluate("JSON.stringify(localStorage)")


def test_a_draft_can_be_discarded_by_a_link(probe: Callable[..., Page]) -> None:
    link = '<a href="/probe?again" data-draft-discard="application-1">看现在的内容</a>'
    page = probe(DRAFT % ("", "3"), DRAFT % (f'<section class="problem">{link}</section>', "4"), DRAFT % ("", "4"))
    page.get_by_label("名称").fill("停车收费")
    page.get_by_role("button", name="提交").click()
    page.get_by_role("link", name="看现在的内容").click()
    page.wait_for_url("**/probe?again")
    assert page.get_by_label("名称").input_value() == ""


def test_a_draft_stays_when_the_question_before_sending_is_answered_with_no(probe: Callable[..., Page]) -> None:
    asking = DRAFT.replace("<form ", '<form data-confirm="确定发布吗？" data-yes="发布" data-no="先不发布" ', 1)
    page = probe(CONFIRM.partition("<form")[0] + asking % ("", "3"))
    page.get_by_label("名称").fill("停车收费")
    page.get_by_role("button", name="提交").click()
    page.get_by_role("button", name="先不发布").click()
    page.reload()
    assert page.get_by_label("名称").input_value() == "停车收费"
    page.get_by_role("button", name="提交").click()
    page.get_by_role("button", name="发布", exact=True).click()
    page.wait_for_url("**/probe?title=*")
    assert page.get_by_label("名称").input_value() == ""


def test_a_damaged_draft_does_no_harm(probe: Callable[..., Page]) -> None:
    page = probe(DRAFT % ("", "3"))
    page.evaluate("localStorage.setItem('draft:application-1', '{broken')")
    page.reload()
    page.get_by_label("名称").fill("照常填写")
    assert page.get_by_label("名称").input_value() == "照常填写"
