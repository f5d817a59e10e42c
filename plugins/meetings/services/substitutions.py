"""Substitution (代为列席): proposed by the invitee, decided by those who approve the list (会7)."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from core import audit, permissions
from core.db import db
from core.permissions import Actor
from core.refusals import Invalid, NotFound, WrongState
from core.text import checked
from core.workflow import Move
from plugins.meetings.models import Invitation, Substitution
from plugins.meetings.services import invitations
from plugins.meetings.workflow import INVITATION, SUBSTITUTION
from plugins.meetings.workflow.plans import Invitee

FIELDS = {"name": 60, "organisation": 200, "contact": 200, "reason": 500}
MUST = ("name", "reason")
MAY_PROPOSE = ("sent", "accepted", "declined", "acknowledged")


def find(actor: Actor, substitution_id: str) -> Substitution:
    """One proposal, for staff who invite, change or approve the list; raises NotFound."""
    found = db.session.get(Substitution, substitution_id)
    rights = ("meetings.change_plan", "meetings.decide_substitute")
    if found is None or not any(permissions.can(actor, right, found.invitation) for right in rights):
        raise NotFound
    return found


def proposed(invitation: Invitation) -> Substitution | None:
    """The proposal that waits for a decision."""
    return next((row for row in invitation.substitutions if row.state == "proposed"), None)


def may_propose(invitation: Invitation) -> bool:
    """True while the invitation stands, the item takes changes and no proposal waits."""
    takes = invitation.application.state in ("pending", "pending_leader", "approved", "scheduled")
    return takes and invitation.state in MAY_PROPOSE and proposed(invitation) is None


def propose(actor: Actor, invitation: Invitation, values: Mapping[str, str]) -> Substitution:
    """Propose somebody of the same category in one's place. `values`: name, organisation, contact, reason. The same
    proposal sent twice is one.

    Raises:
        Forbidden. Invalid: name or reason is missing, too long, or the person is on the list already.
        WrongState: it is too late, or another proposal waits.
    """
    grant = permissions.require(actor, "meetings.reply", invitation)
    given = checked({name: values.get(name, "") for name in FIELDS}, FIELDS, MUST)
    waiting = proposed(invitation)
    if waiting is not None and all(getattr(waiting, name) == given[name] for name in FIELDS):
        return waiting
    if not may_propose(invitation):
        raise WrongState(SUBSTITUTION.label("proposed") if waiting else INVITATION.label(invitation.state))
    if any(row.name == given["name"] and row.organisation == given["organisation"] for row in _others(invitation)):
        raise Invalid({"name": [_l("接替的人员已在名单中。")]})
    made = Substitution(**given, state="proposed", version=1)
    invitation.substitutions.append(made)
    db.session.flush()
    audit.record(actor, "meetings.substitution.propose", SUBSTITUTION.object_type, made.id, grant=grant, article="会7")
    return made


def move(actor: Actor, proposal: Substitution, event: str, *, reason: str = "", version: int | None = None) -> Move:
    """Carry out an event of `SUBSTITUTION`. Accepting replaces the person and sends the list back to approval (会7):
    the old link and code die at once, the new person is invited when the list is approved.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused: as `invitations.move` with "substitute".
    """
    done = SUBSTITUTION.fire(proposal, event, actor, reason=reason, version=version)
    if event == "accept":
        row = proposal.invitation
        person = Invitee(proposal.name, row.category, proposal.organisation, proposal.contact, row.represents)
        why = reason.strip() or proposal.reason
        invitations.move(actor, row, "substitute", reason=why, params={"invitee": person})
    return done


def _others(invitation: Invitation) -> list[Invitation]:
    return [row for row in invitation.application.invitees if row.category == invitation.category]
