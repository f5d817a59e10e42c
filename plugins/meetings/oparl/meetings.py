"""Meeting, AgendaItem, Location and Organization."""

from __future__ import annotations

from typing import Any

from core.models import Agency
from core.permissions import ANONYMOUS
from plugins.meetings import telling
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.oparl import papers, people, urls
from plugins.meetings.services.visibility import public_result, public_title
from plugins.meetings.values import RESULTS
from plugins.meetings.workflow import MEETING


def meeting(row: Meeting) -> dict[str, Any]:
    """With agenda, place, who took part by consent, and the sealed record."""
    values = {
        "name": row.title,
        "meetingState": str(MEETING.label(row.state)),
        "cancelled": row.state == "cancelled",
        "start": urls.at(row.opened_at or row.starts_at),
        "end": urls.at(row.closed_at),
        "location": location(row) if row.place else None,
        "organization": [urls.of("organizations", row.agency_id)] if row.agency_id else [],
        "participant": [urls.of("persons", person.id) for person in people.of_meeting(row)],
        "verbatimProtocol": papers.record(row) if row.state == "sealed" and row.audience == "public" else None,
        "agendaItem": [agenda_item(item) for item in row.agenda],
        "created": urls.at(row.created_at),
        "modified": urls.at(row.updated_at),
        "web": urls.page(telling.meeting_path(row)),
    }
    return urls.thing("Meeting", urls.of("meetings", row.id), values)


def agenda_item(row: AgendaApplication) -> dict[str, Any]:
    """Titles of closed items are withheld, results shown once they are published."""
    assert row.meeting is not None, "the list joins it"
    result, web = public_result(row), telling.meeting_path(row.meeting)
    values = {
        "meeting": urls.of("meetings", row.meeting.id),
        "number": str(row.position),
        "order": row.position,
        "name": str(public_title(row, ANONYMOUS)),
        "public": row.openness != "closed",
        "result": str(RESULTS[result]) if result else None,
        "resolutionText": row.result_note if result else None,
        "start": urls.at(row.called_at),
        "end": urls.at(row.deliberated_at),
        "created": urls.at(row.created_at),
        "modified": urls.at(row.updated_at),
        "web": f"{urls.page(web)}#item-{row.id}",
    }
    return urls.thing("AgendaItem", urls.of("agenda-items", row.id), values)


def location(row: Meeting) -> dict[str, Any]:
    """Where a meeting is held; it goes by the meeting's id."""
    values = {
        "description": row.place,
        "meetings": [urls.of("meetings", row.id)],
        "created": urls.at(row.created_at),
        "modified": urls.at(row.updated_at),
    }
    return urls.thing("Location", urls.of("locations", row.id), values)


def organization(row: Agency) -> dict[str, Any]:
    """A body; one that was abolished has an end."""
    values = {
        "body": urls.body(),
        "name": row.name,
        "shortName": row.code,
        "organizationType": KINDS.get(row.kind, row.kind),
        "endDate": urls.on(row.abolished_at),
    }
    return urls.thing("Organization", urls.of("organizations", row.id), values)


KINDS = {"government": "政府", "department": "职能部门", "authorised": "授权组织", "public_body": "公共企事业单位"}
