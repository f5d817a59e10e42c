"""Lists as they are kept in tables: columns found by their heading, every fault named by row and column.

Columns stand in any order, their headings (Chinese or English) in one of the first rows; blank rows and columns nobody
asked for are passed over. Blanks around a value go; nothing else is changed. No cell is ever calculated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from core.contracts import ImportFault as Fault
from core.tables import Cell, TableError, sheet

HEADER_WITHIN = 10
_TIME = r"(?:[ T]*\d{1,2}[:时]\d{1,2}分?(?::?\d{1,2}秒?)?(?:\.\d+)?)?"
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?" + _TIME)
_UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
__all__ = ["Column", "Fault", "Row", "day_of", "read_rows", "repeated"]
FORMULA = _l("是公式，请改为文字。")


@dataclass(frozen=True)
class Column:
    """A column: its name, label and headings, how long its text may be, and how the text becomes a value.

    `read` answers the value or raises ValueError with a sentence.
    """

    name: str
    label: Any
    words: tuple[str, ...]
    most: int = 200
    required: bool = False
    long: bool = False
    """A text of many lines: line breaks become LF, tabs blanks; pages copied from the web are full of both."""
    read: Callable[[str], Any] = str


@dataclass(frozen=True)
class Row:
    """A row of the file: its number from 1, its values by column, or its faults."""

    number: int
    values: Mapping[str, Any]
    faults: tuple[Fault, ...] = ()


def read_rows(columns: Sequence[Column], content: bytes, filename: str, most: int) -> Iterator[Row]:
    """The rows below the heading, at most `most` of them.

    Raises:
        TableError: nothing can be read; one sentence.
    """
    rows = iter(sheet(content, filename))
    places = _header(columns, rows)
    count = 0
    for number, cells in rows:
        if not any(cell.text for cell in cells):
            continue
        count += 1
        if count > most:
            raise TableError(_l("表格超过 %(n)s 行，请分成几个文件。", n=most))
        yield _row(number, {column: _at(cells, place) for column, place in places.items()})
    if not count:
        raise TableError(_l("表头下面没有内容，表格是空的。"))


def repeated(row: Row, key: Any, seen: dict[Any, int]) -> Row:
    """The row, or a fault that names the earlier row with the same key."""
    first = seen.setdefault(key, row.number)
    if first == row.number:
        return row
    return Row(row.number, {}, (Fault(row.number, "", _l("与第 %(row)s 行重复。", row=first)),))


def _row(number: int, given: Mapping[Column, Cell]) -> Row:
    values: dict[str, Any] = {}
    faults = []
    for column, cell in given.items():
        try:
            values[column.name] = _value(column, cell)
        except ValueError as no:
            faults.append(Fault(number, column.label, no.args[0]))
    return Row(number, {} if faults else values, tuple(faults))


def _value(column: Column, cell: Cell) -> Any:
    if cell.fault or cell.text.startswith("="):
        raise ValueError(cell.fault or FORMULA)
    text = _plain(cell.text) if column.long else cell.text
    if _UNPRINTABLE.search(text):
        raise ValueError(_l("含有不能显示的字符。"))
    if column.required and not text:
        raise ValueError(_l("没有填写。"))
    value = column.read(text)
    if len(text) > column.most:
        raise ValueError(_l("最多 %(limit)s 个字，现有 %(count)s 个。", limit=column.most, count=len(text)))
    return value


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()


def day_of(text: str) -> date | None:
    """A day as people write it, with or without a time of day; None for an empty cell.

    Raises:
        ValueError: no day; with a sentence.
    """
    found = _DAY.fullmatch(text)
    if not text:
        return None
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or not 1950 <= day.year <= 2199:
        raise ValueError(_l("“%(value)s”不是日期，请写成 2026-03-01。", value=text[:20]))
    return day


def _at(cells: Sequence[Cell], place: int) -> Cell:
    return cells[place] if place < len(cells) else Cell("")


def _header(columns: Sequence[Column], rows: Iterator[tuple[int, tuple[Cell, ...]]]) -> dict[Column, int]:
    wanted = [column for column in columns if column.required]
    for number, cells in rows:
        words = [re.sub(r"[\s*＊:：]|[（(].*[）)]$", "", cell.text).casefold() for cell in cells]
        places = {column: [at for at, word in enumerate(words) if word in column.words] for column in columns}
        if all(places[column] for column in wanted):
            return {column: _only(column.label, at) for column, at in places.items() if at}
        if number >= HEADER_WITHIN:
            break
    names = "、".join(f"“{column.words[0]}”" for column in wanted)
    raise TableError(_l("没有找到表头：前 %(n)s 行里要有一行写明%(names)s。", n=HEADER_WITHIN, names=names))


def _only(label: Any, places: list[int]) -> int:
    if len(places) > 1:
        raise TableError(_l("“%(column)s”一列写了不止一次。", column=label))
    return places[0]
