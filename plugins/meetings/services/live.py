"""Writing the live text: the one service behind HTTP and socket. The state of the text stands in `live.writer`.

Every act runs inside the caller's `write()`: right, row lock, key, state, event and stored answer in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from core import filetypes, permissions, settings, storage
from core.db import db
from core.permissions import Actor
from core.refusals import Invalid, NotFound, Refusal, Refused
from plugins.meetings.live import held, idempotency, reading, writer
from plugins.meetings.live.forms import CorrectionIn, LineIn, RetractionIn
from plugins.meetings.live.idempotency import Request, Wrote
from plugins.meetings.live.models import FILE_SUBJECT, LivePost, LiveSession
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.services import live_access

WRITE, RETRACT, WITHDRAW = "meetings.live_write", "meetings.live_retract", "meetings.live_withdraw"
REVIEW = "meetings.live_review"
PICTURE_OCTETS = 5 * 1024 * 1024
"""The most a picture of an image line may weigh."""


@dataclass(frozen=True)
class Done:
    """`{seq, post, rev, epoch}`, of a line that waits `{post, rev, epoch, state: "held"}`.

    `again`: it was carried out by an earlier request with this key.
    """

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
    """A new line, public at once, or held where a reviewer looks first (先审后发).

    Raises:
        NotFound, Forbidden, Refused KEY_REUSED, Invalid (unknown item or file), WrongState, Refused CONFIDENTIAL_ITEM.
    """

    def act(session: LiveSession) -> Wrote:
        _check(actor, session, line)
        wrote = _publish_or_hold(session, actor, _line(line))
        for place, file in enumerate(line.attachments, 1):
            storage.link(actor, file, FILE_SUBJECT, str(wrote.post), audience="public", position=place)
        return wrote

    return _once(actor, meeting_id, WRITE, asked, act)


def correct(
    actor: Actor, meeting_id: str, post_id: str, body: CorrectionIn, rev: int, asked: Request | None = None
) -> Done:
    """Replace a line's text; `rev` is the one the writer has seen. Raises Stale beside what `publish` raises.

    A held line is edited by its writer or a reviewer; a public one, where a reviewer looks first, by a reviewer.
    """

    def act(session: LiveSession) -> Wrote:
        post = writer.find_post(session, post_id)
        if post.state == "held":
            _require_say(actor, post)
            listed = _is_listed(body.text, post.speaker, post.role)
            return held.edit(session, actor, post, body.text, rev=rev, two_persons=listed)
        if held.is_wanted(session):
            permissions.require(actor, REVIEW)
            if _is_listed(body.text):
                raise _two_persons_needed()
        return writer.correct(session, actor, post_id, body.text, body.reason, rev)

    return _once(actor, meeting_id, WRITE, asked, act)


def retract(
    actor: Actor, meeting_id: str, post_id: str, body: RetractionIn, rev: int, asked: Request | None = None
) -> Done:
    """Take a line back: a tombstone remains. A held one is refused instead and leaves nothing behind."""

    def act(session: LiveSession) -> Wrote:
        post = writer.find_post(session, post_id)
        if post.state == "held":
            _require_say(actor, post)
            return held.refuse(session, actor, post, body.reason, rev)
        return writer.retract(session, actor, post_id, body.reason, body.public_note or None, rev)

    return _once(actor, meeting_id, RETRACT, asked, act)


def withdraw(actor: Actor, meeting_id: str, post_id: str, body: RetractionIn) -> LivePost:
    """After sealing: delete a line's texts on the decision of who may; audited, outside the chain."""
    session = locked(actor, meeting_id, WITHDRAW)
    return writer.withdraw(session, actor, post_id, body.reason, body.public_note or None)


def come_to(actor: Actor, meeting_id: str, item: str | None, asked: Request | None = None) -> Done:
    """Say which agenda item the meeting has come to; None between items."""

    def act(session: LiveSession) -> Wrote:
        _check_item(session, item)
        return writer.item(session, actor, item)

    return _once(actor, meeting_id, WRITE, asked, act)


def pin(actor: Actor, meeting_id: str, post_id: str | None, asked: Request | None = None) -> Done:
    """Keep a line in sight, or with None let go of the pinned one. Raises Invalid for an unknown line."""

    def act(session: LiveSession) -> Wrote:
        try:
            return writer.pin(session, actor, post_id)
        except NotFound as error:
            raise Invalid({"post": [_l("没有这一条。")]}) from error

    return _once(actor, meeting_id, WRITE, asked, act)


