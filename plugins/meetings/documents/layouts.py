"""The built-in templates of `papers.py`, drawn with python-docx: what a county downloads, changes in Word, uploads."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from core.documents import word
from core.documents.turned import turned_box
from plugins.meetings.documents import application_form as form

TITLE_FONT = "方正小标宋简体"
TITLE, TEXT, TABLE = 22, 16, 12
"""2号, 3号, 小四."""
HALF = 91
"""Height of one side of a seat card, in millimetres."""


@functools.cache
def application_form() -> bytes:
    """会议议题申报表."""
    document = _new(form.TITLE, form.TITLE)
    _line(document, "　　".join(f"{label}：{{{{{name}}}}}" for label, name in form.HEAD), TABLE)
    _table(document, (), [(label, f"{{{{{name}}}}}") for label, name in form.GRID], (48, 108))
    for table in form.TABLES:
        _heading(document, table.heading)
        _list(document, table.name, table.columns, table.widths, height=table.height)
    return word.content(document)


@functools.cache
def notice() -> bytes:
    """会议公告."""
    document = _new("会议公告", "{{本级}}", "关于召开{{会议名称}}的公告")
    _line(document, "现将有关事项公告如下。", indent=True)
    for label, name in (("一、会议时间：", "时间"), ("二、会议地点：", "地点"), ("三、旁听范围：", "旁听范围")):
        _line(document, f"{label}{{{{{name}}}}}", indent=True)
    _line(document, "四、会议议程：", indent=True)
    _list(document, "议程", ("序号", "议题", "申报单位", "开放形式"), (14, 70, 42, 30))
    _signed(document)
    return word.content(document)


@functools.cache
def agenda() -> bytes:
    """会议议程."""
    document = _new("会议议程", "{{会议名称}}", "议　程")
    for label, name in (("时间：", "时间"), ("地点：", "地点"), ("召集单位：", "召集单位")):
        _line(document, f"{label}{{{{{name}}}}}")
    _list(document, "议程", ("序号", "时间", "议题", "申报单位", "开放程度"), (14, 28, 60, 34, 20), height=12)
    _signed(document)
    return word.content(document)


@functools.cache
def attendance() -> bytes:
    """签到表."""
    document = _new("签到表", "{{会议名称}}", "列席人员签到表")
    _line(document, "时间：{{时间}}　　地点：{{地点}}　　应到：{{列席人数}}人", TABLE)
    columns, widths = ("序号", "姓名", "类别", "单位", "议题"), (12, 26, 30, 42, 16)
    rows = [(*(f"{{{{名单.{column}}}}}" for column in columns), "")]
    _table(document, (*columns, "签名"), rows, (*widths, 30), height=12)
    return word.content(document)


@functools.cache
def badges() -> bytes:
    """列席证: cards of 86 × 60 mm in two columns, to be cut."""
    document = _new("列席证", narrow=True)
    columns = document.sections[0]._sectPr.find(qn("w:cols"))  # noqa: SLF001 - python-docx has no name for columns
    columns.set(qn("w:num"), "2")
    columns.set(qn("w:space"), "227")
    lines = (("{{会议名称}}", 12, word.BODY), ("列　席　证", 18, TITLE_FONT), ("{{名单.姓名}}", 30, word.HEI),
             ("{{名单.单位}}", 12, word.BODY), ("{{名单.类别}}　{{时间}}", 10.5, word.BODY))  # fmt: skip
    _cards(document, lines, 86, 60)
    return word.content(document)


@functools.cache
def seat_cards() -> bytes:
    """桌签: one card to a page of A4 across; folded in the middle it shows the name on both sides, as a tent stands."""
    document = _new("桌签", narrow=True, across=True)
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


# --- parts ------------------------------------------------------------------------------------------


def _new(name: str, *headings: str, narrow: bool = False, across: bool = False) -> Any:
    document = word.new(name, "", None)
    normal = document.styles["Normal"]
    normal.font.size, normal.paragraph_format.line_spacing = Pt(TEXT), Pt(28)
    section = document.sections[0]
    if narrow:
        section.top_margin = section.bottom_margin = section.left_margin = section.right_margin = Mm(12)
        section.footer.paragraphs[0].clear()
    if across:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
    for text in headings:
        _run(document.add_paragraph(style="Title"), text, TITLE, TITLE_FONT)
    return document


def _run(paragraph: Any, text: str, size: float, font: str = word.BODY) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()  # noqa: SLF001 - the East Asian font has no name in python-docx
    fonts.set(qn("w:eastAsia"), font)


def _line(document: Any, text: str, size: float = TEXT, *, indent: bool = False) -> None:
    paragraph = document.add_paragraph()
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    _run(paragraph, text, size)


def _heading(document: Any, text: str) -> None:
    document.add_paragraph(text, style="Heading 1").paragraph_format.space_before = Pt(12)


def _signed(document: Any) -> None:
    for text in ("", "{{召集单位}}", "{{落款日期}}"):
        paragraph = document.add_paragraph()
        paragraph.alignment = ALIGN.RIGHT
        _run(paragraph, text, TEXT)


def _list(document: Any, name: str, columns: Sequence[str], widths: Sequence[int], *, height: int = 0) -> None:
    row = tuple(f"{{{{{name}.{column}}}}}" for column in columns)
    _table(document, columns, [row], widths, height=height)


def _table(
    document: Any, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], *, height: int = 0
) -> None:
    """Cells in 小四; without `head` the first column is the heading of its row."""
    grid = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    grid.autofit, grid.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for number, texts in enumerate([head, *rows] if head else rows):
        row = grid.add_row()
        _whole(row)
        if height and not (head and number == 0):
            row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
        for column, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
            cell.width, cell.vertical_alignment = Mm(width), WD_ALIGN_VERTICAL.CENTER
            cell.paragraphs[0].paragraph_format.line_spacing = Pt(18)
            strong = number == 0 if head else column == 0
            _run(cell.paragraphs[0], text, TABLE, word.HEI if strong else word.BODY)
    if head:
        grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001
    document.add_paragraph().paragraph_format.line_spacing = Pt(8)


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
    _whole(row)
    row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.EXACTLY
    row.cells[0].width = Mm(width)
    return row


def _card_line(paragraph: Any, text: str, size: float, font: str) -> Any:
    paragraph.alignment, paragraph.paragraph_format.line_spacing = ALIGN.CENTER, Pt(size * 1.4)
    _run(paragraph, text, size, font)
    return paragraph


def _whole(row: Any) -> None:
    """A row is never split between two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001
