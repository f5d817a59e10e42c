"""Whose turn it is (待办): the one answer for lists and desks, asked of the rights and never of role names."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_

from core.permissions import Actor, permitted_agencies
from plugins.meetings.models import AgendaApplication
from plugins.meetings.values import VITAL_CLASSES

TURNS = (("pending", "meetings.approve"), ("pending_leader", "meetings.approve_leader"))


def awaiting_approval(actor: Actor) -> ColumnElement[bool]:
    """Applications this person may approve, return or clear now; those of others only (会7)."""
    turns = [and_(AgendaApplication.state == state, covered(actor, right)) for state, right in TURNS]
    return or_(and_(or_(*turns), not_applied_by(actor)), awaiting_clearance(actor))


def awaiting_clearance(actor: Actor) -> ColumnElement[bool]:
    """Drafts that name a ground for not being fully open and need the secrecy reviewer's sign-off (会2)."""
    return and_(
        AgendaApplication.state == "draft",
        AgendaApplication.openness != "open",
        AgendaApplication.openness_ground != "",
        AgendaApplication.subject_class.in_(sorted(VITAL_CLASSES)),
        covered(actor, "meetings.clear"),
    )


def started_by(actor: Actor) -> ColumnElement[bool]:
    """What this person drafted or submitted."""
    return or_(AgendaApplication.created_by == actor.id, AgendaApplication.submitted_by == actor.id)


def not_applied_by(actor: Actor) -> ColumnElement[bool]:
    """Nobody approves what he applied for."""
    return and_(
        AgendaApplication.created_by.is_distinct_from(actor.id),
        AgendaApplication.submitted_by.is_distinct_from(actor.id),
    )


def covered(actor: Actor, right: str) -> ColumnElement[bool]:
    """Applications of the bodies for which `actor` holds `right`."""
    agencies = permitted_agencies(actor, right)
    if agencies is None:
        return AgendaApplication.id.is_not(None)
    return AgendaApplication.agency_id.in_(sorted(agencies)) if agencies else false()
