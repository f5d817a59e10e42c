"""What somebody asks of the calculator of deadlines (时限计算), for page and API alike: read, checked, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from core.jurisdictions import current
from core.refusals import Invalid
from core.workdays import Calendar, Day, Reckoning, Span

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
MOST_SPANS = 10
LONGEST = timedelta(days=3660)
"""Of one suspension."""


@dataclass(frozen=True)
class Counted:
    """A day with its number among those that count (0 where it does not), why, and where that is written."""

    day: Day
    number: int
    stopped: bool
    source: str


@dataclass(frozen=True)
class Explained:
    """A deadline, day by day."""

    found: Reckoning
    days: tuple[Counted, ...]
    sources: tuple[str, ...]
    """Where the special days among them come from."""


def explain(start: date, amount: int, extension: int = 0, spans: Sequence[Span] = ()) -> Explained:
    """Count as every clock does, and say what each day did.

    Raises:
        Invalid: a suspension that ends before it begins, or that began when nothing ran.
    """
    calendar = Calendar(current().lineage)
    _check(calendar, start, amount + extension, spans)
    found = calendar.reckon(start, amount, extension, spans)
    days, number = [], 0
    for day in found.days:
        stopped = day.date in found.stopped
        number += day.works and not stopped
        counted = number if day.works and not stopped else 0
        days.append(Counted(day, counted, stopped, calendar.sources.get(day.date, "")))
    return Explained(found, tuple(days), tuple(dict.fromkeys(one.source for one in days if one.source)))


def _check(calendar: Calendar, start: date, amount: int, spans: Sequence[Span]) -> None:
    """One after the other, so that a later suspension is measured by what the earlier ones left."""
    said: list[Any] = []
    before: list[Span] = []
    if len(spans) > MOST_SPANS:
        said.append(_l("最多填写 %(most)s 段中止。", most=MOST_SPANS))
    for began, ended in sorted(spans[:MOST_SPANS]):
        if ended < began:
            said.append(_l("中止的结束日期不能早于开始日期。"))
        elif ended - began > LONGEST:
            said.append(_l("一段中止不能超过十年。"))
        elif began < start or began > calendar.reckon(start, amount, 0, before).due:
            said.append(_l("中止应当在时限之内开始。"))
        else:
            before.append((began, ended))
    if said:
        raise Invalid({"suspended": list(dict.fromkeys(said))})
