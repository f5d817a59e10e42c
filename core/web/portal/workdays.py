"""工作日怎么算: a calculator for anyone, with suspensions and extension, every day it counted and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.db import utcnow
from core.refusals import Invalid
from core.web import calculator
from core.web.calculator import Explained
from core.workdays import Span, local_date

MOST_DAYS = 365
ROWS = 3
"""Suspensions that the form offers."""
KINDS: dict[str, Any] = {
    "workday": _l("工作日"),
    "weekend": _l("周末"),
    "holiday": _l("法定假"),
    "bridge": _l("调休休息"),
    "makeup": _l("调休上班"),
}


@dataclass
class Question:
    """What was asked, as typed and as read, with what is wrong about it by field."""

    start: str
    days: str
    extension: str
    stops: list[tuple[str, str]]
    problems: dict[str, str] = field(default_factory=dict)
    day: date = date.min
    amount: int = 5
    more: int = 0
    spans: list[Span] = field(default_factory=list)


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/workdays/`."""
    bp.add_url_rule("/<jurisdiction>/workdays/", "workdays", workdays)


def workdays() -> tuple[str, int]:
    """Count `days` working days from `from`; without a question, five from today."""
    question = _read(local_date(utcnow()))
    explained = None
    if not question.problems:
        try:
            explained = calculator.explain(question.day, question.amount, question.more, question.spans)
        except Invalid as no:
            question.problems["suspended"] = " ".join(map(str, no.errors["suspended"]))
    page = render_template(
        "portal/workdays.html",
        question=question,
        explained=explained,
        kinds=KINDS,
        said=_said(question, explained) if explained else [],
    )
    return page, 422 if question.problems else 200


def _read(today: date) -> Question:
    args = request.args
    pairs = zip_longest(args.getlist("stop_from")[:ROWS], args.getlist("stop_to")[:ROWS], fillvalue="")
    stops = [(began.strip(), ended.strip()) for began, ended in pairs]
    question = Question(
        args.get("from", today.isoformat()).strip(), args.get("days", "5").strip(),
        args.get("extension", "0").strip() or "0", stops + [("", "")] * (ROWS - len(stops)),
    )  # fmt: skip
    question.day = _day(question, "from", question.start) or today
    question.amount = _number(question, "days", question.days, 1)
    question.more = _number(question, "extension", question.extension, 0)
    for began, ended in question.stops:
        if began or ended:
            span = _day(question, "suspended", began), _day(question, "suspended", ended)
            if span[0] and span[1]:
                question.spans.append((span[0], span[1]))
    return question


def _day(question: Question, name: str, text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        question.problems[name] = _("请按 2026-11-24 的样子填写日期。")
        return None
    if not calculator.EARLIEST <= day <= calculator.LATEST:
        question.problems[name] = _("请填写 1990 年到 2100 年之间的日期。")
        return None
    return day


def _number(question: Question, name: str, text: str, least: int) -> int:
    if text.isascii() and text.isdigit() and least <= int(text[:6]) <= MOST_DAYS:
        return int(text)
    question.problems[name] = _("请填写 %(least)s 到 %(most)s 之间的整数。", least=least, most=MOST_DAYS)
    return 5


def _said(question: Question, explained: Explained) -> list[str]:
    """What was left out, what was counted beside plain weekdays, what moved the day."""
    days = explained.days
    rest = sum(not one.day.works for one in days)
    makeup = sum(one.day.kind == "makeup" and not one.stopped for one in days)
    said = [_("期间有 %(count)s 天休息日，不计入。", count=rest)] if rest else []
    if makeup:
        said.append(_("期间有 %(count)s 天调休上班，计入。", count=makeup))
    if question.more:
        said.append(_("延长 %(count)s 个工作日。", count=question.more))
    if explained.found.stopped:
        said.append(_("中止的 %(count)s 个工作日不计入，重叠的只算一次。", count=len(explained.found.stopped)))
    if explained.sources:
        said.append(_("节假日和调休的来源：%(sources)s。", sources="；".join(explained.sources)))
    return said
