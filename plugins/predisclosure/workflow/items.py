"""Life of a decision item (预4): pre-disclosure is owed from the listing on; an exemption needs a reason and another
person's approval.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.db import db
from core.refusals import Refusal
from core.workflow import Machine, Move, State, Transition
from plugins.predisclosure.models import DecisionItem, PublicConsultation
from plugins.predisclosure.models.consultations import NEVER_OPENED, OVER

OBJECT_TYPE = "predisclosure.item"
RIGHT, APPROVE = "predisclosure.draft", "predisclosure.approve"


def by_another(item: DecisionItem, move: Move) -> Refusal | None:
    """预4: who asks for the exemption does not approve it."""
    stands_for = move.grant.on_behalf_of_id if move.grant else ""
    if item.requested_by is None or item.requested_by not in {move.actor.id, stands_for}:
        return None
    return Refusal("OWN_APPROVAL", _l("豁免由另一人批准，申请人不能批准自己的申请。"), "预4")


def not_being_asked(item: DecisionItem, _move: Move) -> Refusal | None:
    """预2: what the public is being asked about is not exempted any more."""
    opened = select(PublicConsultation.id).where(
        PublicConsultation.item_id == item.id, PublicConsultation.state.not_in((*NEVER_OPENED, *OVER))
    )
    if db.session.scalar(opened.limit(1)) is None:
        return None
    return Refusal("PERIOD_OPEN", _l("这个事项已经公开征求意见，不能再豁免。"), "预2")


def _request(item: DecisionItem, move: Move) -> None:
    item.exemption_reason, item.requested_by = move.reason, move.actor.id


def _approve(item: DecisionItem, move: Move) -> None:
    item.approved_name, item.approved_at = move.actor.name, move.at


def _owed_again(item: DecisionItem, _move: Move) -> None:
    item.approved_name, item.approved_at, item.requested_by = "", None, None


ITEM = Machine(
    OBJECT_TYPE,
    {
        "listed": State(_l("应当预公开")),
        "exemption_pending": State(_l("豁免待批"), "soon"),
        "exempt": State(_l("已批准豁免"), "done"),
    },
    (
        Transition(
            "ask_exemption", _l("申请豁免预公开"), ("listed",), "exemption_pending", RIGHT, "预4", needs_reason=True,
            guards=(not_being_asked,), effects=(_request,),
        ),
        Transition(
            "approve_exemption", _l("批准豁免"), ("exemption_pending",), "exempt", APPROVE, "预4",
            guards=(by_another, not_being_asked), effects=(_approve,),
        ),
        Transition(
            "refuse_exemption", _l("不批准豁免"), ("exemption_pending",), "listed", APPROVE, "预4", needs_reason=True,
            effects=(_owed_again,),
        ),
        Transition(
            "revoke_exemption", _l("取消豁免"), ("exempt",), "listed", APPROVE, "预4", needs_reason=True,
            effects=(_owed_again,),
        ),
    ),
)  # fmt: skip
