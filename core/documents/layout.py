"""What the built-in Word templates are drawn with (GB/T 9704): title in 2号小标宋, text in 3号仿宋, tables in 小四."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from core.documents import word

TITLE_FONT = "方正小标宋简体"
TITLE, TEXT, TABLE = 22, 16, 12
"""2号, 3号, 小四."""


def new(name: str, *headings: str, narrow: bool = False, across: bool = False) -> Any:
    """An empty document: `headings` in 2号小标宋, text in 3号, lines of 28 points."""
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
        run(document.add_paragraph(style="Title"), text, TITLE, TITLE_FONT)
    return document


def run(paragraph: Any, text: str, size: float, font: str = word.BODY) -> None:
    """Words in one font and size, in points."""
    made = paragraph.add_run(text)
    made.font.size, made.font.name = Pt(size), font
    fonts = made._r.get_or_add_rPr().get_or_add_rFonts()  # noqa: SLF001 - the East Asian font has no name in python-docx
    fonts.set(qn("w:eastAsia"), font)


def line(document: Any, text: str, size: float = TEXT, *, indent: bool = False) -> None:
    """A paragraph; with `indent` its first line begins two characters in."""
    paragraph = document.add_paragraph()
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    run(paragraph, text, size)


def heading(document: Any, text: str) -> None:
    """A heading over a table."""
    document.add_paragraph(text, style="Heading 1").paragraph_format.space_before = Pt(12)


def signed(document: Any, unit: str) -> None:
    """Whose document it is and its day, at the right edge."""
    for text in ("", unit, "{{落款日期}}"):
        paragraph = document.add_paragraph()
        paragraph.alignment = ALIGN.RIGHT
        run(paragraph, text, TEXT)


def listing(document: Any, name: str, columns: Sequence[str], widths: Sequence[int], *, height: int = 0) -> None:
    """A table with one row, which is repeated for each entry of the list `name`."""
    row = tuple(f"{{{{{name}.{column}}}}}" for column in columns)
    table(document, columns, [row], widths, height=height)


def table(
    document: Any, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], *, height: int = 0
) -> None:
    """Cells in 小四; without `head` the first column is the heading of its row."""
    grid = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    grid.autofit, grid.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for number, texts in enumerate([head, *rows] if head else rows):
        row = grid.add_row()
        whole(row)
        if height and not (head and number == 0):
            row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
        for column, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
            cell.width, cell.vertical_alignment = Mm(width), WD_ALIGN_VERTICAL.CENTER
            cell.paragraphs[0].paragraph_format.line_spacing = Pt(18)
            strong = number == 0 if head else column == 0
            run(cell.paragraphs[0], text, TABLE, word.HEI if strong else word.BODY)
    if head:
        grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001
    document.add_paragraph().paragraph_format.line_spacing = Pt(8)


def whole(row: Any) -> None:
    """A row is never split between two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001
