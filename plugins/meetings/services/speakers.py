"""Whom the stenographer finds on the speaker keys: who has spoken already, then who is invited."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from core import settings
from core.db import db
from plugins.meetings.live.models import LivePost, LiveSession
from plugins.meetings.models import AgendaApplication, Invitation
from plugins.meetings.models.invitations import TOLD_STATES
from plugins.meetings.values import CATEGORIES


def known(session: LiveSession) -> list[str]:
    """Everyone who has a line in this live text, by first word."""
    first = func.min(LivePost.seq)
    query = (
        select(LivePost.speaker)
        .where(LivePost.session_id == session.id, LivePost.speaker.is_not(None), LivePost.state == "public")
        .group_by(LivePost.speaker)
        .order_by(first)
    )
    return [name for name in db.session.scalars(query) if name]


def invited(item: AgendaApplication | None) -> list[str]:
    """The invitees of an item as the record may name them (会8): the category where the name is not to be published."""
    if item is None:
        return []
    expected = [row for row in item.invitees if row.state in TOLD_STATES and row.state != "declined"]
    return list(dict.fromkeys(_named(row) for row in expected))


def expected(items: Sequence[AgendaApplication], now: AgendaApplication | None) -> list[str]:
    """Everyone invited to the meeting: those of the present item first, then by the agenda."""
    return [name for item in (now, *items) for name in invited(item)]


def _named(row: Invitation) -> str:
    rule = settings.get("meetings.publish_names")
    if rule == "always" or (rule == "consent" and row.publish_name):
        return row.name
    return str(CATEGORIES[row.category])