def notice(actor: Actor, meeting_id: str, text: str, asked: Request | None = None) -> Done:
    """A sentence of the organiser to all readers, also while paused."""
    line = writer.Line("notice", text)
    return _once(actor, meeting_id, WRITE, asked, lambda session: _publish_or_hold(session, actor, line, "notice"))


def may_read_file(actor: Actor, post_ids: list[str]) -> bool:
    """The answer to «may this person read a file of these lines»: as the lines themselves, so gone when retracted.

    What waits for the reviewer or was rehearsed is read by those who write.
    """
    if permissions.can(actor, WRITE) and _is_backstage(post_ids):
        return True
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


def locked(actor: Actor, meeting_id: str, right: str) -> LiveSession:
    """The live text of a meeting or of its rehearsal, locked, for whoever holds this right."""
    permissions.require(actor, right, live_access.meeting_of(actor, meeting_id))
    return writer.lock(meeting_id)


# --- inside ----------------------------------------------------------------------------------------


def _once(
    actor: Actor, meeting_id: str, right: str, asked: Request | None, act: Callable[[LiveSession], Wrote]
) -> Done:
    session = locked(actor, meeting_id, right)
    if asked is None:
        return Done(idempotency.answer(session, act(session)))
    before = idempotency.replay(session, asked)
    if before is not None:
        return Done(before, again=True)
    return Done(idempotency.keep(session, asked, act(session)))


def _publish_or_hold(session: LiveSession, actor: Actor, line: writer.Line, kind: str = "publish") -> Wrote:
    if not held.is_wanted(session):
        return writer.publish(session, actor, line, kind)
    listed = _is_listed(line.text, line.speaker, line.role)
    return held.hold(session, actor, line, kind, two_persons=listed)


def _is_listed(*texts: str | None) -> bool:
    return held.is_listed(map(str, settings.get("meetings.two_person_words")), *texts)


def _two_persons_needed() -> Refused:
    sentence = _l("更正后的文字含有须两人放行的词。请撤回这一条，另写一条送审。")
    return Refused(Refusal("LISTED_WORD", sentence, "会4"))


def _require_say(actor: Actor, post: LivePost) -> None:
    """A held line is its writer's and the reviewers' affair."""
    if held.row_of(post).author_id != actor.id:
        permissions.require(actor, REVIEW)


def _is_backstage(post_ids: list[str]) -> bool:
    unseen = (
        select(LivePost.post)
        .join(LiveSession, LiveSession.id == LivePost.session_id)
        .where(LivePost.post.in_(post_ids), or_(LivePost.state == "held", LiveSession.rehearsal_of.is_not(None)))
    )
    return db.session.scalar(unseen.limit(1)) is not None


def _check(actor: Actor, session: LiveSession, line: LineIn) -> None:
    _check_item(session, line.item)
    faults: dict[str, list[Any]] = {}
    for n, file in enumerate(line.attachments):
        fault = _file_fault(actor, file, picture=line.type == "image")
        if fault:
            faults[f"attachments[{n}]"] = [fault]
    if faults:
        raise Invalid(faults)


def _file_fault(actor: Actor, ident: str, *, picture: bool) -> Any:
    try:
        file = storage.open_for(actor, ident).attachment.file
    except NotFound:
        return _l("没有这个文件，请先上传。")
    if picture and file.media_type not in filetypes.IMAGES:
        return _l("图片只能是 png、jpg、gif 或 webp。")
    if picture and file.size > PICTURE_OCTETS:
        return _l("图片不能超过 5 MB，请压缩后再发。")
    return None


def _check_item(session: LiveSession, item: str | None) -> None:
    if item is None:
        return
    here = AgendaApplication.meeting_id == session.about
    known = select(AgendaApplication.id).where(AgendaApplication.id == item, here)
    if db.session.scalar(known) is None:
        raise Invalid({"item": [_l("本次会议没有这个议题。")]})


def _line(line: LineIn) -> writer.Line:
    return writer.Line(
        line.type, line.text, line.item, line.speaker or None, line.role or None, tuple(line.attachments)
    )
