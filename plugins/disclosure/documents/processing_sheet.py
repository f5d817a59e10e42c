"""发文处理签 as a Word file: what `services/sheets.py` says of a document, drawn like the other papers of an office."""

from __future__ import annotations

from dataclasses import dataclass

from core.documents import layout, word

TITLE = "发文处理签"
LINES = "办理记录"
COLUMNS = ("环节", "办理人", "公开属性", "理由或意见", "日期")
WIDTHS = (26, 30, 24, 48, 28)


@dataclass(frozen=True)
class Sheet:
    """The fields of the form in their order, and a line for each act: both in Chinese, ready to be printed."""

    subject: str
    fields: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, ...], ...]


def build(sheet: Sheet) -> bytes:
    """The .docx file."""
    document = layout.new(f"{sheet.subject}{TITLE}", TITLE)
    layout.table(document, (), [tuple(map(word.fit, row)) for row in sheet.fields], (44, 112))
    layout.heading(document, LINES)
    rows = [tuple(map(word.fit, row)) for row in sheet.lines]
    layout.table(document, COLUMNS, rows or [("",) * len(COLUMNS)], WIDTHS)
    return word.content(document)
