"""The audit trail (审计留痕): `record()` in the transaction it describes, `verify()` for anyone who doubts.

One chain per jurisdiction: digest = SHA-256(prev_digest ‖ canonical JSON of the row). The head row carries an HMAC
with the installation's key, so a tail cannot be cut without the key (promise 7 of docs/security.md).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from core.db import db, utcnow
from core.jurisdictions import current
from core.models import AuditEntry, AuditHead, Jurisdiction
from core.permissions import Actor, Grant

GENESIS = "0" * 64


def record(
    actor: Actor,
    action: str,
    object_type: str,
    object_id: str,
    *,
    grant: Grant | None = None,
    article: str = "",
    reason: str = "",
    data: Mapping[str, Any] | None = None,
    content_hash: str = "",
    at: datetime | None = None,
) -> AuditEntry:
    """Add one entry to the current jurisdiction's chain, inside the current `write()`."""
    place = current().id
    head = db.session.get(AuditHead, place, with_for_update=True)
    if head is None:
        db.session.get(Jurisdiction, place, with_for_update=True)  # two first entries take turns
        head = db.session.get(AuditHead, place, with_for_update=True)
    if head is None:
        head = AuditHead(jurisdiction_id=place, seq=0, digest=GENESIS, seal="")
        db.session.add(head)
    entry = AuditEntry(
        jurisdiction_id=place,
        seq=head.seq + 1,
        at=at or utcnow(),
        actor_id=actor.id,
        actor_name=actor.name,
        role=grant.role if grant else "",
        on_behalf_of=grant.on_behalf_of if grant else "",
        action=action,
        object_type=object_type,
        object_id=object_id,
        article=article,
        reason=reason,
        data=dict(data or {}),
        content_hash=content_hash,
        prev_digest=head.digest,
    )
    entry.digest = digest_of(entry)
    db.session.add(entry)
    head.seq, head.digest = entry.seq, entry.digest
    head.seal = _seal(place, head.seq, head.digest)
    db.session.flush()
    return entry


_FIELDS = (
    "jurisdiction_id", "seq", "actor_id", "actor_name", "role", "on_behalf_of", "action",
    "object_type", "object_id", "article", "reason", "data", "content_hash",
)  # fmt: skip


def digest_of(entry: AuditEntry) -> str:
    """SHA-256 over the previous digest and the row's fields, keys sorted, compact, UTF-8."""
    fields = {name: getattr(entry, name) for name in _FIELDS} | {"at": entry.at.isoformat()}
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((entry.prev_digest + text).encode()).hexdigest()


def verify() -> Iterator[str]:
    """Walk the current jurisdiction's chain; yields one sentence per fault, nothing when it is sound."""
    place, expected, previous = current().id, 1, GENESIS
    for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).yield_per(500):
        if entry.seq != expected:
            yield f"entry {expected} is missing (found {entry.seq})"
        if entry.prev_digest != previous or entry.digest != digest_of(entry):
            yield f"entry {entry.seq} was changed or reordered"
        expected, previous = entry.seq + 1, entry.digest
    head = db.session.get(AuditHead, place)
    last = expected - 1
    if head is None:
        if last:
            yield "the head of the chain is missing"
    elif (head.seq, head.digest) != (last, previous):
        yield f"the chain ends at {last}, its head says {head.seq}: the tail was cut or added to"
    elif head.seal != _seal(place, head.seq, head.digest):
        yield "the head of the chain was not written by this installation"


def _seal(place: str, seq: int, digest: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"audit|{place}|{seq}|{digest}".encode(), hashlib.sha256).hexdigest()
