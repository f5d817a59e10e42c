"""Life of a proposal to send somebody else (代为列席): proposed, then accepted, refused or taken back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.workflow import Machine, Move, State, Transition
from plugins.meetings import telling
from plugins.meetings.models import Substitution


def _decide(proposal: Substitution, move: Move) -> None:
    proposal.decision, proposal.decided_by, proposal.decided_at = move.reason[:500], move.actor.name, move.at


def _tell_refusal(proposal: Substitution, move: Move) -> None:
    row = proposal.invitation
    sentence = _l("您提出由%(name)s代为列席，没有采纳：%(reason)s", name=proposal.name, reason=move.reason)
    telling.rows(row.application, [row], f"substitution:{proposal.id}", sentence)


SUBSTITUTION = Machine(
    "meetings.substitution",
    {
        "proposed": State(_l("待决定"), "soon"),
        "accepted": State(_l("已采纳"), "done", terminal=True),
        "refused": State(_l("未采纳"), terminal=True),
        "withdrawn": State(_l("已收回"), terminal=True),
    },
    (
        Transition(
            "accept", _l("采纳，报请批准"), ("proposed",), "accepted", "meetings.change_plan", "会7", effects=(_decide,)
        ),
        Transition(
            "refuse", _l("不采纳"), ("proposed",), "refused", "meetings.decide_substitute", "会7",
            needs_reason=True, effects=(_decide, _tell_refusal),
        ),
        Transition(
            "withdraw", _l("收回"), ("proposed",), "withdrawn", "meetings.reply", "会7", effects=(_decide,)
        ),
    ),
)  # fmt: skip
