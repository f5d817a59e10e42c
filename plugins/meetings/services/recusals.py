"""Recusal and eligibility (回避与资格申报): declared by the invitee or for him, decided by somebody else."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import audit, permissions
from core.db import db
from core.permissions import Actor
from core.refusals import NotFound, Refusal, Refused, WrongState
from core.workflow import Move
from plugins.meetings import telling
from plugins.meetings.models import AgendaApplication, Invitation, Recusal
from plugins.meetings.services import invitations
from plugins.meetings.services.visibility import sees_contacts
from plugins.meetings.workflow import INVITATION, RECUSAL

ENDED = ("checked_out", "substituted", "revoked")
"""States of an invitation to which nothing can be declared any more."""

MOST = 100


def find(actor: Actor, ident: str) -> Recusal:
    """One declaration, for those who invite to the item or approve it; raises NotFound."""
    found = db.session.get(Recusal, ident)
    if found is None or not sees_contacts(actor, found.invitation.application):
        raise NotFound
    return found


def of_item(actor: Actor, item: AgendaApplication) -> Sequence[Recusal]:
    """Everything declared about an item's list, the newest first; nothing for those who neither invite nor approve."""
    if not sees_contacts(actor, item):
        return ()
    query = select(Recusal).join(Invitation, Invitation.id == Recusal.invitation_id)
    mine = query.where(Invitation.application_id == item.id)
    return db.session.scalars(mine.order_by(Recusal.created_at.desc(), Recusal.id)).all()


def waiting(actor: Actor) -> list[Recusal]:
    """Undecided declarations this person may see, the oldest first; of items that have not ended."""
    query = select(Recusal).where(Recusal.state == "declared").order_by(Recusal.created_at).limit(MOST)
    found = [row for row in db.session.scalars(query) if sees_contacts(actor, row.invitation.application)]
    return [row for row in found if row.invitation.application.state not in ("done", "withdrawn")]


def may_decide(actor: Actor, declaration: Recusal) -> bool:
    """True for whoever holds the right and did not declare it himself."""
    own = declaration.declared_by is not None and declaration.declared_by == actor.id
    return not own and permissions.can(actor, "meetings.decide_recusal", declaration) is not None


def declare(actor: Actor, invitation: Invitation, kind: str, statement: str) -> Recusal:
    """Declare an interest or a change of eligibility for an invitee. The same words twice are one declaration.

    Raises:
        Forbidden. WrongState: the invitation has ended. Refused: RECUSAL_OPEN, another one of this kind is undecided.
    """
    grant = permissions.require(actor, "meetings.declare", invitation)
    if invitation.state in ENDED:
        raise WrongState(INVITATION.label(invitation.state))
    earlier = next((row for row in invitation.recusals if (row.kind, row.state) == (kind, "declared")), None)
    if earlier is not None and earlier.statement == statement:
        return earlier
    if earlier is not None:
        detail = _l("已有一份同类申报等待决定。决定之后，情况有变化再申报。")
        raise Refused(Refusal("RECUSAL_OPEN", detail, "会3"))
    made = Recusal(
        kind=kind, statement=statement, state="declared", version=1, declared_by=actor.id, declared_name=actor.name
    )  # fmt: skip
    invitation.recusals.append(made)
    db.session.flush()
    audit.record(actor, "meetings.recusal.declare", RECUSAL.object_type, made.id, grant=grant, article="会3")
    return made


def declare_own(invitation: Invitation, kind: str, statement: str) -> Recusal:
    """What the invitee declares with the personal link; raises as `declare`."""
    return declare(invitations.as_actor(invitation), invitation, kind, statement)


def move(actor: Actor, declaration: Recusal, event: str, *, reason: str = "", version: int | None = None) -> Move:
    """Decide: accept (the invitation ends) or keep, with the reason; the invitee hears of it.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused: SELF_APPROVAL (会7), IN_THE_HALL (会3).
    """
    invitation = declaration.invitation
    done = RECUSAL.fire(declaration, event, actor, reason=reason, version=version)
    if event == "keep" and invitation.was_told:
        item = invitation.application
        sentence = _l("您就《%(title)s》所作的申报已有决定：不需回避。%(reason)s", title=item.title, reason=done.reason)
        telling.rows(item, [invitation], f"recusal:{declaration.id}", sentence)
    return done
