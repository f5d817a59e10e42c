"""The sealed record as data, and what must always hold of a live text; `./mingtang audit verify` calls `faults`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from core.db import db
from plugins.meetings.live.chain import GENESIS, event_digest, text_hash
from plugins.meetings.live.models import LiveEvent, LiveIdempotency, LivePost, LiveSession, LiveText
from plugins.meetings.live.reading import LINE_KINDS
from plugins.meetings.live.writer import stated

Folded = dict[str, dict[str, Any]]


def record_json(session: LiveSession) -> dict[str, Any]:
    """Everything anyone needs to check the record offline: all events with their texts and salts, and the digest."""
    texts = _texts(session)
    events = []
    for event in _events(session):
        stated_event = {name: value for name, value in stated(session.epoch, event).items() if value is not None}
        kept = texts.get(event.id)
        events.append(
            stated_event | {"digest": event.digest} | ({"salt": kept.salt, "text": kept.text} if kept else {})
        )
    return {
        "format": "mingtang-live-record", "version": 1, "epoch": session.epoch, "meeting": session.meeting_id,
        "state": session.state, "count": session.head, "digest": session.head_digest, "events": events,
    }  # fmt: skip


def check_record(record: Mapping[str, Any]) -> Iterator[str]:
    """Verify a record.json without a database; one sentence per fault, nothing when it is sound."""
    previous, expected = GENESIS, 1
    hashes: dict[str, str] = {}
    for event in record["events"]:
        if event["seq"] != expected:
            yield f"event {expected} is missing (found {event['seq']})"
        if event["digest"] != event_digest(previous, event):
            yield f"event {event['seq']} was changed or moved"
        if "text" in event and event["text_hash"] != text_hash(event["salt"], event["text"]):
            yield f"the text of event {event['seq']} is not the one that was published"
        if event["kind"] == "correct" and event["before_hash"] != hashes.get(event["post"]):
            yield f"event {event['seq']} corrects a text that was not published before it"
        if "text_hash" in event:
            hashes[event["post"]] = event["text_hash"]
        if event["kind"] == "status" and event["type"] == "sealed" and event["seq"] != record["count"]:
            yield f"event {event['seq']} seals the record, but more follows"
        previous, expected = event["digest"], event["seq"] + 1
    if (expected - 1, previous) != (record["count"], record["digest"]):
        yield "the record's count or digest is not that of its last event"


def faults(session: LiveSession) -> Iterator[str]:
    """Check the invariants of a live text against the database; one sentence per fault."""
    events, texts = list(_events(session)), _texts(session)
    yield from check_record(record_json(session))
    yield from _projection_faults(session, fold(events, {key: row.text for key, row in texts.items()}))
    gone = {event.post for event in events if event.kind == "retract"}
    if any(event.post in gone and event.id in texts for event in events):
        yield "a retracted line still has a text"
    yield from _key_faults(session, {event.seq: event.post for event in events})


def fold(events: Iterable[LiveEvent], texts: Mapping[str, str]) -> Folded:
    """The lines that the events say there are: post → rev, state, text, item, speaker, type."""
    lines: Folded = {}
    for event in events:
        if event.kind in LINE_KINDS and event.post:
            line = lines.setdefault(event.post, {name: event.payload.get(name) for name in ("item", "speaker", "type")})
            text = texts.get(event.id)
            line |= {"rev": event.rev, "text": text, "state": "public" if text is not None else "retracted"}
        elif event.kind == "retract" and event.post:
            lines[event.post] |= {"rev": event.rev, "text": None, "state": "retracted"}
    return lines


def _projection_faults(session: LiveSession, folded: Folded) -> Iterator[str]:
    rows = db.session.scalars(select(LivePost).where(LivePost.session_id == session.id, LivePost.state != "held")).all()
    shown = {
        row.post: {
            "rev": row.rev, "state": row.state, "text": row.text,
            "item": row.item, "speaker": row.speaker, "type": row.type,
        }
        for row in rows
    }  # fmt: skip
    for post in sorted(folded.keys() | shown.keys()):
        if folded.get(post) != shown.get(post):
            yield f"line {post} is not what its events say"


def _key_faults(session: LiveSession, posts: Mapping[int, str | None]) -> Iterator[str]:
    rows = db.session.scalars(select(LiveIdempotency).where(LiveIdempotency.session_id == session.id)).all()
    for row in rows:
        if row.seq is not None and (row.seq not in posts or posts[row.seq] != row.post):
            yield f"the stored answer to key {row.key} names an event that is not there"


def _events(session: LiveSession) -> Iterable[LiveEvent]:
    return db.session.scalars(select(LiveEvent).where(LiveEvent.session_id == session.id).order_by(LiveEvent.seq)).all()


def _texts(session: LiveSession) -> dict[str, LiveText]:
    rows = db.session.scalars(
        select(LiveText).join(LiveEvent, LiveEvent.id == LiveText.event_id).where(LiveEvent.session_id == session.id)
    ).all()
    return {row.event_id: row for row in rows}
