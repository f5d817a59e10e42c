"""The console pages of the disclosure plugin."""

from __future__ import annotations

from core.web.admin import ConsoleView
from plugins.disclosure.admin.bodies import BodiesView
from plugins.disclosure.admin.documents import DocumentsView
from plugins.disclosure.admin.redactions import RedactionsView


def views() -> list[ConsoleView]:
    """One of each; endpoints begin with `disclosure_`."""
    return [
        DocumentsView("disclosure_documents", "documents", "core.staff"),
        BodiesView("disclosure_bodies", "bodies"),
        RedactionsView("disclosure_redactions", "redactions", "disclosure.requests"),
    ]
