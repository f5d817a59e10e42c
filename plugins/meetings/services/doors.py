"""What a door loads once and then needs no network for: masked names, digests of codes, who stands where."""

from __future__ import annotations

from typing import Any

from core.db import utcnow
from core.permissions import Actor
from plugins.meetings import values
from plugins.meetings.models import Meeting
from plugins.meetings.services.attendance import guests, masked

ENDED = ("closed", "sealed", "cancelled")
"""States of a meeting after which a door keeps no list any more."""


def listed(actor: Actor, meeting: Meeting) -> dict[str, Any]:
    """The list as page and API give it; `at` says from when on a revoked code is no longer known here.

    Raises:
        Forbidden: the actor checks nobody in here.
    """
    people = [
        {
            "id": guest.invitation.id,
            "name": masked(guest.invitation.name),
            "category_label": str(values.CATEGORIES[guest.invitation.category]),
            "organisation": guest.invitation.organisation,
            "items": list(guest.items),
            "codes": list(guest.codes),
            "promised": guest.promised,
            "state": guest.state,
        }
        for guest in guests(actor, meeting)
    ]
    return {
        "meeting": meeting.id, "title": meeting.title, "at": utcnow(), "people": people,
        "ended": meeting.state in ENDED,
    }  # fmt: skip
