"""Reminders of deadlines (时限提醒): some working days before, on the day, and once overdue, to the supervisor as well.

How many days before is a local rule (`core.soon_days`). Where a person was named for it, that person is reminded; once
overdue the colleagues of the agency hear of it too.

Each stage is told once: `Clock.reminded` says how far it came, in the transaction that owes the notices. A deadline
that moves later starts its stages anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, and_, or_, select

from core import audit, notices, settings
from core.db import all_jurisdictions, db, utcnow, write
from core.jurisdictions import by_id, current, enter
from core.models import Account, Clock, RoleGrant
from core.permissions import SYSTEM, registered
from core.workdays import Calendar, local_date

SOON, TODAY, OVERDUE = 1, 2, 3
HOURS_BEFORE = timedelta(hours=4)
"""For clocks that count hours, in place of «on the day»."""
RESPONSIBLE = ("organiser", "handler", "disclosure_officer", "drafter")
BATCH = 200


def sweep(now: datetime | None = None) -> int:
    """Owe the reminders that are due everywhere; returns how many clocks moved a stage. Idempotent."""
    moment = now or utcnow()
    with all_jurisdictions("which places have deadlines to remind of"):
        horizon = local_date(moment) + timedelta(days=60)  # an upper bound for twenty working days anywhere
        places = db.session.scalars(select(Clock.jurisdiction_id).where(_due(moment, horizon)).distinct()).all()
    moved = 0
    for place_id in places:
        with enter(by_id(place_id)) as place:
            horizon = Calendar(place.lineage).add(local_date(moment), settings.soon_days(place)).due
            while batch := _remind_batch(moment, horizon):
                moved += batch
    return moved


def _due(now: datetime, horizon: date) -> ColumnElement[bool]:
    """Running clocks that have reached a stage they were not reminded of."""
    today = local_date(now)
    return and_(
        Clock.state == "running",
        or_(
            and_(Clock.due_at <= now, Clock.reminded < OVERDUE),
            and_(Clock.due_on <= today, Clock.reminded < TODAY),
            and_(Clock.due_on <= horizon, Clock.reminded < SOON),
            and_(Clock.due_on.is_(None), Clock.due_at <= now + HOURS_BEFORE, Clock.reminded < TODAY),
        ),
    )


def _remind_batch(now: datetime, horizon: date) -> int:
    if db.session.scalar(select(Clock.id).where(_due(now, horizon)).limit(1)) is None:
        return 0
    with write() as session:
        query = select(Clock).where(_due(now, horizon)).limit(BATCH).with_for_update(skip_locked=True)
        clocks = session.scalars(query).all()
        for clock in clocks:
            clock.reminded = _stage(clock, now)
            _tell(clock, now)
        return len(clocks)


def _stage(clock: Clock, now: datetime) -> int:
    if clock.due_at <= now:
        return OVERDUE
    return TODAY if clock.due_on is None or clock.due_on <= local_date(now) else SOON


def _tell(clock: Clock, now: datetime) -> None:
    what = LazyString(_, clock.label)
    subject = {
        SOON: _l("%(what)s：还有 %(days)s 个工作日到期", what=what, days=_left(clock, now)),
        TODAY: _l("%(what)s：今天到期", what=what),
        OVERDUE: _l("%(what)s：已逾期", what=what),
    }[clock.reminded]
    last_day = clock.due_on.isoformat() if clock.due_on else clock.due_at.isoformat()
    body = _l("依据 %(article)s，办理期限为 %(day)s。", article=clock.article, day=last_day)
    key = f"clock:{clock.id}:{clock.due_at:%Y%m%d%H%M}:{clock.reminded}"
    notices.tell(_recipients(clock), key, subject=subject, body=body, link=f"/admin/{current().slug}/")
    if clock.reminded == OVERDUE:
        audit.record(
            SYSTEM, "core.clock.overdue", clock.subject_type, clock.subject_id,
            article=clock.article, data={"clock": clock.key, "due": clock.due_at.isoformat()},
        )  # fmt: skip


def _left(clock: Clock, now: datetime) -> int:
    """Working days from today to the last day."""
    return Calendar(current().lineage).between(local_date(now), clock.due_on) if clock.due_on else 0


def _recipients(clock: Clock) -> Iterable[Account]:
    """The person named, else who works on it in its agency, else in the jurisdiction; once overdue all of them and
    those who watch all deadlines.
    """
    owner = db.session.get(Account, clock.owner_id) if clock.owner_id else None
    found = {owner.id: owner} if owner is not None and owner.active else {}
    if not found or clock.reminded == OVERDUE:
        found |= _holders(RESPONSIBLE, clock.agency_id) or _holders(RESPONSIBLE, None)
    if clock.reminded == OVERDUE:
        watching = registered()["core.clocks"].roles
        found |= _holders(watching, None) | (_holders(watching, clock.agency_id) if clock.agency_id else {})
    return found.values()


def _holders(roles: tuple[str, ...], agency_id: str | None) -> dict[str, Account]:
    query = (
        select(Account)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            RoleGrant.jurisdiction_id == current().id,
            RoleGrant.role.in_(roles),
            RoleGrant.agency_id == agency_id,
            Account.active,
        )
    )
    return {account.id: account for account in db.session.scalars(query)}
