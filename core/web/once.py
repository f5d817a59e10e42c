"""A form that is sent twice does its thing once: the key in the page is kept with what the form made.

The key is taken in the transaction that does the work; it is forgotten with the keys of the API after 24 hours.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.db import db, new_id, write
from core.models import IdempotencyRecord
from core.permissions import Actor

FIELD = "form_key"


def new_key() -> str:
    """A key for a page that is about to be shown."""
    return new_id()


def once(actor: Actor, key: str, make: Callable[[], str]) -> str:
    """Run `make` inside `write()` and answer the id it made, or the one the same form made earlier.

    A form without a key is carried out as it came.
    """
    name = f"form:{key[:50]}" if key.isalnum() and key.isascii() else ""
    try:
        with write():
            return _made(actor, name) or _make(actor, name, make)
    except IntegrityError:  # the same form a moment earlier, in another process
        made = _made(actor, name)
        if not made:
            raise
        return made


def _made(actor: Actor, name: str) -> str:
    record = IdempotencyRecord
    query = select(record.body).where(record.actor == (actor.id or ""), record.key == name)
    return (db.session.scalar(query) if name else None) or ""


def _make(actor: Actor, name: str, make: Callable[[], str]) -> str:
    if not name:
        return make()
    record = IdempotencyRecord(actor=actor.id or "", key=name, request_hash="", body="")
    db.session.add(record)
    db.session.flush()
    record.body = make()
    db.session.flush()
    return record.body
