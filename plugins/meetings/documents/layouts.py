"""The built-in templates of `papers.py`, drawn with python-docx: what a county downloads, changes in Word, uploads."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from core.documents import layout, word
from core.documents.turned import turned_box
from plugins.meetings.documents import application_form as form

HALF = 91
"""Height of one side of a seat card, in millimetres."""


@functools.cache
def application_form() -> bytes:
    """会议议题申报表."""
    document = layout.new(form.TITLE, form.TITLE)
    layout.line(document, "　　".join(f"{label}：{{{{{name}}}}}" for label, name in form.HEAD), layout.TABLE)
    layout.table(document, (), [(label, f"{{{{{name}}}}}") for label, name in form.GRID], (48, 108))
    for table in form.TABLES:
        layout.heading(document, table.heading)
        layout.listing(document, table.name, table.columns, table.widths, height=table.height)
    return word.content(document)


@functools.cache
def notice() -> bytes:
    """会议公告."""
    document = layout.new("会议公告", "{{本级}}", "关于召开{{会议名称}}的公告")
    layout.line(document, "现将有关事项公告如下。", indent=True)
    for label, name in (("一、会议时间：", "时间"), ("二、会议地点：", "地点"), ("三、旁听范围：", "旁听范围")):
        layout.line(document, f"{label}{{{{{name}}}}}", indent=True)
    layout.line(document, "四、会议议程：", indent=True)
    layout.listing(document, "议程", ("序号", "议题", "申报单位", "开放形式"), (14, 70, 42, 30))
    layout.signed(document, "{{召集单位}}")
    return word.content(document)


@functools.cache
def agenda() -> bytes:
    """会议议程."""
    document = layout.new("会议议程", "{{会议名称}}", "议　程")
    for label, name in (("时间：", "时间"), ("地点：", "地点"), ("召集单位：", "召集单位")):
        layout.line(document, f"{label}{{{{{name}}}}}")
    layout.listing(document, "议程", ("序号", "时间", "议题", "申报单位", "开放程度"), (14, 28, 60, 34, 20), height=12)
    layout.signed(document, "{{召集单位}}")
    return word.content(document)


@functools.cache
def attendance() -> bytes:
    """签到表."""
    document = layout.new("签到表", "{{会议名称}}", "列席人员签到表")
    layout.line(document, "时间：{{时间}}　　地点：{{地点}}　　应到：{{列席人数}}人", layout.TABLE)
    columns, widths = ("序号", "姓名", "类别", "单位", "议题"), (12, 26, 30, 42, 16)
    rows = [(*(f"{{{{名单.{column}}}}}" for column in columns), "")]
    layout.table(document, (*columns, "签名"), rows, (*widths, 30), height=12)
    return word.content(document)


@functools.cache
def badges() -> bytes:
    """列席证: cards of 86 × 60 mm in two columns, to be cut."""
    document = layout.new("列席证", narrow=True)
    columns = document.sections[0]._sectPr.find(qn("w:cols"))  # noqa: SLF001 - python-docx has no name for columns
    columns.set(qn("w:num"), "2")
    columns.set(qn("w:space"), "227")
    lines = (("{{会议名称}}", 12, word.BODY), ("列　席　证", 18, layout.TITLE_FONT), ("{{名单.姓名}}", 30, word.HEI),
             ("{{名单.单位}}", 12, word.BODY), ("{{名单.类别}}　{{时间}}", 10.5, word.BODY))  # fmt: skip
    _cards(document, lines, 86, 60)
    return word.content(document)


@functools.cache
def seat_cards() -> bytes:
    """桌签: one card to a page of A4 across; folded in the middle it shows the name on both sides, as a tent stands."""
    document = layout.new("桌签", narrow=True, across=True)
    lines = (("{{名单.姓名}}", 96, word.HEI), ("{{名单.单位}}", 26, word.BODY))
    row = _card(document, 270, 2 * HALF)
    cell = row.cells[0]
    cell.vertical_alignment = WD_ALIGN_VERTICAL.TOP
    back = cell.paragraphs[0]
    back.alignment, back.paragraph_format.line_spacing = ALIGN.CENTER, 1.0
    copy = document.add_paragraph()  # the same lines once more, moved into the box
    turned_box(back, [_card_line(copy.insert_paragraph_before(), *line) for line in lines], 262, HALF - 2)
    copy._p.getparent().remove(copy._p)  # noqa: SLF001
    for number, line in enumerate(lines):
        paragraph = _card_line(cell.add_paragraph(), *line)
        paragraph.paragraph_format.space_before = Mm(15) if number == 0 else 0
    return word.content(document)


# --- cards ------------------------------------------------------------------------------------------


def _cards(document: Any, lines: Sequence[tuple[str, float, str]], width: int, height: int) -> None:
    """One row for each person."""
    cell = _card(document, width, height).cells[0]
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    for number, line in enumerate(lines):
        _card_line(cell.paragraphs[0] if number == 0 else cell.add_paragraph(), *line)


def _card(document: Any, width: int, height: int) -> Any:
    grid = document.add_table(rows=1, cols=1, style="Table Grid")
    grid.autofit = False
    row = grid.rows[0]
    layout.whole(row)
    row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.EXACTLY
    row.cells[0].width = Mm(width)
    return row


def _card_line(paragraph: Any, text: str, size: float, font: str) -> Any:
    paragraph.alignment, paragraph.paragraph_format.line_spacing = ALIGN.CENTER, Pt(size * 1.4)
    layout.run(paragraph, text, size, font)
    return paragraph
