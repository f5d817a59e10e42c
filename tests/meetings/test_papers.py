"""Documents of meetings and applications over the API and in the console: for whom, with what, from which template."""

from __future__ import annotations

import io
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from plugins.meetings.documents import layouts
from plugins.meetings.documents.papers import PAPERS
from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk, desk
from tests.meetings.documents.test_fill import template, text_of

__all__ = ["desk"]
SECRET = "王小明"
MAIL = "wang@example.org"
NAMES_PEOPLE = [
    "attendance.docx", "badges.docx", "seat_cards.docx", "attendance.xlsx", "invited.xlsx",
]  # fmt: skip


@pytest.fixture
def invited(office: Office) -> tuple[str, list[str]]:
    """A meeting whose open item has an invitee with a formula for a name, and a closed item."""
    people = [{"name": SECRET, "category": "public", "contact": MAIL}, {"name": "=1+1&<b>", "category": "expert"}]
    first = office.approved(invitees=people)
    closed = office.approved(
        title="人事安排", subject_class="none", openness="closed", openness_ground="条例第十四条", forms=[], invitees=[]
    )
    meeting = office.meeting(first, closed)
    office.fire("organiser", meeting, "announce")
    for row in office.ok("organiser", "GET", f"meetings/{meeting}/invitations")["items"]:
        office.fire("organiser", f"invitations/{row['id']}", "send")
    return meeting, [first, closed]


def file(office: Office, role: str, path: str) -> TestResponse:
    return office.call(role, "GET", f"meetings/{path}")


def table(answer: TestResponse) -> list[list[Any]]:
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.article("meetings", 7)
def test_the_application_form_says_what_was_submitted(office: Office, invited: tuple[str, list[str]]) -> None:
    answer = file(office, "organiser", f"applications/{invited[1][0]}/documents/application_form.docx")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    text = text_of(answer.data)
    for part in (
        "老旧小区加装电梯实施办法",
        "城乡规划",
        "邀请列席、网络（图文直播）",
        SECRET,
        MAIL,
        "分管领导审批",
        "同意",
    ):
        assert part in text
    assert "{{" not in text
    assert Document(BytesIO(answer.data)).core_properties.title == "老旧小区加装电梯实施办法会议议题申报表"
    reader = file(office, "disclosure_officer", f"applications/{invited[1][0]}/documents/application_form.docx")
    assert SECRET in text_of(reader.data)
    assert MAIL not in text_of(reader.data), "contacts are for those who invite or approve"


@pytest.mark.parametrize("name", ["notice.docx", "agenda.docx", "agenda.xlsx"])
@pytest.mark.article("meetings", 2)
def test_what_hangs_on_a_wall_names_nobody_and_withholds_closed_items(
    office: Office, invited: tuple[str, list[str]], name: str
) -> None:
    answer = file(office, "organiser", f"{invited[0]}/documents/{name}")
    said = str(table(answer)) if name.endswith("xlsx") else text_of(answer.data)
    assert "老旧小区加装电梯实施办法" in said
    assert "（依法不公开的议题）" in said
    for hidden in ("人事安排", SECRET, MAIL, "条例第十四条"):
        assert hidden not in said


@pytest.mark.parametrize("name", NAMES_PEOPLE)
@pytest.mark.article("meetings", 8)
def test_who_is_named_is_for_those_who_invite(office: Office, invited: tuple[str, list[str]], name: str) -> None:
    address = f"{invited[0]}/documents/{name}"
    answer = file(office, "organiser", address)
    said = str(table(answer)) if name.endswith("xlsx") else text_of(answer.data)
    assert SECRET in said
    assert (MAIL in said) == (name == "invited.xlsx")
    assert file(office, "disclosure_officer", address).status_code == 403
    assert file(office, "", address).status_code == 401
    assert file(office, "system_admin", address).status_code == 403
    listed = office.ok("disclosure_officer", "GET", f"meetings/{invited[0]}/documents")["items"]
    assert [item["files"] for item in listed] == [["notice.docx"], ["agenda.docx", "agenda.xlsx", "agenda.csv"]]
    own = office.ok("organiser", "GET", f"meetings/{invited[0]}/documents")["items"]
    assert name in [one for item in own for one in item["files"]]


def test_no_cell_is_a_formula(office: Office, invited: tuple[str, list[str]]) -> None:
    for name in ("invited.xlsx", "attendance.xlsx"):
        cells = [cell for row in table(file(office, "organiser", f"{invited[0]}/documents/{name}")) for cell in row]
        assert "'=1+1&<b>" in cells
    plain = file(office, "organiser", f"{invited[0]}/documents/invited.csv")
    assert plain.data.startswith(b"\xef\xbb\xbf")
    assert ",'=1+1&<b>," in plain.get_data(as_text=True)


def test_who_declined_is_on_no_list_of_the_expected(office: Office, invited: tuple[str, list[str]]) -> None:
    rows = office.ok("organiser", "GET", f"meetings/{invited[0]}/invitations")["items"]
    gone = next(row["id"] for row in rows if row["name"] == SECRET)
    office.fire("organiser", f"invitations/{gone}", "decline", reason="电话答复：有事")
    for name in ("attendance.docx", "badges.docx", "seat_cards.docx"):
        assert SECRET not in text_of(file(office, "organiser", f"{invited[0]}/documents/{name}").data)
    assert SECRET in str(table(file(office, "organiser", f"{invited[0]}/documents/invited.xlsx")))


