"""Meetings in the core's search: what the meeting's page tells everybody, and nothing else."""

from __future__ import annotations

from core import search
from core.permissions import ANONYMOUS
from plugins.meetings import telling
from plugins.meetings.models import Meeting
from plugins.meetings.services.visibility import public_title
from plugins.meetings.workflow import MEETING


def refresh(meeting: Meeting) -> None:
    """Make an announced meeting found by its title, place and agenda as they stand now; inside `write()`."""
    if not meeting.is_public:
        return
    titles = [str(public_title(item, ANONYMOUS)) for item in meeting.agenda if item.openness != "closed"]
    search.put(
        MEETING.object_type,
        meeting.id,
        title=meeting.title,
        text="\n".join([*titles, meeting.place]),
        url=telling.meeting_path(meeting),
        at=meeting.starts_at,
        plugin="meetings",
    )
