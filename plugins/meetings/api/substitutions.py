"""Substitution (代为列席) over the API: proposed by the invitee or taken down by staff, then decided."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from core.web.api import Answer, Api, ClockOut, EventOut, Moved, TransitionIn, events_json, if_match, moved
from core.web.requests import actor
from plugins.meetings import values
from plugins.meetings.api import invitations
from plugins.meetings.models import Invitation, Substitution
from plugins.meetings.services import invitations as by_link
from plugins.meetings.services import substitutions
from plugins.meetings.workflow import SUBSTITUTION


class SubstituteIn(BaseModel):
    """Who is to come instead, of the same category."""

    name: str = Field(max_length=60)
    organisation: str = Field("", max_length=200)
    contact: str = Field("", max_length=200)
    reason: str = Field(max_length=500)

    def fields(self) -> dict[str, str]:
        """As services take it."""
        return {name: getattr(self, name) for name in substitutions.FIELDS}


class OwnSubstituteIn(SubstituteIn):
    """The same from the invitee, with the secret of the personal link."""

    token: str = Field(max_length=100)


class ProposedOut(Moved):
    """A proposal as the invitee sees it."""

    name: str


class SubstitutionOut(ProposedOut):
    """A proposal as staff see it."""

    id: str
    invitation: str
    instead_of: str
    category: str
    category_label: str
    organisation: str
    contact: str
    reason: str
    decision: str
    decided_by: str
    decided_at: str | None
    created_at: str
    events: list[EventOut]
    clocks: list[ClockOut]


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.post(
        "/invitations/substitute", body=OwnSubstituteIn, public=True, answer=ProposedOut, status=201,
        summary="The invitee proposes somebody of the same category in his place",
    )(propose_own)  # fmt: skip
    api.post(
        "/invitations/<id>/substitutions", load=invitations.load, body=SubstituteIn, permission="meetings.reply",
        answer=SubstitutionOut, status=201, summary="Take down a proposal the invitee made by telephone or letter",
    )(propose)  # fmt: skip
    api.get(
        "/substitutions/<id>", load=load, permission="core.staff", answer=SubstitutionOut,
        summary="One proposal to send somebody else",
    )(show)  # fmt: skip
    api.post(
        "/substitutions/<id>/transitions", load=load, body=TransitionIn, machine=SUBSTITUTION, answer=Moved,
        summary="Accept (the list goes back to approval, 会7), refuse or take back",
    )(move)  # fmt: skip


def load(ident: str) -> Substitution:
    """Staff who decide; raises NotFound."""
    return substitutions.find(actor(), ident)


def propose_own(body: OwnSubstituteIn) -> Answer:
    """Needs no account."""
    invitation = invitations.of_link(body.token)
    made = substitutions.propose(by_link.as_actor(invitation), invitation, body.fields())
    return _moved(made, {"name": made.name})


def propose(invitation: Invitation, body: SubstituteIn) -> Answer:
    """The same rules as for the invitee."""
    made = substitutions.propose(actor(), invitation, body.fields())
    return _moved(made, shown(made))


def show(row: Substitution) -> Answer:
    """With the events of this viewer."""
    return _moved(row, shown(row))


def move(row: Substitution, body: TransitionIn) -> Answer:
    """Accepting replaces the person: the old link and check-in code die at once."""
    substitutions.move(actor(), row, body.event, reason=body.reason, version=if_match(row.version))
    return moved(SUBSTITUTION, row)


def shown(row: Substitution) -> dict[str, Any]:
    """A proposal."""
    return {
        "id": row.id,
        "invitation": row.invitation_id,
        "instead_of": row.invitation.name,
        "name": row.name,
        "category": row.invitation.category,
        "category_label": values.CATEGORIES[row.invitation.category],
        "organisation": row.organisation,
        "contact": row.contact,
        "reason": row.reason,
        "decision": row.decision,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at,
        "created_at": row.created_at,
        "events": events_json(SUBSTITUTION, row, actor()),
        "clocks": [],
    }


def _moved(row: Substitution, data: dict[str, Any]) -> Answer:
    state = {"state": row.state, "state_label": SUBSTITUTION.label(row.state), "etag": str(row.version)}
    return Answer(data | state, version=row.version)
