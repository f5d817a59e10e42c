"""Hold and release (先审后发): lines that wait for the reviewer, and how they leave. Inside the caller's `write()`.

A held line has no number, no event and no text in the chain: it gets them in the transaction that releases it, in
order of writing. It overtakes none that waits before it; one that was stopped or refused has left the queue.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from core import audit
from core.db import db
from core.permissions import Actor
from core.refusals import NotFound, Refusal, Refused, Stale, WrongState
from plugins.meetings.live import writer
from plugins.meetings.live.models import IN_QUEUE, LiveEvent, LiveHeld, LivePost, LiveSession
from plugins.meetings.live.writer import Line

RELEASES = ("open", "paused", "closed")
"""In which states of the live text a line may leave the queue."""
AT_ONCE = 100
"""The most lines one transaction releases by itself; the rest follow a second later."""
STATE_LABELS = {
    "waiting": _l("待审"),
    "stopped": _l("暂缓"),
    "released": _l("已放行"),
    "refused": _l("不予发出"),
}


def is_wanted(session: LiveSession) -> bool:
    """True when a new line has to wait: there is a delay, somebody stopped the stream, or others wait before it."""
    return session.delay > 0 or session.stopped_at is not None or session.waiting > 0


def is_listed(words: Iterable[str], *texts: str | None) -> bool:
    """True when one of the words stands in a text, whatever its width, case and blanks."""
    together = "\n".join(_folded(text) for text in texts if text)
    return any(word in together for word in map(_folded, words) if word)


def hold(session: LiveSession, actor: Actor, line: Line, kind: str = "publish", *, two_persons: bool) -> LivePost:
    """A new line that waits. Raises as `writer.publish`."""
    writer.must_take_lines(session, kind)
    post = writer.new_post(session, line)
    db.session.flush()
    last = db.session.scalar(select(func.max(LiveHeld.place)).where(LiveHeld.session_id == session.id))
    row = LiveHeld(
        post=post.post, session_id=session.id, place=(last or 0) + 1, kind=kind, state="waiting", written_at=post.at,
        release_at=post.at + timedelta(seconds=session.delay), two_persons=two_persons, author_id=actor.id,
    )  # fmt: skip
    db.session.add(row)
    session.waiting += 1
    db.session.flush()
    return post


def edit(session: LiveSession, actor: Actor, post: LivePost, text: str, *, rev: int, two_persons: bool) -> LivePost:
    """Change a line before it goes out; a first person's consent to the old text is void. Raises Stale, WrongState."""
    row = _in_queue(session, post, rev)
    post.text, post.rev = text, post.rev + 1
    row.two_persons, row.first_by = two_persons, None
    db.session.flush()
    audit.record(actor, "meetings.live.edit_held", "meetings.live_post", post.post)
    return post


def release(session: LiveSession, actor: Actor, post: LivePost, rev: int | None = None) -> LiveEvent | LivePost:
    """Let a line out now: its event, or the line itself where a second person is still needed.

    Raises:
        WrongState, Stale, Refused CONFIDENTIAL_ITEM, EARLIER_LINE_WAITS, SECOND_PERSON_NEEDED.
    """
    writer.must_flow(session)
    row = _in_queue(session, post, rev)
    if row.two_persons and row.first_by is None:
        row.first_by = actor.id
        db.session.flush()
        audit.record(actor, "meetings.live.release_first", "meetings.live_post", post.post)
        return post
    if row.two_persons and row.first_by == actor.id:
        raise second_person()
    if row.state == "waiting" and _waits_before(row):
        raise Refused(Refusal("EARLIER_LINE_WAITS", _l("前面还有待审的内容。请先处理前面的，或把它们暂缓。"), "会4"))
    row.decided_by = actor.id
    audit.record(actor, "meetings.live.release", "meetings.live_post", post.post)
    return _let_out(session, row, post, actor)


