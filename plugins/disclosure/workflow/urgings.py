"""督办 (管4): the supervising department urges, the body answers, the department closes; it changes nobody's text."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core import clocks
from core.db import utcnow
from core.workdays import local_date
from core.workflow import Machine, Move, State, Transition
from plugins.disclosure.models import Urging

OBJECT_TYPE = "disclosure.urging"
ANSWER, URGE = "disclosure.answer_urging", "disclosure.supervise"


def start_clock(urging: Urging) -> None:
    """To the end of the day that was set."""
    days = max(0, (urging.due_on - local_date(utcnow())).days)
    basis = _l("政府信息公开管理制度第四条：主管部门督办")
    clocks.start(OBJECT_TYPE, urging, clocks.ClockRule("urging", "管4", _l("督办事项"), "CD", days, basis))


def _answer(urging: Urging, move: Move) -> None:
    urging.answer, urging.answered_name = move.reason, move.actor.name


def _again(urging: Urging, _move: Move) -> None:
    start_clock(urging)


URGING = Machine(
    OBJECT_TYPE,
    {
        "open": State(_l("待办理"), "soon"),
        "answered": State(_l("已答复，待销号"), "soon"),
        "closed": State(_l("已销号"), "done", terminal=True),
    },
    (
        Transition(
            "answer", _l("报告办理情况"), ("open",), "answered", ANSWER, "管4",
            needs_reason=True, effects=(_answer,), meets=("urging",),
        ),
        Transition(
            "return", _l("退回继续办理"), ("answered",), "open", URGE, "管4", needs_reason=True, effects=(_again,),
        ),
        Transition("close", _l("销号"), ("answered",), "closed", URGE, "管4"),
    ),
)  # fmt: skip
