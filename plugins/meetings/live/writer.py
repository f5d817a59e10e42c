"""The one service that writes live text. Every function runs inside the caller's `write()` and never commits.

The number, the event, the projection and the head change in one transaction; readers are told after the commit.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from core import audit
from core.db import after_commit, db, new_id, utcnow
from core.permissions import SYSTEM, Actor
from core.refusals import NotFound, Refusal, Refused, Stale, WrongState
from plugins.meetings.live import hints
from plugins.meetings.live.chain import event_digest, stamp, text_hash
from plugins.meetings.live.models import LiveEvent, LivePost, LiveSession, LiveText

STATE_LABELS = {
    "draft": _l("未开始"),
    "open": _l("直播中"),
    "paused": _l("暂停"),
    "closed": _l("已结束"),
    "sealed": _l("已封存"),
}
FOLLOWS = {
    "preparing": "draft",
    "announced": "draft",
    "in_session": "open",
    "paused": "paused",
    "closed": "closed",
    "sealed": "sealed",
    "cancelled": "closed",
}
"""What the live text does in each state of its meeting."""
LINE_STATES = {"publish": ("open",), "notice": ("open", "paused")}
"""In which states a new line is taken, by the event it becomes."""


@dataclass(frozen=True)
class Line:
    """What a stenographer writes: only `type` and `text` are required."""

    type: str
    text: str
    item: str | None = None
    speaker: str | None = None
    role: str | None = None
    attachments: tuple[str, ...] = ()


def ensure_session(meeting_id: str, audience: str = "public") -> LiveSession:
    """The live text of a meeting, made where it is missing, with this audience."""
    session = db.session.scalar(select(LiveSession).where(LiveSession.meeting_id == meeting_id))
    if session is None:
        session = LiveSession(id=new_id(), meeting_id=meeting_id, audience=audience)
        db.session.add(session)
        db.session.flush()
    session.audience = audience
    return session


def lock(meeting_id: str) -> LiveSession:
    """The live text of a meeting, its row locked until the end of the transaction; raises NotFound."""
    found = select(LiveSession).where(LiveSession.meeting_id == meeting_id).with_for_update()
    session = db.session.scalar(found.execution_options(populate_existing=True))
    if session is None:
        raise NotFound
    return session


def publish(session: LiveSession, actor: Actor, line: Line, kind: str = "publish") -> LiveEvent:
    """A new line, public at once; only while the live text is open. Raises WrongState, Refused CONFIDENTIAL_ITEM."""
    must_take_lines(session, kind)
    return add_line(session, actor, line, kind)


def correct(session: LiveSession, actor: Actor, post_id: str, text: str, reason: str, rev: int) -> LiveEvent:
    """Replace a public line's text; before, after and reason stay in the record.

    Raises:
        WrongState, NotFound, Stale (the line was changed since), Refused NOT_PUBLIC, UNCHANGED.
    """
    post = _public_post(session, post_id, rev)
    must_flow(session)
    if post.text == text:
        raise Refused(Refusal("UNCHANGED", _l("更正前后的文字相同。")))
    before = db.session.scalars(
        select(LiveEvent.text_hash)
        .where(LiveEvent.session_id == session.id, LiveEvent.post == post_id, LiveEvent.text_hash.is_not(None))
        .order_by(LiveEvent.seq.desc())
        .limit(1)
    ).one()
    post.rev, post.text = post.rev + 1, text
    about = _about(post) | {"reason": reason}
    return append(session, actor, "correct", about, post=post_id, rev=post.rev, text=text, before_hash=before)


def retract(
    session: LiveSession, actor: Actor, post_id: str, reason: str, public_note: str | None, rev: int | None = None
) -> LiveEvent:
    """Take a line back: its texts are deleted everywhere, a tombstone with the public note remains.

    Raises:
        WrongState, NotFound, Stale, Refused NOT_PUBLIC.
    """
    post = _public_post(session, post_id, rev)
    _blank(session, post, public_note)
    post.rev += 1
    event = append(session, actor, "retract", {"public_note": public_note}, post=post_id, rev=post.rev)
    audit.record(actor, "meetings.live.retract", "meetings.live_post", post_id, reason=reason)
    return event


def withdraw(session: LiveSession, actor: Actor, post_id: str, reason: str, public_note: str | None) -> LivePost:
    """After sealing: delete a line's texts. No event is added, the chain stays as sealed; the act is audited."""
    _must_be(session, "sealed")
    post = find_post(session, post_id)
    _blank(session, post, public_note)
    audit.record(actor, "meetings.live.withdraw", "meetings.live_post", post_id, reason=reason)
    _tell(session)
    return post


