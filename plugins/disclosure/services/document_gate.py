"""Who sees which document (公文): for list, page, API and file alike; the public reads what was published of it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, String, and_, cast, false, or_, select, true

from core.db import db
from core.permissions import Actor, can, permitted_agencies
from plugins.disclosure.models import Document, SheetLine


def visible_documents(actor: Actor) -> ColumnElement[bool]:
    """Staff of the issuing body, those who supervise (管4), and who countersigns a joint document (认7)."""
    if actor.is_system or can(actor, "disclosure.supervise"):
        return true()
    agencies = permitted_agencies(actor, "core.staff")
    if agencies is None:
        return true()
    if not agencies:
        return false()
    acted = select(SheetLine.document_id).where(SheetLine.actor_id == actor.id)
    asked = or_(*(cast(Document.joint_agencies, String).contains(f'"{ident}"') for ident in sorted(agencies)))
    joint = and_(Document.state != "drafting", asked)  # a draft is nobody's business yet
    return or_(Document.agency_id.in_(sorted(agencies)), Document.created_by == actor.id, Document.id.in_(acted), joint)


def may_read(actor: Actor, ids: set[str]) -> bool:
    """A file of a document: whoever sees one of these documents."""
    query = select(Document.id).where(Document.id.in_(ids), visible_documents(actor))
    return bool(ids) and db.session.scalar(query.limit(1)) is not None
