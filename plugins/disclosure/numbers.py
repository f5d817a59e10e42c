"""Document numbers (文号) in the one form they are kept in: 遵府办发〔2026〕12号."""

from __future__ import annotations

import re

MOST = 50
_BLANKS = re.compile(r"[\s\u3000\u200b\ufeff]+")
_YEAR = re.compile(r"[\[［(（【〔〖﹝{〈<]\s*((?:19|20)\d\d)\s*年?[\]］)）】〕〗﹞}〉>]")
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")
_NUMBER = re.compile(r"[\u4e00-\u9fffA-Za-z]{1,20}〔(?:19|20)\d\d〕\d{1,5}号")
_QUOTING = re.compile("根据|依据|按照|贯彻|落实|参照|关于|现将|为")
"""How a sentence begins that names another document's number."""
_WITHIN = 200
"""Where a text says its own number: at its head."""


def normalised(text: str) -> str:
    """`text` without blanks, its year in 〔〕 whatever brackets were typed, its figures narrow."""
    return _YEAR.sub(r"〔\1〕", _BLANKS.sub("", text).translate(_WIDE))


def is_number(text: str) -> bool:
    """True for the form ***〔****〕***号, as `normalised` gives it."""
    return len(text) <= MOST and _NUMBER.fullmatch(text) is not None


def found_in(text: str) -> str:
    """The number a document carries at its head, empty where it has none."""
    first = text.strip().split("\n", 1)[0][:_WITHIN] if text else ""
    hit = _NUMBER.match(normalised(first))
    return hit[0] if hit and not _QUOTING.match(hit[0]) else ""
