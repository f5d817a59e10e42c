"""Lists of invitees from files: what is taken, what is refused, each by its place."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from core.tables import MOST_BYTES, TableError
from plugins.meetings.invitee_files import CATEGORIES, COLUMNS, MOST_ROWS, InviteeFile, read, template

HEAD = ["姓名", "类别", "单位", "联系方式", "代表方面"]


def xlsx(*rows: list[Any], change: Callable[[Any], None] | None = None) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    if change:
        change(book.worksheets[0])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def csv(*rows: list[str], encoding: str = "utf-8", comma: str = ",") -> bytes:
    return "\r\n".join(comma.join(row) for row in rows).encode(encoding)


def places(found: InviteeFile) -> list[tuple[int, str]]:
    return [(fault.row, str(fault.column)) for fault in found.faults]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (xlsx(HEAD, ["张三", "专家学者", "大学", "a@x.cn", "供水"]), "名单.XLSX"),
        (csv(HEAD, ["张三", "专家学者", "大学", "a@x.cn", "供水"]), "a.csv"),
        (csv(HEAD, ["张三", "expert", "大学", "a@x.cn", "供水"], encoding="utf-8-sig"), "a.csv"),
        (csv(HEAD, ["张三", "专家", "大学", "a@x.cn", "供水"], encoding="gb18030"), "a.csv"),
        (csv(HEAD, ["张三", "专家学者", "大学", "a@x.cn", "供水"], encoding="utf-16", comma="\t"), "a.csv"),
        (csv(["Represents", "NAME", "Category", "contact", "organisation"], ["供水", "张三", "EXPERT", "a@x.cn", "大学"], comma=";"), "a.csv"),
        (xlsx(["某区邀请人员名单"], [], ["序号", "姓 名*", "类别（必填）", "工作单位", "邮箱", "代表方面", "备注"],
              [1, " 张\u3000三\xa0", "专家学者", "大学_x000D_", "a@x.cn", "供水", "=1"]), "a.xlsx"),
    ],
)  # fmt: skip
@pytest.mark.article("meetings", 7)
def test_lists_as_people_keep_them(content: bytes, name: str) -> None:
    found = read(content, name)
    assert found.faults == ()
    assert [invitee.values() for invitee in found.invitees] == [
        {"name": "张三", "category": "expert", "organisation": "大学", "contact": "a@x.cn", "represents": "供水"}
    ]


@pytest.mark.parametrize("code", list(CATEGORIES))
def test_every_category_by_code_and_label(code: str) -> None:
    rows = [[f"人{place}", word] for place, word in enumerate([code, *CATEGORIES[code]])]
    assert {invitee.category for invitee in read(csv(["姓名", "类别"], *rows), "a.csv").invitees} == {code}


def test_numbers_keep_their_digits_and_blank_rows_are_passed_over() -> None:
    found = read(
        xlsx(HEAD, [], ["张三", "public", None, 13800000000], [None, " "], ["李四", "public", "", 13800000001.0]),
        "a.xlsx",
    )
    assert [(invitee.row, invitee.contact) for invitee in found.invitees] == [(3, "13800000000"), (5, "13800000001")]


def test_faults_are_named_by_row_and_column() -> None:
    def cells(page: Any) -> None:
        page["C5"].value, page["C5"].data_type = "#N/A", "e"

    found = read(
        xlsx(
            HEAD,
            ["", "专家学者"],
            ["李四", "领导"],
            ["王五", "", "=HYPERLINK(1)"],
            ["赵六", "专家学者", None],
            ["钱七" * 40, "专家学者", "x" * 201],
            ["孙八", "专家学者"],
            ["孙 八", "专家", ""],
            ["孙\x7f九", "专家学者"],
            ["好人", "专家学者"],
            change=cells,
        ),
        "a.xlsx",
    )
    assert places(found) == [
        (2, "姓名"), (3, "类别"), (4, "类别"), (4, "单位"), (5, "单位"), (6, "姓名"), (6, "单位"), (8, ""), (9, "姓名"),
    ]  # fmt: skip
    assert [invitee.name for invitee in found.invitees] == ["孙八", "好人"]
    assert str(found.faults[7].detail) == "与第 7 行重复。"


def test_formulas_in_csv_are_refused_too() -> None:
    assert places(read(csv(HEAD, ["=cmd|'/c calc'!A0", "public"]), "a.csv")) == [(2, "姓名")]


def test_as_many_rows_as_allowed_and_not_one_more() -> None:
    rows = [[f"人{number}", "public"] for number in range(MOST_ROWS + 1)]
    assert len(read(csv(HEAD, *rows[:-1]), "a.csv").invitees) == MOST_ROWS
    with pytest.raises(TableError, match="5000 行"):
        read(csv(HEAD, *rows), "a.csv")


def bomb() -> bytes:
    buffer = io.BytesIO(xlsx(HEAD))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/big.xml", b"\0" * 61 * 1024 * 1024)
    return buffer.getvalue()


def entities() -> bytes:
    source, target = zipfile.ZipFile(io.BytesIO(xlsx(HEAD, ["甲", "public"]))), io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for part in source.namelist():
            text = source.read(part)
            if part.endswith("sheet1.xml"):
                text = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + text
            package.writestr(part, text)
    return target.getvalue()


def far_row(page: Any) -> None:
    page["A1048576"] = "张三"


def lying_zip() -> bytes:
    content = bytearray(xlsx(HEAD, ["甲", "public"]))
    content[-30:] = b"\0" * 30
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"", "a.xlsx", "空的"),
        (b" \r\n", "a.csv", "空的"),
        (csv(HEAD), "a.csv", "没有内容"),
        (xlsx(["张三", "专家学者"]), "a.xlsx", "表头"),
        (csv(["姓名", "类别", "类别"], ["a", "public", "public"]), "a.csv", "不止一次"),
        (xlsx(HEAD, change=far_row), "a.xlsx", "20000 行"),
        (csv(HEAD, ["张三", "public"]), "a.xlsx", "不是完整的 .xlsx"),
        (xlsx(HEAD), "a.csv", "不是 CSV"),
        (xlsx(HEAD), "a.xls", "只认"),
        (xlsx(HEAD), "xlsx.exe", "只认"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xlsx", "密码"),
        (b"PK\x03\x04" + b"\0" * 600, "a.xlsx", "不是完整的"),
        (xlsx(HEAD, ["甲", "public"])[:-200], "a.xlsx", "不是完整的"),
        (b"x" * (MOST_BYTES + 1), "a.csv", "5 MB"),
        (b'"' + b"x" * 200_000, "a.csv", "不是完整的 CSV"),
        (b"\xff\xff\xff", "a.csv", "不是 CSV"),
    ],
)  # fmt: skip
def test_files_that_are_no_list_get_one_sentence(content: bytes, name: str, why: str) -> None:
    with pytest.raises(TableError) as refusal:
        read(content, name)
    assert why in str(refusal.value)
    assert str(refusal.value).count("。") == 1


@pytest.mark.parametrize(("make", "why"), [(bomb, "过大"), (entities, "不安全"), (lying_zip, "不是完整的")])
def test_hostile_files(make: Callable[[], bytes], why: str) -> None:
    with pytest.raises(TableError, match=why):
        read(make(), "a.xlsx")


def test_a_zip_of_something_else() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("word/document.xml", "<x/>")
    with pytest.raises(TableError, match="不是完整的"):
        read(buffer.getvalue(), "a.xlsx")


def test_the_template_can_be_filled_in_and_read() -> None:
    book = load_workbook(io.BytesIO(template()))
    page = book.worksheets[0]
    assert [cell.value for cell in page[1]] == [column.words[0] for column in COLUMNS]
    (rule,) = page.data_validations.dataValidation
    assert rule.formula1 == '"' + ",".join(words[0] for words in CATEGORIES.values()) + '"'
    page.append(["张三", "政协委员"])
    buffer = io.BytesIO()
    book.save(buffer)
    assert [invitee.category for invitee in read(buffer.getvalue(), "a.xlsx").invitees] == ["cppcc_member"]