def release_due(session: LiveSession) -> int:
    """Let out, in order of writing, what has waited long enough; returns how many. Running it twice does no harm."""
    if session.stopped_at is not None or session.confidential_at is not None or session.state not in RELEASES:
        return 0
    queue = (
        select(LiveHeld, LivePost)
        .join(LivePost, LivePost.post == LiveHeld.post)
        .where(LiveHeld.session_id == session.id, LiveHeld.state == "waiting")
        .order_by(LiveHeld.place)
        .limit(AT_ONCE)
    )
    released, moment = 0, writer.now()
    for row, post in db.session.execute(queue.execution_options(populate_existing=True)).all():
        if row.two_persons or row.release_at > moment:
            break
        _let_out(session, row, post, Actor(row.author_id, ""))
        released += 1
    return released


def stop(session: LiveSession, actor: Actor, post: LivePost) -> LivePost:
    """Take a line out of the queue without deciding on it: later ones may pass, it waits for a person."""
    row = _in_queue(session, post)
    if row.state == "waiting":
        row.state = "stopped"
        session.waiting -= 1
        audit.record(actor, "meetings.live.stop_held", "meetings.live_post", post.post)
    db.session.flush()
    return post


def refuse(session: LiveSession, actor: Actor, post: LivePost, reason: str, rev: int | None = None) -> LivePost:
    """A line that never goes out; its writer reads why."""
    row = _in_queue(session, post, rev)
    if row.state == "waiting":
        session.waiting -= 1
    row.state, row.decided_by, row.reason = "refused", actor.id, reason
    db.session.flush()
    audit.record(actor, "meetings.live.refuse", "meetings.live_post", post.post, reason=reason)
    return post


def set_delay(session: LiveSession, actor: Actor, seconds: int) -> None:
    """How long lines written from now on wait; those in the queue keep their time."""
    data = {"from": session.delay, "to": seconds}
    session.delay = seconds
    db.session.flush()
    audit.record(actor, "meetings.live.delay", "meetings.live_session", session.id, article="会4", data=data)


def stop_all(session: LiveSession, actor: Actor) -> None:
    """Nothing is released by itself any more, and every new line waits, until `go_on`."""
    if session.stopped_at is None:
        session.stopped_at, session.stopped_by = writer.now(), actor.id
        db.session.flush()
        audit.record(actor, "meetings.live.stop", "meetings.live_session", session.id, article="会4")


def go_on(session: LiveSession, actor: Actor) -> None:
    """End `stop_all`: what has waited long enough goes out within a second."""
    if session.stopped_at is not None:
        session.stopped_at = session.stopped_by = None
        db.session.flush()
        audit.record(actor, "meetings.live.go_on", "meetings.live_session", session.id, article="会4")


def row_of(post: LivePost) -> LiveHeld:
    """The queue's side of a held line; raises NotFound for one that never waited."""
    row = db.session.get(LiveHeld, post.post, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def second_person() -> Refused:
    """Somebody would confirm twice what two persons have to."""
    return Refused(Refusal("SECOND_PERSON_NEEDED", _l("您已经确认，还需要另一位有权限的人员确认。"), "会4"))


# --- inside ----------------------------------------------------------------------------------------


def _in_queue(session: LiveSession, post: LivePost, rev: int | None = None) -> LiveHeld:
    row = row_of(post)
    if session.state not in RELEASES:
        raise WrongState(writer.STATE_LABELS[session.state])
    if row.state not in IN_QUEUE:
        raise WrongState(STATE_LABELS[row.state])
    if rev is not None and rev != post.rev:
        raise Stale(post.rev)
    return row


def _waits_before(row: LiveHeld) -> bool:
    earlier = select(LiveHeld.post).where(
        LiveHeld.session_id == row.session_id, LiveHeld.state == "waiting", LiveHeld.place < row.place
    )
    return db.session.scalar(earlier.limit(1)) is not None


def _let_out(session: LiveSession, row: LiveHeld, post: LivePost, actor: Actor) -> LiveEvent:
    if row.state == "waiting":
        session.waiting -= 1
    row.state = "released"
    return writer.publish_post(session, actor, post, row.kind)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
