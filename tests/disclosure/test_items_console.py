"""Publication items in the console: prepared, confirmed, approved, released, corrected, withdrawn; nothing typed is lost."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest

from core.jurisdictions import enter
from tests.disclosure.items import agency_id
from tests.meetings.console.conftest import Desk, desk  # noqa: F401 - a fixture

ITEMS = "disclosure/items"
DRAFT = {
    "title": "饮用水水源地保护方案", "text": "保护范围和措施。", "genre": "other", "origin": "made", "source": "生态环境局",
    "carrier": "text", "urgency": "none", "formed_on": "2026-09-01", "concerns_nobody": "yes", "key_area": "no",
}  # fmt: skip


def begun(desk: Callable[..., Desk], **more: object) -> str:
    desk("deputy_leader")
    answer = desk("disclosure_officer").post(f"{ITEMS}/new", DRAFT | more)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    found = re.search(r"items/([0-9a-f]{32})/", answer.headers["Location"])
    assert found
    return found[1]


def press(desk: Callable[..., Desk], role: str, ident: str, event: str, **more: object) -> str:
    """Press a button of the page; the page again if it refused."""
    page = desk(role).get(f"{ITEMS}/{ident}/")
    sent: dict[str, object] = {"event": event, "reason": "", **more}
    for name in ("version", "content_hash"):
        found = re.search(rf'name="{name}" value="(\w+)"', page)
        if found:
            sent.setdefault(name, found[1])
    answer = desk(role).post(f"{ITEMS}/{ident}/move", sent)
    return "" if answer.status_code == 302 else answer.get_data(as_text=True)


@pytest.mark.article("disclosure", 7, 8, 10)
@pytest.mark.article("attribution", 8, 10)
def test_from_draft_to_withdrawal(desk: Callable[..., Desk]) -> None:
    with enter(desk("disclosure_officer").place):
        other = agency_id("education")
    ident = begun(desk, concerns_nobody="", agencies=[other], key_area="yes", column="emergencies")
    page = desk("disclosure_officer").get(f"{ITEMS}/{ident}/")
    assert "还没有通过保密审查" in page
    assert "主动公开" in page
    assert press(desk, "secrecy_reviewer", ident, "clear") == ""
    assert press(desk, "disclosure_officer", ident, "submit") == ""
    assert "您代表" in desk("deputy_leader").get(f"{ITEMS}/{ident}/")
    assert "待本机关确认" in desk("deputy_leader").get(f"{ITEMS}/", list="asked")
    assert press(desk, "deputy_leader", ident, "confirm", agency=other) == ""
    assert press(desk, "deputy_leader", ident, "approve") == ""
    assert press(desk, "portal_editor", ident, "release") == ""
    assert "公开完成" in desk("disclosure_officer").get(f"{ITEMS}/{ident}/")
    assert press(desk, "disclosure_officer", ident, "correct", reason="范围写错") == ""
    assert "范围写错" in desk("disclosure_officer").get(f"{ITEMS}/{ident}/edit")
    assert "请写明理由" in press(desk, "deputy_leader", ident, "withdraw", public_note="正在核实")
    assert press(desk, "deputy_leader", ident, "withdraw", reason="含个人信息", not_public="yes") == ""
    assert "含个人信息" in desk("deputy_leader").get(f"{ITEMS}/{ident}/")


@pytest.mark.article("disclosure", 10)
def test_the_word_of_an_agency_is_for_what_it_read(desk: Callable[..., Desk]) -> None:
    with enter(desk("disclosure_officer").place):
        other = agency_id("education")
    ident = begun(desk, concerns_nobody="", agencies=[other])
    press(desk, "disclosure_officer", ident, "submit")
    assert "与您看到的不一致" in press(desk, "deputy_leader", ident, "confirm", agency=other, content_hash="0" * 64)
    assert press(desk, "deputy_leader", ident, "object", agency=other, reason="范围未商定") == ""
    assert press(desk, "disclosure_officer", ident, "refer", reason="请协调") == ""
    assert press(desk, "supervisor", ident, "rule_modify", reason="删去第三条") == ""
    assert "删去第三条" in desk("disclosure_officer").get(f"{ITEMS}/{ident}/")


@pytest.mark.article("attribution", 5)
def test_what_looks_like_personal_data_is_ticked_one_by_one(desk: Callable[..., Desk]) -> None:
    ident = begun(desk, text="联系人电话13800000000。")
    press(desk, "secrecy_reviewer", ident, "clear")
    press(desk, "disclosure_officer", ident, "submit")
    page = desk("deputy_leader").get(f"{ITEMS}/{ident}/")
    key = re.search(r'name="cleared" value="(\w+)"', page)
    assert key
    assert "没有核对" in press(desk, "deputy_leader", ident, "approve")
    assert press(desk, "deputy_leader", ident, "approve", cleared=key[1]) == ""


@pytest.mark.article("disclosure", 2)
def test_what_was_typed_stays(desk: Callable[..., Desk]) -> None:
    desk("disclosure_officer")
    answer = desk("disclosure_officer").post(f"{ITEMS}/new", DRAFT | {"title": " ", "text": "写了很久的正文"})
    assert answer.status_code == 422
    assert "写了很久的正文" in answer.get_data(as_text=True)
    ident = begun(desk, files=[(io.BytesIO("附件".encode()), "附件一.txt")])
    first = {**DRAFT, "version": "1", "title": "先改的", "keep": ""}
    assert desk("disclosure_officer").post(f"{ITEMS}/{ident}/edit", first).status_code == 302
    assert "附件一.txt" not in desk("disclosure_officer").get(f"{ITEMS}/{ident}/")
    stale = desk("disclosure_officer").post(f"{ITEMS}/{ident}/edit", first | {"title": "后改的"})
    page = stale.get_data(as_text=True)
    assert stale.status_code in {409, 412}
    assert "先改的" in page
    assert "后改的" in page


@pytest.mark.article("disclosure", 7)
def test_a_place_is_planned_on_the_page(desk: Callable[..., Desk]) -> None:
    ident = begun(desk)
    sent = {"kind": "notice_board", "place": "镇政府门口", "required": "yes", "version": "1"}
    answer = desk("disclosure_officer").post(f"{ITEMS}/{ident}/placements", sent)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert "镇政府门口" in desk("disclosure_officer").get(f"{ITEMS}/{ident}/")
    nothing = desk("disclosure_officer").post(f"{ITEMS}/{ident}/placements", {"version": "2"})
    assert "请选择公开渠道" in nothing.get_data(as_text=True)
