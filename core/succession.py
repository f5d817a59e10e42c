"""Who carries an abolished body's duties (管5): its successor, for every object, open request and clock of its own.

Objects keep the body that made them; rights follow the line of successors instead. So an address goes on to say who
made a thing, and whoever took over works on it as on his own.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from core.db import db
from core.models import Agency


def today(agency_id: str) -> str:
    """The body that carries the duties of `agency_id` now: itself, or the last in the line of its successors."""
    seen: set[str] = set()
    while agency_id not in seen:
        seen.add(agency_id)
        agency = db.session.get(Agency, agency_id)
        agency_id = agency.successor_id if agency and agency.successor_id else agency_id
    return agency_id


def with_predecessors(ids: Iterable[str]) -> frozenset[str]:
    """`ids` and every body of the current jurisdiction whose duties one of them carries."""
    carried = set(ids)
    ended = db.session.execute(select(Agency.id, Agency.successor_id).where(Agency.successor_id.is_not(None))).all()
    while more := {ident for ident, successor in ended if successor in carried} - carried:
        carried |= more
    return frozenset(carried)
