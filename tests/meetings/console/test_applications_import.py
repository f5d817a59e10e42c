"""Invited lists from files in the console: first what the file would do, then the doing; twice does nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk

Sign = Callable[..., Desk]
CSV = "姓名,类别,单位,联系方式\n王小明,其他公众代表,,\n李芳,人大代表,区人大,li@example.org\n赵强,村民,,\n,专家,,\n"
SOUND = "\n".join(CSV.splitlines()[:3])


def path(ident: str, tail: str = "/invitees") -> str:
    return f"meetings/applications/{ident}{tail}"


def preview(person: Desk, ident: str, content: str | bytes = CSV, name: str = "名单.csv") -> tuple[int, str]:
    raw = content.encode() if isinstance(content, str) else content
    answer = person.post(path(ident), {"file": (io.BytesIO(raw), name), "act": "preview"})
    return answer.status_code, answer.get_data(as_text=True)


def kept(page: str) -> str:
    found = re.search(r'name="kept" value="([^"]*)"', page)
    assert found
    return found[1]


def names(office: Office, ident: str) -> list[str]:
    return [row["name"] for row in office.ok("organiser", "GET", f"meetings/applications/{ident}")["invitees"]]


@pytest.mark.article("meetings", 7)
def test_a_preview_shows_what_is_new_what_is_known_and_what_is_wrong(desk: Sign, office: Office) -> None:
    organiser, ident = desk("organiser"), office.application()["id"]
    status, page = preview(organiser, ident)
    assert status == 200
    assert "文件“名单.csv”：可以增加 1 人，已在名单中 1 人，有问题 2 处。" in page
    assert "“村民”不是已有的类别。" in page
    assert re.search(r'data-label="行"><span>4</span>.*?类别.*?村民', page, re.DOTALL)
    assert names(office, ident) == ["王小明"]


def test_confirmed_people_join_and_the_same_file_changes_nothing(desk: Sign, office: Office) -> None:
    organiser, ident = desk("organiser"), office.application()["id"]
    _status, page = preview(organiser, ident, SOUND)
    sent = {"kept": kept(page), "act": "add"}
    assert organiser.post(path(ident), sent).status_code == 302
    assert names(office, ident) == ["王小明", "李芳"]
    again = organiser.post(path(ident), sent)
    assert "这些人都已在名单中，没有变化。" in organiser.get(again.location.removeprefix("/admin/huichuan/"))
    assert names(office, ident) == ["王小明", "李芳"]
    assert "没有可以增加的人，名单不会变化。" in preview(organiser, ident, SOUND)[1]


def test_faulty_rows_are_left_out_only_when_that_was_said(desk: Sign, office: Office) -> None:
    organiser, ident = desk("organiser"), office.application()["id"]
    sent = {"kept": kept(preview(organiser, ident)[1]), "act": "add"}
    answer = organiser.post(path(ident), sent)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "请勾选“有问题的行不导入”" in page, "“村民”不是已有的类别。" in page) == (
        422,
        True,
        True,
    )
    assert (names(office, ident), kept(page)) == (["王小明"], sent["kept"])
    assert organiser.post(path(ident), sent | {"skip": "1"}).status_code == 302
    assert names(office, ident) == ["王小明", "李芳"]


def test_each_kind_of_fault_is_named_by_row_and_column(desk: Sign, office: Office) -> None:
    rows = [f"{'长' * 300},专家,", "赵强,村民,", '"=1+1",专家,', "孙丽,专家,某校", "孙丽,专家,某校"]
    page = preview(desk("organiser"), office.application()["id"], "姓名,类别,单位\n" + "\n".join(rows))[1]
    found = re.findall(
        r'data-label="行"><span>(\d+)</span>.*?data-label="列"><span>(.*?)</span>.*?<span>(.*?)</span>', page
    )
    assert found == [
        ("2", "姓名", "最多 60 个字，现有 300 个。"), ("3", "类别", "“村民”不是已有的类别。"),
        ("4", "姓名", "是公式，请改为文字。"), ("6", "整行", "与第 5 行重复。"),
    ]  # fmt: skip


@pytest.mark.article("meetings", 7)
def test_after_approval_a_list_is_a_change_of_plan_with_its_reason(desk: Sign, office: Office) -> None:
    organiser, ident = desk("organiser"), office.approved()
    sent = {"kept": kept(preview(organiser, ident, SOUND)[1]), "act": "add"}
    answer = organiser.post(path(ident), sent)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "增加人员要写明理由" in page, "李芳" in page) == (422, True, True)
    assert kept(page) == sent["kept"]
    assert organiser.post(path(ident), sent | {"reason": "人大代表增补"}).status_code == 302
    state = office.ok("organiser", "GET", f"meetings/applications/{ident}")
    assert (state["state"], [row["name"] for row in state["invitees"]]) == ("pending", ["王小明", "李芳"])
    assert "名单现在不能变更" in organiser.get(path(ident))


@pytest.mark.parametrize(
    ("content", "name", "fault"),
    [
        (b"", "空.csv", "“空.csv”"),
        (b"a,b\n1,2\n", "没有表头.csv", "没有找到表头"),
        (b"MZ\x90", "名单.exe", "“名单.exe”"),
        (b"not a workbook", "名单.xlsx", "“名单.xlsx”"),
        ("姓名,类别\n" + "".join(f"张{n},专家\n" for n in range(5000)), "长.csv", "最多 5000 人"),
        (b"x", "<script>alert(1)</script>.exe", "&lt;script&gt;"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_by_name(
    desk: Sign, office: Office, content: str | bytes, name: str, fault: str
) -> None:
    ident = office.application()["id"]
    status, page = preview(desk("organiser"), ident, content, name)
    assert (status, fault in page, "名单没有变化。" in page, "<script>alert" in page) == (422, True, True, False)
    assert names(office, ident) == ["王小明"]


def test_no_file_is_a_clear_sentence(desk: Sign, office: Office) -> None:
    answer = desk("organiser").post(path(office.application()["id"]), {"act": "preview"})
    assert (answer.status_code, "请选择一个 .xlsx 或 .csv 文件。" in answer.get_data(as_text=True)) == (422, True)


def test_a_confirmation_names_a_file_of_ones_own(desk: Sign, office: Office) -> None:
    ident = office.application()["id"]
    theirs = kept(preview(desk("organiser+leader"), ident, SOUND)[1])
    for file in ("", "x", "0" * 32, theirs):
        answer = desk("organiser").post(path(ident), {"kept": file, "act": "add"})
        assert (answer.status_code, "请选择一个 .xlsx 或 .csv 文件。" in answer.get_data(as_text=True)) == (422, True)
    assert names(office, ident) == ["王小明"]


def test_names_in_a_file_never_become_markup(desk: Sign, office: Office) -> None:
    organiser, ident = desk("organiser"), office.application()["id"]
    evil = "<img src=x onerror=alert(1)>"
    page = preview(organiser, ident, f'姓名,类别\n"{evil}",专家\n')[1]
    assert evil not in page
    organiser.post(path(ident), {"kept": kept(page), "act": "add"})
    assert evil in names(office, ident)
    assert evil not in organiser.get(path(ident, ""))


def test_the_template_is_a_workbook_the_import_reads(desk: Sign, office: Office) -> None:
    organiser, ident = desk("organiser"), office.application()["id"]
    got = organiser.client.get("/admin/huichuan/meetings/applications/template.xlsx")
    book = load_workbook(io.BytesIO(got.data))
    sheet = book.active
    assert sheet is not None
    sheet.append(["孙丽", "专家学者"])
    filled = io.BytesIO()
    book.save(filled)
    status, page = preview(organiser, ident, filled.getvalue(), "名单.xlsx")
    assert (status, "孙丽" in page) == (200, True)


def test_only_those_who_invite_see_the_page(desk: Sign, office: Office) -> None:
    ident = office.approved()
    desk("deputy_leader").get(path(ident), status=403)
    assert desk("stenographer").post(path(ident), {"act": "preview"}).status_code == 403
