"""How long the public is asked (预6): 30 calendar days, or 7 with a ground and its published explanation."""

from __future__ import annotations

from datetime import datetime

from core import settings
from core.jurisdictions import current
from core.workdays import Calendar, end_of, local_date
from plugins.predisclosure.models import PublicConsultation
from plugins.predisclosure.settings import SHORTEST_DAYS, USUAL_DAYS


def usual_days() -> int:
    """The local rule, never less than 预6 has it."""
    return max(USUAL_DAYS, int(settings.get("predisclosure.days")))


def shortest_days() -> int:
    """In a special case."""
    return max(SHORTEST_DAYS, int(settings.get("predisclosure.short_days")))


def least(at: datetime, days: int) -> datetime:
    """24:00 of the last day when published at `at`; a rest day moves it to the next working day (民法典203)."""
    return end_of(Calendar(current().lineage).add_calendar_days(local_date(at), days).due)


def usual_end(at: datetime) -> datetime:
    """The earliest end without a ground."""
    return least(at, usual_days())


def earliest_end(row: PublicConsultation, at: datetime) -> datetime:
    """The earliest end of this one: the short period only with ground and explanation."""
    special = row.short_ground.strip() and row.short_explanation.strip()
    return least(at, shortest_days()) if special else usual_end(at)
