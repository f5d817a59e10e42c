"""Fair rotation (轮换): how often and when the people of the pool were invited, counted from invitations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, Subquery, case, func, select

from core.db import db, utcnow
from plugins.meetings.models import Invitation, Representative

WINDOW = timedelta(days=365)
"""«The last 12 months»."""
MOST_SHOWN = 50


@dataclass(frozen=True)
class Rotation:
    """Invited and attended in the last 12 months, and the last invitation ever."""

    invited: int = 0
    attended: int = 0
    last: datetime | None = None


def figures(ids: Collection[str]) -> Mapping[str, Rotation]:
    """By id of the entry; who was never invited is not in it."""
    found = db.session.execute(_counted().where(Invitation.representative_id.in_(ids)))
    return {row.who: Rotation(row.invited, row.attended, row.last) for row in found}


def history(person: Representative) -> Sequence[Invitation]:
    """The invitations somebody of the pool had, the newest first."""
    query = select(Invitation).where(Invitation.representative_id == person.id, Invitation.sent_at.is_not(None))
    return db.session.scalars(query.order_by(Invitation.sent_at.desc()).limit(MOST_SHOWN)).all()


def counted() -> Subquery:
    """The same as a table to sort by: who, invited, attended, last."""
    return _counted().subquery()


def _counted() -> Select[Any, Any, Any, Any]:
    recent = Invitation.sent_at >= utcnow() - WINDOW
    return (
        select(
            Invitation.representative_id.label("who"),
            func.sum(case((recent, 1), else_=0)).label("invited"),
            func.sum(case((recent & Invitation.checked_in_at.is_not(None), 1), else_=0)).label("attended"),
            func.max(Invitation.sent_at, type_=Invitation.sent_at.type).label("last"),
        )
        .where(Invitation.representative_id.is_not(None), Invitation.sent_at.is_not(None))
        .group_by(Invitation.representative_id)
    )
