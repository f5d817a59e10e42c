"""The calculator of deadlines: page and API explain every day, and agree with a recount that walks day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import holidays
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import calendar_data
from core.contracts import JurisdictionRef
from core.db import write
from core.models import CalendarDay
from core.refusals import Invalid
from core.web import calculator
from core.workdays import Span

SPECIAL: dict[date, str] = {}
"""Every special day of 2004 to 2026 as the recount knows it, read beside the product's own table."""


def special_days() -> Iterator[tuple[date, str]]:
    for year in range(2004, 2027):
        table = holidays.country_holidays("CN", years=year)
        yield from ((day, "makeup") for day in table.weekend_workdays if day.year == year)
        yield from ((day, "holiday") for day in table if day.year == year)


@pytest.fixture
def calendar(county: JurisdictionRef) -> JurisdictionRef:
    SPECIAL.update(special_days())
    with write() as session:
        session.query(CalendarDay).delete()
        session.add_all(CalendarDay(day=day, kind=kind, source=f"{day.year} 年通知") for day, kind in SPECIAL.items())
    return county


def works(day: date) -> bool:
    kind = SPECIAL.get(day, "")
    return kind == "makeup" or (not kind and day.isoweekday() <= 5)


def recounted(start: date, amount: int, spans: list[Span]) -> date:
    """Walk from day to day: a working day outside all suspensions brings the end one nearer; no formula."""
    day, left = start, amount
    while left:
        day += timedelta(days=1)
        inside = any(began < day <= ended for began, ended in spans)
        left -= works(day) and not inside
    return day


DAYS = st.dates(date(2004, 1, 1), date(2026, 3, 31))
STOPS = st.lists(st.tuples(st.integers(0, 45), st.integers(0, 40)), max_size=4)


@pytest.mark.article("disclosure", 8, 12)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=DAYS, amount=st.integers(1, 40), extension=st.integers(0, 20), stops=STOPS)
def test_it_agrees_with_a_walk_from_day_to_day(
    calendar: JurisdictionRef, start: date, amount: int, extension: int, stops: list[tuple[int, int]]
) -> None:
    spans: list[Span] = []
    for began, length in sorted(stops):  # each begins before what the earlier ones leave is over
        first = start + timedelta(days=began)
        if first < recounted(start, amount + extension, spans):
            spans.append((first, first + timedelta(days=length)))
    explained = calculator.explain(start, amount, extension, spans[::-1])
    assert explained.found.due == recounted(start, amount + extension, spans)
    assert explained.found.original == recounted(start, amount, [])
    numbers = [one.number for one in explained.days if one.number]
    assert numbers == list(range(1, amount + extension + 1))
    assert explained.days[-1].day.date == explained.found.due
    assert all(bool(one.number) == (works(one.day.date) and not one.stopped) for one in explained.days)


@pytest.fixture
def web(app: Flask, county: JurisdictionRef) -> FlaskClient:
    calendar_data.ensure()
    return app.test_client()


CASE = {"from": "2025-09-15", "days": "20"}


@pytest.mark.article("disclosure", 12)
def test_the_suspension_of_the_regulation_notes_by_api_and_page(web: FlaskClient) -> None:
    found = web.get("/api/v1/huichuan/workdays", query_string=CASE | {"suspended": "2025-09-22/2025-10-13"}).json
    assert found is not None
    assert (found["original_due"], found["due"], found["suspended_days"]) == ("2025-10-17", "2025-11-03", 11)
    assert [day["number"] for day in found["counted"] if day["number"]] == list(range(1, 21))
    kinds = {
        day["date"]: (day["kind"], how["suspended"]) for day, how in zip(found["days"], found["counted"], strict=True)
    }
    assert kinds["2025-09-28"] == ("makeup", True)
    assert kinds["2025-10-01"][0] == "holiday"
    assert kinds["2025-09-22"] == ("workday", False)
    assert found["sources"] == [calendar_data.PACKAGE]
    query = CASE | {"stop_from": "2025-09-22", "stop_to": "2025-10-13", "extension": "2"}
    page = web.get("/huichuan/workdays/", query_string=query).text
    assert "2025年11月5日" in page
    assert "中止的 11 个工作日不计入" in page
    assert "延长 2 个工作日" in page
    assert "没有延长和中止时，到 2025年10月17日" in page
    assert f"来源：{calendar_data.PACKAGE}" in page


@pytest.mark.parametrize(
    "query",
    [
        {"stop_from": "2025-09-22", "stop_to": "2025-09-21"},
        {"stop_from": "2025-09-14", "stop_to": "2025-09-21"},
        {"stop_from": "2025-10-18", "stop_to": "2025-10-21"},
        {"stop_from": "2025-09-22", "stop_to": "2040-09-22"},
        {"stop_from": "2025-09-22"},
        {"extension": "-1"},
    ],
)
def test_what_cannot_be_is_said_and_kept(web: FlaskClient, query: dict[str, str]) -> None:
    answer = web.get("/huichuan/workdays/", query_string=CASE | query)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert all(f'value="{value}"' in answer.text for value in query.values())


@pytest.mark.parametrize("text", ["2025-09-22", "2025-09-22/2025-02-30", "2025-09-22/2025-09-21", "x" * 301])
def test_the_api_refuses_what_is_no_suspension(web: FlaskClient, text: str) -> None:
    answer = web.get("/api/v1/huichuan/workdays", query_string=CASE | {"suspended": text})
    assert answer.status_code == 422


def test_ten_suspensions_at_most(calendar: JurisdictionRef) -> None:
    with pytest.raises(Invalid):
        calculator.explain(date(2025, 9, 15), 20, 0, [(date(2025, 9, 16), date(2025, 9, 17))] * 11)
