"""What the API tells of a request: to its applicant, to those who handle it, to everybody."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from core import clocks
from core.models import Clock
from core.permissions import Actor
from core.web.api import ClockOut, EventOut
from core.workdays import local_date
from plugins.disclosure import values_requests as words
from plugins.disclosure.models import AccessRequest, Reply
from plugins.disclosure.services import letters, own_requests, request_files, requests
from plugins.disclosure.workflow import REQUEST
from plugins.disclosure.workflow.requests import RIGHTS_NOTICE


class ReceiptOut(BaseModel):
    """Number and secret; the secret is shown this once."""

    id: str
    number: str
    secret: str
    state: str
    state_label: str


class RequestOut(BaseModel):
    """A request in a list; the applicant is masked."""

    id: str
    number: str
    agency: str
    channel: str
    applicant_kind: str
    applicant: str
    arrived_on: str
    received_on: str | None
    description: str
    state: str
    state_label: str
    result: str | None
    result_label: str
    closed_on: str | None
    handler: str
    etag: str
    clocks: list[ClockOut]


class ReplyOut(BaseModel):
    """A reply; `withheld` are the parts kept back."""

    number: int
    state: str
    result: str
    result_label: str
    reason: str
    text: str
    withheld: list[dict[str, str]]
    other_body: str
    other_contact: str
    delivery: str
    delivered_on: str | None
    proof: str


class RequestFull(RequestOut):
    """One request. `person` is null for those who only review it."""

    person: dict[str, str] | None
    form: str
    delivery: str
    help_needed: str
    correction: dict[str, str | None]
    consultations: list[dict[str, Any]]
    challenges: list[dict[str, Any]]
    replies: list[ReplyOut]
    files: list[dict[str, str]]
    public_note: str
    events: list[EventOut]


class OwnOut(BaseModel):
    """One's own request: where it stands in plain words, and what one can do."""

    number: str
    agency: str
    description: str
    state: str
    state_label: str
    sentence: str
    received_on: str | None
    due: str | None
    provisional: bool
    correction_items: str
    may: list[str]
    reply: ReplyOut | None
    letters: list[dict[str, str]]
    rights: str
    passed_on: str | None
    etag: str


class PublicOut(BaseModel):
    """A line of the public register."""

    number: str
    closed_on: str
    applicant_kind: str
    result: str
    result_label: str
    public_note: str


PERSON = (
    "applicant_name", "identity_kind", "identity_number", "organisation_code", "contact_person", "phone", "email",
    "address", "agent_name", "agent_identity",
)  # fmt: skip


def listed(row: AccessRequest, running: list[Clock]) -> dict[str, Any]:
    """In a list, or the head of one."""
    return {
        "id": row.id, "number": row.number, "agency": row.agency.name, "channel": row.channel,
        "applicant_kind": row.applicant_kind, "applicant": row.masked, "arrived_on": row.arrived_on,
        "received_on": row.received_on, "description": row.description, "state": row.state,
        "state_label": REQUEST.label(row.state), "result": row.result,
        "result_label": words.RESULTS[row.result] if row.result else "", "closed_on": row.closed_on,
        "handler": row.handler.name if row.handler else "", "etag": str(row.version),
        "clocks": [clocks.as_json(clock) for clock in running],
    }  # fmt: skip


def full(row: AccessRequest, who: Actor, running: list[Clock]) -> dict[str, Any]:
    """All that this person may see."""
    person = {name: getattr(row, name) for name in PERSON} if requests.sees_person(who, row) else None
    return listed(row, running) | {
        "person": person, "form": row.form, "delivery": row.delivery, "help_needed": row.help_needed,
        "correction": {
            "items": row.correction_items, "told_on": row.correction_told_on, "text": row.correction_text,
            "corrected_on": row.corrected_on,
        },
        "consultations": [_columns(one, _CONSULTATION) for one in row.consultations],
        "challenges": [_columns(one, _CHALLENGE) for one in row.challenges],
        "replies": [reply(one) for one in row.replies],
        "files": [
            {"id": one.attachment_id, "kind": one.subject_type, "name": one.attachment.filename}
            for one in request_files.of(row)
            if person or one.subject_type not in request_files.PRIVATE
        ],
        "public_note": row.public_note,
    }  # fmt: skip


_CONSULTATION = (
    "id", "kind", "party", "sent_on", "answer", "answered_on", "reason", "justified", "override_reason",
    "override_told_on",
)  # fmt: skip
_CHALLENGE = ("id", "kind", "body", "number", "opened_on", "result", "closed_on", "note")


def _columns(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def reply(row: Reply) -> dict[str, Any]:
    """One reply."""
    names = (
        "number", "state", "result", "reason", "text", "withheld", "other_body", "other_contact", "delivery",
        "delivered_on", "proof",
    )  # fmt: skip
    return _columns(row, names) | {"result_label": words.RESULTS[row.result]}


def own(row: AccessRequest, running: list[Clock]) -> dict[str, Any]:
    """For the applicant."""
    due = next((clock for clock in running if clock.key == "reply" and clock.state in clocks.OPEN), None)
    answer, onward = own_requests.answer(row), own_requests.passed_on(row)
    return {
        "number": row.number, "agency": row.agency.name, "description": row.description, "state": row.state,
        "state_label": REQUEST.label(row.state), "sentence": own_requests.sentence(row),
        "received_on": row.received_on, "due": due.due_on if due else None,
        "provisional": bool(due and due.provisional), "correction_items": row.correction_items,
        "may": own_requests.may(row), "reply": reply(answer) if answer else None,
        "letters": [
            {"id": one.id, "title": str(letters.title(one)), "on": local_date(one.created_at).isoformat()}
            for one in letters.own(row)
        ],
        "rights": RIGHTS_NOTICE if answer else "", "passed_on": onward.number if onward else None,
    }  # fmt: skip


def public(row: AccessRequest) -> dict[str, Any]:
    """For everybody."""
    return {
        "number": row.number, "closed_on": row.closed_on, "applicant_kind": row.applicant_kind, "result": row.result,
        "result_label": words.RESULTS[row.result or "other"], "public_note": row.public_note,
    }  # fmt: skip
