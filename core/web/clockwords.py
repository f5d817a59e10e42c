"""A clock row as a person reads it: tone, what is left, and the sentences of 怎么算的. Used by macros/clock.html."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, has_request_context, request
from flask_babel import gettext as _

from core import clocks, settings
from core.db import utcnow
from core.jurisdictions import by_id
from core.languages import listed
from core.models import Clock
from core.web.formatting import short_day
from core.web.locale import day, language, moment
from core.workdays import Calendar, Day, local_date

SOON_HOURS = 2


@dataclass(frozen=True)
class ClockView:
    """What the clock macros show. `left` counts days or hours, negative when overdue."""

    label: str
    article: str
    tone: str
    unit: str
    left: int
    due: date | None
    due_at: datetime
    provisional: bool
    late: bool
    explanation: tuple[str, ...]


def init_app(app: Flask) -> None:
    """Make the filter `clock_view` known to the clock macros."""
    app.jinja_env.filters["clock_view"] = clock_view


def clock_view(clock: Clock | ClockView) -> ClockView:
    """The view of a clock row as of now (template filter `clock_view`)."""
    if isinstance(clock, ClockView):
        return clock
    state = clocks.state_of(clock)
    left = _left(clock)
    return ClockView(
        label=_(clock.label),
        article=clock.article,
        tone=_tone(state, clock, left),
        unit=clock.unit,
        left=left,
        due=clock.due_on,
        due_at=clock.due_at,
        provisional=clock.provisional,
        late=state == "met_late",
        explanation=tuple(_explain(clock)),
    )


def _tone(state: str, clock: Clock, left: int) -> str:
    if state in {"met", "met_late"}:
        return "done"
    if state == "running":
        return "soon" if left <= (SOON_HOURS if clock.unit == "H" else _soon_days(clock)) else "running"
    return state


def _soon_days(clock: Clock) -> int:
    """The local rule of the clock's jurisdiction, read once in a request."""
    memory = request.environ if has_request_context() else {}
    known: dict[str, int] = memory.setdefault("mingtang.soon_days", {})
    if clock.jurisdiction_id not in known:
        known[clock.jurisdiction_id] = settings.soon_days(by_id(clock.jurisdiction_id))
    return known[clock.jurisdiction_id]


def _left(clock: Clock) -> int:
    now = utcnow()
    if clock.due_on is None:
        hours = (clock.due_at - now).total_seconds() / 3600
        return math.floor(hours)
    if clock.unit == "WD":
        left = _calendar(clock).between(local_date(now), clock.due_on)
    else:
        left = (clock.due_on - local_date(now)).days
    return min(left, -1) if now >= clock.due_at else left


def _calendar(clock: Clock) -> Calendar:
    """The calendar of the clock's jurisdiction, read once in a request."""
    memory = request.environ if has_request_context() else {}
    known: dict[str, Calendar] = memory.setdefault("mingtang.calendars", {})
    if clock.jurisdiction_id not in known:
        known[clock.jurisdiction_id] = Calendar(by_id(clock.jurisdiction_id).lineage)
    return known[clock.jurisdiction_id]


def _explain(clock: Clock) -> list[str]:
    amount: dict[str, Any] = {"amount": clock.amount, "start": day(clock.started_at)}
    if clock.unit == "H":
        said = [
            _(
                "自 %(start)s 起 %(amount)s 小时，连续计算。",
                start=moment(clock.started_at),
                amount=clock.amount,
            )
        ]
    elif clock.unit == "CD":
        said = [_("%(start)s为起算日，不计入；次日起 %(amount)s 天，末日遇休息日顺延。", **amount)]
    else:
        said = [_("%(start)s为起算日，不计入；次日起数 %(amount)s 个工作日。", **amount)]
        said += _rest_days(clock)
    if clock.extension:
        said.append(_("已延长 %(amount)s：%(reason)s", amount=clock.extension, reason=clock.extension_reason))
    for stop in clock.suspensions:
        said.append(_("自 %(start)s 中止计时：%(reason)s", start=day(stop.started_at), reason=stop.reason))
    if clock.original_due_at != clock.due_at:
        said.append(_("原定期限：%(day)s。", day=day(clock.original_due_at - timedelta(microseconds=1))))
    if clock.basis:
        said.append(_("依据：%(basis)s", basis=_(clock.basis)))
    return said


def _rest_days(clock: Clock) -> list[str]:
    """Which holidays were left out and which make-up days counted; plain weekends go without saying."""
    calendar, start = _calendar(clock), local_date(clock.started_at)
    length = (clock.due_on - start).days if clock.due_on else 0
    days = [calendar.day(start + timedelta(days=n)) for n in range(1, length + 1)]
    away = _spans([one for one in days if one.kind in {"holiday", "bridge"}])
    worked = _spans([one for one in days if one.kind == "makeup"])
    said = [_("其中放假不计：%(days)s。", days=listed(away))] if away else []
    if worked:
        said.append(_("其中调休上班计入：%(days)s。", days=listed(worked)))
    return said


def _spans(days: list[Day]) -> list[str]:
    """Neighbouring days as one span: 10月1日—8日."""
    spans: list[list[date]] = []
    for one in days:
        if spans and one.date - spans[-1][-1] == timedelta(days=1):
            spans[-1].append(one.date)
        else:
            spans.append([one.date])
    return [_span(span[0], span[-1]) for span in spans]


def _span(first: date, last: date) -> str:
    if first == last:
        return short_day(first)
    return f"{short_day(first)}–{short_day(last)}" if language() == "en" else f"{short_day(first)}—{short_day(last)}"
