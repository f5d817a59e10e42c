"""Paper, File and Consultation: what was published, its files, and the agenda items it belongs to by its matter."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from core import publications
from core.db import db
from core.models import AttachmentLink, Publication
from core.permissions import ANONYMOUS
from plugins.meetings import telling
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.oparl import urls
from plugins.meetings.services.visibility import visible_meetings


def paper(row: Publication) -> dict[str, Any]:
    """A publication; its text is the main file, its attachments follow, its counterpart is related (会9)."""
    links = publications.files(row)
    values = {
        "body": urls.body(),
        "name": row.title,
        "date": urls.on(row.released_at),
        "paperType": str(publications.KINDS[row.kind]),
        "relatedPaper": [urls.of("papers", other.id) for other in publications.related(row)],
        "mainFile": text(row) if row.body else None,
        "auxiliaryFile": [file(link, row) for link in links],
        "originatorOrganization": [urls.of("organizations", row.agency_id)] if row.agency_id else [],
        "consultation": [consultation(row, item) for item in _items(row)],
        "created": urls.at(row.created_at),
        "modified": urls.at(row.updated_at),
        "web": urls.page(publications.address(row)),
    }
    return urls.thing("Paper", urls.of("papers", row.id), values)


def text(row: Publication) -> dict[str, Any]:
    """The page of a publication as a file, with its text."""
    values = {
        "name": row.title,
        "mimeType": "text/html",
        "date": urls.on(row.released_at),
        "text": row.body,
        "accessUrl": urls.page(publications.address(row)),
        "paper": [urls.of("papers", row.id)],
        "created": urls.at(row.created_at),
        "modified": urls.at(row.updated_at),
    }
    return urls.thing("File", urls.of("files", row.id), values)


def file(link: AttachmentLink, row: Publication) -> dict[str, Any]:
    """An attachment."""
    attachment = link.attachment
    address = urls.page(f"/{publications.address(row).split('/')[1]}/files/{attachment.id}")
    values = {
        "name": link.title or attachment.filename,
        "fileName": attachment.filename,
        "mimeType": attachment.file.media_type,
        "date": urls.on(row.released_at),
        "size": attachment.file.size,
        "accessUrl": address,
        "downloadUrl": address,
        "paper": [urls.of("papers", row.id)],
        "created": urls.at(attachment.uploaded_at),
        "modified": urls.at(row.updated_at),
    }
    return urls.thing("File", urls.of("files", link.id), values)


def record(row: Meeting) -> dict[str, Any]:
    """The sealed live text; it goes by the meeting's id."""
    path = telling.meeting_path(row)
    values = {
        "name": f"{row.title}会议实录",
        "mimeType": "text/html",
        "date": urls.on(row.sealed_at),
        "accessUrl": urls.page(f"{path}record/"),
        "downloadUrl": urls.page(f"{path}record.docx"),
        "meeting": [urls.of("meetings", row.id)],
        "created": urls.at(row.sealed_at),
        "modified": urls.at(row.updated_at),
    }
    return urls.thing("File", urls.of("files", row.id), values)


def consultation(row: Publication, item: AgendaApplication) -> dict[str, Any]:
    """That a paper belongs to an agenda item; the outcome is the authoritative one."""
    values = {
        "paper": urls.of("papers", row.id),
        "agendaItem": urls.of("agenda-items", item.id),
        "meeting": urls.of("meetings", str(item.meeting_id)),
        "organization": [urls.of("organizations", row.agency_id)] if row.agency_id else [],
        "authoritative": row.kind == "outcome",
        "role": str(publications.KINDS[row.kind]),
        "created": urls.at(row.created_at),
        "modified": urls.at(row.updated_at),
    }
    return urls.thing("Consultation", urls.of("consultations", f"{row.id}-{item.id}"), values)


def consultations() -> Select[Publication, AgendaApplication]:
    """Publications with the open items of announced meetings that share their matter."""
    return (
        select(Publication, AgendaApplication)
        .join(AgendaApplication, AgendaApplication.matter_id == Publication.matter_id)
        .join(Meeting, Meeting.id == AgendaApplication.meeting_id)
        .where(AgendaApplication.openness != "closed", visible_meetings(ANONYMOUS))
    )


def _items(row: Publication) -> list[AgendaApplication]:
    query = (
        select(AgendaApplication)
        .join(Meeting, Meeting.id == AgendaApplication.meeting_id)
        .where(
            AgendaApplication.matter_id == row.matter_id,
            AgendaApplication.openness != "closed",
            visible_meetings(ANONYMOUS),
        )
        .options(joinedload(AgendaApplication.meeting))
        .order_by(AgendaApplication.created_at)
    )
    return list(db.session.scalars(query)) if row.matter_id else []
