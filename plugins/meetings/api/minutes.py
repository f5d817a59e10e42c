"""The minutes (会议纪要) over the API: begin them, write part by part, move them, compare versions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from core.web.api import Answer, Api, EventOut, TransitionIn, events_json, if_match, moved
from core.web.api.moves import Moved
from core.web.requests import actor
from plugins.meetings.api import meetings
from plugins.meetings.models import Meeting, Minutes, MinutesSection
from plugins.meetings.services import minutes
from plugins.meetings.workflow import MINUTES


class SectionIn(BaseModel):
    """A new version of a part."""

    text: Annotated[str, Field(max_length=minutes.MOST)]


class RevisionOut(BaseModel):
    """One version; `by` is empty for the first, which came from the record."""

    rev: int
    by: str
    at: datetime
    text: str


class SectionOut(BaseModel):
    """One part; `item` is the agenda item, none for the attendance. The etag is its `rev`."""

    id: str
    item: str | None
    heading: str
    text: str
    rev: int


class MinutesOut(BaseModel):
    """The minutes with their parts."""

    id: str
    meeting: str
    state: str
    state_label: str
    etag: str
    checked_by: str
    confirmed_by: str
    return_reason: str
    sections: list[SectionOut]
    events: list[EventOut]


class RevisionsOut(BaseModel):
    """Every version, the oldest first."""

    items: list[RevisionOut]


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.post(
        "/<id>/minutes", load=meetings.load, permission=minutes.WRITE, status=201, answer=MinutesOut,
        summary="Begin the minutes from the record; asked again, those that are there",
    )(begin)  # fmt: skip
    api.get("/<id>/minutes", load=load_of_meeting, answer=MinutesOut, summary="The minutes of a meeting")(show)
    api.patch(
        "/minutes/sections/<id>", load=load_section, body=SectionIn, permission=minutes.WRITE, versioned="rev",
        answer=SectionOut, summary="Write a new version of a part",
    )(edit)  # fmt: skip
    api.get(
        "/minutes/sections/<id>/revisions", load=load_section, answer=RevisionsOut, summary="Every version of a part"
    )(revisions)
    api.post(
        "/minutes/<id>/transitions", load=load, body=TransitionIn, machine=MINUTES, answer=Moved,
        summary="Submit, check, confirm or return the minutes",
    )(move)  # fmt: skip


def load(ident: str) -> Minutes:
    """For staff of the convening body; raises NotFound."""
    return minutes.find(actor(), ident)


def load_of_meeting(ident: str) -> Minutes:
    """The minutes of a meeting; raises NotFound before they are begun."""
    return minutes.required(actor(), meetings.load(ident))


def load_section(ident: str) -> MinutesSection:
    """One part; raises NotFound."""
    return minutes.section(actor(), ident)


def begin(meeting: Meeting) -> Answer:
    """A draft."""
    made = minutes.begin(actor(), meeting)
    return Answer(_minutes(made), version=made.version)


def show(found: Minutes) -> Answer:
    """With its events."""
    return Answer(_minutes(found), version=found.version)


def edit(part: MinutesSection, body: SectionIn) -> Answer:
    """Only over the version that was read."""
    written = minutes.edit(actor(), part, body.text, rev=if_match(part.rev))
    return Answer(_section(written), version=written.rev)


def revisions(part: MinutesSection) -> Answer:
    """The history."""
    rows = [{"rev": row.rev, "by": row.by_name, "at": row.at, "text": row.text} for row in part.revisions]
    return Answer({"items": rows})


def move(found: Minutes, body: TransitionIn) -> Answer:
    """Along the table."""
    minutes.move(actor(), found, body.event, reason=body.reason, version=if_match(found.version))
    return moved(MINUTES, found)


def _minutes(found: Minutes) -> dict[str, Any]:
    return {
        "id": found.id, "meeting": found.meeting_id, "state": found.state,
        "state_label": str(MINUTES.label(found.state)), "etag": str(found.version),
        "checked_by": found.checked_name, "confirmed_by": found.confirmed_name,
        "return_reason": found.return_reason, "sections": [_section(part) for part in found.sections],
        "events": events_json(MINUTES, found),
    }  # fmt: skip


def _section(part: MinutesSection) -> dict[str, Any]:
    return {
        "id": part.id, "item": part.application_id, "heading": part.heading, "text": part.text, "rev": part.rev,
    }  # fmt: skip
