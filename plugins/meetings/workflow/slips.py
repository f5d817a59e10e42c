"""Life of a question or written opinion (会8): handed in, moderated, answered at the meeting, routed, replied to."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from core import clocks, settings
from core.refusals import Refusal
from core.workflow import Machine, Move, State, Transition
from plugins.meetings import telling
from plugins.meetings.models import Slip
from plugins.meetings.values import DISPOSITIONS

OBJECT_TYPE = "meetings.slip"
REPLY = clocks.ClockRule(
    "reply",
    "会8",
    _l("答复代表意见"),
    "WD",
    lambda: int(settings.get("meetings.slip_reply_days")),
    _l("本级规则：代表意见转办后的答复时限"),
)


def own(subject: Any, move: Move) -> Refusal | None:
    """A representative acts on what is his own, whatever id he knows."""
    if move.actor.is_system or subject.invitation_id == move.actor.id:
        return None
    return Refusal("FORBIDDEN", _l("只能办理自己提交的内容。"))


def unreasoned(disposition: str | None, reply: str, article: str) -> Refusal | None:
    """会6, 会10: what is not adopted in full carries a reason."""
    if disposition in {None, "adopted"} or reply.strip():
        return None
    detail = _l("“%(word)s”应当说明理由，请填写。", word=DISPOSITIONS[str(disposition)])
    return Refusal("REASON_MISSING", detail, article, ("reply",))


def reasoned(_slip: Slip, move: Move) -> Refusal | None:
    """会6: an opinion that is not adopted in full is answered with the reason."""
    return unreasoned(move.params.get("disposition"), move.params.get("reply", ""), "会6")


def _admit(slip: Slip, move: Move) -> None:
    slip.public = bool(move.params.get("publish", True))
    telling.author(slip, "admitted", _l("您提交的内容已经收下，答复情况请在您的个人链接查看。"))


def _return(slip: Slip, move: Move) -> None:
    slip.reason = move.reason
    telling.author(slip, "returned", _l("您提交的内容没有收下：%(reason)s", reason=move.reason))


def _answer(slip: Slip, move: Move) -> None:
    slip.answer, slip.answered_by = move.params["answer"], move.params.get("answered_by", "")
    slip.on_record = bool(move.params.get("on_record"))
    telling.author(slip, "answered", _l("会上答复：%(answer)s", answer=slip.answer))


def _route(slip: Slip, move: Move) -> None:
    slip.unit_id = move.params["unit"].id
    subject = _l("代表意见待您单位答复：%(title)s", title=slip.application.title)
    telling.unit(slip, ("handler", "organiser"), subject)
    telling.author(slip, "routed", _l("您提交的内容已转%(unit)s办理。", unit=move.params["unit"].name))


def _reply(slip: Slip, move: Move) -> None:
    slip.disposition, slip.reply = move.params["disposition"], move.params.get("reply", "")
    slip.replied_at = move.at
    sentence = _l("办理结果：%(word)s。%(reply)s", word=DISPOSITIONS[slip.disposition or ""], reply=slip.reply)
    telling.author(slip, "replied", sentence)


SLIP = Machine(
    OBJECT_TYPE,
    {
        "handed_in": State(_l("待审核"), "soon"),
        "returned": State(_l("未收下"), terminal=True),
        "withdrawn": State(_l("已撤回"), terminal=True),
        "admitted": State(_l("已收下"), "ahead"),
        "answered": State(_l("已当场答复"), "done"),
        "routed": State(_l("转办中"), "soon"),
        "replied": State(_l("已答复"), "done", terminal=True),
    },
    (
        Transition("admit", _l("收下"), ("handed_in",), "admitted", "meetings.moderate", "会8", effects=(_admit,)),
        Transition(
            "return", _l("不收，说明理由"), ("handed_in",), "returned", "meetings.moderate", "会8",
            needs_reason=True, effects=(_return,),
        ),
        Transition(
            "withdraw", _l("撤回"), ("handed_in", "admitted"), "withdrawn", "meetings.speak", "会8", guards=(own,)
        ),
        Transition(
            "answer", _l("当场答复"), ("admitted",), "answered", "meetings.moderate", "会8", effects=(_answer,)
        ),
        Transition(
            "route", _l("转办"), ("admitted", "answered", "routed"), "routed", "meetings.route_slip", "会8",
            effects=(_route,), starts=(REPLY,),
        ),
        Transition(
            "reply", _l("答复"), ("routed",), "replied", "meetings.reply_slip", "会6",
            guards=(reasoned,), effects=(_reply,), meets=(REPLY.key,),
        ),
    ),
)  # fmt: skip
