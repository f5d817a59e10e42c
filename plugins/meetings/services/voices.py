"""What representatives and citizens said, as everybody may read it on the page of a meeting."""

from __future__ import annotations

from typing import Any

from core.permissions import ANONYMOUS
from plugins.meetings.models import FollowUp, Meeting, Slip
from plugins.meetings.services import follow_ups as all_follow_ups
from plugins.meetings.services import slips as all_slips
from plugins.meetings.services.public import agency_name
from plugins.meetings.services.visibility import public_author, public_title
from plugins.meetings.values import DISPOSITIONS, SLIP_KINDS
from plugins.meetings.workflow import FOLLOW_UP, SLIP
from plugins.meetings.workflow.follow_ups import is_over, window

TONES = {"admitted": "now", "routed": "now"}
FOLLOW_UP_TONES = {"open": "now", "answering": "ahead", "answered": "done"}


def slips(meeting: Meeting) -> list[dict[str, Any]]:
    """Admitted questions and opinions, by item."""
    return [_slip(row) for row in all_slips.published(meeting)]


def follow_ups(meeting: Meeting) -> list[dict[str, Any]]:
    """Where opinions on the meeting's decisions are taken and answered."""
    return [follow_up(row) for row in all_follow_ups.of_meeting(meeting)]


def follow_up(row: FollowUp) -> dict[str, Any]:
    """One follow-up in a few words; `until` as long as opinions are taken."""
    clock, over = window(row), is_over(row)
    state = "answering" if row.state == "open" and over else row.state
    return {
        "title": public_title(row.application, ANONYMOUS),
        "url": all_follow_ups.path(row),
        "label": FOLLOW_UP.label(state),
        "tone": FOLLOW_UP_TONES.get(state, ""),
        "until": clock.due_on if clock and not over else None,
        "clock": clock if clock and not over else None,
    }


def _slip(row: Slip) -> dict[str, Any]:
    return {
        "label": SLIP.label(row.state),
        "tone": TONES.get(row.state, "done"),
        "author": public_author(row),
        "kind": SLIP_KINDS[row.kind],
        "title": public_title(row.application, ANONYMOUS),
        "text": row.text,
        "answer": row.answer,
        "answered_by": row.answered_by,
        "unit": agency_name(row.unit),
        "word": DISPOSITIONS[row.disposition] if row.disposition else "",
        "reply": row.reply,
    }
