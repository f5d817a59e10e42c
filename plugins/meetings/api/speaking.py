"""Requests to speak (请求发言) over the API: raised with the personal link's secret, decided on at the chair's desk."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from core.web.api import Answer, Api, EventOut, events_json, if_match, moved
from core.web.api.moves import Moved
from core.web.requests import actor
from plugins.meetings import values
from plugins.meetings.api import meetings
from plugins.meetings.forms import Move, OwnIn
from plugins.meetings.models import Invitation, Meeting, SpeakingRequest
from plugins.meetings.services import invitations, speaking
from plugins.meetings.workflow import SPEAKING

ONE = "/speaking-requests/<id>"


class OwnRequestOut(BaseModel):
    """Where one's request stands: `place` in the queue from 1, 0 when one does not wait; empty without one."""

    id: str | None
    state: str
    state_label: str
    place: int
    reason: str


class RequestOut(OwnRequestOut):
    """A request for the chair's desk."""

    application: str
    title: str
    name: str
    category: str
    category_label: str
    raised_at: str
    etag: str
    events: list[EventOut]


class QueueOut(BaseModel):
    """Requests of a meeting in the order they were raised."""

    items: list[RequestOut]


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.post(
        "/speaking-requests", body=OwnIn, public=True, answer=OwnRequestOut,
        summary="A representative asks for the floor; asking twice keeps the place",
    )(ask)  # fmt: skip
    api.post(
        "/speaking-requests/mine", body=OwnIn, public=True, answer=OwnRequestOut,
        summary="The representative's place in the queue",
    )(mine)  # fmt: skip
    api.post(
        "/speaking-requests/withdraw", body=OwnIn, public=True, answer=OwnRequestOut,
        summary="The representative leaves the queue",
    )(withdraw)  # fmt: skip
    api.get(
        "/<id>/speaking-requests", load=meetings.load, permission="meetings.moderate", answer=QueueOut,
        summary="Who asked for the floor, in order",
    )(queue)  # fmt: skip
    api.get(ONE, load=load, permission="core.staff", answer=RequestOut, summary="One request to speak")(show)
    api.post(
        f"{ONE}/transitions", load=load, body=Move, machine=SPEAKING, answer=Moved,
        summary="Grant, decline with a reason, or note that he spoke",
    )(move)  # fmt: skip


def load(ident: str) -> SpeakingRequest:
    """For the chair's desk; raises NotFound."""
    return speaking.find(actor(), ident)


def queue(meeting: Meeting) -> Answer:
    """All of the meeting, decided ones included."""
    return Answer({"items": [shape(row) for row in speaking.of_meeting(actor(), meeting)]})


def show(request: SpeakingRequest) -> Answer:
    """With events."""
    return Answer(shape(request), version=request.version)


def move(request: SpeakingRequest, body: Move) -> Answer:
    """The representative's page shows it within seconds."""
    speaking.move(actor(), request, body.event, reason=body.reason, version=if_match(request.version))
    return moved(SPEAKING, request)


def ask(body: OwnIn) -> Answer:
    """Needs no account."""
    return _own(speaking.ask(invitations.by_token(body.token)))


def mine(body: OwnIn) -> Answer:
    """The newest request."""
    return _own(speaking.of_invitation(_invitation(body)))


def withdraw(body: OwnIn) -> Answer:
    """Harmless when one does not stand in the queue."""
    return _own(speaking.withdraw(_invitation(body)))


def _invitation(body: OwnIn) -> Invitation:
    return invitations.by_token(body.token)


def _own(row: SpeakingRequest | None) -> Answer:
    return Answer(own_shape(row) if row else dict.fromkeys(OwnRequestOut.model_fields, "") | {"id": None, "place": 0})


def own_shape(row: SpeakingRequest) -> dict[str, Any]:
    """For the one who asked."""
    return {
        "id": row.id,
        "state": row.state,
        "state_label": SPEAKING.label(row.state),
        "place": speaking.place(row),
        "reason": row.reason,
    }


def shape(row: SpeakingRequest) -> dict[str, Any]:
    """For the chair's desk."""
    return own_shape(row) | {
        "application": row.application_id,
        "title": row.application.title,
        "name": row.invitation.name,
        "category": row.invitation.category,
        "category_label": values.CATEGORIES[row.invitation.category],
        "raised_at": row.raised_at,
        "etag": str(row.version),
        "events": events_json(SPEAKING, row),
    }
