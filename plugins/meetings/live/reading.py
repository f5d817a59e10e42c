"""What readers get: numbered events after a point, and the whole projection; both from one read transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from core.db import db
from core.refusals import NotFound
from plugins.meetings.live.chain import stamp
from plugins.meetings.live.models import LiveEvent, LivePost, LiveSession, LiveText

MOST = 500
BLOCK = 100
"""Events of a block: consecutive, whole, the same for everybody until a text is withdrawn."""
LINE_KINDS = ("publish", "notice", "correct")


class EpochGone(Exception):
    """The reader follows a history that does not go on (410): it has to start from the snapshot."""


def one_moment() -> None:
    """Read everything that follows as of one moment; SQLite's transactions do so by themselves."""
    if db.engine.dialect.name == "postgresql":
        db.session.rollback()
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def of_meeting(meeting_id: str) -> LiveSession:
    """The live text of a meeting; raises NotFound."""
    session = db.session.scalar(select(LiveSession).where(LiveSession.meeting_id == meeting_id))
    if session is None:
        raise NotFound
    return session


def window(session: LiveSession, after: int, limit: int = MOST, epoch: str | None = None) -> dict[str, Any]:
    """The events after `after`, at most `limit`, and where the live text stands.

    Raises:
        EpochGone: `epoch` is another one.
    """
    if epoch and epoch != session.epoch:
        raise EpochGone
    events = events_after(session, after, min(limit, MOST))
    last = events[-1]["seq"] if events else max(after, 0)
    return standing(session) | {"events": events, "more": last < session.head}


def standing(session: LiveSession) -> dict[str, Any]:
    """Where a live text stands: what a heartbeat tells. `generation` rises with every withdrawn text."""
    return {
        "epoch": session.epoch, "head": session.head, "state": session.state, "digest": session.head_digest,
        "generation": session.generation,
    }  # fmt: skip


def block(session: LiveSession, number: int) -> dict[str, Any]:
    """The events of a whole block, numbered from 0; nothing in it changes while the generation stands.

    Raises:
        NotFound: there are not so many events yet.
    """
    if session.head < (number + 1) * BLOCK:
        raise NotFound
    events = events_after(session, number * BLOCK, BLOCK)
    return {"epoch": session.epoch, "generation": session.generation, "events": events}


def events_after(session: LiveSession, after: int, limit: int = MOST) -> list[dict[str, Any]]:
    """Public events in order, texts filled in; a text that was withdrawn since is marked `blank`."""
    if after >= session.head:  # also numbers larger than PostgreSQL's column holds
        return []
    events = db.session.scalars(
        select(LiveEvent)
        .where(LiveEvent.session_id == session.id, LiveEvent.seq > after, LiveEvent.seq <= session.head)
        .order_by(LiveEvent.seq)
        .limit(limit)
    ).all()
    return as_wire(session.id, events)


def as_wire(session_id: str, events: Sequence[LiveEvent]) -> list[dict[str, Any]]:
    """Events as readers get them."""
    posts = {event.post for event in events if event.kind in LINE_KINDS and event.post}
    texts = _texts(session_id, posts)
    return [_wire(event, texts) for event in events]


Texts = dict[str, list[tuple[int, str | None]]]


def _texts(session_id: str, posts: set[str]) -> Texts:
    """Post → (seq, text) of every event that brought one, in order; None where it was withdrawn."""
    found: Texts = {}
    if not posts:
        return found
    rows = db.session.execute(
        select(LiveEvent.post, LiveEvent.seq, LiveText.text)
        .outerjoin(LiveText, LiveText.event_id == LiveEvent.id)
        .where(
            LiveEvent.session_id == session_id,
            LiveEvent.post.in_(posts),
            LiveEvent.text_hash.is_not(None),
        )
        .order_by(LiveEvent.seq)
    )
    for post, seq, text in rows:
        found.setdefault(str(post), []).append((seq, text))
    return found


def _wire(event: LiveEvent, texts: Texts) -> dict[str, Any]:
    wire = {"seq": event.seq, "kind": event.kind, "post": event.post, "rev": event.rev, "at": stamp(event.at)}
    wire |= event.payload
    if event.kind == "status":
        wire["state"] = event.payload["type"]
    if event.kind in LINE_KINDS:
        wire |= _text_at(event, texts)
    if wire.get("blank"):
        wire.pop("attachments", None)
    return {name: value for name, value in wire.items() if value is not None}


def _text_at(event: LiveEvent, texts: Texts) -> dict[str, Any]:
    steps = [(seq, text) for seq, text in texts.get(event.post or "", []) if seq <= event.seq]
    text = steps[-1][1] if steps else None
    if text is None:
        return {"text": "", "blank": True}
    return {"text": text, "before": steps[-2][1]} if event.kind == "correct" else {"text": text}


