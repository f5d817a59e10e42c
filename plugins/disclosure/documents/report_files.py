"""The annual report (年度报告) as .docx, .pdf and .xlsx, in Chinese whoever asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core import exports
from core.documents import word
from core.documents.typesetting import fonts, printable
from core.languages import kept
from core.workdays import LOCAL
from plugins.disclosure.documents.report_blocks import Grid, grids, ordered

TEMPLATE = Path(__file__).with_name("report.typ")


@dataclass(frozen=True)
class Printed:
    """What a file is made of."""

    title: str
    author: str
    at: datetime
    texts: Mapping[str, str]
    tables: Mapping[str, Any]

    @property
    def day(self) -> str:
        """2026年1月20日."""
        day = self.at.astimezone(LOCAL)
        return f"{day.year}年{day.month}月{day.day}日"


def docx(report: Printed) -> bytes:
    """Word."""
    document = word.new(report.title, report.author, report.at)
    document.add_paragraph(word.fit(report.title), style="Title")
    for heading, part in ordered(report.texts, report.tables):
        document.add_paragraph(kept(heading), style="Heading 1")
        if isinstance(part, Grid):
            word.table(document, *_cells(part), part.widths)
        else:
            for line in _lines(part):
                document.add_paragraph(word.fit(line))
    for line in (report.author, report.day):
        document.add_paragraph(word.fit(line)).alignment = 2
    return word.content(document)


def pdf(report: Printed) -> bytes:
    """Tagged PDF (PDF/UA-1) with its fonts inside."""
    import typst  # large, and wanted only here

    given = {
        "title": printable(report.title), "author": printable(report.author), "day": report.day,
        "parts": [_part(heading, part) for heading, part in ordered(report.texts, report.tables)],
    }  # fmt: skip
    made = typst.compile(
        TEMPLATE, font_paths=fonts(), sys_inputs={"report": json.dumps(given, ensure_ascii=False)},
        pdf_standards=["ua-1"], timestamp=report.at.replace(microsecond=0),
    )  # fmt: skip
    return bytes(made)


def xlsx(report: Printed) -> bytes:
    """A sheet for each table."""
    return exports.workbook_bytes(
        [(f"表{number}", *_numbers(grid)) for number, grid in zip("二三四", grids(report.tables), strict=True)]
    )


MAKERS: dict[str, Callable[[Printed], bytes]] = {"docx": docx, "pdf": pdf, "xlsx": xlsx}


def _part(heading: Any, part: Any) -> dict[str, Any]:
    if not isinstance(part, Grid):
        lines = [printable(line) for line in _lines(part)]
        return {"heading": kept(heading), "lines": lines, "rows": [], "widths": [], "labels": 0}
    head, rows = _cells(part)
    return {
        "heading": kept(heading), "lines": [], "rows": [[printable(cell) for cell in row] for row in (head, *rows)],
        "widths": part.widths, "labels": part.labels,
    }  # fmt: skip


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _cells(grid: Grid) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    return tuple(map(kept, grid.head)), [tuple(map(kept, row)) for row in grid.rows]


def _numbers(grid: Grid) -> tuple[list[str], list[list[Any]]]:
    rows = [[value if isinstance(value, int) else kept(value) for value in row] for row in grid.rows]
    return [kept(cell) for cell in grid.head], rows
