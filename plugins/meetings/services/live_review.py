"""The stenographer's hall beside the lines: review (先审后发), confidential item (会4), rehearsal (演练).

Every act runs inside the caller's `write()`; the states stand in `live.held`, `live.confidential`, `live.rehearsal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core import audit, permissions, settings
from core.db import db, utcnow
from core.models import Account
from core.permissions import Actor
from core.refusals import NotFound, WrongState
from plugins.meetings.live import confidential, held, idempotency, reading, rehearsal, writer
from plugins.meetings.live.chain import stamp
from plugins.meetings.live.models import IN_QUEUE, LiveHeld, LivePost, LiveSession
from plugins.meetings.models import Meeting
from plugins.meetings.services import agenda, live
from plugins.meetings.services.live import REVIEW, WRITE
from plugins.meetings.workflow import MEETING

HOLD, CONVENE = "meetings.live_hold", "meetings.convene"
SHOWN = 200
"""The most lines a queue shows."""
DECIDED_SHOWN = 20


@dataclass(frozen=True)
class Queue:
    """What waits, in order of writing, then what was decided last; each line as `_line` states it."""

    lines: list[dict[str, Any]]
    decided: list[dict[str, Any]]


# --- lines -----------------------------------------------------------------------------------------


def release(actor: Actor, meeting_id: str, post_id: str, rev: int | None = None) -> dict[str, Any]:
    """Let a line out: `{seq, post, rev, epoch}`, or `{…, state: "held"}` where a second person is needed.

    Raises:
        NotFound, Forbidden, and what `held.release` raises.
    """
    session = live.locked(actor, meeting_id, REVIEW)
    return idempotency.answer(session, held.release(session, actor, _held(session, post_id), rev))


def stop_line(actor: Actor, meeting_id: str, post_id: str) -> dict[str, Any]:
    """Take a line out of the queue, undecided: later ones may pass it."""
    session = live.locked(actor, meeting_id, REVIEW)
    return idempotency.answer(session, held.stop(session, actor, _held(session, post_id)))


def release_due(live_id: str) -> int:
    """Let out what has waited long enough; returns how many lines."""
    return held.release_due(writer.lock(live_id))


def due() -> list[str]:
    """The live texts that have a line whose time has come: ids as `release_due` takes them."""
    query = (
        select(LiveSession.meeting_id)
        .join(LiveHeld, LiveHeld.session_id == LiveSession.id)
        .where(
            LiveHeld.state == "waiting", LiveHeld.release_at <= utcnow(), LiveHeld.two_persons.is_(False),
            LiveSession.stopped_at.is_(None), LiveSession.confidential_at.is_(None),
            LiveSession.state.in_(held.RELEASES),
        )
        .distinct()
    )  # fmt: skip
    return list(db.session.scalars(query))


def queue(actor: Actor, session: LiveSession) -> Queue:
    """The reviewer's queue; somebody who only writes sees his own lines and what became of them."""
    rows = select(LiveHeld, LivePost).join(LivePost, LivePost.post == LiveHeld.post)
    rows = rows.where(LiveHeld.session_id == session.id)
    if permissions.can(actor, REVIEW) is None:
        permissions.require(actor, WRITE)
        rows = rows.where(LiveHeld.author_id == actor.id)
    waiting = LiveHeld.state.in_(IN_QUEUE)
    first = db.session.execute(rows.where(waiting).order_by(LiveHeld.place).limit(SHOWN)).all()
    past = db.session.execute(rows.where(~waiting).order_by(LiveHeld.place.desc()).limit(DECIDED_SHOWN)).all()
    names = _names([row for row, _post in [*first, *past]])
    return Queue([_line(*pair, names) for pair in first], [_line(*pair, names) for pair in past])


def find_line(live_id: str, post_id: str) -> LivePost:
    """A held line as it stands; raises NotFound."""
    return _held(reading.of_meeting(live_id), post_id)


# --- the whole stream ------------------------------------------------------------------------------


def set_delay(actor: Actor, meeting_id: str, seconds: int) -> LiveSession:
    """先审后发: 0 to 180 seconds; the organiser decides. Raises WrongState once it is sealed."""
    session = live.locked(actor, meeting_id, CONVENE)
    if session.state == "sealed":
        raise WrongState(writer.STATE_LABELS[session.state])
    held.set_delay(session, actor, seconds)
    return session


def stop_all(actor: Actor, meeting_id: str) -> LiveSession:
    """The one key: nothing goes out by itself until somebody lets it go on."""
    session = live.locked(actor, meeting_id, REVIEW)
    held.stop_all(session, actor)
    return session


def go_on(actor: Actor, meeting_id: str) -> LiveSession:
    """End `stop_all`."""
    session = live.locked(actor, meeting_id, REVIEW)
    held.go_on(session, actor)
    return session


