"""Rows of a spreadsheet (.xlsx) or .csv as plain text, without believing anything the file says of itself.

Bounded before and while reading: bytes, unpacked bytes, parts, rows, columns. Formulas are not calculated.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 500
MOST_ROWS = 20_000
MOST_COLUMNS = 60
_OLE = b"\xd0\xcf\x11\xe0"
_BLANKS = " \t\r\n\u3000\xa0\ufeff"


class TableError(Exception):
    """The file cannot be read as a table; the message is one sentence for the person who gave it."""


@dataclass(frozen=True)
class Cell:
    """A cell's text, trimmed; `fault` says why it cannot be taken as text."""

    text: str
    fault: Any = None


Rows = Iterator[tuple[int, tuple[Cell, ...]]]


def sheet(content: bytes, filename: str) -> Rows:
    """The rows of a .csv or of the first sheet of an .xlsx, each with its number from 1.

    Raises:
        TableError: at once, or while reading on.
    """
    kind = filename.rpartition(".")[2].lower()
    if kind not in {"xlsx", "csv"}:
        raise TableError(_l("只认 .xlsx 和 .csv 文件。"))
    if len(content) > MOST_BYTES:
        raise TableError(_l("文件超过 %(n)s MB。", n=MOST_BYTES // 1024**2))
    if not content.strip():
        raise TableError(_l("文件是空的。"))
    if content.startswith(_OLE):
        raise TableError(_l("文件设有密码，或是旧的 .xls 格式；请另存为不加密的 .xlsx。"))
    return _bounded(_xlsx(content) if kind == "xlsx" else _csv(content))


def _bounded(rows: Rows) -> Rows:
    for count, (number, cells) in enumerate(rows):
        if count >= MOST_ROWS:
            raise TableError(_l("表格超过 %(n)s 行。", n=MOST_ROWS))
        yield number, cells


def _csv(content: bytes) -> Rows:
    text = _decode(content)
    first = text.lstrip("\n").partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for number, row in enumerate(lines, 1):
            yield number, tuple(Cell(value.strip(_BLANKS)) for value in row[:MOST_COLUMNS])
    except csv.Error as error:
        raise TableError(_l("不是完整的 CSV 文件。")) from error


def _decode(content: bytes) -> str:
    encodings = ("utf-16",) if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TableError(_l("不是 CSV 文本（UTF-8 或 GB18030）。"))


def _xlsx(content: bytes) -> Rows:
    _safe_package(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of every feature it does not know
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            rows = book.worksheets[0].iter_rows(max_col=MOST_COLUMNS)
            for number, row in enumerate(rows, 1):
                yield number, tuple(_cell(cell) for cell in row)
    except TableError:
        raise
    except Exception as error:  # openpyxl raises anything on a damaged file
        raise TableError(_l("不是完整的 .xlsx 文件。")) from error


def _safe_package(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise TableError(_l("文件展开后过大，不读取。"))
            for part in parts:
                with package.open(part) as stream:
                    unsafe = b"<!DOCTYPE" in stream.read(4096)
                if unsafe:
                    raise TableError(_l("文件里含有不安全的内容，不读取。"))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise TableError(_l("不是完整的 .xlsx 文件。")) from error


def _cell(cell: Any) -> Cell:
    value = cell.value
    if cell.data_type == "f":
        return Cell("=", _l("是公式，请改为文字。"))
    if cell.data_type == "e":
        return Cell(str(value), _l("是错误值。"))
    if value is None:
        return Cell("")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        value = value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return Cell(str(value).replace("_x000D_", "").strip(_BLANKS))


def workbook(title: str, heads: list[str], choices: dict[int, list[str]], rows: int) -> bytes:
    """An .xlsx to fill in: a heading row, text cells, and columns (by number from 0) with a list to choose from."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = title
    page.append(heads)
    page.freeze_panes = "A2"
    for place, cell in enumerate(page[1]):
        cell.font = Font(bold=True)
        letter = get_column_letter(place + 1)
        column = page.column_dimensions[letter]
        column.width, column.number_format = 22, "@"
        if place in choices:
            rule = DataValidation(type="list", formula1=f'"{",".join(choices[place])}"', allow_blank=True)
            rule.add(f"{letter}2:{letter}{rows + 1}")
            page.add_data_validation(rule)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
