"""Tables to take away: readable, and inert."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exports import csv_bytes, neutral, xlsx_bytes

ATTACKS = [
    "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "=cmd|' /C calc'!A0", "＝1+1", "＋1", "－1", "＠x",
    '=HYPERLINK("http://x","y")', "\u200b=1", "\ufeff=1", "|x", "%0A=1", '=IMPORTXML("http://x")', "-2+3+cmd|' /C calc'!A0",
]  # fmt: skip


def rows_of(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("attack", ATTACKS)
def test_formulas_are_neutralised(attack: str) -> None:
    assert rows_of(csv_bytes(["列"], [[attack]]))[1][0] == f"'{attack}"
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([attack], [[attack]]))).active
    assert sheet is not None
    for cell in (sheet["A1"], sheet["A2"]):
        assert cell.data_type == "s"
        assert str(cell.value).startswith("'")


def test_values_keep_their_sense() -> None:
    moment = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
    row = ["甲,乙", 'a"b', "一\n二", -5, 2.5, None, True, date(2026, 11, 24), moment, "1-2"]
    shown = ["甲,乙", 'a"b', "一\n二", "-5", "2.5", "", "是", "2026-11-24", "2026-11-25 00:30", "1-2"]
    assert rows_of(csv_bytes(list("abcdefghij"), [row]))[1] == shown
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(["数"], [[-5]], title="表[1]:x"))).active
    assert sheet is not None
    assert sheet["A2"].value == -5
    assert sheet.title == "表 1  x"
    assert sheet.freeze_panes == "A2"


@given(st.text())
def test_any_text_comes_out_inert(text: str) -> None:
    shown = neutral(text)
    assert not shown.lstrip(" \u200b\ufeff").startswith(("=", "+", "-", "@"))
    assert not shown.startswith(("\t", "\r", "\n"))
    assert shown.encode().decode() == shown


@given(st.lists(st.text(max_size=50), min_size=1, max_size=3))
def test_any_text_makes_a_sound_workbook(texts: list[str]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(texts, [texts])))
    assert book.active is not None


def test_cells_longer_than_a_worksheet_holds_are_cut() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(["x"], [["字" * 40_000]]))).active
    assert sheet is not None
    assert len(str(sheet["A2"].value)) == 32_767
