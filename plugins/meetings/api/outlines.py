"""What the answers look like, for OpenAPI."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from core.web.api.moves import ClockOut, EventOut


class InvitationOut(BaseModel):
    """An invitee of an application."""

    id: str
    name: str
    category: str
    category_label: str
    organisation: str
    contact: str | None
    represents: str
    state: str
    state_label: str
    sent_at: str | None
    replied_at: str | None
    etag: str


class InvitationFull(InvitationOut):
    """One invitation; `link` is the personal link, in the answer to `send` alone."""

    application: str
    meeting: str | None
    reply_note: str
    publish_name: bool
    link_expires_at: str | None
    checked_in_at: str | None
    checked_out_at: str | None
    replaced_by: str | None
    delivery: dict[str, Any]
    answers: list[dict[str, Any]]
    substitutions: list[dict[str, Any]]
    acknowledged: list[dict[str, Any]]
    events: list[EventOut]
    clocks: list[ClockOut]


class ApplicationOut(BaseModel):
    """An application in a list."""

    id: str
    title: str
    matter: str
    agency: str | None
    agency_name: str
    subject_class: str
    subject_class_label: str
    openness: str
    openness_label: str
    important: bool
    state: str
    state_label: str
    meeting: str | None
    position: int | None
    result: str | None
    updated_at: str
    etag: str


class ApplicationFull(ApplicationOut):
    """One application; `content_hash` is what an approver sees now, `submitted_hash` what was submitted."""

    openness_ground: str
    needs_participation: bool
    hearing_required: bool
    forms: list[str]
    organisation_form: str
    participation_mode: str
    quotas: dict[str, int]
    invitees: list[InvitationOut]
    materials: list[dict[str, Any]]
    partner_materials: list[dict[str, Any]]
    result_label: str
    result_note: str
    content_hash: str
    submitted_hash: str
    secrecy_cleared: bool
    approvals: list[dict[str, Any]]
    created_at: str
    submitted_at: str | None
    events: list[EventOut]
    clocks: list[ClockOut]


class AgendaItemOut(BaseModel):
    """An item on an agenda; `id` is the application's and what live lines call `item`.

    `begins` and `ends` are facts where `begun` and `ended` say so, foretold from `minutes` otherwise.
    """

    id: str
    position: int
    title: str
    withheld: bool
    openness: str
    subject_class: str | None
    matter: str | None
    forms: list[str]
    minutes: int
    begins: str | None
    ends: str | None
    begun: bool
    ended: bool
    state: str
    state_label: str
    result: str | None
    result_label: str


class MeetingOut(BaseModel):
    """A meeting in a list."""

    id: str
    kind: str
    kind_label: str
    title: str
    starts_at: str
    place: str
    agency: str | None
    agency_name: str
    state: str
    state_label: str
    audience: str
    agenda: list[AgendaItemOut]
    url: str
    live_url: str
    updated_at: str
    etag: str


class MeetingFull(MeetingOut):
    """One meeting."""

    open_to_public: bool
    openness_note: str
    announced_at: str | None
    opened_at: str | None
    closed_at: str | None
    sealed_at: str | None
    cancelled_at: str | None
    cancel_reason: str
    events: list[EventOut]
    clocks: list[ClockOut]


class ObligationOut(BaseModel):
    """What is owed after a meeting (会9)."""

    id: str
    kind: str
    kind_label: str
    meeting: str
    application: str | None
    title: str
    article: str
    state: str
    state_label: str
    overdue: bool
    publication: str | None
    url: str | None
    reason: str
    agency: str | None
    owner: str
    requested_by: str
    approved_by: str
    met_at: str | None
    withdrawn_at: str | None
    etag: str
    events: list[EventOut]
    clocks: list[ClockOut]


class ObligationsOut(BaseModel):
    """All that is owed for one meeting."""

    items: list[ObligationOut]


class RateOut(BaseModel):
    """How one convening body kept its deadlines; `percent` is null before the first one came to its end."""

    agency: str | None
    agency_name: str
    on_time: int
    late: int
    running: int
    percent: int | None


class RatesOut(BaseModel):
    """Every convening body that owes or owed something."""

    items: list[RateOut]


class InvitationsOut(BaseModel):
    """Everyone on the lists of a meeting's items."""

    items: list[InvitationOut]


class ImportOut(BaseModel):
    """What a list does, or did: people and faults by row; with `dry_run` nothing was written."""

    dry_run: bool
    application: str
    rows: list[dict[str, Any]]
    errors: list[dict[str, Any]]
    created: int
    unchanged: int
    state: str
    state_label: str


class RuleOut(BaseModel):
    """One version of the rules."""

    version: int
    attendance: str
    duties: str
    agenda_rules: str
    discipline: str
    created_at: str


class RulesOut(BaseModel):
    """All versions, the newest first; that one is in force."""

    items: list[RuleOut]
