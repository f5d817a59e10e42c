"""预6: how long the public is asked, over year ends, holidays and times of day; never shorter, never earlier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.db import clock_at, db
from core.models import CalendarDay
from core.permissions import SYSTEM, Actor
from core.workdays import LOCAL, local_date
from plugins.predisclosure.models import PublicConsultation
from plugins.predisclosure.services import consultations
from plugins.predisclosure.workflow import periods
from tests.disclosure import tables
from tests.disclosure.tables import outcome
from tests.installations import Installations
from tests.predisclosure.test_consultation_table import consultation_in

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.fixture(scope="module")
def people(installations: Installations, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Actor]]:
    with tables.county(installations, tmp_path_factory.mktemp("periods") / "data", ["deputy_leader"]) as found:
        yield found


def rest_days() -> set[date]:
    """Days off by the product's table, read without its calendar."""
    rows = db.session.scalars(select(CalendarDay)).all()
    return {row.day for row in rows if row.kind in {"holiday", "bridge"}}


def end_by_hand(at: datetime, days: int) -> datetime:
    """Midnight after the n-th day, or after the first working day from there on."""
    off = rest_days()
    made_up = {row.day for row in db.session.scalars(select(CalendarDay)).all() if row.kind == "makeup"}
    day = at.astimezone(LOCAL).date() + timedelta(days=days)
    while day in off or (day.weekday() > 4 and day not in made_up):
        day += timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time(), LOCAL)


@pytest.mark.article("predisclosure", 6)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=MOMENTS)
def test_the_usual_end_is_midnight_after_thirty_days_or_the_next_working_day(
    people: dict[str, Actor], at: datetime
) -> None:
    assert periods.usual_end(at) == end_by_hand(at, 30)
    assert periods.least(at, 7) == end_by_hand(at, 7)
    assert local_date(periods.usual_end(at) - timedelta(seconds=1)) >= local_date(at) + timedelta(days=30)


@pytest.mark.article("predisclosure", 6)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=MOMENTS, minutes=st.integers(-60 * 24 * 40, 60 * 24 * 10), special=st.booleans())
def test_opened_for_as_long_as_the_article_wants_or_not_at_all(
    people: dict[str, Actor], at: datetime, minutes: int, special: bool
) -> None:
    with clock_at(at):
        wanted = end_by_hand(at, 30) + timedelta(minutes=minutes)
        words = "防汛在即" if special else ""
        told = outcome(
            lambda: consultation_in("pending", wanted_close=wanted, short_ground=words, short_explanation=words),
            lambda row: consultations.move(people["deputy_leader"], row, "publish"),
        )
        least = end_by_hand(at, 7 if special else 30)
    assert told == ("open" if wanted >= least else "PERIOD_TOO_SHORT")


@pytest.mark.article("predisclosure", 6)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(["extend", "replace_draft"]), st.integers(-20, 40)), max_size=6))
def test_once_open_the_end_never_moves_earlier(people: dict[str, Actor], steps: list[tuple[str, int]]) -> None:
    ends: list[datetime] = []

    def fire(row: PublicConsultation) -> None:
        for number, (event, days) in enumerate(steps):
            assert row.closes_at is not None
            before = row.closes_at
            wanted = before + timedelta(days=days)
            params = {"closes_at": wanted, "text": f"第一条 草案之{number}。"}
            try:
                consultations.move(SYSTEM, row, event, reason="征求意见需要", params=params)
            except tables.Refused:
                assert row.closes_at == before
                continue
            ends.append(row.closes_at)
            assert (
                row.closes_at > before
                if event == "extend"
                else row.closes_at >= periods.usual_end(row.editions[-1].published_at)
            )

    outcome(lambda: consultation_in("open"), fire)
    assert len(ends) <= len(steps)


@pytest.mark.article("predisclosure", 6)
def test_it_closes_by_the_servers_clock_and_not_before(people: dict[str, Actor]) -> None:
    states: list[str] = []

    def fire(row: PublicConsultation) -> None:
        assert row.closes_at is not None
        for moment in (row.closes_at - timedelta(seconds=1), row.closes_at):
            with clock_at(moment):
                consultations.close_due()
            states.append(row.state)

    outcome(lambda: consultation_in("open"), fire)
    assert states == ["open", "closed"]
