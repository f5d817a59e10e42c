"""Chinese working days (工作日) including make-up weekends (调休上班), counted on the product's own table.

Day zero is the day of the event; the n-th working day is the last one; a clock ends at its 24:00 local.
A year is official once the table holds a row for it (filled by `fill_year` or by import of the notice of the
State Council); before that weekdays count and the result is marked provisional (预计).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from core.db import db
from core.models import CalendarDay

LOCAL = ZoneInfo("Asia/Shanghai")
OFF, ON = frozenset({"holiday", "bridge"}), frozenset({"makeup"})


@dataclass(frozen=True)
class Day:
    """A calendar day and its kind: workday, weekend, holiday, bridge or makeup."""

    date: date
    kind: str

    @property
    def works(self) -> bool:
        """True on a working day."""
        return self.kind in {"workday", "makeup"}


@dataclass(frozen=True)
class Count:
    """A counted deadline: the last day, every day looked at, whether any year was still provisional."""

    due: date
    days: tuple[Day, ...]
    provisional: bool


Span = tuple[date, date]
"""A suspension (中止): the day it began and the day it ended; what counts of it is (began, ended]."""


@dataclass(frozen=True)
class Reckoning:
    """A deadline with all that moved it: the last day without and with it, every day looked at, those not counted."""

    original: date
    due: date
    days: tuple[Day, ...]
    stopped: frozenset[date]
    """Working days of suspensions."""
    provisional: bool


class Calendar:
    """The special days of one jurisdiction, read once; local rows (with a jurisdiction) beat national ones."""

    def __init__(self, lineage: Sequence[str] = ()) -> None:
        rows = db.session.scalars(
            select(CalendarDay).where(
                or_(CalendarDay.jurisdiction_id.is_(None), CalendarDay.jurisdiction_id.in_(list(lineage)))
            )
        ).all()
        nearest = {place: rank for rank, place in enumerate(lineage)}
        rows = sorted(rows, key=lambda row: -nearest.get(row.jurisdiction_id or "", len(nearest)))
        self.special = {row.day: row.kind for row in rows}
        self.sources = {row.day: row.source for row in rows}
        self.years = {day.year for day in self.special}

    def day(self, day: date) -> Day:
        """The kind of one day."""
        return Day(day, self.special.get(day) or ("workday" if day.weekday() < 5 else "weekend"))

    def add(self, start: date, amount: int) -> Count:
        """The `amount`-th working day after `start` (day zero)."""
        days: list[Day] = []
        left, reached = amount, start
        while left > 0:
            reached += timedelta(days=1)
            days.append(self.day(reached))
            left -= days[-1].works
        return Count(reached, tuple(days), self._provisional(days))

    def stopped(self, spans: Iterable[Span]) -> frozenset[date]:
        """The working days of several suspensions, each once however they overlap."""
        days = {began + timedelta(days=n) for began, ended in spans for n in range(1, (ended - began).days + 1)}
        return frozenset(day for day in days if self.day(day).works)

    def reckon(self, start: date, amount: int, extension: int = 0, spans: Sequence[Span] = ()) -> Reckoning:
        """The last of `amount` working days after `start`, with an extension and suspensions."""
        stopped = self.stopped(spans)
        count = self.add(start, amount + extension + len(stopped))
        return Reckoning(self.add(start, amount).due, count.due, count.days, stopped, count.provisional)

    def add_calendar_days(self, start: date, amount: int) -> Count:
        """`amount` calendar days after `start`; a rest day moves the end to the next working day (7.1)."""
        end = start + timedelta(days=amount)
        while not self.day(end).works:
            end += timedelta(days=1)
        days = tuple(self.day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
        return Count(end, days, self._provisional(days))

    def between(self, start: date, end: date) -> int:
        """Working days in (start, end]; negative when `end` lies before `start`."""
        if end < start:
            return -self.between(end, start)
        return sum(self.day(start + timedelta(days=n)).works for n in range(1, (end - start).days + 1))

    def _provisional(self, days: Sequence[Day]) -> bool:
        return any(day.date.year not in self.years for day in days)


def local_date(moment: datetime) -> date:
    """The day of a moment in Zunyi."""
    return moment.astimezone(LOCAL).date()


def end_of(day: date) -> datetime:
    """24:00 local of a day as an exclusive moment in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), LOCAL).astimezone(UTC)
