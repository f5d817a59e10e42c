"""Recusal and eligibility (回避与资格): declared by the invitee or for him, decided by somebody else."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.permissions import SYSTEM
from core.workflow import Machine, Move, State, Transition
from plugins.meetings.eligibility import not_attending, not_own_declaration
from plugins.meetings.models import Recusal
from plugins.meetings.workflow.invitations import INVITATION


def _decide(declaration: Recusal, move: Move) -> None:
    declaration.decided_by, declaration.decided_name = move.actor.id, move.actor.name
    declaration.decided_at, declaration.decision_reason = move.at, move.reason[:1000]


def _uninvite(declaration: Recusal, move: Move) -> None:
    """The link dies and who was told hears of it. In a draft the person leaves the list; an approved list stays as
    it was approved, and replacing the person is a change of plan (会7).
    """
    invitation = declaration.invitation
    if INVITATION.row_for("revoke", invitation.state):
        INVITATION.fire(invitation, "revoke", SYSTEM, reason=move.reason)
    if invitation.application.state == "draft":
        invitation.in_plan = False


RECUSAL = Machine(
    "meetings.recusal",
    {
        "declared": State(_l("待决定"), "soon"),
        "recused": State(_l("已决定回避"), "stopped", terminal=True),
        "kept": State(_l("已决定不回避"), "done", terminal=True),
    },
    (
        Transition(
            "accept", _l("同意回避"), ("declared",), "recused", "meetings.decide_recusal", "会3",
            needs_reason=True, guards=(not_own_declaration, not_attending), effects=(_decide, _uninvite),
        ),
        Transition(
            "keep", _l("不需回避"), ("declared",), "kept", "meetings.decide_recusal", "会3",
            needs_reason=True, guards=(not_own_declaration,), effects=(_decide,),
        ),
    ),
)  # fmt: skip
