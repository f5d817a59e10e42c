"""Signing in at a real server, as staff do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.hall import Hall

pytestmark = pytest.mark.browser


def test_a_person_signs_in_by_keyboard_and_finds_the_desk(hall: Hall, visitor: Callable[..., Page]) -> None:
    page = hall.sign_in(visitor(), "organiser")
    expect(page.locator("main h1")).to_have_text("工作台")
    page.get_by_role("button", name="退出").press("Enter")
    page.wait_for_url(f"{hall.url}/admin/login")


def test_a_wrong_password_keeps_the_name_that_was_typed(hall: Hall, visitor: Callable[..., Page]) -> None:
    page = visitor(width=390)
    page.goto("/admin/login")
    page.get_by_label("用户名或邮箱").fill("organiser")
    page.locator("#password").fill("not-the-password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("用户名或邮箱")).to_have_value("organiser")
