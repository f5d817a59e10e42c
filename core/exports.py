"""Tables to take away (导出): CSV with BOM and XLSX, in which nothing a stranger typed becomes a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from core.workdays import LOCAL

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = re.compile(r"[\s\ufeff\u200b-\u200f\u2060]*[=+\-@＝＋－＠|%]|[\t\r\n]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
MAX_CELL = 32_767
"""What a cell of a worksheet holds; longer text is cut with an ellipsis."""


def neutral(value: Any) -> Any:
    """`value` as a cell that no spreadsheet runs: text that begins like a formula gets an apostrophe before it.

    Numbers stay numbers; moments are shown in Zunyi's time, days as ISO.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return value.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    text = _ILLEGAL.sub("", str(value))
    return f"'{text}" if _FORMULA.match(text) else text


def csv_bytes(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file with BOM, so that Excel reads Chinese."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for row in (header, *rows):
        writer.writerow([neutral(value) for value in row])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def xlsx_bytes(header: Sequence[Any], rows: Iterable[Sequence[Any]], *, title: str = "") -> bytes:
    """A workbook with one sheet: a bold, fixed header and text cells."""
    return workbook_bytes([(title, header, rows)])


def workbook_bytes(sheets: Iterable[tuple[str, Sequence[Any], Iterable[Sequence[Any]]]]) -> bytes:
    """A workbook of several sheets: title, header, rows of each."""
    book = Workbook(write_only=True)
    for title, header, rows in sheets:
        _sheet(book, title, header, rows)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheet(book: Workbook, title: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or None)
    sheet.freeze_panes = "A2"
    for number, label in enumerate(header, 1):
        sheet.column_dimensions[get_column_letter(number)].width = min(60, max(12, 2 * len(str(label)) + 4))
    sheet.append([_cell(sheet, label, bold=True) for label in header])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    shown = neutral(value)
    if isinstance(shown, str) and len(shown) > MAX_CELL:
        shown = shown[: MAX_CELL - 1] + "…"
    cell = WriteOnlyCell(sheet, value=shown)
    if isinstance(shown, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
