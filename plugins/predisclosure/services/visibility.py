"""THE visibility gate: who sees which object; the same for page, list, search, feed, file, API."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from core import publications
from core.models import Publication
from core.permissions import Actor, permitted_agencies
from plugins.predisclosure.models import DecisionItem, DraftEdition, PublicConsultation


def visible_items(actor: Actor) -> ColumnElement[bool]:
    """The yearly catalogue is public (预4), exempted ones with their reason; a pending request is the office's."""
    return DecisionItem.state.in_(("listed", "exempt")) | _of_bodies(actor, DecisionItem.agency_id)


def visible_consultations(actor: Actor) -> ColumnElement[bool]:
    """Everything the public was asked about, until its notice is withdrawn; the rest for the drafting body's staff."""
    asked = PublicConsultation.id.in_(select(DraftEdition.consultation_id))
    return or_(and_(asked, notice_stands()), _of_bodies(actor, PublicConsultation.agency_id))


def notice_stands() -> ColumnElement[bool]:
    """Consultations whose notice was not taken off: with it goes everything that says the same."""
    withdrawn = select(Publication.id).where(Publication.state == "withdrawn")
    return or_(PublicConsultation.publication_id.is_(None), PublicConsultation.publication_id.not_in(withdrawn))


def is_public(publication: Publication | None) -> bool:
    """True while a page stands where everybody reads it."""
    return publication is not None and publication.state == "released"


def page_address(publication: Publication | None) -> str:
    """The path of a page as long as it is public, else ""."""
    return publications.address(publication) if publication is not None and is_public(publication) else ""


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
