"""Figures in the text of the annual report against its tables: each that differs is named with both numbers.

`PHRASES` says which words before a number name which figure. A clause about last year or a comparison is left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from plugins.disclosure.values_reports import (
    CARRIED,
    CENTS,
    LEFT,
    NEW,
    OTHER_ROWS,
    REFUSED_ROWS,
    TOTAL,
    UNABLE_ROWS,
    WITHHELD_ROWS,
)

Tables = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """What the text says, what the table says, and where in the text."""

    words: str
    said: str
    table: str


def _row(*rows: int) -> Callable[[Tables], Decimal]:
    return lambda tables: Decimal(sum(tables["three"][row - 1][-1] for row in rows))


def _two(key: str) -> Callable[[Tables], Decimal]:
    return lambda tables: Decimal(tables["two"][key])


def _four(*kinds: str) -> Callable[[Tables], Decimal]:
    return lambda tables: Decimal(sum(tables["four"][kind]["total"] for kind in kinds))


PHRASES: tuple[tuple[str, str, Callable[[Tables], Decimal]], ...] = (
    ("新收", "件", _row(NEW)),
    ("(?:上年|上年度)结转", "件", _row(CARRIED)),
    ("(?<!不)予以公开", "件", _row(3)),
    ("部分公开", "件", _row(4)),
    ("不予公开", "件", _row(*WITHHELD_ROWS)),
    ("无法提供", "件", _row(*UNABLE_ROWS)),
    ("不予处理", "件", _row(*REFUSED_ROWS)),
    ("其他处理", "件", _row(*OTHER_ROWS)),
    ("(?:办结|答复)", "件", _row(TOTAL)),
    ("结转(?:下年|下年度|下一年度)", "件", _row(LEFT)),
    ("行政复议", "件", _four("reconsideration")),
    ("行政诉讼", "件", _four("litigation", "litigation_after")),
    ("制发(?:行政)?规范性文件", "件", _two("normative_made")),
    ("废止(?:行政)?规范性文件", "件", _two("normative_repealed")),
    ("制发规章", "件", _two("rules_made")),
    ("行政许可", "件", _two("permits")),
    ("行政处罚", "件", _two("penalties")),
    ("行政强制", "件", _two("coercion")),
    ("行政事业性收费", "万元", lambda tables: Decimal(tables["two"]["fees"]) / CENTS),
)
"""Words, unit, figure."""
_BETWEEN = r"[^\d。；;，,、！？\n]{0,16}?"
_NUMBER = r"(\d[\d,]*(?:\.\d+)?)\s*"
_UNITS = {"件": "(?:件|宗|起|份)", "万元": "万元"}
_CLAUSE = re.compile(r"[。；;，、！？\n]")
_APART = re.compile(r"去年|同比|环比|上一年|往年|上年(?!度?结转)|增加|减少|增长|下降")
_COMPILED = [(re.compile(f"{words}{_BETWEEN}{_NUMBER}{_UNITS[unit]}"), unit, of) for words, unit, of in PHRASES]


def differences(texts: Sequence[str], tables: Tables) -> list[Difference]:
    """Every figure of the texts that is not the table's, in the order of the texts."""
    clauses = [clause for text in texts for clause in _CLAUSE.split(unicodedata.normalize("NFKC", text))]
    return [found for clause in clauses if not _APART.search(clause) for found in _of(clause, tables)]


def _of(clause: str, tables: Tables) -> list[Difference]:
    found = []
    for pattern, unit, figure in _COMPILED:
        for said in pattern.finditer(clause):
            right, number = figure(tables), Decimal(said[1].replace(",", ""))
            if number != right:
                found.append(Difference(said[0], f"{said[1]}{unit}", f"{plain(right)}{unit}"))
    return found


def plain(number: Decimal) -> str:
    """Without needless zeros: 12, 3.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