def snapshot(session: LiveSession) -> dict[str, Any]:
    """The projection and the head; call `one_moment` before loading the session."""
    return standing(session) | {
        "item": current_item(session),
        "pinned": pinned(session),
        "posts": lines(session),
    }


def lines(
    session: LiveSession,
    *,
    newest: int | None = None,
    before: int | None = None,
    item: str | None = None,
    speaker: str | None = None,
) -> list[dict[str, Any]]:
    """Public lines and tombstones in the order of the record; `newest` of them, older than seq `before`."""
    wanted = select(LivePost).where(LivePost.session_id == session.id, LivePost.seq.is_not(None))
    if before is not None:
        wanted = wanted.where(LivePost.seq < before)
    if item is not None:
        wanted = wanted.where(LivePost.item == item)
    if speaker is not None:
        wanted = wanted.where(LivePost.speaker == speaker)
    rows = db.session.scalars(wanted.order_by(LivePost.seq.desc()).limit(newest)).all()[::-1]
    mended = _corrections(session, [row.post for row in rows if row.rev > 1])
    return [_line(row, mended.get(row.post, [])) for row in rows]


def light_lines(session: LiveSession, most: int, octets: int, fewest: int = 1, **which: Any) -> list[dict[str, Any]]:
    """The newest lines, at most `most`, that weigh at most `octets`, but at least `fewest`; `which` as for `lines`."""
    found = lines(session, newest=most, **which)
    for kept, line in enumerate(reversed(found)):
        octets -= len((line["text"] or "").encode())
        if octets < 0 and kept >= fewest:
            return found[-kept:]
    return found


def speakers(session: LiveSession, most: int = 40) -> list[str]:
    """Who has spoken in lines that stand, in the order of their first word."""
    first = func.min(LivePost.seq)
    return list(
        db.session.scalars(
            select(LivePost.speaker)
            .where(LivePost.session_id == session.id, LivePost.state == "public", LivePost.speaker.is_not(None))
            .group_by(LivePost.speaker)
            .order_by(first)
            .limit(most)
        )
    )


def retractions(session: LiveSession) -> dict[str, str]:
    """Post → when it was taken back. What was withdrawn after sealing has no event, so it is not here."""
    events = select(LiveEvent.post, LiveEvent.at).where(LiveEvent.session_id == session.id, LiveEvent.kind == "retract")
    return {str(post): stamp(at) for post, at in db.session.execute(events)}


def _line(row: LivePost, corrections: list[dict[str, Any]]) -> dict[str, Any]:
    gone = row.state == "retracted"
    line: dict[str, Any] = {
        "post": row.post, "rev": row.rev, "seq": row.seq, "state": row.state, "at": stamp(row.at),
        "item": row.item, "speaker": row.speaker, "role": row.role, "type": row.type, "text": row.text,
        "attachments": row.attachments or None, "public_note": row.public_note if gone else None,
    }  # fmt: skip
    return {name: value for name, value in line.items() if value is not None or name == "text"} | {
        "corrections": corrections
    }


def _corrections(session: LiveSession, posts: list[str]) -> dict[str, list[dict[str, Any]]]:
    if not posts:
        return {}
    events = db.session.scalars(
        select(LiveEvent)
        .where(LiveEvent.session_id == session.id, LiveEvent.kind == "correct", LiveEvent.post.in_(posts))
        .order_by(LiveEvent.seq)
    ).all()
    found: dict[str, list[dict[str, Any]]] = {}
    for wire in as_wire(session.id, events):
        step = {name: wire.get(name) for name in ("rev", "at", "reason", "before")}
        found.setdefault(wire["post"], []).append(step)
    return found


def current_item(session: LiveSession) -> str | None:
    """The agenda item the meeting has come to."""
    event = _last(session, "item")
    return event.payload.get("item") if event else None


def pinned(session: LiveSession) -> str | None:
    """The line kept in sight, unless it was taken back since."""
    post = pinned_line(session)
    return post.post if post else None


def pinned_line(session: LiveSession) -> LivePost | None:
    """The same with its text."""
    event = _last(session, "pin", "unpin")
    if event is None or event.kind == "unpin" or event.post is None:
        return None
    post = db.session.get(LivePost, event.post)
    return post if post and post.state == "public" else None


def _last(session: LiveSession, *kinds: str) -> LiveEvent | None:
    return db.session.scalar(
        select(LiveEvent)
        .where(LiveEvent.session_id == session.id, LiveEvent.kind.in_(kinds))
        .order_by(LiveEvent.seq.desc())
        .limit(1)
    )


def etag(session: LiveSession) -> str:
    """Names exactly this content for this audience: `<epoch>-<generation>-<head>-<audience>`."""
    return f"{session.epoch}-{session.generation}-{session.head}-{session.audience}"