def pin(session: LiveSession, actor: Actor, post_id: str | None) -> LiveEvent:
    """Keep a line in sight of all readers, or with None let go of the pinned one."""
    _must_be(session, "open", "paused", "closed")
    if post_id is None:
        return append(session, actor, "unpin", {})
    post = find_post(session, post_id)
    if post.state != "public":
        raise _not_public()
    return append(session, actor, "pin", {}, post=post_id, rev=post.rev)


def item(session: LiveSession, actor: Actor, item_id: str | None) -> LiveEvent:
    """Say which agenda item the meeting has come to."""
    _must_be(session, "open", "paused")
    return append(session, actor, "item", {"item": item_id})


def notice(session: LiveSession, actor: Actor, text: str) -> LiveEvent:
    """A line of the organiser to all readers, also while paused."""
    return publish(session, actor, Line("notice", text), "notice")


def must_take_lines(session: LiveSession, kind: str = "publish") -> None:
    """Raises WrongState where no line of this kind may be written now, Refused during a confidential item (会4)."""
    must_flow(session)
    _must_be(session, *LINE_STATES[kind])


def must_flow(session: LiveSession) -> None:
    """Raises Refused CONFIDENTIAL_ITEM while a confidential item is dealt with: nothing new reaches readers."""
    if session.confidential_at is not None:
        sentence = _l("正在审议依法不公开的议题，直播已暂停，内容不会发出。两位有权限的人员先后确认后恢复。")
        raise Refused(Refusal("CONFIDENTIAL_ITEM", sentence, "会4"))


def follow_meeting_state(session: LiveSession, state: str, actor: Actor = SYSTEM, reason: str = "") -> LiveEvent | None:
    """Do what the meeting did: `state` is the meeting's new state; answers the numbered event, if there is one.

    Sealing writes the last event, which states how many events there are and the digest before it.

    Raises:
        WrongState: the live text is sealed; nothing follows that.
    """
    wanted = FOLLOWS[state]
    if session.confidential_at is not None:
        wanted = _behind_closed_doors(session, wanted)
    if wanted == session.state:
        return None
    _must_be(session, "draft", "open", "paused", "closed")
    session.state = wanted
    about: dict[str, Any] = {"type": wanted, "reason": reason or None}
    if wanted == "sealed":
        about |= {"count": session.head, "digest": session.head_digest}
    return append(session, actor, "status", about)


# --- what `held` and `confidential` build on ----------------------------------------------------------


def add_line(session: LiveSession, actor: Actor, line: Line, kind: str) -> LiveEvent:
    """A new line and the event that publishes it, whatever the state: callers have asked."""
    return publish_post(session, actor, new_post(session, line), kind)


def new_post(session: LiveSession, line: Line) -> LivePost:
    """A line that is not public yet."""
    post = LivePost(
        post=new_id(),
        session_id=session.id,
        rev=1,
        state="held",
        item=line.item,
        speaker=line.speaker,
        role=line.role,
        type=line.type,
        text=line.text,
        attachments=list(line.attachments),
        at=now(),
    )
    db.session.add(post)
    return post


