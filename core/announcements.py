"""Announcements (对插件的告知): hook calls owed by `plugins.announce`, made after the commit, retried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, select

from core import plugins
from core.db import db, utcnow, write
from core.jurisdictions import current
from core.models import Announcement

log = structlog.get_logger(__name__)
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600))
"""The wait after each failed attempt; the last one repeats for ever."""
CLAIM = timedelta(minutes=5)
WHILE_OFF = timedelta(minutes=10)
"""How often to look again whether a switched-off plugin is back."""
BATCH = 50


@dataclass(frozen=True)
class _Owed:
    id: str
    hook: str
    plugin: str
    payload: dict[str, Any]
    attempts: int


def due(now: datetime) -> ColumnElement[bool]:
    """The rows a sweep has to look at."""
    return and_(Announcement.done_at.is_(None), Announcement.due_at <= now)


def deliver_due(now: datetime | None = None) -> int:
    """Make the hook calls that are due in the current jurisdiction; returns how many succeeded."""
    made = 0
    for owed in _claim(now or utcnow()):
        error = _call(owed)
        with write() as session:
            row = session.get_one(Announcement, owed.id)
            if error:
                row.error = error[:300]
                row.due_at = utcnow() + PAUSES[min(owed.attempts, len(PAUSES)) - 1]
            else:
                row.done_at, row.error = utcnow(), ""
                made += 1
    return made


def _claim(now: datetime) -> list[_Owed]:
    """Take a batch for this worker; what belongs to a switched-off plugin waits until it is back."""
    on = plugins.enabled(current())
    query = (
        select(Announcement)
        .where(due(now))
        .order_by(Announcement.due_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    taken: list[_Owed] = []
    with write() as session:
        for row in session.scalars(query):
            if row.plugin not in on:
                row.due_at = now + WHILE_OFF
                continue
            row.attempts += 1
            row.due_at = now + CLAIM
            taken.append(_Owed(row.id, row.hook, row.plugin, row.payload, row.attempts))
    return taken


def _call(owed: _Owed) -> str:
    """Call the hook; returns what went wrong, "" when nothing. The plugin writes in transactions of its own."""
    try:
        list(plugins.installed().call_one(owed.plugin, owed.hook, jurisdiction=current(), **owed.payload))
    except Exception as error:
        log.exception("announcement failed", hook=owed.hook, plugin=owed.plugin)
        db.session.rollback()
        return f"{type(error).__name__}: {error}"
    return ""
