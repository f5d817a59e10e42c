"""The console pages of the disclosure plugin."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.web.admin import ConsoleView
from core.web.admin.templates import TemplatesView
from plugins.disclosure.admin.bodies import BodiesView
from plugins.disclosure.admin.documents import DocumentsView
from plugins.disclosure.admin.entries import EntriesView
from plugins.disclosure.admin.exports import ExportsView
from plugins.disclosure.admin.guides import GuidesView
from plugins.disclosure.admin.items import ItemsView
from plugins.disclosure.admin.rectifications import RectificationsView
from plugins.disclosure.admin.redactions import RedactionsView
from plugins.disclosure.admin.reports import ReportsView
from plugins.disclosure.admin.requests import RequestsView
from plugins.disclosure.admin.urgings import UrgingsView
from plugins.disclosure.admin.withheld import WithheldView
from plugins.disclosure.services.templates import templates

LETTERS = _l("依申请公开的告知书和各类答复书由 Word 模板生成。")


def views() -> list[ConsoleView]:
    """One of each; endpoints begin with `disclosure_`."""
    return [
        DocumentsView("disclosure_documents", "documents", "core.staff"),
        ItemsView("disclosure_items", "items", "core.staff"),
        BodiesView("disclosure_bodies", "bodies"),
        RequestsView("disclosure_requests", "requests", "core.staff"),
        RedactionsView("disclosure_redactions", "redactions", "disclosure.requests"),
        ReportsView("disclosure_reports", "reports", "core.staff"),
        TemplatesView("disclosure_templates", "templates", templates, LETTERS),
        WithheldView("disclosure_withheld", "withheld", "disclosure.see_withheld"),
        EntriesView("disclosure_entries", "withheld/entries", "disclosure.see_withheld"),
        GuidesView("disclosure_guides", "guides", "core.staff"),
        UrgingsView("disclosure_urgings", "urgings", "core.staff"),
        RectificationsView("disclosure_rectifications", "rectifications", "core.staff"),
        ExportsView("disclosure_exports", "exports", "core.staff"),
    ]
