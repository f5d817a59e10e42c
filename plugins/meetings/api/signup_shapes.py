"""Sign-up calls and sign-ups as JSON, and the models that document them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from core.permissions import Actor
from core.web.api import events_json
from core.web.api.moves import EventOut
from plugins.meetings import telling, values
from plugins.meetings.models import Signup, SignupCall
from plugins.meetings.services import signups
from plugins.meetings.workflow import SIGNUP, SIGNUP_CALL


class SignupCallOut(BaseModel):
    """A call as lists show it; `counts` is category → how many stand on the list."""

    id: str
    application: str
    meeting: str | None
    title: str
    method: str
    method_label: str
    seats: int
    quotas: dict[str, int]
    categories: list[str]
    audience: str
    opens_at: str
    closes_at: str
    in_plan: bool
    state: str
    state_label: str
    commitment: str
    counts: dict[str, int]
    cancel_reason: str
    url: str
    updated_at: str
    etag: str


class SignupCallFull(SignupCallOut):
    """One call with the events of its machine."""

    published_at: str | None
    opened_at: str | None
    closed_at: str | None
    decided_at: str | None
    cancelled_at: str | None
    events: list[EventOut]


class SignupOut(BaseModel):
    """Somebody who signed up; for those who run the call."""

    id: str
    receipt: str
    name: str
    category: str
    category_label: str
    organisation: str
    contact: str
    reason: str
    publish_name: bool
    state: str
    state_label: str
    place: int
    invitation: str | None
    created_at: str
    etag: str


class SignupsOut(BaseModel):
    """Everyone who signed up for a call, by receipt."""

    items: list[SignupOut]


class ReceiptOut(BaseModel):
    """What the citizen gets: receipt number, and the secret link this once; null where the entry was there before."""

    receipt: str
    state: str
    state_label: str
    link: str | None
    already: bool


class OwnSignupOut(BaseModel):
    """Where one's own sign-up stands; `waiting_place` is 0 for who does not wait."""

    receipt: str
    title: str
    category: str
    state: str
    state_label: str
    waiting_place: int
    call: str


class HandedOverOut(BaseModel):
    """How many joined the invited list, and where the item stands now (会7)."""

    added: int
    application: str
    application_state: str
    etag: str


class DrawOut(BaseModel):
    """The draw as verify_draw.py reads it; seed and salt are null before it."""

    format: str
    version: int
    call: str
    title: str
    state: str
    seats: int
    quotas: dict[str, int]
    closes_at: str
    commitment: str
    seed: str | None
    salt: str | None
    list_digest: str
    entries: list[dict[str, str]]
    results: list[dict[str, Any]]


def call(row: SignupCall) -> dict[str, Any]:
    """A call in a list."""
    return {
        "id": row.id,
        "application": row.application_id,
        "meeting": _meeting(row),
        "title": row.application.title,
        "method": row.method,
        "method_label": values.SIGNUP_METHODS[row.method],
        "seats": row.seats,
        "quotas": row.quotas,
        "categories": row.categories,
        "audience": row.audience,
        "opens_at": row.opens_at,
        "closes_at": row.closes_at,
        "in_plan": row.in_plan,
        "state": row.state,
        "state_label": SIGNUP_CALL.label(row.state),
        "commitment": row.commitment,
        "counts": signups.counts(row),
        "cancel_reason": row.cancel_reason,
        "url": telling.signup_path(row),
        "updated_at": row.updated_at,
        "etag": str(row.version),
    }


def _meeting(row: SignupCall) -> str | None:
    """The meeting, once it is public or the item is on its agenda for staff: the id alone tells nothing."""
    meeting = row.application.meeting
    return meeting.id if meeting is not None and meeting.is_public else None


def call_full(row: SignupCall, viewer: Actor) -> dict[str, Any]:
    """One call."""
    times = ("published_at", "opened_at", "closed_at", "decided_at", "cancelled_at")
    return call(row) | {name: getattr(row, name) for name in times} | {"events": events_json(SIGNUP_CALL, row, viewer)}


def signup(row: Signup) -> dict[str, Any]:
    """For the organisers."""
    names = ("id", "receipt", "name", "category", "organisation", "contact", "reason", "publish_name", "state", "place")
    return {name: getattr(row, name) for name in names} | {
        "category_label": values.CATEGORIES[row.category],
        "state_label": SIGNUP.label(row.state),
        "invitation": row.invitation_id,
        "created_at": row.created_at,
        "etag": str(row.version),
    }


def receipt(done: signups.SignedUp) -> dict[str, Any]:
    """Answer to an entry."""
    row = done.signup
    return {
        "receipt": row.receipt,
        "state": row.state,
        "state_label": SIGNUP.label(row.state),
        "link": telling.own_signup_path(done.token) if done.token else None,
        "already": not done.token,
    }


def own(row: Signup) -> dict[str, Any]:
    """For the one who signed up."""
    return {
        "receipt": row.receipt,
        "title": row.call.application.title,
        "category": row.category,
        "state": row.state,
        "state_label": SIGNUP.label(row.state),
        "waiting_place": signups.waiting_place(row),
        "call": row.call_id,
    }
