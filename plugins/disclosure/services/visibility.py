"""THE visibility gate: who sees which object; the same for page, list, search, file, API, socket."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from core import publications
from core.models import Publication
from core.permissions import Actor, can, permitted_agencies
from plugins.disclosure.models import (
    AnnualReport,
    Confirmation,
    Guide,
    Item,
    Rectification,
    Urging,
    WithheldCatalogue,
    WithheldEntry,
)


def visible_entries(actor: Actor) -> ColumnElement[bool]:
    """Rows of the withheld catalogue with their full titles: those who compile, approve, supervise."""
    return _of_bodies(actor, "disclosure.see_withheld", WithheldEntry.agency_id)


def visible_catalogues(actor: Actor) -> ColumnElement[bool]:
    """Those whose page is public for everybody (管11), the rest for those who see the rows."""
    public = and_(WithheldCatalogue.state == "published", _on_the_page(WithheldCatalogue.publication_id))
    return or_(public, _of_bodies(actor, "disclosure.see_withheld", WithheldCatalogue.agency_id))


def visible_guides(actor: Actor) -> ColumnElement[bool]:
    """Those whose page is public for everybody, the rest for the body's staff."""
    public = and_(Guide.state == "published", _on_the_page(Guide.publication_id))
    return or_(public, _of_bodies(actor, "core.staff", Guide.agency_id))


def visible_rectifications(actor: Actor) -> ColumnElement[bool]:
    """For the staff of the body concerned and whoever supervises."""
    return _of_bodies(actor, "core.staff", Rectification.agency_id)


def visible_urgings(actor: Actor) -> ColumnElement[bool]:
    """For the staff of the body that is urged and whoever supervises."""
    return _of_bodies(actor, "core.staff", Urging.agency_id)


def visible_items(actor: Actor) -> ColumnElement[bool]:
    """管10: for the staff of the releasing agency and of those asked; the public reads the released page instead."""
    agencies = permitted_agencies(actor, "core.staff")
    if agencies is None or can(actor, "disclosure.supervise"):
        return true()
    asked = select(Confirmation.item_id).where(Confirmation.agency_id.in_(sorted(agencies)))
    return or_(Item.agency_id.in_(sorted(agencies)), Item.id.in_(asked)) if agencies else false()


def page_address(publication: Publication | None) -> str:
    """The path of a page as long as it is public, else ""."""
    return publications.address(publication) if publication and publication.state == "released" else ""


def _on_the_page(column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """What was taken off its page is public nowhere else either."""
    return column.in_(select(Publication.id).where(Publication.state == "released"))


def visible_reports(actor: Actor) -> ColumnElement[bool]:
    """Published annual reports for everybody, drafts for the body's staff and whoever supervises."""
    public = and_(AnnualReport.state == "published", _on_the_page(AnnualReport.publication_id))
    return public | _of_bodies(actor, "core.staff", AnnualReport.agency_id)


def _of_bodies(actor: Actor, right: str, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Objects of the bodies for which `actor` holds `right`; 主管部门 sees all (管4)."""
    if can(actor, "disclosure.supervise"):
        return true()
    agencies = permitted_agencies(actor, right)
    if agencies is None:
        return true()
    return column.in_(sorted(agencies)) if agencies else false()
