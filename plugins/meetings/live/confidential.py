"""A confidential item (会4): the stream pauses with a notice, nothing new reaches readers, two persons resume.

It stands beside the meeting's own states: the meeting is in session, only its live text is silent.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from core import audit
from core.db import db
from core.permissions import Actor
from core.refusals import WrongState
from plugins.meetings.live import writer
from plugins.meetings.live.held import second_person
from plugins.meetings.live.models import LiveSession
from plugins.meetings.live.writer import Line

CONFIRMATION = timedelta(minutes=10)
"""How long the first person's confirmation stands."""


def begin(session: LiveSession, actor: Actor, text: str) -> None:
    """Readers get the notice `text`, then nothing; harmless while it is so already. Raises WrongState."""
    if session.confidential_at is not None:
        return
    if session.state not in writer.LINE_STATES["notice"]:
        raise WrongState(writer.STATE_LABELS[session.state])
    writer.add_line(session, actor, Line("notice", text), "notice")
    session.confidential_at, session.confidential_by = writer.now(), actor.id
    _move(session, actor, "paused")
    audit.record(actor, "meetings.live.hold", "meetings.live_session", session.id, article="会4")


def confirm(session: LiveSession, actor: Actor, state: str) -> bool:
    """One of two persons says that it may go on; True for the second, with whom it is in `state` of the meeting.

    Raises:
        WrongState: no confidential item is dealt with. Refused: SECOND_PERSON_NEEDED, the same person again.
    """
    _must_be_held(session)
    if not is_confirmed(session):
        session.confirmed_at, session.confirmed_by = writer.now(), actor.id
        db.session.flush()
        audit.record(actor, "meetings.live.resume_first", "meetings.live_session", session.id, article="会4")
        return False
    if session.confirmed_by == actor.id:
        raise second_person()
    session.confidential_at = session.confidential_by = session.confirmed_at = session.confirmed_by = None
    _move(session, actor, writer.FOLLOWS[state])
    audit.record(actor, "meetings.live.resume", "meetings.live_session", session.id, article="会4")
    return True


def take_back(session: LiveSession, actor: Actor) -> None:
    """The first confirmation is void: it stays confidential."""
    _must_be_held(session)
    session.confirmed_at = session.confirmed_by = None
    db.session.flush()
    audit.record(actor, "meetings.live.resume_cancelled", "meetings.live_session", session.id, article="会4")


def is_confirmed(session: LiveSession) -> bool:
    """True while the first person's confirmation stands."""
    return session.confirmed_at is not None and session.confirmed_at + CONFIRMATION > writer.now()


def confirmed_until(session: LiveSession) -> datetime | None:
    """Until when the first confirmation stands; None where there is none."""
    return session.confirmed_at + CONFIRMATION if session.confirmed_at and is_confirmed(session) else None


def _must_be_held(session: LiveSession) -> None:
    if session.confidential_at is None:
        raise WrongState(writer.STATE_LABELS[session.state])


def _move(session: LiveSession, actor: Actor, state: str) -> None:
    if session.state != state:
        session.state = state
        writer.append(session, actor, "status", {"type": state})
    db.session.flush()
