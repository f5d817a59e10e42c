"""The core's console views, in the order of the menu; the first is the desk."""

from __future__ import annotations

from core.web.admin.base import ConsoleView
from core.web.admin.delegations import DelegationsView
from core.web.admin.desk import ClocksView, DeskView, NoticesView
from core.web.admin.imports import ImportsView
from core.web.admin.jobs import JobsView
from core.web.admin.matters import MattersView
from core.web.admin.people import PeopleView
from core.web.admin.publications import PublicationsView
from core.web.admin.system import AgenciesView, CalendarView, PluginsView, RulesView
from core.web.admin.trail import AuditView


def make() -> list[ConsoleView]:
    """One of each."""
    return [
        DeskView("desk", ""),
        NoticesView("notices", "notices"),
        DelegationsView("delegations", "delegations"),
        JobsView("jobs", "jobs"),
        ImportsView("imports", "imports"),
        ClocksView("clocks", "clocks", "core.clocks"),
        PublicationsView("published", "publications", "core.withdraw"),
        MattersView("matters", "matters", "core.merge_matters"),
        AgenciesView("agencies", "agencies", "core.system"),
        PluginsView("plugins", "plugins", "core.system"),
        RulesView("rules", "rules", "core.system"),
        CalendarView("calendar", "calendar", "core.system"),
        PeopleView("people", "people"),
        AuditView("audit", "audit", "core.audit"),
    ]
