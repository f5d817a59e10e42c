"""Documents in the console: drafted with what the answers leave, every step by a button, the sheet told line by line."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import delete

from core.db import write
from core.jurisdictions import enter
from core.models import RoleGrant
from tests.disclosure.conftest import POSTS
from tests.meetings.console.conftest import Desk, desk  # noqa: F401 - a fixture

DOCUMENTS = "disclosure/documents"
DRAFT = {
    "title": "关于加强饮用水管理的通知", "genre": "notice", "text": "各乡镇：", "origin": "made", "secrecy_level": "none",
    "vital": "yes", "organisation": "no", "attribute": "voluntary", "act": "save",
}  # fmt: skip


def drafted(desk: Callable[..., Desk], **more: object) -> str:
    for role in ("disclosure_officer", "deputy_leader"):
        desk(role)
    answer = desk("drafter").post(f"{DOCUMENTS}/new", DRAFT | more)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    found = re.search(r"documents/([0-9a-f]{32})/", answer.headers["Location"])
    assert found
    return found[1]


def press(desk: Callable[..., Desk], role: str, ident: str, event: str, **more: object) -> str:
    page = desk(role).get(f"{DOCUMENTS}/{ident}/")
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version, page
    answer = desk(role).post(f"{DOCUMENTS}/{ident}/move", {"event": event, "version": version[1], **more})
    return answer.get_data(as_text=True) if answer.status_code != 302 else ""


@pytest.mark.article("disclosure", 6)
@pytest.mark.article("attribution", 3, 7)
def test_every_step_from_the_draft_to_the_issue(desk: Callable[..., Desk]) -> None:
    ident = drafted(desk, important="yes")
    for role, event in (
        ("drafter", "determine"), ("secrecy_reviewer", "review"), ("deputy_leader", "approve"), ("leader", "approve"),
        ("leader", "sign"),
    ):  # fmt: skip
        assert press(desk, role, ident, event) == "", (role, event)
    assert "已签发" in desk("disclosure_officer").get(f"{DOCUMENTS}/")
    assert "请按“遵府发〔2026〕1号”的样子填写文号" in press(desk, "disclosure_officer", ident, "issue", number="12")
    assert press(desk, "disclosure_officer", ident, "issue", number="汇府办发[2026]3号") == ""
    page = desk("drafter").get(f"{DOCUMENTS}/{ident}/")
    assert "汇府办发〔2026〕3号" in page
    assert page.count('data-label="环节"') == 6


@pytest.mark.article("attribution", 4, 5)
def test_the_form_leaves_what_the_answers_leave_and_keeps_what_was_typed(desk: Callable[..., Desk]) -> None:
    desk("disclosure_officer")
    answer = desk("drafter").post(
        f"{DOCUMENTS}/new", DRAFT | {"act": "check", "grounds": ["3a"], "text": "各乡镇，甲："}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "各乡镇，甲：" in page
    choice = {found[0]: "disabled" in found[1] for found in re.findall(r'name="attribute" value="(\w+)"([^>]*)>', page)}
    assert choice == {"voluntary": True, "on_request": True, "withheld": True}
    assert "既应当主动公开又有不予公开的情形" in page


@pytest.mark.article("attribution", 3)
def test_without_an_attribute_the_page_says_why_not(desk: Callable[..., Desk]) -> None:
    ident = drafted(desk, attribute="")
    page = desk("drafter").get(f"{DOCUMENTS}/{ident}/")
    assert "没有认定公开属性" in page
    assert "没有认定公开属性" in press(desk, "drafter", ident, "determine")


def test_a_draft_without_a_title_is_kept_as_typed(desk: Callable[..., Desk]) -> None:
    desk("disclosure_officer")
    answer = desk("drafter").post(f"{DOCUMENTS}/new", DRAFT | {"title": " ", "text": "写了很久的正文"})
    assert answer.status_code == 422
    assert "写了很久的正文" in answer.get_data(as_text=True)


@pytest.mark.article("attribution", 9)
def test_in_doubt_it_is_referred_and_answered(desk: Callable[..., Desk]) -> None:
    ident = drafted(desk)
    press(desk, "drafter", ident, "determine")
    assert press(desk, "secrecy_reviewer", ident, "refer", target="superior", reason="第三段拿不准") == ""
    page = press(desk, "disclosure_officer", ident, "answer_referral", answer="不涉密")
    assert "请写明批复结论并附上批复文件" in page
    file = (io.BytesIO("批复".encode()), "批复.txt")
    assert press(desk, "disclosure_officer", ident, "answer_referral", answer="不涉密", file=file) == ""
    assert "待保密审查" in desk("secrecy_reviewer").get(f"{DOCUMENTS}/{ident}/")


def test_a_stale_edit_is_refused_and_both_are_shown(desk: Callable[..., Desk]) -> None:
    ident = drafted(desk)
    assert (
        desk("drafter").post(f"{DOCUMENTS}/{ident}/edit", DRAFT | {"version": "1", "title": "先改的"}).status_code
        == 302
    )
    answer = desk("drafter").post(f"{DOCUMENTS}/{ident}/edit", DRAFT | {"version": "1", "title": "后改的"})
    page = answer.get_data(as_text=True)
    assert answer.status_code in {409, 412}
    assert "先改的" in page
    assert "后改的" in page


def test_a_file_comes_with_the_draft(desk: Callable[..., Desk]) -> None:
    ident = drafted(desk, files=[(io.BytesIO("附件".encode()), "附件一.txt")])
    assert "附件一.txt" in desk("drafter").get(f"{DOCUMENTS}/{ident}/")


@pytest.mark.article("disclosure", 4)
def test_a_body_is_staffed_in_the_console_and_then_its_documents_go_on(desk: Callable[..., Desk]) -> None:
    answer = desk("drafter").post(f"{DOCUMENTS}/new", DRAFT)
    ident = answer.headers["Location"].rstrip("/").rpartition("/")[2]
    with enter(desk("drafter").place), write() as session:
        session.execute(delete(RoleGrant).where(RoleGrant.role.in_(POSTS)))
    assert "本单位还没有确定" in desk("drafter").get(f"{DOCUMENTS}/{ident}/")
    page = desk("system_admin").get("disclosure/bodies/")
    own = re.findall(r"/disclosure/bodies/([0-9a-f]{32})/", page)
    for agency in own:
        form = desk("system_admin").get(f"disclosure/bodies/{agency}/")
        version = re.search(r'name="version" value="(\d+)"', form)
        assert version
        values = {"office_name": "办公室", "deputy_name": "周平", "version": version[1]}
        assert desk("system_admin").post(f"disclosure/bodies/{agency}/", values).status_code == 302
    assert press(desk, "drafter", ident, "determine") == ""


def test_nobody_else_changes_a_body_and_a_stale_form_shows_both(desk: Callable[..., Desk]) -> None:
    page = desk("system_admin").get("disclosure/bodies/")
    agency = re.findall(r"/disclosure/bodies/([0-9a-f]{32})/", page)[0]
    assert "/disclosure/bodies/" not in desk("drafter").get("disclosure/documents/")
    desk("drafter").get(f"disclosure/bodies/{agency}/", status=403)
    first = {"office_name": "办公室", "version": "0"}
    assert desk("system_admin").post(f"disclosure/bodies/{agency}/", first).status_code == 302
    answer = desk("system_admin").post(f"disclosure/bodies/{agency}/", first | {"office_name": "综合科"})
    assert answer.status_code in {409, 412}
    shown = answer.get_data(as_text=True)
    assert "办公室" in shown
    assert "综合科" in shown
