"""What time does to items by itself: silence is reported (never taken for consent, 管10), the hour set releases."""

from __future__ import annotations

from sqlalchemy import select

from core.db import db, utcnow, write
from core.models import Clock
from core.permissions import SYSTEM
from plugins.disclosure.item_content import SUBJECT
from plugins.disclosure.models import Item
from plugins.disclosure.services import items
from plugins.disclosure.workflow import ITEM
from plugins.disclosure.workflow.item_clocks import CONFIRM

BATCH = 200


def sweep() -> None:
    """Carry out what is due here, each item in a transaction of its own; a second worker finds nothing left."""
    for ident in _unanswered():
        with write() as session:
            item = session.get_one(Item, ident)
            if item.state == "confirming" and item.escalated_at is None:
                ITEM.fire(item, "escalate", SYSTEM)
    due = select(Item.id).where(Item.state == "to_release", Item.scheduled_at <= utcnow()).limit(BATCH)
    for ident in db.session.scalars(due).all():
        with write() as session:
            item = session.get_one(Item, ident)
            if item.state == "to_release" and not ITEM.obstacles(item, "release", SYSTEM):
                items.move(SYSTEM, item, "release")


def _unanswered() -> list[str]:
    query = (
        select(Item.id)
        .join(Clock, Clock.subject_id == Item.id)
        .where(
            Clock.subject_type == SUBJECT, Clock.key == CONFIRM.key, Clock.state == "running",
            Clock.due_at <= utcnow(), Item.state == "confirming", Item.escalated_at.is_(None),
        )
        .limit(BATCH)
    )  # fmt: skip
    return list(db.session.scalars(query))
