"""The lists of a body as a table: address part, OParl type, what was ever public with its times, how one is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, literal, select, union_all

from core.db import UtcDateTime, db
from core.models import Agency, AttachmentLink, Publication
from core.permissions import ANONYMOUS
from core.publications import OBJECT_TYPE as PUBLICATION
from plugins.meetings.models import AgendaApplication, Invitation, Meeting
from plugins.meetings.oparl import meetings, papers, people
from plugins.meetings.services.visibility import visible_meetings

EVER = literal(datetime(2020, 11, 13, tzinfo=UTC), UtcDateTime())
"""Stands for the time of what has none: the day the regulation took effect (会11)."""
Rows = Select[Any]


@dataclass(frozen=True)
class Kind:
    """`rows` selects (ident, created, modified, shown): what was ever public, and whether it still is."""

    path: str
    name: str
    rows: Callable[[], Any]
    show: Callable[[str], dict[str, Any]]


def _row(ident: Any, created: Any, modified: Any, shown: ColumnElement[bool] | Any = True) -> Rows:
    return select(
        ident.label("ident"), created.label("created"), modified.label("modified"), literal(shown).label("shown")
    )


def _released(ident: Any, shown: Any = None) -> Rows:
    """Publications that are or were public."""
    now = (Publication.state == "released") if shown is None else shown
    rows = select(
        ident.label("ident"), Publication.created_at.label("created"), Publication.updated_at.label("modified"),
        now.label("shown"),
    )  # fmt: skip
    return rows.where(Publication.released_at.is_not(None))


def _meetings() -> Rows:
    return _row(Meeting.id, Meeting.created_at, Meeting.updated_at).where(visible_meetings(ANONYMOUS))


def _items() -> Any:
    standing = _row(AgendaApplication.id, AgendaApplication.created_at, AgendaApplication.updated_at)
    standing = standing.join(Meeting, Meeting.id == AgendaApplication.meeting_id).where(visible_meetings(ANONYMOUS))
    left = _row(AgendaApplication.id, AgendaApplication.created_at, AgendaApplication.updated_at, False)
    left = left.outerjoin(Meeting, Meeting.id == AgendaApplication.meeting_id)
    return union_all(standing, left.where(AgendaApplication.left_agenda, Meeting.announced_at.is_(None)))


def _agencies() -> Rows:
    return _row(Agency.id, EVER, EVER)


def _people() -> Rows:
    chosen = people.listed().with_only_columns(Invitation.id)
    return _row(Invitation.id, Invitation.created_at, Invitation.updated_at).where(Invitation.id.in_(chosen))


def _files() -> Any:
    """Attachments, the texts of publications, sealed records."""
    attached = _released(AttachmentLink.id).join(
        AttachmentLink, (AttachmentLink.subject_id == Publication.id) & (AttachmentLink.subject_type == PUBLICATION)
    )
    texts = _released(Publication.id).where(Publication.body != "")
    sealed = _row(Meeting.id, Meeting.sealed_at, Meeting.updated_at).where(_sealed())
    return union_all(attached, texts, sealed)


def _sealed() -> ColumnElement[bool]:
    """`Meeting.audience` "public" as a filter: something is open and the convenor did not close it."""
    items = select(AgendaApplication.openness).where(AgendaApplication.meeting_id == Meeting.id)
    some_open = items.where(AgendaApplication.openness != "closed").exists() | ~items.exists()
    return (Meeting.state == "sealed") & Meeting.open_to_public & some_open & visible_meetings(ANONYMOUS)


def _places() -> Rows:
    return _meetings().where(Meeting.place != "")


def _consultations() -> Any:
    ident = Publication.id + "-" + AgendaApplication.id
    chosen = papers.consultations().where(Publication.released_at.is_not(None))
    return chosen.with_only_columns(
        ident.label("ident"), Publication.created_at.label("created"), Publication.updated_at.label("modified"),
        (Publication.state == "released").label("shown"),
    )  # fmt: skip


def _terms() -> Rows:
    """Governments have no legislative term: an empty list, as the schema wants one."""
    return _row(Agency.id, EVER, EVER).where(false())


def _file(ident: str) -> dict[str, Any]:
    link = db.session.get(AttachmentLink, ident)
    if link is not None:
        return papers.file(link, db.session.get_one(Publication, link.subject_id))
    page = db.session.get(Publication, ident)
    return papers.text(page) if page is not None else papers.record(db.session.get_one(Meeting, ident))


def _consultation(ident: str) -> dict[str, Any]:
    page, _, item = ident.partition("-")
    return papers.consultation(db.session.get_one(Publication, page), db.session.get_one(AgendaApplication, item))


def _shown(model: type[Any], shape: Callable[[Any], dict[str, Any]]) -> Callable[[str], dict[str, Any]]:
    return lambda ident: shape(db.session.get_one(model, ident))


KINDS = (
    Kind("organizations", "Organization", _agencies, _shown(Agency, meetings.organization)),
    Kind("persons", "Person", _people, _shown(Invitation, people.person)),
    Kind("memberships", "Membership", _people, _shown(Invitation, people.membership)),
    Kind("meetings", "Meeting", _meetings, _shown(Meeting, meetings.meeting)),
    Kind("agenda-items", "AgendaItem", _items, _shown(AgendaApplication, meetings.agenda_item)),
    Kind("papers", "Paper", lambda: _released(Publication.id), _shown(Publication, papers.paper)),
    Kind("consultations", "Consultation", _consultations, _consultation),
    Kind("files", "File", _files, _file),
    Kind("locations", "Location", _places, _shown(Meeting, meetings.location)),
    Kind("legislative-terms", "LegislativeTerm", _terms, _shown(Agency, meetings.organization)),
)
