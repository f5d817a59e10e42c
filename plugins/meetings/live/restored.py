"""After a backup was put back: readers may have seen events that are gone, so numbering starts a new epoch."""

from __future__ import annotations

from sqlalchemy import select

from core.db import db, new_id
from plugins.meetings.live.chain import GENESIS, event_digest
from plugins.meetings.live.models import LiveEvent, LiveSession
from plugins.meetings.live.writer import stated

PAST_ANY_GENERATION = 1_000_000
"""Added so that no cache takes an old answer for a new one: more withdrawals than a live text ever sees."""


def begin_new_epochs() -> None:
    """Give every unsealed live text of the current jurisdiction a new epoch and tell its chain anew; in `write()`.

    A sealed one keeps epoch and digest, which stand in its published record: nothing can follow its last event.
    """
    for session in db.session.scalars(select(LiveSession)):
        session.generation += PAST_ANY_GENERATION
        if session.state == "sealed":
            continue
        session.epoch, session.head_digest = new_id(), GENESIS
        events = select(LiveEvent).where(LiveEvent.session_id == session.id).order_by(LiveEvent.seq)
        for event in db.session.scalars(events):
            event.prev_digest = session.head_digest
            event.digest = session.head_digest = event_digest(event.prev_digest, stated(session.epoch, event))
    db.session.flush()
