"""Finding what an address names, as this person may see it."""

from __future__ import annotations

from core.refusals import NotFound
from core.web.requests import actor
from plugins.meetings.models import AgendaApplication
from plugins.meetings.services import applications


def load(ident: str) -> AgendaApplication:
    """The application; raises NotFound for unknown, unreadable and other counties' ids alike."""
    if not ident.isalnum():
        raise NotFound
    return applications.find(actor(), ident)
