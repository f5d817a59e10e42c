"""The console pages of the meetings plugin: applications, meetings, obligations, rules."""

from __future__ import annotations

from core.web.admin import ConsoleView
from plugins.meetings.admin.applications import ApplicationsView


def views() -> list[ConsoleView]:
    """One of each; endpoints begin with `meetings_`."""
    return [
        ApplicationsView("meetings_applications", "applications", "core.staff"),
    ]
