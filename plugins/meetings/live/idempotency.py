"""The same request sent twice does its work once: the answer stands beside the line, in the same transaction."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.db import db
from core.permissions import Actor
from core.refusals import Invalid, Refusal, Refused
from plugins.meetings.live.models import LiveEvent, LiveIdempotency, LivePost, LiveSession

SHORTEST, LONGEST = 16, 64
Wrote = LiveEvent | LivePost
"""What an act left behind: a numbered event, or a line that waits."""


@dataclass(frozen=True)
class Request:
    """A write as its sender may repeat it: key and what was asked for."""

    actor: str
    key: str
    digest: str


def request(actor: Actor, key: str, act: str, body: Any) -> Request:
    """Name a write. `act` is the method and what it acts on, e.g. "PATCH posts/…".

    Raises:
        Invalid: the key has not 16 to 64 characters.
    """
    if not SHORTEST <= len(key) <= LONGEST:
        raise Invalid({"Idempotency-Key": [_l("请求缺少 16 至 64 个字符的 Idempotency-Key。")]})
    text = json.dumps([act, body], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Request(actor.id or "", key, digest)


def replay(session: LiveSession, asked: Request) -> dict[str, Any] | None:
    """The answer given before to this very request, None when the key is new.

    Raises:
        Refused: KEY_REUSED, the key was used for something else.
    """
    row = db.session.scalar(
        select(LiveIdempotency).where(
            LiveIdempotency.session_id == session.id,
            LiveIdempotency.actor == asked.actor,
            LiveIdempotency.key == asked.key,
        )
    )
    if row is None:
        return None
    if row.request_hash != asked.digest:
        raise Refused(Refusal("KEY_REUSED", _l("这个 Idempotency-Key 已用于另一个请求。")))
    if row.seq is None:
        return answer(session, db.session.get_one(LivePost, row.post))
    event = db.session.scalars(
        select(LiveEvent).where(LiveEvent.session_id == session.id, LiveEvent.seq == row.seq)
    ).one()
    return answer(session, event)


def keep(session: LiveSession, asked: Request, wrote: Wrote) -> dict[str, Any]:
    """Store the answer for repeats; call in the transaction that wrote the event or the held line."""
    db.session.add(
        LiveIdempotency(
            session_id=session.id,
            actor=asked.actor,
            key=asked.key,
            request_hash=asked.digest,
            post=wrote.post,
            seq=wrote.seq,
            status=201 if wrote.seq is not None else 202,
        )
    )
    db.session.flush()
    return answer(session, wrote)


def answer(session: LiveSession, wrote: Wrote) -> dict[str, Any]:
    """What a writer is told: `{seq, post, rev, epoch}`; a line that waits has no number but a state: held."""
    told = {"post": wrote.post, "rev": wrote.rev, "epoch": session.epoch}
    return told | ({"seq": wrote.seq} if isinstance(wrote, LiveEvent) else {"state": "held"})
