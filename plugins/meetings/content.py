"""What an approval approves: item, participation plan, invited list and materials as one canonical text (会7)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from plugins.meetings.models import AgendaApplication, Material

ITEM = (
    "title", "matter_id", "subject_class", "openness", "openness_ground",
    "needs_participation", "hearing_required", "important",
)  # fmt: skip
PLAN = ("organisation_form", "participation_mode")
INVITEE = ("name", "category", "organisation", "contact", "represents")
SIGNUP = ("method", "seats", "quotas", "categories", "audience")


def canonical(application: AgendaApplication) -> dict[str, Any]:
    """Everything an approver decides on, in a form that does not depend on how it was stored.

    A sign-up that belongs to the plan counts with its terms; who comes through it is approved with these, not by name.
    """
    call = application.planned_signup
    signup = {"signup": {name: getattr(call, name) for name in SIGNUP}} if call else {}
    return signup | {
        "item": {name: getattr(application, name) for name in ITEM},
        "plan": {name: getattr(application, name) for name in PLAN}
        | {"forms": sorted(application.forms), "quotas": application.quotas},
        "invitees": [
            {name: getattr(row, name) for name in INVITEE} for row in application.invitees if not row.by_signup
        ],
        "materials": [_material(row) for row in application.materials],
    }


def content_hash(application: AgendaApplication) -> str:
    """SHA-256 over the canonical JSON: keys sorted, compact, UTF-8."""
    text = json.dumps(canonical(application), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def is_approved(application: AgendaApplication) -> bool:
    """True when an approval in force covers exactly the present content."""
    valid = [a.content_hash for a in application.approvals if a.decision == "approved" and not a.void]
    return bool(valid) and valid[-1] == content_hash(application)


def is_cleared(application: AgendaApplication) -> bool:
    """True when the secrecy reviewer signed exactly the present content (保密核签)."""
    now = content_hash(application)
    return any(a.decision == "cleared" and not a.void and a.content_hash == now for a in application.approvals)


def _material(row: Material) -> dict[str, Any]:
    file = row.attachment.sha256 if row.attachment else None
    restricted = {"restricted": True} if row.restricted else {}  # what was approved before there was such a thing stays
    return {"kind": row.kind, "title": row.title, "file": file, "opinions": row.opinions} | restricted
