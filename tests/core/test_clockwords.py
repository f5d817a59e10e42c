"""A clock as a person reads it: what is left, until when, and how it was counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, render_template_string

from core import clocks
from core.clocks import ClockRule
from core.contracts import JurisdictionRef
from core.db import new_id, write
from core.models import CalendarDay, Clock
from core.web import clockwords
from core.web.clockwords import clock_view

START = datetime(2026, 9, 30, 2, tzinfo=UTC)  # a Wednesday, 10:00 in Zunyi, before the National Day


@pytest.fixture
def start(app: Flask, county: JurisdictionRef) -> Callable[..., Clock]:
    """Start a clock at START and read it as of another moment."""
    with write() as session:
        for day in (1, 2, 5, 6, 7):
            session.add(CalendarDay(day=date(2026, 10, day), kind="holiday", source="通知"))
        session.add(CalendarDay(day=date(2026, 10, 10), kind="makeup", source="通知"))

    def make(unit: str = "WD", amount: int = 5) -> Clock:
        rule = ClockRule("publish", "会9", "公布审议情况", unit, amount, "第九条")
        return clocks.start("probe.thing", SimpleNamespace(id=new_id()), rule, at=START)

    return make


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clockwords, "utcnow", lambda: moment)
    monkeypatch.setattr(clocks, "utcnow", lambda: moment)


def shown(clock: Clock) -> str:
    """The macro's output as one line without the folded explanation."""
    page = render_template_string(
        '{% from "macros/clock.html" import clock_phrase %}{{ clock_phrase(clock, explain=false) }}',
        clock=clock,
    )
    return " ".join(render_template_string("{{ page|striptags }}", page=page).split())


@pytest.mark.article("meetings", 9)
@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [
        (0, "还剩 5 个工作日（10月13日 24:00 前）", "running"),  # 8, 9, 10 (makeup), 12 and 13 October
        (12, "还剩 1 个工作日", "soon"),
        (13, "今天到期", "soon"),
        (14, "已超期 1 个工作日", "overdue"),
        (20, "已超期", "overdue"),
    ],
)
def test_working_days(
    start: Callable[..., Clock], monkeypatch: pytest.MonkeyPatch, days: int, words: str, tone: str
) -> None:
    with write():
        clock = start()
        at(monkeypatch, START + timedelta(days=days))
        assert clock.due_on == date(2026, 10, 13)
        assert words in shown(clock)
        assert clock_view(clock).tone == tone


def test_hours(start: Callable[..., Clock], monkeypatch: pytest.MonkeyPatch) -> None:
    with write():
        clock = start("H", 5)
        at(monkeypatch, START)
        assert "还剩 5 小时（2026年9月30日（周三）15:00 前）" in shown(clock)
        at(monkeypatch, START + timedelta(hours=4, minutes=30))
        assert "不足 1 小时" in shown(clock)
        at(monkeypatch, START + timedelta(hours=6))
        assert "已超期 1 小时" in shown(clock)


def test_met_late_suspended_cancelled(start: Callable[..., Clock], monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, START)
    with write():
        clock = start()
        clocks.suspend(clock, "征求第三方意见", at=START)
        assert "计时已中止" in shown(clock)
        clock.state, clock.met_at = "met", START
        assert "已按时办结" in shown(clock)
        clock.met_at = clock.due_at
        assert "已办结（超期）" in shown(clock)
        clock.state = "cancelled"
        assert "已取消计时" in shown(clock)


def test_how_it_was_counted(start: Callable[..., Clock]) -> None:
    with write():
        clock = start()
        clocks.extend(clock, 2, "情况复杂")
        said = clock_view(clock).explanation
    assert said[0] == "2026年9月30日（周三）为起算日，不计入；次日起数 5 个工作日。"
    assert "其中放假不计：10月1日—10月2日、10月5日—10月7日。" in said
    assert "其中调休上班计入：10月10日。" in said
    assert "已延长 2：情况复杂" in said
    assert "原定期限：2026年10月13日（周二）。" in said
    assert said[-1] == "依据：第九条"


def test_a_provisional_date_says_so(start: Callable[..., Clock], monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, START)
    with write():
        clock: Any = start("WD", 100)
        assert clock.provisional
        assert "（预计 " in shown(clock)
