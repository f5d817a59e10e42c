"""Somebody asks for information on a phone without scripts and corrects it; an officer takes it up at the desk."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe_findings
from tests.hall import Hall

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest.mark.article("disclosure", 12)
def test_from_the_form_over_the_receipt_to_the_correction(hall: Hall, visitor: Callable[..., Page]) -> None:
    phone, path = visitor(width=390, script=False), f"/{hall.county}/disclosure/requests/"
    phone.goto(path)
    phone.get_by_role("link", name="提出申请").click()
    phone.get_by_label("所需信息的名称、文号或者其他特征").fill("老旧小区改造计划")
    phone.get_by_role("button", name="提交申请").click()
    expect(phone.get_by_label("所需信息的名称、文号或者其他特征")).to_have_value("老旧小区改造计划")
    body = phone.locator("#agency option", has_text="办公室").first.get_attribute("value")
    phone.locator("#agency").select_option(body)
    for name in ("电子文件", "网上查看", "自然人"):
        phone.get_by_role("radio", name=name, exact=True).check()
    phone.locator("#applicant_name").fill("王小明")
    phone.locator("#identity_kind").select_option("resident")
    phone.locator("#identity_number").fill("520302199001011234")
    phone.locator("#phone").fill("13800000000")
    phone.get_by_role("button", name="提交申请").click()
    secret = phone.locator("b.code").inner_text()
    number = re.search(r"YSQ\d{4}-\d{4}", phone.content())
    assert number

    desk = hall.sign_in(visitor(), "officer")
    desk.goto(f"/admin/{hall.county}/disclosure/requests/?whose=all")
    desk.get_by_role("link", name="老旧小区改造计划").first.click()
    desk.get_by_text("确认收到", exact=True).first.click()
    desk.locator("details[open]").get_by_role("button", name="确认收到").click()
    desk.locator("summary", has_text="告知补正").click()
    desk.get_by_label("需要补正的事项").fill("请写明是哪个小区")
    desk.locator("details[open]").get_by_role("button", name="告知补正").click()
    expect(desk.get_by_text("待补正").first).to_be_visible()
    assert not axe_findings(desk)

    phone.get_by_role("link", name="查询申请").first.click()
    phone.get_by_label("编号").fill(number[0])
    phone.get_by_label("查询码").fill(secret.lower())
    phone.get_by_role("button", name="查询", exact=True).click()
    expect(phone.get_by_text("请写明是哪个小区").first).to_be_visible()
    phone.get_by_label("补正的内容").fill("和平小区")
    phone.get_by_role("button", name="提交补正").click()
    expect(phone.get_by_text("答复期限从今天重新计算").first).to_be_visible()
    desk.reload()
    expect(desk.get_by_text("和平小区").first).to_be_visible()
