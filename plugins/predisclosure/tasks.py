"""What comes round by itself: a consultation closes at its time (预6)."""

from __future__ import annotations

from core.contracts import JurisdictionRef, Schedule
from core.db import write
from core.tasks import plugin_task
from plugins.predisclosure.services import consultations

SCHEDULES = (Schedule("predisclosure.close", "plugins.predisclosure.tasks.close_due", 30),)


@plugin_task("predisclosure")
def close_due(_jurisdiction: JurisdictionRef) -> None:
    """At the end of its period, never earlier."""
    with write():
        consultations.close_due()
