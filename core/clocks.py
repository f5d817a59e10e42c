"""Statutory deadlines as rows (法定时限): start, suspend, extend, meet; «how calculated» is answered by the row.

A rule is data (`ClockRule`); the amount may be a local setting. Everything happens inside the caller's `write()`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from core import succession
from core.db import db, new_id, utcnow
from core.jurisdictions import by_id, current
from core.languages import kept
from core.models import Clock, ClockSuspension
from core.workdays import Calendar, Span, end_of, local_date

OPEN = ("running", "suspended")


@dataclass(frozen=True)
class ClockRule:
    """One deadline of a regulation: `amount` in WD 工作日, CD 自然日 or H 小时; a callable reads local settings.

    `label` and `basis` are kept in the row as Chinese and translated where they are shown: write them with `_l`.
    """

    key: str
    article: str
    label: Any
    unit: str
    amount: int | Callable[[], int]
    basis: Any = ""


def start(object_type: str, subject: Any, rule: ClockRule, *, at: datetime | None = None) -> Clock:
    """Start the clock of `rule` for `subject` unless it already runs; day zero is the day of `at`."""
    running = _find(object_type, subject.id, rule.key)
    if running is not None:
        return running
    began, agency = at or utcnow(), getattr(subject, "agency_id", None)
    clock = Clock(
        jurisdiction_id=current().id,
        key=rule.key,
        label=kept(rule.label),
        article=rule.article,
        basis=kept(rule.basis),
        plugin=object_type.partition(".")[0],
        subject_type=object_type,
        subject_id=subject.id,
        matter_id=getattr(subject, "matter_id", None),
        agency_id=succession.today(agency) if agency else None,
        owner_id=getattr(subject, "owner_id", None),
        unit=rule.unit,
        amount=rule.amount() if callable(rule.amount) else rule.amount,
        extension=0,
        started_at=began,
        due_at=began,
        original_due_at=began,
    )
    _recount(clock)
    clock.original_due_at = clock.due_at
    db.session.add(clock)
    db.session.flush()
    return clock


def meet(object_type: str, subject_id: str, key: str, *, at: datetime | None = None) -> None:
    """The duty was done: stop the clock, late or not. Harmless when none runs."""
    _close(object_type, subject_id, key, "met", at or utcnow())


def cancel(object_type: str, subject_id: str, key: str, *, at: datetime | None = None) -> None:
    """The duty fell away (e.g. exempted): stop the clock without meeting it."""
    _close(object_type, subject_id, key, "cancelled", at or utcnow())


def assign(object_type: str, subject_id: str, owner_id: str | None) -> None:
    """Name the person who is reminded of the running clocks of an object; None leaves it to the agency again."""
    for clock in of(object_type, [subject_id])[subject_id]:
        if clock.state in OPEN:
            clock.owner_id = owner_id


def suspend(clock: Clock, reason: str, *, at: datetime | None = None) -> ClockSuspension:
    """Stop counting from `at` on (中止); several suspensions may overlap, each with its own end."""
    made = ClockSuspension(id=new_id(), jurisdiction_id=clock.jurisdiction_id, started_at=at or utcnow(), reason=reason)
    clock.suspensions.append(made)
    clock.state = "suspended"
    return made


def resume(clock: Clock, *, at: datetime | None = None, only: str | None = None) -> None:
    """End the suspension with the id `only`, else all; count on once none is left.

    The working days of (start, end] of all suspensions are added to the due date, each day once.
    """
    for suspension in clock.suspensions:
        if suspension.ended_at is None and only in {None, suspension.id}:
            suspension.ended_at = at or utcnow()
    if all(suspension.ended_at for suspension in clock.suspensions):
        clock.state = "running"
    _recount(clock)


def extend(clock: Clock, amount: int, reason: str) -> None:
    """Lengthen by `amount` units; the original date stays in `original_due_at`."""
    clock.extension += amount
    clock.extension_reason = reason
    _recount(clock)


def recount_open() -> int:
    """Count every open clock of the current jurisdiction anew (the calendar changed); returns how many moved."""
    moved = 0
    for clock in db.session.scalars(select(Clock).where(Clock.state.in_(OPEN))):
        before = clock.due_at
        _recount(clock)
        moved += clock.due_at != before
    return moved


def of(object_type: str, subject_ids: Sequence[str]) -> dict[str, list[Clock]]:
    """The clocks of several objects at once, by subject id, oldest first."""
    found: dict[str, list[Clock]] = {subject_id: [] for subject_id in subject_ids}
    query = select(Clock).where(Clock.subject_type == object_type, Clock.subject_id.in_(list(subject_ids)))
    for clock in db.session.scalars(query.order_by(Clock.started_at)):
        found[clock.subject_id].append(clock)
    return found


def by_ids(ids: Sequence[str]) -> dict[str, Clock]:
    """Several clocks of the current jurisdiction at once, by their own ids; unknown ones are left out."""
    return {clock.id: clock for clock in db.session.scalars(select(Clock).where(Clock.id.in_(list(ids))))}


def as_json(clock: Clock) -> dict[str, Any]:
    """The shape every API object under a clock carries (contract.md, Deadlines)."""
    return {
        "key": clock.key,
        "label": _(clock.label),
        "basis": _(clock.basis) if clock.basis else "",
        "article": clock.article,
        "unit": clock.unit,
        "amount": clock.amount,
        "started": clock.started_at,
        "due": clock.due_on,
        "due_at": clock.due_at,
        "original_due": local_date(clock.original_due_at - timedelta(microseconds=1)),
        "suspensions": [{"from": s.started_at, "until": s.ended_at, "reason": s.reason} for s in clock.suspensions],
        "provisional": clock.provisional,
        "state": state_of(clock),
    }


def state_of(clock: Clock, now: datetime | None = None) -> str:
    """running, suspended, overdue, met, met_late or cancelled; lateness is computed, never stored."""
    if clock.state == "met":
        return "met_late" if clock.met_at and clock.met_at >= clock.due_at else "met"
    if clock.state == "running" and (now or utcnow()) >= clock.due_at:
        return "overdue"
    return clock.state


def _find(object_type: str, subject_id: str, key: str) -> Clock | None:
    return db.session.scalar(
        select(Clock).where(
            Clock.subject_type == object_type,
            Clock.subject_id == subject_id,
            Clock.key == key,
            Clock.state.in_(OPEN),
        )
    )


def _close(object_type: str, subject_id: str, key: str, state: str, at: datetime) -> None:
    clock = _find(object_type, subject_id, key)
    if clock is not None:
        clock.state, clock.met_at = state, at


def _recount(clock: Clock) -> None:
    """The one place where a due date is computed; a deadline that moves later is reminded of anew."""
    before = clock.due_at
    _count(clock)
    if clock.due_at > before:
        clock.reminded = 0


def _count(clock: Clock) -> None:
    amount = clock.amount + clock.extension
    if clock.unit == "H":
        paused = sum(((s.ended_at - s.started_at) for s in clock.suspensions if s.ended_at), start=timedelta())
        clock.due_at = clock.started_at + timedelta(hours=amount) + paused
        clock.due_on = None
        return
    calendar = Calendar(by_id(clock.jurisdiction_id).lineage)
    day_zero = local_date(clock.started_at)
    if clock.unit == "WD":
        count = calendar.add(day_zero, amount + len(calendar.stopped(_ended(clock))))
    else:
        count = calendar.add_calendar_days(day_zero, amount)
    clock.due_on, clock.due_at, clock.provisional = count.due, end_of(count.due), count.provisional


def _ended(clock: Clock) -> list[Span]:
    """The suspensions that are over, as days."""
    return [(local_date(s.started_at), local_date(s.ended_at)) for s in clock.suspensions if s.ended_at]
