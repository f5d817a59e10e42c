"""Tables of documents as counties keep them: any heading, any way of writing a day, every fault by its row."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import Workbook

from core import jurisdictions
from plugins.disclosure import document_files
from plugins.disclosure.document_files import DocumentFile

GIVEN = Path(__file__).parents[3] / "shared/data/disclosure"
WHOLE = {"attribute": "voluntary"}


def csv(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def read(content: bytes, name: str = "a.csv", **whole: str) -> DocumentFile:
    return document_files.read(content, name, {}, whole or WHOLE)


@pytest.mark.article("attribution", 3)
def test_a_row_without_an_attribute_is_refused_unless_one_is_chosen_for_the_file(app: Flask) -> None:
    table = csv("标题,公开属性", "甲通知,", "乙通知,依申请公开")
    found = document_files.read(table, "a.csv", {}, {})
    assert [(one.row, str(one.column)) for one in found.faults] == [(2, "公开属性")]
    assert "认3" in str(found.faults[0].detail)
    assert [one.attribute for one in read(table).entries] == ["voluntary", "on_request"]


@pytest.mark.parametrize(
    "day", ["2026-03-01", " 2026/3/1", "2026年03月01日", "2026.3.1", "20260301", "2026-03-01 09:30:05", "2026/3/1 9:30"]
)
def test_days_of_every_kind(app: Flask, day: str) -> None:
    (entry,) = read(csv("标题,时间", f"关于甲的通知,{day}")).entries
    assert (entry.formed_on, entry.published_on) == (date(2026, 3, 1), date(2026, 3, 1))


def test_what_cannot_be_read_is_named_by_row_and_column_and_the_rest_comes_in(app: Flask) -> None:
    rows = ("甲,昨天,", "乙,2026-03-01,诗歌", ",2026-03-01,", "丁,2026-03-01,函", "戊" * 201 + ",,")
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")):  # kinds of documents are a local rule
        found = read(csv("标题,时间,文种", *rows))
    assert [(one.row, str(one.column)) for one in found.faults] == [
        (2, "成文日期"),
        (3, "文种"),
        (4, "标题"),
        (6, "标题"),
    ] or [(one.row, str(one.column)) for one in found.faults] == [
        (2, "发布日期"),
        (3, "文种"),
        (4, "标题"),
        (6, "标题"),
    ]
    assert [one.title for one in found.entries] == ["丁"]


def test_what_the_row_lacks_is_taken_from_its_own_text_and_said(app: Flask) -> None:
    text = '"遵府办发[2026]12号\n遵义市人民政府办公室关于加强老旧小区管理工作的通知\n各县："'
    (entry,) = read(csv("标题,内容", f"遵义市人民政府办公室关于加强老旧...,{text}")).entries
    assert (entry.number, entry.genre) == ("遵府办发〔2026〕12号", "notice")
    assert entry.title == "遵义市人民政府办公室关于加强老旧小区管理工作的通知"
    assert len(entry.notes) == 2


def test_the_same_row_twice_counts_once_and_other_content_under_the_same_number_is_another_row(app: Flask) -> None:
    rows = ("甲通知,遵府〔2026〕1号,一", "甲通知,遵府[2026] 1 号,一", "甲通知,遵府〔2026〕1号,二")
    found = read(csv("标题,文号,正文", *rows))
    assert found.repeated == (3,)
    assert len({one.identity for one in found.entries}) == 1
    assert len({one.digest for one in found.entries}) == 2


def test_a_table_with_numbers_alone(app: Flask) -> None:
    (entry,) = read(csv("url,pub_date_parsed,doc_number", "https://example.org/1,2026/03/01,遵府 〔2026〕1号")).entries
    assert (entry.title, entry.number, entry.url) == ("遵府〔2026〕1号", "遵府〔2026〕1号", "https://example.org/1")


def test_columns_may_be_named_by_a_person(app: Flask) -> None:
    table = csv("名目,哪天", "关于甲的函,2026-03-01")
    (entry,) = document_files.read(table, "a.csv", {"title": "名目", "formed_on": "哪天"}, WHOLE).entries
    assert (entry.title, entry.formed_on, entry.genre) == ("关于甲的函", date(2026, 3, 1), "letter")


def test_a_workbook_with_line_breaks_tabs_and_formulas(app: Flask) -> None:
    book = Workbook()
    page = book.worksheets[0]
    for row in (["标题", "正文"], ["甲\n通知", "一\t二\r\n三"], ["=1+1", "x"]):
        page.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    found = read(buffer.getvalue(), "a.xlsx")
    assert [(one.title, one.text) for one in found.entries] == [("甲 通知", "一 二\n三")]
    assert [one.row for one in found.faults] == [3]


@pytest.mark.skipif(not GIVEN.is_dir(), reason="the folder with input written by others is not beside this checkout")
@pytest.mark.parametrize(
    ("name", "rows", "again", "faults", "numbered"),
    [
        ("5科学技术厅-政府信息公开__政府信息公开年报.csv", 11, 0, 0, 0),
        ("5科学技术厅-政府信息公开__科技厅政策文件_规范性文件汇总表.csv", 56, 1, 0, 43),
        ("7教育厅-政府信息公开__政策解读.csv", 58, 0, 0, 0),
        ("Henan Provincial Government_sql.xlsx", 3538, 2430, 6, 3538),
        ("data.xlsx", 50, 0, 0, 18),
    ],
)
def test_the_given_files_come_in(app: Flask, name: str, rows: int, again: int, faults: int, numbered: int) -> None:
    found = read((GIVEN / name).read_bytes(), name)
    assert (len(found.entries), len(found.repeated), len(found.faults)) == (rows, again, faults)
    assert sum(bool(one.number) for one in found.entries) == numbered
    assert all(one.formed_on for one in found.entries)
    assert not any("[" in one.number or " " in one.number for one in found.entries)
