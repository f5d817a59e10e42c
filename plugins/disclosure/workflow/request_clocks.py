"""The limits of access on request (条例第三十条至第三十五条) as clock rules, and the day an officer writes down."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from flask_babel import lazy_gettext as _l

from core import clocks, settings
from core.clocks import ClockRule
from core.db import utcnow
from core.jurisdictions import current
from core.models import Clock
from core.workdays import LOCAL, Calendar, local_date
from plugins.disclosure.models import AccessRequest, Consultation

REQUEST_TYPE = "disclosure.request"
CONSULTATION_TYPE = "disclosure.consultation"


def days(key: str) -> int:
    """A number of days of the rule pack, by its key without `disclosure.ysq_`."""
    return int(settings.get(f"disclosure.ysq_{key}"))


CONFIRM = ClockRule(
    "confirm", "管12", _l("与申请人确认收到申请"), "WD", lambda: days("confirm_days"),
    _l("政府信息公开条例第三十一条"),
)  # fmt: skip
CONFIRM_TODAY = replace(CONFIRM, amount=0)
"""A plain letter is confirmed on the day it arrives."""
REPLY = ClockRule(
    "reply", "管12", _l("答复政府信息公开申请"), "WD", lambda: days("reply_days"),
    _l("政府信息公开条例第三十三条"),
)  # fmt: skip
NOTICE = ClockRule(
    "notice", "管12", _l("审查申请是否齐备，需要补正的一次性告知"), "WD", lambda: days("notice_days"),
    _l("政府信息公开条例第三十条"),
)  # fmt: skip
CORRECT = ClockRule(
    "correct", "管12", _l("申请人补正申请"), "WD", lambda: days("correction_days"), _l("政府信息公开条例第三十条"),
)  # fmt: skip
PAY = ClockRule(
    "pay", "管12", _l("申请人缴纳信息处理费"), "WD", lambda: days("fee_days"), _l("政府信息公开条例第四十二条"),
)  # fmt: skip
THIRD_PARTY = ClockRule(
    "consult", "管12", _l("第三方提出意见"), "WD", lambda: days("third_party_days"),
    _l("政府信息公开条例第三十二条"),
)  # fmt: skip
CO_AUTHOR = ClockRule(
    "consult", "管12", _l("共同制作机关提出意见"), "WD", lambda: days("co_author_days"),
    _l("政府信息公开条例第三十四条"),
)  # fmt: skip
ALL = (CONFIRM, REPLY, NOTICE, CORRECT, PAY)


def today() -> date:
    """The present day here."""
    return local_date(utcnow())


def moment(day: date) -> datetime:
    """A moment of that day: now when it is today, else noon; day clocks look at the day alone."""
    return utcnow() if day == today() else datetime.combine(day, time(12), LOCAL)


def running(request: AccessRequest, key: str) -> Clock | None:
    """The open clock of that key."""
    found = clocks.of(REQUEST_TYPE, [request.id])[request.id]
    return next((clock for clock in found if clock.key == key and clock.state in clocks.OPEN), None)


def of_consultation(consultation: Consultation) -> Clock | None:
    """The open limit of a consulted party."""
    found = clocks.of(CONSULTATION_TYPE, [consultation.id])[consultation.id]
    return next((clock for clock in found if clock.state in clocks.OPEN), None)


def is_over(clock: Clock | None) -> bool:
    """True when a limit has passed; one that does not run has."""
    return clock is None or utcnow() >= clock.due_at


def last_day(start: date, key: str) -> date:
    """The last day of so many working days of the rule pack, from `start`."""
    return Calendar(current().lineage).add(start, days(key)).due


def most_extension() -> int:
    """How many working days the reply may be put off, once (条例第三十三条)."""
    return days("extension_days")


def cancel_all(request: AccessRequest, at: datetime) -> None:
    """Nothing is owed any more."""
    for rule in ALL:
        clocks.cancel(REQUEST_TYPE, request.id, rule.key, at=at)
