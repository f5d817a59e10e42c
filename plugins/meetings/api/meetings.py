"""Meetings (会议) over the API: announced ones are public."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime
from sqlalchemy import select

from core.web.api import Answer, Api, if_match, moved
from core.web.api.moves import Moved
from core.web.api.pages import Page, PageQuery, page
from core.web.requests import actor
from plugins.meetings.api import shapes
from plugins.meetings.api.outlines import MeetingFull, MeetingOut
from plugins.meetings.forms import AgendaOrder, MeetingIn, MeetingKind, MeetingPatch, Move
from plugins.meetings.models import Meeting
from plugins.meetings.models.meetings import MEETING_STATES
from plugins.meetings.services import agenda, meetings
from plugins.meetings.services.visibility import visible_meetings
from plugins.meetings.workflow import MEETING


class MeetingsQuery(PageQuery):
    """Filters of the list."""

    kind: MeetingKind | None = None
    state: Literal[MEETING_STATES] | None = None  # type: ignore[valid-type]
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get("/", public=True, query=MeetingsQuery, answer=Page[MeetingOut], summary="Meetings, latest first")(listing)
    api.post(
        "/", body=MeetingIn, permission="meetings.convene", status=201, answer=MeetingFull,
        summary="Prepare a meeting; its agenda is scheduled in the same transaction",
    )(create)  # fmt: skip
    api.get("/<id>", load=load, public=True, answer=MeetingFull, summary="One meeting with its agenda")(show)
    api.patch(
        "/<id>", load=load, body=MeetingPatch, permission="meetings.convene", versioned=True, answer=MeetingFull,
        summary="Change a meeting before it begins",
    )(change)  # fmt: skip
    api.put(
        "/<id>/agenda", load=load, body=AgendaOrder, permission="meetings.convene", versioned=True, answer=MeetingFull,
        summary="Give the agenda its order and its items their minutes, before the meeting begins",
    )(arrange)  # fmt: skip
    api.post(
        "/<id>/transitions", load=load, body=Move, machine=MEETING, answer=Moved,
        summary="Announce, open, pause, resume, close, seal or cancel",
    )(move)  # fmt: skip


def load(ident: str) -> Meeting:
    """What the caller may see; raises NotFound."""
    return meetings.find(actor(), ident)


def listing(query: MeetingsQuery) -> Answer:
    """The public sees announced meetings."""
    statement = select(Meeting).where(visible_meetings(actor()))
    if query.kind:
        statement = statement.where(Meeting.kind == query.kind)
    if query.state:
        statement = statement.where(Meeting.state == query.state)
    if query.since:
        statement = statement.where(Meeting.starts_at >= query.since)
    if query.until:
        statement = statement.where(Meeting.starts_at < query.until)
    viewer = actor()
    return page(
        statement, query, Meeting.starts_at, lambda row: shapes.meeting(row, viewer), modified=Meeting.updated_at
    )


def show(meeting: Meeting) -> Answer:
    """With agenda, events and the clocks of what is owed."""
    return Answer(shapes.meeting_full(meeting, actor()), version=meeting.version)


def create(body: MeetingIn) -> Answer:
    """All items or none."""
    return show(meetings.create(actor(), body.values()))


def change(meeting: Meeting, body: MeetingPatch) -> Answer:
    """Those invited hear of a new time or place."""
    return show(meetings.edit(actor(), meeting, body.values(), version=if_match(meeting.version)))


def arrange(meeting: Meeting, body: AgendaOrder) -> Answer:
    """Every item once."""
    agenda.arrange(actor(), meeting, body.order(), body.minutes(), version=if_match(meeting.version))
    return show(meeting)


def move(meeting: Meeting, body: Move) -> Answer:
    """The live text follows the meeting."""
    meetings.move(actor(), meeting, body.event, reason=body.reason, version=if_match(meeting.version))
    return moved(MEETING, meeting)
