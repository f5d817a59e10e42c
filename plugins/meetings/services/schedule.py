"""Which meetings the public can follow now, attend soon or read about: keyset lists, always as nobody in particular."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from core.db import db
from core.paging import Page, cursor_of, read_cursor
from core.permissions import ANONYMOUS
from plugins.meetings.models import Meeting
from plugins.meetings.services.visibility import visible_meetings

ON_NOW = ("in_session", "paused")
COMING = ("announced",)
PAST = ("closed", "sealed", "cancelled")


def on_now(kind: str = "") -> Sequence[Meeting]:
    """Meetings in session or paused, the one that began first leading."""
    return db.session.scalars(_public(ON_NOW, kind).order_by(Meeting.starts_at, Meeting.id)).all()


def coming(kind: str = "", *, after: str = "", limit: int = 20) -> Page[Meeting]:
    """Announced meetings, the next one first; `after` is the `next` of the page before.

    Raises:
        core.refusals.Invalid: `after` is no cursor.
    """
    query = _public(COMING, kind).order_by(Meeting.starts_at, Meeting.id)
    if after:
        query = query.where(tuple_(Meeting.starts_at, Meeting.id) > tuple_(*read_cursor(after)))
    return _page(query, limit)


def past(kind: str = "", *, after: str = "", limit: int = 20) -> Page[Meeting]:
    """Meetings that are over or cancelled, the latest first; `after` and Raises as `coming`."""
    query = _public(PAST, kind).order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    if after:
        query = query.where(tuple_(Meeting.starts_at, Meeting.id) < tuple_(*read_cursor(after)))
    return _page(query, limit)


def since(at: datetime, limit: int = 500) -> Sequence[Meeting]:
    """All public meetings that begin after `at`, in order of time: what a calendar holds."""
    query = _public((*ON_NOW, *COMING, *PAST), "").where(Meeting.starts_at >= at)
    return db.session.scalars(query.order_by(Meeting.starts_at, Meeting.id).limit(limit)).all()


def _public(states: tuple[str, ...], kind: str) -> Select[Meeting]:
    query = select(Meeting).where(visible_meetings(ANONYMOUS), Meeting.state.in_(states))
    query = query.options(selectinload(Meeting.agenda), joinedload(Meeting.agency))
    return query.where(Meeting.kind == kind) if kind else query


def _page(query: Select[Meeting], limit: int) -> Page[Meeting]:
    rows = db.session.scalars(query.limit(limit + 1)).all()
    more = len(rows) > limit
    return Page(tuple(rows[:limit]), cursor_of(rows[limit - 1].starts_at, rows[limit - 1].id) if more else "")
