"""Life of a request to speak (请求发言): waiting, then granted or declined by the chair's desk, then spoken."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.workflow import Machine, Move, State, Transition
from plugins.meetings.models import SpeakingRequest
from plugins.meetings.workflow.slips import own


def _decide(request: SpeakingRequest, move: Move) -> None:
    request.decided_at, request.reason = move.at, move.reason


SPEAKING = Machine(
    "meetings.speaking_request",
    {
        "waiting": State(_l("排队中"), "soon"),
        "granted": State(_l("可以发言"), "live"),
        "declined": State(_l("这次不安排"), terminal=True),
        "withdrawn": State(_l("已撤回"), terminal=True),
        "spoken": State(_l("已发言"), "done", terminal=True),
    },
    (
        Transition(
            "grant", _l("请其发言"), ("waiting",), "granted", "meetings.moderate", "会8", effects=(_decide,)
        ),
        Transition(
            "decline", _l("不安排"), ("waiting",), "declined", "meetings.moderate", "会8",
            needs_reason=True, effects=(_decide,),
        ),
        Transition(
            "withdraw", _l("撤回"), ("waiting", "granted"), "withdrawn", "meetings.speak", "会8", guards=(own,)
        ),
        Transition("spoken", _l("已发言"), ("granted",), "spoken", "meetings.moderate", "会8"),
    ),
)  # fmt: skip
