"""THE visibility gate: who sees which object; the same for page, list, search, feed, file, API."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from core.permissions import Actor, permitted_agencies
from plugins.predisclosure.models import DecisionItem, DraftEdition, PublicConsultation


def visible_items(actor: Actor) -> ColumnElement[bool]:
    """The yearly catalogue is public (预4), exempted ones with their reason; a pending request is the office's."""
    return DecisionItem.state.in_(("listed", "exempt")) | _of_bodies(actor, DecisionItem.agency_id)


def visible_consultations(actor: Actor) -> ColumnElement[bool]:
    """Everything the public was asked about; drafts for the drafting body's staff."""
    asked = PublicConsultation.id.in_(select(DraftEdition.consultation_id))
    return or_(asked, _of_bodies(actor, PublicConsultation.agency_id))


def of_staff(actor: Actor) -> ColumnElement[bool]:
    """Consultations whose inside this person may see."""
    return _of_bodies(actor, PublicConsultation.agency_id)


def _of_bodies(actor: Actor, column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    if not actor.id and not actor.is_system:
        return false()
    agencies = permitted_agencies(actor, "core.staff")
    if agencies is None:
        return true()
    return column.in_(sorted(agencies)) if agencies else false()
