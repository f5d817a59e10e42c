"""Who was told what, ticking it off, and reminders over the API."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from core.web.api import Answer, Api
from core.web.requests import actor
from plugins.meetings import values
from plugins.meetings.api import meetings
from plugins.meetings.models import Delivery, Meeting
from plugins.meetings.services import deliveries, reminders

Id = Annotated[str, Field(max_length=64)]


class ContactIn(BaseModel):
    """A call, a letter or a word in person, and what came of it; a letter posted carries its number."""

    way: str = Field(max_length=10, description="phone, letter or person")
    result: str = Field(max_length=12, description="told, posted, no_answer or wrong")
    note: str = Field("", max_length=300)


class ContactOut(BaseModel):
    """One attempt to reach somebody."""

    way: str
    way_label: str
    result: str
    result_label: str
    note: str
    at: str
    by: str


class DeliveryOut(BaseModel):
    """What one invitee was told on one occasion; `open`: somebody has to call or write, `advice` says what to do."""

    id: str
    invitation: str
    name: str
    application: str
    kind: str
    kind_label: str
    channel: str
    channel_label: str
    state: str
    state_label: str
    open: bool
    advice: str
    error: str
    subject: str
    body: str
    at: str
    sent_at: str | None
    contacts: list[ContactOut]


class DeliveriesOut(BaseModel):
    """Everything told about a meeting, newest first; `open` of them are not ticked off."""

    items: list[DeliveryOut]
    open: int


class RemindIn(BaseModel):
    """`only` these invitations; everybody who is due where it is left out."""

    only: Annotated[list[Id], Field(max_length=500)] | None = None


class ReminderOut(BaseModel):
    """What one pending invitee gets; `goes` is false where a reminder of the last 24 hours is enough."""

    invitation: str
    name: str
    channel: str
    channel_label: str
    text: str
    goes: bool
    reminded_at: str | None


class RemindersOut(BaseModel):
    """Those who have not answered."""

    items: list[ReminderOut]


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get(
        "/<id>/deliveries", load=meetings.load, permission="meetings.invite", answer=DeliveriesOut,
        summary="Who was told what about a meeting, and whom it has not reached",
    )(of_meeting)  # fmt: skip
    api.post(
        "/deliveries/<id>/contacts", load=load, body=ContactIn, permission="meetings.invite", answer=DeliveryOut,
        summary="Note a call or a letter; once the person was reached it is ticked off",
    )(tick)  # fmt: skip
    api.get(
        "/<id>/reminders", load=meetings.load, permission="meetings.invite", answer=RemindersOut,
        summary="Exactly who would be reminded, with which text",
    )(preview)  # fmt: skip
    api.post(
        "/<id>/reminders", load=meetings.load, body=RemindIn, permission="meetings.invite", answer=RemindersOut,
        summary="Remind those who have not answered; nobody twice within a day",
    )(remind)  # fmt: skip


def load(ident: str) -> Delivery:
    """Staff who invite; raises NotFound."""
    return deliveries.find(actor(), ident)


def of_meeting(meeting: Meeting) -> Answer:
    """Newest first."""
    rows = deliveries.of_meeting(actor(), meeting)
    return Answer({"items": [shown(row) for row in rows], "open": sum(row.is_open for row in rows)})


def tick(row: Delivery, body: ContactIn) -> Answer:
    """Earlier tellings of the same person are ticked off with it."""
    deliveries.tick(actor(), row, body.way, body.result, body.note)
    return Answer(shown(row))


def preview(meeting: Meeting) -> Answer:
    """Writes nothing."""
    return Answer({"items": [_reminder(one) for one in reminders.preview(actor(), meeting)]})


def remind(meeting: Meeting, body: RemindIn) -> Answer:
    """Answers those that went out."""
    return Answer({"items": [_reminder(one) for one in reminders.send(actor(), meeting, body.only)]})


def shown(row: Delivery) -> dict[str, Any]:
    """One telling."""
    return {
        "id": row.id,
        "invitation": row.invitation_id,
        "name": row.invitation.name,
        "application": row.invitation.application_id,
        "kind": row.kind,
        "kind_label": values.DELIVERY_KINDS[row.kind],
        "channel": row.channel,
        "channel_label": values.CHANNELS[row.channel],
        "state": row.state,
        "state_label": values.DELIVERY_STATES[row.state],
        "open": row.is_open,
        "advice": deliveries.advice(row) if row.is_open else "",
        "error": row.notice.error if row.notice else "",
        "subject": row.subject,
        "body": row.body,
        "at": row.at,
        "sent_at": row.notice.sent_at if row.notice else None,
        "contacts": [
            {
                "way": note.way,
                "way_label": values.CONTACT_WAYS[note.way],
                "result": note.result,
                "result_label": values.CONTACT_RESULTS[note.result],
                "note": note.note,
                "at": note.at,
                "by": note.by_name,
            }
            for note in row.contacts
        ],
    }


def _reminder(one: reminders.Reminder) -> dict[str, Any]:
    return {
        "invitation": one.invitation.id,
        "name": one.invitation.name,
        "channel": one.channel,
        "channel_label": values.CHANNELS[one.channel],
        "text": one.text,
        "goes": one.goes,
        "reminded_at": one.lately,
    }