def publish_post(session: LiveSession, actor: Actor, post: LivePost, kind: str) -> LiveEvent:
    """Number a line and make it public."""
    post.state, post.seq, post.at = "public", session.head + 1, now()
    about = _about(post) | ({"attachments": post.attachments} if post.attachments else {})
    return append(session, actor, kind, about, post=post.post, rev=post.rev, text=post.text, at=post.at)


def append(
    session: LiveSession,
    actor: Actor,
    kind: str,
    about: dict[str, Any],
    *,
    post: str | None = None,
    rev: int | None = None,
    text: str | None = None,
    before_hash: str | None = None,
    at: datetime | None = None,
) -> LiveEvent:
    """Number an event, chain it and move the head; the row lock makes the number ours."""
    salt = secrets.token_hex(16)
    event = LiveEvent(
        id=new_id(),
        session_id=session.id,
        seq=session.head + 1,
        kind=kind,
        post=post,
        rev=rev,
        payload={name: value for name, value in about.items() if value is not None},
        text_hash=None if text is None else text_hash(salt, text),
        before_hash=before_hash,
        at=at or now(),
        prev_digest=session.head_digest,
        actor_id=actor.id,
    )
    event.digest = event_digest(event.prev_digest, stated(session.epoch, event))
    db.session.add(event)
    if text is not None:
        db.session.flush()
        db.session.add(LiveText(event_id=event.id, salt=salt, text=text))
    session.head, session.head_digest = event.seq, event.digest
    db.session.flush()
    _tell(session)
    return event


def stated(epoch: str, event: LiveEvent) -> dict[str, Any]:
    """The fields of an event that its digest covers, and its payload, as the record states them."""
    return event.payload | {
        "epoch": epoch,
        "seq": event.seq,
        "kind": event.kind,
        "post": event.post,
        "rev": event.rev,
        "at": stamp(event.at),
        "text_hash": event.text_hash,
        "before_hash": event.before_hash,
    }


def _about(post: LivePost) -> dict[str, Any]:
    return {"item": post.item, "speaker": post.speaker, "role": post.role, "type": post.type}


def _blank(session: LiveSession, post: LivePost, public_note: str | None) -> None:
    events = select(LiveEvent.id).where(LiveEvent.session_id == session.id, LiveEvent.post == post.post)
    db.session.execute(delete(LiveText).where(LiveText.event_id.in_(events)))
    post.state, post.text, post.attachments = "retracted", None, []
    post.public_note = public_note
    session.generation += 1
    db.session.flush()


def _public_post(session: LiveSession, post_id: str, rev: int | None) -> LivePost:
    _must_be(session, "open", "paused", "closed")
    post = find_post(session, post_id)
    if rev is not None and rev != post.rev:
        raise Stale(post.rev)
    if post.state != "public":
        raise _not_public()
    return post


def find_post(session: LiveSession, post_id: str) -> LivePost:
    """A line of this live text as the database has it now; raises NotFound."""
    found = select(LivePost).where(LivePost.session_id == session.id, LivePost.post == post_id)
    post = db.session.scalar(found.execution_options(populate_existing=True))  # another writer may have come first
    if post is None:
        raise NotFound
    return post


def _not_public() -> Refused:
    return Refused(Refusal("NOT_PUBLIC", _l("这一条已经撤回，不能再更正或撤回。")))


def _must_be(session: LiveSession, *states: str) -> None:
    if session.state not in states:
        raise WrongState(STATE_LABELS[session.state])


def _tell(session: LiveSession) -> None:
    place, ident, head = session.jurisdiction_id, session.id, session.head
    after_commit(lambda: hints.give(place, ident, head))


def _behind_closed_doors(session: LiveSession, wanted: str) -> str:
    """A meeting that goes on opens nothing (会4); one that ends ends the confidential item with it."""
    if wanted == "open":
        return "paused"
    if wanted in {"closed", "sealed"}:
        session.confidential_at = session.confidential_by = session.confirmed_at = session.confirmed_by = None
    return wanted


def now() -> datetime:
    """Whole milliseconds, so that the stored moment is exactly the stated one."""
    moment = utcnow()
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
