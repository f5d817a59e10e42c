"""Statutory deadlines: suspension, extension, meeting, recounting; figures from the regulation notes (7.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import calendar_data, clocks
from core.clocks import ClockRule
from core.contracts import JurisdictionRef
from core.db import db, new_id, write
from core.models import Clock
from core.permissions import SYSTEM
from core.workdays import LOCAL, Calendar, end_of, local_date

TWENTY = ClockRule("answer", "第二十一条", "答复申请", "WD", 20)
DAYS = st.dates(date(2020, 1, 1), date(2026, 10, 31))
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass
class Subject:
    id: str = field(default_factory=new_id)


def noon(text: str | date) -> datetime:
    day = date.fromisoformat(text) if isinstance(text, str) else text
    return datetime(day.year, day.month, day.day, 12, tzinfo=LOCAL)


@pytest.fixture
def here(county: JurisdictionRef) -> JurisdictionRef:
    calendar_data.ensure()
    return county


def started(day: str | date, rule: ClockRule = TWENTY) -> Clock:
    return clocks.start("test.request", Subject(), rule, at=noon(day))


def test_the_suspension_of_the_regulation_notes(here: JurisdictionRef) -> None:
    with write():
        clock = started("2025-09-15")
        assert clock.due_on == date(2025, 10, 17)
        clocks.suspend(clock, "征求第三方意见", at=noon("2025-09-22"))
        third = clocks.start("test.third", Subject(), ClockRule("x", "x", "x", "WD", 15), at=noon("2025-09-22"))
        assert third.due_on == date(2025, 10, 17)
        clocks.resume(clock, at=noon("2025-10-13"))
    assert clock.due_on == date(2025, 11, 3)
    assert local_date(clock.original_due_at - timedelta(1)) == date(2025, 10, 17)
    assert Calendar(here.lineage).between(date(2025, 9, 22), date(2025, 10, 13)) == 11


def test_the_last_day_counts_whole(here: JurisdictionRef) -> None:
    with write():
        clock = started("2026-02-13", ClockRule("x", "x", "x", "WD", 5))
    last_second = datetime(2026, 2, 27, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Zunyi
    assert clock.due_at == datetime(2026, 2, 27, 16, tzinfo=UTC)
    assert clocks.state_of(clock, last_second) == "running"
    assert clocks.state_of(clock, last_second + timedelta(seconds=1)) == "overdue"


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [("2026-01-01", 30, "2026-02-02"), ("2026-01-05", 30, "2026-02-04"), ("2025-09-05", 30, "2025-10-09")],
)
def test_calendar_days_end_on_a_working_day(here: JurisdictionRef, start: str, days: int, due: str) -> None:
    with write():
        assert started(start, ClockRule("x", "x", "x", "CD", days)).due_on == date.fromisoformat(due)


def test_hours_run_through_the_night_and_stop_while_suspended(here: JurisdictionRef) -> None:
    with write():
        clock = started("2026-03-02", ClockRule("x", "x", "x", "H", 24))
        assert clock.due_at == noon("2026-03-03")
        assert clock.due_on is None
        clocks.suspend(clock, "x", at=noon("2026-03-02") + timedelta(hours=1))
        clocks.resume(clock, at=noon("2026-03-02") + timedelta(hours=7))
    assert clock.due_at == noon("2026-03-03") + timedelta(hours=6)


def test_a_clock_is_started_once_and_met_or_cancelled(here: JurisdictionRef) -> None:
    subject = Subject()
    with write():
        first = clocks.start("test.request", subject, TWENTY, at=noon("2026-03-02"))
        assert clocks.start("test.request", subject, TWENTY, at=noon("2026-03-09")) is first
        clocks.meet("test.request", subject.id, "answer", at=first.due_at)
        clocks.meet("test.request", subject.id, "answer")
        assert clocks.state_of(first) == "met_late"
        second = clocks.start("test.request", subject, TWENTY, at=noon("2026-03-02"))
        clocks.cancel("test.request", subject.id, "answer")
    assert (second.id != first.id, clocks.state_of(second)) == (True, "cancelled")
    assert [clock.id for clock in clocks.of("test.request", [subject.id])[subject.id]] == [first.id, second.id]


def test_a_notice_that_comes_later_moves_open_clocks(here: JurisdictionRef) -> None:
    with write():
        clock = started("2026-12-29", ClockRule("x", "x", "x", "WD", 3))
        assert (clock.due_on, clock.provisional) == (date(2027, 1, 1), True)
        clock.reminded = 2
    _, moved = calendar_data.import_notice(SYSTEM, "2027-01-01,法定假,元旦".encode(), source="国办通知")
    db.session.rollback()
    assert moved == 1
    assert (clock.due_on, clock.provisional, clock.reminded) == (date(2027, 1, 4), False, 0)
    assert clock.original_due_at == end_of(date(2027, 1, 1))


@SLOW
@given(day=DAYS, amount=st.integers(1, 40), extension=st.integers(1, 20))
def test_an_extension_keeps_the_original_date(here: JurisdictionRef, day: date, amount: int, extension: int) -> None:
    with write():
        clock = started(day, ClockRule("x", "x", "x", "WD", amount))
        original = clock.original_due_at
        clocks.extend(clock, extension, "情况复杂")
    calendar = Calendar(here.lineage)
    assert clock.original_due_at == original
    assert clock.due_at > original
    assert clock.due_on == calendar.add(day, amount + extension).due


@SLOW
@given(
    day=DAYS,
    stretches=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 15)), min_size=1, max_size=4),
)
def test_suspensions_count_their_union(here: JurisdictionRef, day: date, stretches: list[tuple[int, int]]) -> None:
    """Overlapping ones count once, order does not matter, and the due date is never earlier than without."""
    with write():
        one, other = started(day), started(day)
        for clock, order in ((one, stretches), (other, stretches[::-1])):
            for begin, length in order:
                clocks.suspend(clock, "x", at=noon(day + timedelta(begin)))
                clocks.resume(clock, at=noon(day + timedelta(begin + length)))
    calendar = Calendar(here.lineage)
    stopped = {day + timedelta(begin + n) for begin, length in stretches for n in range(1, length + 1)}
    expected = 20 + sum(calendar.day(d).works for d in stopped)
    assert one.due_on == other.due_on == calendar.add(day, expected).due
    assert one.due_at >= one.original_due_at


@SLOW
@given(day=DAYS, later=st.integers(0, 30), amount=st.integers(1, 40), more=st.integers(0, 10))
def test_counting_is_monotone(here: JurisdictionRef, day: date, later: int, amount: int, more: int) -> None:
    calendar = Calendar(here.lineage)
    due = calendar.add(day, amount).due
    assert due <= calendar.add(day + timedelta(later), amount).due
    assert due <= calendar.add(day, amount + more).due
    assert calendar.day(due).works
    assert calendar.between(day, due) == amount
