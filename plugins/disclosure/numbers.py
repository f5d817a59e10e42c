"""Document numbers (文号) in the one form they are kept in: 遵府办发〔2026〕12号."""

from __future__ import annotations

import re

MOST = 50
_BLANKS = re.compile(r"[\s\u3000\u200b\ufeff]+")
_YEAR = re.compile(r"[\[［(（【〔〖﹝{〈<]\s*((?:19|20)\d\d)\s*年?[\]］)）】〕〗﹞}〉>]")
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")
_NUMBER = re.compile(r"[\u4e00-\u9fffA-Za-z]{1,20}〔(?:19|20)\d\d〕\d{1,5}号")
_SERIAL = re.compile(r"〔\d{4}〕\d+号$")
_LABELLED = re.compile(r"(?:发文字号|文号|文件编号)[:：]?")
_QUOTING = re.compile("根据|依据|按照|贯彻|落实|参照|关于|现将|为")
"""How a sentence begins that names another document's number."""
_LINES = 12
"""A document says its own number among its first lines."""


def normalised(text: str) -> str:
    """`text` without blanks, its year in 〔〕 whatever brackets were typed, its figures narrow."""
    return _YEAR.sub(r"〔\1〕", _BLANKS.sub("", text).translate(_WIDE))


def is_number(text: str) -> bool:
    """True for the form ***〔****〕***号, as `normalised` gives it."""
    return len(text) <= MOST and _NUMBER.fullmatch(text) is not None


def series_of(number: str) -> str:
    """The pattern a number follows, 遵府办发〔{year}〕{serial}号; empty for what is no number."""
    return _SERIAL.sub("〔{year}〕{serial}号", number) if is_number(number) else ""


def found_in(text: str) -> str:
    """The number a document carries: at the very head, or on a line of its own near it; empty where it has none."""
    lines = [normalised(line) for line in text.strip().split("\n", _LINES)[:_LINES]]
    first = _NUMBER.match(lines[0])
    if first and not _QUOTING.match(first[0]):
        return first[0]
    return next((bare for line in lines if is_number(bare := _LABELLED.sub("", line, count=1))), "")