@pytest.mark.parametrize("name", ["agenda.pdf", "record.docx", "application_form.docx", "x", "invited.docx"])
def test_there_is_no_other_document(office: Office, invited: tuple[str, list[str]], name: str) -> None:
    assert file(office, "organiser", f"{invited[0]}/documents/{name}").status_code == 404


# --- templates --------------------------------------------------------------------------------------


def put(office: Office, content: bytes, etag: str, role: str = "organiser", name: str = "t.docx") -> TestResponse:
    body = {"file": (io.BytesIO(content), name)}
    return office.call(role, "PUT", "meetings/document-templates/agenda", body, If_Match=f'"{etag}"')


def test_a_template_is_replaced_and_taken_back(office: Office, invited: tuple[str, list[str]]) -> None:
    address = f"{invited[0]}/documents/agenda.docx"
    first = office.ok("organiser", "GET", "meetings/document-templates/agenda")
    assert (first["own"], first["etag"]) == (False, "0")
    own = put(office, template("本县自己的议程：{{会议", "名称}}"), first["etag"])
    assert own.json["own"] is True
    assert "本县自己的议程：" in text_of(file(office, "organiser", address).data)
    content = office.call("organiser", "GET", "meetings/document-templates/agenda/content")
    assert "{{会议名称}}" in text_of(content.data)
    assert put(office, template("{{地点}}"), "0").status_code == 412
    back = office.call("organiser", "DELETE", "meetings/document-templates/agenda", If_Match='"1"')
    assert (back.json["own"], back.json["etag"]) == (False, "2")
    assert "议　程" in text_of(file(office, "organiser", address).data)
    assert len(office.ok("organiser", "GET", "meetings/document-templates")["items"]) == len(PAPERS)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (template("{{会议名称}}{{会仪地点}}"), "{{会仪地点}}"),
        (template("没有"), "没有任何占位符"),
        (template("{{会议名称}}", table=("{{名单.姓名}}",)), "{{名单.姓名}}"),
    ],
)
def test_a_template_that_asks_for_the_unknown_is_refused_by_its_name(office: Office, content: bytes, said: str) -> None:
    answer = put(office, content, "0")
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert office.ok("organiser", "GET", "meetings/document-templates/agenda")["own"] is False


def test_only_a_word_file_by_those_who_may(office: Office) -> None:
    assert put(office, b"hello", "0", name="t.txt").status_code == 422
    assert put(office, b"PK\x03\x04 no archive", "0").status_code == 422
    assert put(office, layouts.agenda(), "0", role="leader").status_code == 403
    assert put(office, layouts.agenda(), "0", role="system_admin").status_code == 200
    assert office.call("organiser", "GET", "meetings/document-templates/nothing").status_code == 404


# --- in the console ---------------------------------------------------------------------------------


def test_a_meetings_page_offers_what_its_reader_may_have(
    desk: Callable[..., Desk], invited: tuple[str, list[str]]
) -> None:
    here = desk("organiser")
    page = here.get(f"meetings/{invited[0]}/")
    for name in ("notice.docx", "agenda.xlsx", *NAMES_PEOPLE):
        assert f"/documents/{name}" in page
    for key in ("notice", "agenda", "attendance", "badges", "seat_cards"):
        printed = here.get(f"meetings/{invited[0]}/print/{key}")
        assert (SECRET in printed) == PAPERS[key].personal
        assert "人事安排" not in printed
        assert "&lt;b&gt;" in printed or not PAPERS[key].personal
    other = desk("disclosure_officer")
    assert "badges.docx" not in other.get(f"meetings/{invited[0]}/")
    other.get(f"meetings/{invited[0]}/print/badges", 403)
    other.get(f"meetings/{invited[0]}/documents/invited.xlsx", 403)
    here.get(f"meetings/{invited[0]}/print/application_form", 404)
    assert "application_form.docx" in here.get(f"meetings/applications/{invited[1][0]}")


def test_a_template_is_changed_in_the_console(desk: Callable[..., Desk]) -> None:
    here = desk("organiser")
    assert "内置模板" in here.get("meetings/templates/")
    assert "{{议程.议题}}" in here.get("meetings/templates/agenda/")
    bad = here.post(
        "meetings/templates/agenda/", {"version": "0", "file": (io.BytesIO(template("{{天气}}")), "t.docx")}
    )
    assert bad.status_code == 422
    assert "{{天气}}" in bad.get_data(as_text=True)
    good = {"version": "0", "file": (io.BytesIO(template("{{地点}}")), "t.docx")}
    assert here.post("meetings/templates/agenda/", good).status_code == 302
    page = here.get("meetings/templates/agenda/")
    assert "本级模板" in page
    stale = here.post("meetings/templates/agenda/", {"version": "0", "act": "reset"})
    assert stale.status_code == 412
    assert here.post("meetings/templates/agenda/", {"version": "1", "act": "reset"}).status_code == 302
    assert "恢复内置模板" in here.get("meetings/templates/agenda/")
    kept = here.client.get("/admin/huichuan/meetings/templates/agenda/file?version=1")
    assert text_of(kept.data).strip() == "{{地点}}"
    here.get("meetings/templates/agenda/file", 404, version="9")
    here.get("meetings/templates/agenda/file", 404, version="x")
    assert here.post("meetings/templates/agenda/", {"version": "2"}).status_code == 422
    desk("leader").get("meetings/templates/", 403)
