"""Who reads the plugin's files: of requests those who handle them, reviewers all but the identity papers.

Other staff files are for the staff, as where a plugin says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.contracts import FileUse
from core.db import db
from core.permissions import Actor, can
from plugins.disclosure.models import AccessRequest
from plugins.disclosure.services import requests
from plugins.disclosure.services.request_files import KINDS, PRIVATE


def may_read(actor: Actor, uses: Sequence[FileUse]) -> bool:
    """True when one of the uses lets this person read."""
    return any(_lets_in(actor, use) for use in uses)


def _lets_in(actor: Actor, use: FileUse) -> bool:
    if use.subject_type not in KINDS:
        return use.audience == "staff" and can(actor, "core.staff") is not None
    query = select(AccessRequest).where(AccessRequest.id == use.subject_id, requests.visible(actor))
    found = db.session.scalar(query)
    return found is not None and (use.subject_type not in PRIVATE or requests.sees_person(actor, found))
