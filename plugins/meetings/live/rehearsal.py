"""Rehearsals (演练): a live text of its own under a made-up id, so that no path that starts from a meeting finds it."""

from __future__ import annotations

from sqlalchemy import delete, select

from core.db import db, new_id
from core.models import AttachmentLink
from core.permissions import SYSTEM, Actor
from plugins.meetings.live import writer
from plugins.meetings.live.models import (
    FILE_SUBJECT,
    LiveEvent,
    LiveHeld,
    LiveIdempotency,
    LivePost,
    LiveSession,
    LiveText,
    LiveTicket,
)


def of(meeting_id: str) -> LiveSession | None:
    """The rehearsal of a meeting, running or ended; None where there is none."""
    found = select(LiveSession).where(LiveSession.rehearsal_of == meeting_id).with_for_update()
    return db.session.scalar(found)


def begin(meeting_id: str, actor: Actor) -> LiveSession:
    """Start one, or go on with the one that was ended; harmless while it runs."""
    session = of(meeting_id)
    if session is None:
        session = LiveSession(id=new_id(), meeting_id=new_id(), rehearsal_of=meeting_id, audience="invited")
        db.session.add(session)
        db.session.flush()
    writer.follow_meeting_state(session, "in_session", actor)
    return session


def end(meeting_id: str, actor: Actor = SYSTEM) -> None:
    """Nobody writes in it any more; what was written stays until it is cleared."""
    session = of(meeting_id)
    if session is not None:
        writer.follow_meeting_state(session, "closed", actor)


def clear(meeting_id: str) -> None:
    """Delete the rehearsal with everything written in it."""
    session = of(meeting_id)
    if session is None:
        return
    here = {"session_id": session.id}
    events = select(LiveEvent.id).filter_by(**here)
    posts = select(LivePost.post).filter_by(**here)
    links = AttachmentLink.subject_type == FILE_SUBJECT, AttachmentLink.subject_id.in_(posts)
    db.session.execute(delete(AttachmentLink).where(*links).execution_options(synchronize_session=False))
    db.session.execute(
        delete(LiveText).where(LiveText.event_id.in_(events)).execution_options(synchronize_session=False)
    )
    for table in (LiveHeld, LiveEvent, LivePost, LiveIdempotency, LiveTicket):
        db.session.execute(delete(table).where(table.session_id == session.id))
    db.session.delete(session)
    db.session.flush()
