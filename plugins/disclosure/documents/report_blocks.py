"""An annual report as a list of blocks, the one description of its page, .docx, .pdf and .xlsx."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from plugins.disclosure.report_narrative import plain
from plugins.disclosure.values_reports import CASES, CENTS, COLUMNS, ENDS, FIGURES, HEADINGS, LINES, MONEY, PARTS


@dataclass(frozen=True)
class Grid:
    """A table: heading of its part, head, rows; the first `labels` columns are words, the others figures."""

    key: str
    heading: Any
    head: tuple[Any, ...]
    rows: tuple[tuple[Any, ...], ...]
    labels: int
    widths: tuple[int, ...]
    """Millimetres on paper, 156 in all."""


def grids(tables: Mapping[str, Any]) -> list[Grid]:
    """Tables two, three and four."""
    return [_two(tables["two"]), _three(tables["three"]), _four(tables["four"])]


def figure(key: str, value: int) -> str:
    """As table two shows it: counts, money in 万元."""
    return plain(Decimal(value) / CENTS) if key in MONEY else str(value)


def _two(figures: Mapping[str, int]) -> Grid:
    rows = tuple((what, counted, figure(key, figures[key])) for key, (what, counted) in FIGURES.items())
    return Grid("two", HEADINGS["two"], (_l("信息内容"), _l("统计项"), _l("数量")), rows, 2, (82, 48, 26))


def _three(table: list[list[int]]) -> Grid:
    rows = tuple((line, *row) for line, row in zip(LINES, table, strict=True))
    return Grid("three", HEADINGS["three"], (_l("项目"), *COLUMNS.values()), rows, 1, (58, *[14] * len(COLUMNS)))


def _four(table: Mapping[str, Mapping[str, int]]) -> Grid:
    rows = tuple((label, *(table[kind][end] for end in ENDS)) for kind, label in CASES.items())
    return Grid("four", HEADINGS["four"], (_l("案件"), *ENDS.values()), rows, 1, (66, *[18] * len(ENDS)))


def ordered(texts: Mapping[str, str], tables: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """The six parts in their order: (heading, text or Grid)."""
    written = {name: (label, texts[name]) for name, label in PARTS.items()}
    middle = [(grid.heading, grid) for grid in grids(tables)]
    return [written["overview"], *middle, written["problems"], written["other"]]
