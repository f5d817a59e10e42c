"""工作日怎么算: a calculator for anyone, with every day it counted and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.db import utcnow
from core.jurisdictions import current
from core.workdays import Calendar, Count, local_date

MOST_DAYS = 365
KINDS: dict[str, Any] = {
    "workday": _l("工作日"),
    "weekend": _l("周末"),
    "holiday": _l("法定假"),
    "bridge": _l("调休休息"),
    "makeup": _l("调休上班"),
}


@dataclass(frozen=True)
class Question:
    """What was asked, as typed, with what is wrong about it by field."""

    start: str
    days: str
    problems: dict[str, str]


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/workdays/`."""
    bp.add_url_rule("/<jurisdiction>/workdays/", "workdays", workdays)


def workdays() -> tuple[str, int]:
    """Count `days` working days from `from`; without a question, five from today."""
    today = local_date(utcnow())
    question, start, days = _read(today)
    count = None if question.problems else Calendar(current().lineage).add(start, days)
    page = render_template(
        "portal/workdays.html",
        question=question,
        start=start,
        days=days,
        count=count,
        kinds=KINDS,
        said=_said(count),
    )
    return page, 422 if question.problems else 200


def _read(today: date) -> tuple[Question, date, int]:
    text_start = request.args.get("from", today.isoformat()).strip()
    text_days = request.args.get("days", "5").strip()
    problems: dict[str, str] = {}
    start, days = today, 5
    try:
        start = date.fromisoformat(text_start)
    except ValueError:
        problems["from"] = _("请按 2026-11-24 的样子填写日期。")
    if not 1990 <= start.year <= 2100:
        problems["from"] = _("请填写 1990 年到 2100 年之间的日期。")
    if text_days.isascii() and text_days.isdigit() and 1 <= int(text_days[:6]) <= MOST_DAYS:
        days = int(text_days)
    else:
        problems["days"] = _("请填写 1 到 %(most)s 之间的整数。", most=MOST_DAYS)
    return Question(text_start, text_days, problems), start, days


def _said(count: Count | None) -> list[str]:
    """What was left out and what was counted beside plain weekdays."""
    if count is None:
        return []
    rest = sum(not day.works for day in count.days)
    makeup = sum(day.kind == "makeup" for day in count.days)
    said = [_("期间有 %(count)s 天休息日，不计入。", count=rest)] if rest else []
    if makeup:
        said.append(_("期间有 %(count)s 天调休上班，计入。", count=makeup))
    return said
