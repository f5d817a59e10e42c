"""工作日怎么算: the calculator counts as the clocks do and says what it counted."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.db import write
from core.models import CalendarDay


@pytest.fixture
def web(app: Flask) -> FlaskClient:
    """A client, with the National Day of 2026 in the calendar."""
    kinds = {1: "holiday", 2: "holiday", 5: "bridge", 6: "bridge", 7: "bridge", 10: "makeup"}
    with write() as session:
        for day, kind in kinds.items():
            session.add(CalendarDay(day=date(2026, 10, day), kind=kind, source="国务院办公厅通知"))
    return app.test_client()


def test_holidays_are_left_out_and_makeup_days_counted(web: FlaskClient) -> None:
    page = web.get("/huichuan/workdays/?from=2026-09-30&days=3").text
    assert "2026年10月10日（周六）24:00 前" in page
    assert "期间有 7 天休息日，不计入。" in page
    assert "期间有 1 天调休上班，计入。" in page
    assert "预计" not in page.split("<aside")[0]
    assert page.count('data-kind="counted"') == 2
    assert page.count('data-kind="due"') == 1


def test_unannounced_years_are_provisional(web: FlaskClient) -> None:
    assert "预计 2030年" in web.get("/huichuan/workdays/?from=2030-01-04&days=5").text


@pytest.mark.parametrize(
    "query",
    [
        "from=31.12.2026",
        "from=0001-01-01",
        "from=9999-12-31",
        "days=0",
        "days=366",
        "days=-1",
        "days=²",
        "days=x",
    ],
)
def test_nonsense_is_refused_by_field_and_kept(web: FlaskClient, query: str) -> None:
    answer = web.get(f"/huichuan/workdays/?{query}")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert f'value="{query.partition("=")[2]}"' in answer.text


def test_without_a_question_five_days_from_today(web: FlaskClient) -> None:
    assert web.get("/huichuan/workdays/").status_code == 200
