"""When the items of an agenda are dealt with (议程时间): facts where they were reached, else foretold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from plugins.meetings.models import AgendaApplication, Meeting

LONGEST = 600
"""Minutes an item may be planned for."""


@dataclass(frozen=True)
class Slot:
    """From when to when an item is on; `begun`: the beginning is a fact, `ended`: the end is one too."""

    begins: datetime
    ends: datetime
    begun: bool = False
    ended: bool = False


def slots(meeting: Meeting, now: datetime) -> dict[str, Slot]:
    """By item id. What is left follows in the order of the agenda, one after the other, once what has begun is through.

    A meeting that is over foretells nothing; one that has not begun is taken to begin when it was called for.
    """
    items = sorted(meeting.agenda, key=lambda item: item.position)
    known = {item.id: slot for item in items if (slot := _reached(item, now))}
    if meeting.state in {"closed", "sealed", "cancelled"}:
        return known
    return known | _foretold([item for item in items if item.id not in known], _free_from(meeting, known, now))


def _reached(item: AgendaApplication, now: datetime) -> Slot | None:
    if item.called_at is None:
        return None
    if item.deliberated_at is not None:
        return Slot(item.called_at, max(item.called_at, item.deliberated_at), begun=True, ended=True)
    return Slot(item.called_at, max(now, item.called_at + timedelta(minutes=item.minutes)), begun=True)


def _free_from(meeting: Meeting, known: dict[str, Slot], now: datetime) -> datetime:
    """When the next item can begin: after what is on, not before now, not before the meeting."""
    if meeting.opened_at is None:
        return meeting.starts_at
    return max([meeting.opened_at, now, *(slot.ends for slot in known.values())])


def _foretold(items: Sequence[AgendaApplication], begins: datetime) -> dict[str, Slot]:
    found = {}
    for item in items:
        ends = begins + timedelta(minutes=item.minutes)
        found[item.id] = Slot(begins, ends)
        begins = ends
    return found
