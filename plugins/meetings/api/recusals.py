"""Recusal and eligibility declarations (回避与资格申报) over the API."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from core.web.api import Answer, Api, events_json, if_match, moved
from core.web.api.moves import EventOut, Moved
from core.web.requests import actor
from plugins.meetings.api import applications, invitations
from plugins.meetings.models import AgendaApplication, Invitation, Recusal
from plugins.meetings.pool_forms import OwnRecusalIn, RecusalIn, RecusalMove
from plugins.meetings.services import invitations as invited
from plugins.meetings.services import recusals
from plugins.meetings.values import RECUSAL_KINDS
from plugins.meetings.workflow import RECUSAL

ONE = "/recusals/<id>"


class RecusalOut(BaseModel):
    """A declaration and its decision."""

    id: str
    application: str
    invitation: str
    name: str
    kind: str
    kind_label: str
    statement: str
    declared_by: str
    declared_at: str
    state: str
    state_label: str
    decided_by: str
    decided_at: str | None
    decision_reason: str
    events: list[EventOut]
    etag: str


class RecusalsOut(BaseModel):
    """Everything declared about an item's list, the newest first."""

    items: list[RecusalOut]


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.post(
        "/invitations/<id>/recusals", load=invitations.load, body=RecusalIn, permission="meetings.declare", status=201,
        answer=RecusalOut, summary="Declare an interest or a change of eligibility for an invitee",
    )(make)  # fmt: skip
    api.post(
        "/invitations/declare", body=OwnRecusalIn, public=True, status=201, answer=Moved,
        summary="The invitee declares an interest or a change of eligibility with the personal link's secret",
    )(make_own)  # fmt: skip
    api.get(
        "/applications/<id>/recusals", load=applications.load, permission="core.staff", answer=RecusalsOut,
        summary="Declarations about an item's list",
    )(of_item)  # fmt: skip
    api.get(ONE, load=load, permission="core.staff", answer=RecusalOut, summary="One declaration")(show)
    api.post(
        f"{ONE}/transitions", load=load, body=RecusalMove, machine=RECUSAL, answer=Moved,
        summary="Accept the recusal or keep the invitee, with the reason",
    )(move)  # fmt: skip


def load(ident: str) -> Recusal:
    """Those who invite or approve; raises NotFound."""
    return recusals.find(actor(), ident)


def make(invitation: Invitation, body: RecusalIn) -> Answer:
    """Decided by somebody else than who declares."""
    return show(recusals.declare(actor(), invitation, body.kind, body.statement))


def make_own(body: OwnRecusalIn) -> Answer:
    """Needs no account: the secret is enough, for this invitation and nothing else."""
    return moved(RECUSAL, recusals.declare_own(invited.by_token(body.token), body.kind, body.statement))


def of_item(item: AgendaApplication) -> Answer:
    """Empty for those who neither invite nor approve."""
    return Answer({"items": [_out(row) for row in recusals.of_item(actor(), item)]})


def show(row: Recusal) -> Answer:
    """With what this viewer may decide."""
    return Answer(_out(row), version=row.version)


def move(row: Recusal, body: RecusalMove) -> Answer:
    """An accepted recusal ends the invitation."""
    recusals.move(actor(), row, body.event, reason=body.reason, version=if_match(row.version))
    return moved(RECUSAL, row)


def _out(row: Recusal) -> dict[str, Any]:
    return {
        "id": row.id,
        "application": row.invitation.application_id,
        "invitation": row.invitation_id,
        "name": row.invitation.name,
        "kind": row.kind,
        "kind_label": RECUSAL_KINDS[row.kind],
        "statement": row.statement,
        "declared_by": row.declared_name,
        "declared_at": row.created_at,
        "state": row.state,
        "state_label": RECUSAL.label(row.state),
        "decided_by": row.decided_name,
        "decided_at": row.decided_at,
        "decision_reason": row.decision_reason,
        "events": events_json(RECUSAL, row),
        "etag": str(row.version),
    }
