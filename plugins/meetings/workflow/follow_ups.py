"""Life of a follow-up (会10): opinions on the decision are taken, grouped and answered together."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import clocks, settings
from core.db import db, utcnow
from core.models import Clock
from core.refusals import Refusal
from core.workflow import Machine, Move, State, Transition
from plugins.meetings.models import AgendaApplication, FollowUp

OBJECT_TYPE = "meetings.follow_up"
WINDOW = clocks.ClockRule(
    "window",
    "会10",
    _l("收集对决定的意见"),
    "CD",
    lambda: int(settings.get("meetings.follow_up_days")),
    _l("政务会议开放制度第十条；期限由本级规定"),
)
ANSWER = clocks.ClockRule(
    "answer",
    "会10",
    _l("集中答复对决定的意见"),
    "WD",
    lambda: int(settings.get("meetings.follow_up_answer_days")),
    _l("政务会议开放制度第十条；期限由本级规定"),
)
SETTLED = ("answered", "ended")


def window(follow_up: FollowUp) -> Clock | None:
    """The clock of the time in which opinions are taken: the last one started."""
    found = [one for one in clocks.of(OBJECT_TYPE, [follow_up.id])[follow_up.id] if one.key == WINDOW.key]
    return found[-1] if found else None


def is_over(follow_up: FollowUp) -> bool:
    """True once no more opinions are taken."""
    clock = window(follow_up)
    return follow_up.state != "open" or clock is None or utcnow() >= clock.due_at


def followed_up(item: AgendaApplication, _move: Move) -> Refusal | None:
    """会10: no opinion waits for an answer, or the window for opinions has passed.

    The follow-up itself goes on: an opinion that comes after the item is done is answered all the same.
    """
    found = db.session.scalar(select(FollowUp).where(FollowUp.application_id == item.id))
    if found is None or found.state in SETTLED or not found.opinions or is_over(found):
        return None
    return Refusal("FOLLOW_UP_OPEN", _l("公众对决定提了意见，答复公布后或者收集意见期满后才能办结。"), "会10")


def _open(follow_up: FollowUp, move: Move) -> None:
    """Count the window anew from what was published last."""
    for rule in (WINDOW, ANSWER):
        clocks.cancel(OBJECT_TYPE, follow_up.id, rule.key, at=move.at)
    follow_up.opened_at = move.at
    clocks.start(OBJECT_TYPE, follow_up, WINDOW, at=move.at)


def _close(follow_up: FollowUp, move: Move) -> None:
    """A window is kept when it ran to its end, however long after that somebody looks."""
    last = window(follow_up)
    if last is not None:
        clocks.meet(OBJECT_TYPE, follow_up.id, WINDOW.key, at=last.due_at - timedelta(microseconds=1))
    if move.target == "answering":
        clocks.start(OBJECT_TYPE, follow_up, ANSWER, at=move.at)


def _publish(follow_up: FollowUp, move: Move) -> None:
    follow_up.answered_at = move.at
    if "release" in move.params:
        move.params["release"]()


def _after_window(follow_up: FollowUp) -> str:
    return "answering" if follow_up.opinions else "ended"


def window_passed(follow_up: FollowUp, _move: Move) -> Refusal | None:
    """会10: opinions are taken as long as was promised."""
    return None if is_over(follow_up) else Refusal("FOLLOW_UP_OPEN", _l("收集意见的期限还没有到。"), "会10")


def all_grouped(follow_up: FollowUp, _move: Move) -> Refusal | None:
    """会10: every opinion stands in a group."""
    loose = sum(opinion.group_id is None for opinion in follow_up.opinions)
    if not loose:
        return None
    return Refusal("OPINIONS_UNGROUPED", _l("还有 %(count)s 条意见没有归入分组。", count=loose), "会10")


def all_answered(follow_up: FollowUp, _move: Move) -> Refusal | None:
    """会10: every group has its answer."""
    open_ones = [group for group in follow_up.live_groups if group.disposition is None]
    if not open_ones:
        return None
    detail = _l("还有 %(count)s 组意见没有答复。", count=len(open_ones))
    return Refusal("OPINIONS_UNANSWERED", detail, "会10", tuple(group.id for group in open_ones))


def revision_approved(follow_up: FollowUp, _move: Move) -> Refusal | None:
    """会10: a revised plan goes out as another person approved it."""
    if follow_up.revised is None or follow_up.revised.state in {"approved", "released"}:
        return None
    return Refusal("NOT_APPROVED", _l("修改后的方案还没有审核，请先由分管领导审核。"), "会10", ("revision",))


FOLLOW_UP = Machine(
    OBJECT_TYPE,
    {
        "open": State(_l("收集意见中"), "live"),
        "answering": State(_l("待集中答复"), "soon"),
        "answered": State(_l("答复已公布"), "done", terminal=True),
        "ended": State(_l("期满，没有收到意见"), "done", terminal=True),
    },
    (
        Transition(
            "reopen", _l("按新公开的内容重新收集"), ("open", "answering", "ended"), "open", "meetings.follow_up",
            "会10", effects=(_open,), by_system=True,
        ),
        Transition(
            "close", _l("期满"), ("open",), _after_window, "meetings.follow_up", "会10",
            guards=(window_passed,), effects=(_close,), by_system=True,
        ),
        Transition(
            "publish", _l("公布答复"), ("answering",), "answered", "meetings.follow_up", "会10",
            guards=(all_grouped, all_answered, revision_approved), effects=(_publish,), meets=(ANSWER.key,),
        ),
    ),
)  # fmt: skip