def hold(actor: Actor, meeting_id: str) -> LiveSession:
    """会4: a confidential item begins; readers get the standard notice of the place."""
    session = live.locked(actor, meeting_id, HOLD)
    confidential.begin(session, actor, str(settings.get("meetings.confidential_notice")))
    return session


def resume(actor: Actor, meeting_id: str) -> bool:
    """One of two persons says that it may go on; True when it does."""
    session = live.locked(actor, meeting_id, HOLD)
    return confidential.confirm(session, actor, _state_of(session))


def keep_hold(actor: Actor, meeting_id: str) -> None:
    """Take the first confirmation back."""
    confidential.take_back(live.locked(actor, meeting_id, HOLD), actor)


def standing(session: LiveSession) -> dict[str, Any]:
    """What those who write see beside the lines, names instead of ids."""
    confirmed_by = session.confirmed_by if confidential.is_confirmed(session) else None
    names = _accounts({one for one in (session.stopped_by, session.confidential_by, confirmed_by) if one})
    return {
        "state": session.state,
        "rehearsal": session.rehearsal_of is not None,
        "delay": session.delay,
        "waiting": session.waiting,
        "stopped_at": session.stopped_at,
        "stopped_by": names.get(session.stopped_by or ""),
        "confidential_at": session.confidential_at,
        "confidential_by": names.get(session.confidential_by or ""),
        "confirmed_by": names.get(confirmed_by or ""),
        "confirmed_until": confidential.confirmed_until(session),
    }


# --- rehearsal -------------------------------------------------------------------------------------


def begin_rehearsal(actor: Actor, meeting: Meeting) -> LiveSession:
    """演练: before the meeting opens, in a live text of its own. Raises Forbidden, WrongState."""
    grant = permissions.require(actor, CONVENE, meeting)
    if not may_rehearse(meeting):
        raise WrongState(MEETING.label(meeting.state))
    audit.record(actor, "meetings.rehearsal.begin", MEETING.object_type, meeting.id, grant=grant)
    return rehearsal.begin(meeting.id, actor)


def may_rehearse(meeting: Meeting) -> bool:
    """True before it opens."""
    return meeting.state in agenda.BEFORE


def end_rehearsal(actor: Actor, meeting: Meeting) -> None:
    """Nobody writes in it any more; it can be gone on with, or cleared."""
    grant = permissions.require(actor, CONVENE, meeting)
    rehearsal.end(meeting.id, actor)
    audit.record(actor, "meetings.rehearsal.end", MEETING.object_type, meeting.id, grant=grant)


def clear_rehearsal(actor: Actor, meeting: Meeting) -> None:
    """Delete everything that was rehearsed; harmless where there is nothing."""
    grant = permissions.require(actor, CONVENE, meeting)
    rehearsal.clear(meeting.id)
    audit.record(actor, "meetings.rehearsal.clear", MEETING.object_type, meeting.id, grant=grant)


def rehearsal_of(meeting: Meeting) -> LiveSession | None:
    """The rehearsal of a meeting, running or ended."""
    return db.session.scalar(select(LiveSession).where(LiveSession.rehearsal_of == meeting.id))


# --- inside ----------------------------------------------------------------------------------------


def _held(session: LiveSession, post_id: str) -> LivePost:
    post = writer.find_post(session, post_id)
    if post.state == "retracted":
        raise NotFound
    return post


def _state_of(session: LiveSession) -> str:
    if session.rehearsal_of is not None:
        return "in_session"
    return str(db.session.scalar(select(Meeting.state).where(Meeting.id == session.meeting_id)))


def _line(row: LiveHeld, post: LivePost, names: dict[str, str]) -> dict[str, Any]:
    left = (row.release_at - utcnow()).total_seconds()
    return {
        "post": row.post, "rev": post.rev, "state": row.state, "label": held.STATE_LABELS[row.state],
        "at": stamp(row.written_at), "release_at": stamp(row.release_at), "seconds_left": max(0, round(left)),
        "item": post.item, "speaker": post.speaker, "role": post.role, "type": post.type, "text": post.text,
        "attachments": post.attachments, "two_persons": row.two_persons, "author": names.get(row.author_id or ""),
        "first_by": names.get(row.first_by or ""), "decided_by": names.get(row.decided_by or ""), "reason": row.reason,
        "seq": post.seq,
    }  # fmt: skip


def _names(rows: list[LiveHeld]) -> dict[str, str]:
    return _accounts({one for row in rows for one in (row.author_id, row.first_by, row.decided_by) if one})


def _accounts(ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    return {row.id: row.name for row in db.session.scalars(select(Account).where(Account.id.in_(ids)))}
