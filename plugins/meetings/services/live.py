"""Writing the live text: the one service behind HTTP and socket. The state of the text stands in `live.writer`.

Every act runs inside the caller's `write()`: right, row lock, key, state, event and stored answer in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import permissions, storage
from core.db import db
from core.permissions import Actor
from core.refusals import Invalid, NotFound
from plugins.meetings.live import idempotency, reading, writer
from plugins.meetings.live.forms import CorrectionIn, LineIn, RetractionIn
from plugins.meetings.live.idempotency import Request
from plugins.meetings.live.models import LiveEvent, LivePost, LiveSession
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.services import live_access, meetings

WRITE, RETRACT, WITHDRAW = "meetings.live_write", "meetings.live_retract", "meetings.live_withdraw"
FILE_SUBJECT = "meetings.live_post"


@dataclass(frozen=True)
class Done:
    """`{seq, post, rev, epoch}`; `again` when it was carried out by an earlier request with this key."""

    answer: dict[str, Any]
    again: bool = False


def stored(meeting_id: str, asked: Request | None) -> Done | None:
    """The answer given before to this request; None without a key or when it is new.

    Raises:
        Refused: KEY_REUSED.
    """
    if asked is None:
        return None
    found = idempotency.replay(reading.of_meeting(meeting_id), asked)
    return None if found is None else Done(found, again=True)


def publish(actor: Actor, meeting_id: str, line: LineIn, asked: Request) -> Done:
    """A new line, public at once.

    Raises:
        NotFound, Forbidden, Refused KEY_REUSED, Invalid (unknown item or file), WrongState.
    """

    def act(session: LiveSession) -> LiveEvent:
        _check(actor, meeting_id, line)
        event = writer.publish(session, actor, _line(line))
        for place, file in enumerate(line.attachments, 1):
            storage.link(actor, file, FILE_SUBJECT, str(event.post), audience="public", position=place)
        return event

    return _once(actor, meeting_id, WRITE, asked, act)


def correct(
    actor: Actor, meeting_id: str, post_id: str, body: CorrectionIn, rev: int, asked: Request | None = None
) -> Done:
    """Replace a line's text; `rev` is the one the writer has seen. Raises Stale beside what `publish` raises."""
    return _once(
        actor, meeting_id, WRITE, asked,
        lambda session: writer.correct(session, actor, post_id, body.text, body.reason, rev),
    )  # fmt: skip


def retract(
    actor: Actor, meeting_id: str, post_id: str, body: RetractionIn, rev: int, asked: Request | None = None
) -> Done:
    """Take a line back: a tombstone remains."""
    return _once(
        actor, meeting_id, RETRACT, asked,
        lambda session: writer.retract(session, actor, post_id, body.reason, body.public_note or None, rev),
    )  # fmt: skip


def withdraw(actor: Actor, meeting_id: str, post_id: str, body: RetractionIn) -> LivePost:
    """After sealing: delete a line's texts on the decision of who may; audited, outside the chain."""
    session = _locked(actor, meeting_id, WITHDRAW)
    return writer.withdraw(session, actor, post_id, body.reason, body.public_note or None)


def come_to(actor: Actor, meeting_id: str, item: str | None, asked: Request | None = None) -> Done:
    """Say which agenda item the meeting has come to; None between items."""

    def act(session: LiveSession) -> LiveEvent:
        _check_item(meeting_id, item)
        return writer.item(session, actor, item)

    return _once(actor, meeting_id, WRITE, asked, act)


def pin(actor: Actor, meeting_id: str, post_id: str | None, asked: Request | None = None) -> Done:
    """Keep a line in sight, or with None let go of the pinned one. Raises Invalid for an unknown line."""

    def act(session: LiveSession) -> LiveEvent:
        try:
            return writer.pin(session, actor, post_id)
        except NotFound as error:
            raise Invalid({"post": [_l("没有这一条。")]}) from error

    return _once(actor, meeting_id, WRITE, asked, act)


def notice(actor: Actor, meeting_id: str, text: str, asked: Request | None = None) -> Done:
    """A sentence of the organiser to all readers, also while paused."""
    return _once(actor, meeting_id, WRITE, asked, lambda session: writer.notice(session, actor, text))


def may_read_file(actor: Actor, post_ids: list[str]) -> bool:
    """The answer to «may this person read a file of these lines»: as the lines themselves, so gone when retracted."""
    query = (
        select(LiveSession, Meeting)
        .join(LivePost, LivePost.session_id == LiveSession.id)
        .join(Meeting, Meeting.id == LiveSession.meeting_id)
        .where(LivePost.post.in_(post_ids), LivePost.state == "public")
    )
    reader = live_access.also_invited(actor)
    return any(
        live_access.is_public(meeting, session) or live_access.admits(reader, meeting)
        for session, meeting in db.session.execute(query)
    )


# --- inside ----------------------------------------------------------------------------------------


def _once(
    actor: Actor, meeting_id: str, right: str, asked: Request | None, act: Callable[[LiveSession], LiveEvent]
) -> Done:
    session = _locked(actor, meeting_id, right)
    if asked is None:
        return Done(idempotency.answer(session, act(session)))
    before = idempotency.replay(session, asked)
    if before is not None:
        return Done(before, again=True)
    return Done(idempotency.keep(session, asked, act(session)))


def _locked(actor: Actor, meeting_id: str, right: str) -> LiveSession:
    permissions.require(actor, right, meetings.find(actor, meeting_id))
    return writer.lock(meeting_id)


def _check(actor: Actor, meeting_id: str, line: LineIn) -> None:
    _check_item(meeting_id, line.item)
    faults: dict[str, list[Any]] = {}
    for n, file in enumerate(line.attachments):
        try:
            storage.open_for(actor, file)
        except NotFound:
            faults[f"attachments[{n}]"] = [_l("没有这个文件，请先上传。")]
    if faults:
        raise Invalid(faults)


def _check_item(meeting_id: str, item: str | None) -> None:
    if item is None:
        return
    known = select(AgendaApplication.id).where(AgendaApplication.id == item, AgendaApplication.meeting_id == meeting_id)
    if db.session.scalar(known) is None:
        raise Invalid({"item": [_l("本次会议没有这个议题。")]})


def _line(line: LineIn) -> writer.Line:
    return writer.Line(
        line.type, line.text, line.item, line.speaker or None, line.role or None, tuple(line.attachments)
    )
