"""What comes round by itself: silence has its consequences, identity papers are destroyed in time."""

from __future__ import annotations

from core.contracts import JurisdictionRef, Schedule
from core.db import write
from core.tasks import plugin_task
from plugins.disclosure.services import catalogues, item_times, reports, request_times

SCHEDULES = (
    Schedule("disclosure.requests", "plugins.disclosure.tasks.keep_request_times", 300),
    Schedule("disclosure.items", "plugins.disclosure.tasks.keep_item_times", 60),
    Schedule("disclosure.catalogues", "plugins.disclosure.tasks.begin_catalogues", 3600),
    Schedule("disclosure.reports", "plugins.disclosure.tasks.begin_reports", 3600),
)


@plugin_task("disclosure")
def keep_request_times(_jurisdiction: JurisdictionRef) -> None:
    """条例第三十条至第四十二条: consultations end, uncorrected and unpaid requests lapse."""
    request_times.sweep()


@plugin_task("disclosure")
def keep_item_times(_jurisdiction: JurisdictionRef) -> None:
    """管10: an agency that does not answer is reported; 管8: what was scheduled is released."""
    item_times.sweep()


@plugin_task("disclosure")
def begin_catalogues(_jurisdiction: JurisdictionRef) -> None:
    """认9: what was withheld in a year has that year's catalogue in hand, with its filing clock."""
    with write():
        catalogues.begin_due()


@plugin_task("disclosure")
def begin_reports(_jurisdiction: JurisdictionRef) -> None:
    """条例第四十九条: last year's reports are in hand, their clocks running."""
    with write():
        reports.begin_due()
