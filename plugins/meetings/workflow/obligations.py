"""What is owed after a meeting (会9): each duty is met by a released publication or exempted by two persons."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from core import clocks, settings
from core.db import db
from core.models import Account
from core.workflow import Machine, Move, State, Transition
from plugins.meetings import guards
from plugins.meetings.models import AgendaApplication, Meeting, Obligation
from plugins.meetings.values import OBLIGATION_KINDS

OBJECT_TYPE = "meetings.obligation"
DUTY = clocks.ClockRule(
    "duty",
    "会9",
    _l("会后公开"),
    "WD",
    lambda: int(settings.get("meetings.obligation_days")),
    _l("政务会议开放制度第九条；时限依政府信息公开管理制度第八条，可由本级规定"),
)
LATER = clocks.ClockRule(
    "interpretation",
    "会9",
    _l("解读材料跟进公开"),
    "WD",
    lambda: int(settings.get("meetings.interpretation_days")),
    _l("本级规则：解读材料可晚于政策文件公开"),
)


def owe(meeting: Meeting, at: datetime) -> None:
    """Create the three duties for every item that was taken up, and start their clocks.

    A meeting at which nothing was called still owes an account of itself: three duties without an item.
    """
    taken = [item for item in meeting.agenda if item.state in {"in_session", "deliberated", "discharging"}]
    items: list[AgendaApplication | None] = list(taken) or [None]
    for item in items:
        for kind in OBLIGATION_KINDS:
            obligation = Obligation(
                application=item, kind=kind, position=len(meeting.obligations) + 1, state="owed", version=1
            )
            meeting.obligations.append(obligation)
            db.session.flush()
            clocks.start(OBJECT_TYPE, obligation, DUTY, at=at)


def _publish(obligation: Obligation, move: Move) -> None:
    """`publish` releases the page through the core's gate and gives its id."""
    obligation.publication_id = move.params["publish"]()
    obligation.met_at = move.at


def _unmoved(obligation: Obligation) -> str:
    return obligation.state


def _assign(obligation: Obligation, move: Move) -> None:
    """`owner` is an account, or None: the convening body as a whole again."""
    owner: Account | None = move.params.get("owner")
    obligation.owner_id, obligation.owner_name = (owner.id, owner.name) if owner else (None, "")
    clocks.assign(OBJECT_TYPE, obligation.id, obligation.owner_id)


def _request(obligation: Obligation, move: Move) -> None:
    obligation.reason = move.reason
    obligation.requested_by, obligation.requested_name = move.actor.id, move.actor.name
    obligation.requested_at = move.at


def _exempt(obligation: Obligation, move: Move) -> None:
    obligation.approved_by, obligation.approved_name = move.actor.id, move.actor.name
    obligation.approved_at = obligation.met_at = move.at
    for rule in (DUTY, LATER):
        clocks.cancel(OBJECT_TYPE, obligation.id, rule.key, at=move.at)


def _reopen(obligation: Obligation, _move: Move) -> None:
    """The page stays named, so that everybody sees what was there and when it was taken off."""
    obligation.met_at = None


OBLIGATION = Machine(
    OBJECT_TYPE,
    {
        "owed": State(_l("待公开"), "soon"),
        "published": State(_l("已公开"), "done"),
        "exemption_requested": State(_l("已申请免予公开"), "soon"),
        "exempted": State(_l("已免予公开"), "done", terminal=True),
    },
    (
        Transition(
            "assign", _l("指定责任人"), ("owed", "exemption_requested"), _unmoved, "meetings.publish", "会9",
            effects=(_assign,),
        ),
        Transition(
            "publish", _l("公开"), ("owed", "exemption_requested"), "published", "meetings.publish", "会9",
            guards=(guards.interpreted, guards.with_its_document, guards.content_given), effects=(_publish,),
            meets=(DUTY.key, LATER.key),
        ),
        Transition(
            "exempt", _l("申请免予公开"), ("owed",), "exemption_requested", "meetings.publish", "会9",
            needs_reason=True, effects=(_request,),
        ),
        Transition(
            "approve_exemption", _l("批准免予公开"), ("exemption_requested",), "exempted",
            "meetings.approve_exemption", "会9", guards=(guards.not_own_request,), effects=(_exempt,),
        ),
        Transition(
            "reject_exemption", _l("不予免除"), ("exemption_requested",), "owed",
            "meetings.approve_exemption", "会9", needs_reason=True,
        ),
        Transition(
            "reopen", _l("撤下后重新应公开"), ("published",), "owed", "meetings.publish", "会9",
            needs_reason=True, effects=(_reopen,), starts=(DUTY,), by_system=True,
        ),
    ),
)  # fmt: skip
