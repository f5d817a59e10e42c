"""Word documents as Chinese offices expect them (GB/T 9704): A4, 仿宋, page numbers, language zh-CN."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

BODY, KAI, HEI, SONG = "仿宋", "楷体", "黑体", "宋体"
GREY = RGBColor(0x59, 0x59, 0x59)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_THEMES = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")


def new(title: str, author: str, at: datetime | None) -> Any:
    """An empty document with the styles below: Normal, Title, Heading 1, Heading 2, Notice, Small."""
    document = Document()
    _page(document.sections[0])
    _styles(document.styles)
    settings = document.settings.element
    language = OxmlElement("w:themeFontLang")
    language.set(qn("w:val"), "zh-CN")
    language.set(qn("w:eastAsia"), "zh-CN")
    for old in settings.findall(qn("w:themeFontLang")):
        settings.replace(old, language)
    about = document.core_properties
    about.title, about.author, about.language = fit(title)[:255], fit(author)[:255], "zh-CN"
    about.comments = ""
    if at:
        about.created = about.modified = at
    return document


def content(document: Any) -> bytes:
    """The finished file."""
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def fit(text: str) -> str:
    """Text without the few characters XML cannot hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def table(document: Any, head: tuple[str, ...], rows: list[tuple[str, ...]], widths: tuple[int, ...]) -> None:
    """A table whose first row is repeated on every page; `widths` in millimetres."""
    grid = document.add_table(rows=1, cols=len(head), style="Table Grid")
    grid.autofit = False
    for cell, width in zip(grid.rows[0].cells, widths, strict=True):
        cell.width = Mm(width)
        cell.paragraphs[0].style = "Small"
        cell.paragraphs[0].add_run("")
    first = grid.rows[0]._tr  # noqa: SLF001 - rows are copies of the first: made one by one each would take 9 ms
    empty = deepcopy(first)
    _fill(first, head)
    for run in first.iter(qn("w:r")):
        run.get_or_add_rPr().append(OxmlElement("w:b"))
    first.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in rows:
        copy = deepcopy(empty)
        _fill(copy, row)
        grid._tbl.append(copy)  # noqa: SLF001


def _fill(row: Any, texts: tuple[str, ...]) -> None:
    for run, text in zip(row.iter(qn("w:r")), texts, strict=True):
        run.text = fit(text)


def _page(section: Any) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run("— ")
    _field(footer.add_run(), "PAGE")
    footer.add_run(" —")


def _field(run: Any, instruction: str) -> None:
    for kind in ("begin", None, "end"):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = instruction
        run._r.append(element)  # noqa: SLF001


def _styles(styles: Any) -> None:
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "zh-CN")
        language.set(qn("w:eastAsia"), "zh-CN")
    normal = styles["Normal"]
    _font(normal, BODY, 14)
    normal.paragraph_format.line_spacing = Pt(26)
    normal.paragraph_format.space_after = Pt(0)
    _font(styles["Title"], SONG, 22, bold=True)
    styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for border in styles["Title"].element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
    _font(styles["Heading 1"], HEI, 16)
    _font(styles["Heading 2"], KAI, 15, bold=True)
    _font(styles["Footer"], SONG, 14)
    for name, font, size in (("Notice", KAI, 14), ("Small", BODY, 10.5)):
        style = styles.add_style(name, 1)
        style.base_style = normal
        _font(style, font, size)
    styles["Notice"].font.color.rgb = GREY
    styles["Small"].paragraph_format.line_spacing = Pt(16)


def _font(style: Any, name: str, size: float, *, bold: bool = False) -> None:
    style.font.name, style.font.size, style.font.bold = name, Pt(size), bold
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in _THEMES:
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), name)
