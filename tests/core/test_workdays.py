"""Working days with make-up weekends: the golden dates, the explained count, provisional years, imports."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from core import calendar_data
from core.contracts import JurisdictionRef
from core.db import db, write
from core.models import CalendarDay
from core.permissions import SYSTEM
from core.refusals import Invalid
from core.workdays import Calendar, end_of, local_date

GOLDEN = {
    "2025-01-24": "01-27 02-07 02-10 02-20 02-27 03-27",
    "2025-04-25": "04-28 05-06 05-08 05-20 05-27 06-25",
    "2026-02-13": "02-24 02-27 03-02 03-12 03-19 04-17",
    "2026-09-30": "10-09 10-13 10-15 10-27 11-03 12-01",
}
AMOUNTS = (2, 5, 7, 15, 20, 40)
MAKEUP = {
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}


@pytest.fixture
def calendar(app: Flask) -> Calendar:
    calendar_data.ensure()
    return Calendar()


@pytest.mark.parametrize(("start", "amount", "due"), [
    (start, amount, f"{start[:4]}-{day}")
    for start, days in GOLDEN.items() for amount, day in zip(AMOUNTS, days.split(), strict=True)
])  # fmt: skip
def test_golden_dates(calendar: Calendar, start: str, amount: int, due: str) -> None:
    assert calendar.add(date.fromisoformat(start), amount).due == date.fromisoformat(due)


@pytest.mark.parametrize("year", MAKEUP)
def test_makeup_weekends_are_working_days(calendar: Calendar, year: int) -> None:
    found = [f"{day:%m-%d}" for day, kind in sorted(calendar.special.items()) if kind == "makeup" and day.year == year]
    assert found == MAKEUP[year].split()


def test_years_without_notice_are_provisional(calendar: Calendar) -> None:
    assert not calendar.add(date(2026, 11, 24), 5).provisional
    count = calendar.add(date(2026, 12, 25), 5)
    assert count.provisional
    assert count.due == date(2027, 1, 1)


def test_a_notice_makes_the_year_official_and_a_second_import_changes_nothing(
    calendar: Calendar, city: JurisdictionRef
) -> None:
    notice = "日期,类别,名称\n2027-01-01,法定假,元旦\n2027-01-02,调休上班,补班\n".encode()
    for _ in range(2):
        assert calendar_data.import_notice(SYSTEM, notice, source="国办通知")[0] == 2
    db.session.rollback()  # a new reader
    count = Calendar().add(date(2026, 12, 31), 1)
    assert (count.due, count.provisional) == (date(2027, 1, 2), False)


@pytest.mark.parametrize("bad", [b"", b"\xff\xfe", b"2027-13-01,holiday,x", b"2027-01-01,party,x", b"hello"])
def test_a_bad_notice_is_refused_whole(calendar: Calendar, city: JurisdictionRef, bad: bytes) -> None:
    with pytest.raises(Invalid):
        calendar_data.import_notice(SYSTEM, bad, source="x")
    assert Calendar().years == calendar.years


def test_filling_twice_adds_nothing(app: Flask) -> None:
    assert calendar_data.ensure() > 200
    assert calendar_data.ensure() == 0


def test_a_county_may_have_days_of_its_own(calendar: Calendar, city: JurisdictionRef, county: JurisdictionRef) -> None:
    with write() as session:
        session.add(CalendarDay(jurisdiction_id=county.id, day=date(2026, 11, 27), kind="holiday", source="民族节日"))
    assert Calendar(county.lineage).add(date(2026, 11, 26), 1).due == date(2026, 11, 30)
    assert Calendar(city.lineage).add(date(2026, 11, 26), 1).due == date(2026, 11, 27)


def test_the_end_of_a_day_is_local_midnight() -> None:
    assert end_of(date(2026, 11, 26)).isoformat() == "2026-11-26T16:00:00+00:00"
    assert local_date(end_of(date(2026, 11, 26))) == date(2026, 11, 27)


DAYS = st.dates(date(2019, 1, 1), date(2027, 12, 31))


class Plain(Calendar):
    """The announced years without a database."""

    def __init__(self) -> None:
        self.special = dict(calendar_data.announced(2026))
        self.years = {day.year for day in self.special}


PLAIN = Plain()


@given(DAYS, st.integers(1, 60))
@settings(deadline=None)
def test_counting_forth_and_measuring_back_agree(start: date, amount: int) -> None:
    count = PLAIN.add(start, amount)
    assert PLAIN.between(start, count.due) == amount
    assert PLAIN.day(count.due).works
    assert sum(day.works for day in count.days) == amount


@given(DAYS, st.integers(1, 40))
@settings(deadline=None)
def test_later_starts_never_end_earlier(start: date, amount: int) -> None:
    assert PLAIN.add(start, amount).due <= PLAIN.add(start + timedelta(days=1), amount).due
    assert PLAIN.add(start, amount).due < PLAIN.add(start, amount + 1).due


@given(DAYS, st.integers(1, 60))
@settings(deadline=None)
def test_calendar_days_end_on_a_working_day(start: date, amount: int) -> None:
    count = PLAIN.add_calendar_days(start, amount)
    assert count.due >= start + timedelta(days=amount)
    assert PLAIN.day(count.due).works
