"""The meeting drives its live text: the session follows the meeting's state and audience."""

from __future__ import annotations

from core.permissions import Actor
from plugins.meetings.live import rehearsal, writer
from plugins.meetings.models import AgendaApplication, Meeting


def follow(actor: Actor, meeting: Meeting, reason: str = "") -> None:
    """Make the live text stand where the meeting stands, in the same transaction; a rehearsal ends with the opening."""
    writer.ensure_session(meeting.id, meeting.audience)
    writer.follow_meeting_state(writer.lock(meeting.id), meeting.state, actor, reason)
    if meeting.state in {"in_session", "cancelled"}:
        rehearsal.end(meeting.id, actor)


def refresh_audience(meeting: Meeting) -> None:
    """The agenda changed: public, or invited only where every item is closed."""
    writer.ensure_session(meeting.id, meeting.audience)


def come_to(actor: Actor, meeting: Meeting, item: AgendaApplication) -> None:
    """Tell the readers which item the meeting has come to."""
    writer.item(writer.lock(meeting.id), actor, item.id)
