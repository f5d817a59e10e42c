"""Idempotency-Key: a 2xx answer is kept 24 hours and given again; the same key for another request is refused."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from core.db import db, utcnow
from core.models import IdempotencyRecord
from core.permissions import Actor
from core.refusals import Refusal, Refused
from core.web.api.answers import Answer, respond
from core.web.problems import Problem

KEPT = timedelta(hours=24)
HEADER = "Idempotency-Key"


def key() -> str:
    """The key of this request, "" without one.

    Raises:
        Problem: 422, not 16 to 64 visible ASCII characters.
    """
    found = request.headers.get(HEADER)
    if found is None:
        return ""
    if not (16 <= len(found) <= 64 and found.isascii() and found.isprintable() and " " not in found):
        raise Problem(422, "INVALID_KEY", _l("Idempotency-Key 应为 16 至 64 个可见 ASCII 字符。"))
    return found


def replay(actor: Actor, name: str, digest: str) -> Response | None:
    """The stored answer to the same request, None when the key is new.

    Raises:
        Refused: KEY_REUSED, the key belongs to another request.
    """
    if not name:
        return None
    record = db.session.scalar(
        select(IdempotencyRecord).where(
            IdempotencyRecord.actor == (actor.id or ""),
            IdempotencyRecord.key == name,
            IdempotencyRecord.created_at > utcnow() - KEPT,
        )
    )
    if record is None:
        return None
    if record.request_hash != digest:
        raise Refused(Refusal("KEY_REUSED", _l("这个 Idempotency-Key 已用于另一次提交，请换一个。")))
    return respond(record.body or "{}", 200, record.etag, {"Idempotent-Replay": "1"})


def claim(actor: Actor, name: str, digest: str) -> IdempotencyRecord | None:
    """Take the key inside the current `write()`; a second taker waits here on PostgreSQL and then fails."""
    if not name:
        return None
    db.session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.created_at <= utcnow() - KEPT))
    record = IdempotencyRecord(actor=actor.id or "", key=name, request_hash=digest, body="")
    db.session.add(record)
    db.session.flush()
    return record


def keep(record: IdempotencyRecord | None, answer: Answer) -> None:
    """Store the answer beside its key, in the transaction that carried out the request."""
    if record is not None:
        record.body, record.etag = answer.text(), answer.etag
        db.session.flush()
