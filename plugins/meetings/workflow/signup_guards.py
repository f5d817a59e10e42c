"""What must hold before a sign-up call goes on, each refusal with its article and what to do."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import settings
from core.db import db
from core.refusals import Refusal
from core.workflow import Move
from plugins.meetings.content import is_approved
from plugins.meetings.models import Invitation, Signup, SignupCall


def plan_approved(call: SignupCall, _move: Move) -> Refusal | None:
    """会7: nobody is called before item, plan and list were approved together."""
    item = call.application
    if item.state in {"approved", "scheduled"} and is_approved(item):
        return None
    return Refusal("NOT_APPROVED", _l("议题和参与方案批准之后，才能公开报名。请先完成审批。"), "会7")


def open_to_invitees(call: SignupCall, _move: Move) -> Refusal | None:
    """会3: who signs up comes as an invited representative to an item that is not closed."""
    item = call.application
    if item.openness != "closed" and "invitation" in item.forms:
        return None
    detail = _l("只有开放、并选择了“邀请列席”的议题可以公开报名。")
    return Refusal("PARTICIPATION_INCOMPLETE", detail, "会3", ("forms",))


def time_left(call: SignupCall, move: Move) -> Refusal | None:
    """A call whose deadline has passed, or lies behind the meeting, calls nobody."""
    meeting = call.application.meeting
    if call.closes_at <= move.at:
        return Refusal("DEADLINE_PASSED", _l("报名截止时间已过，请先改为以后的时间。"), "会3", ("closes_at",))
    if meeting is not None and call.closes_at > meeting.starts_at:
        return Refusal("DEADLINE_LATE", _l("报名应当在会议开始之前截止，请改早一些。"), "会3", ("closes_at",))
    return None


def seats_allowed(call: SignupCall, _move: Move) -> Refusal | None:
    """Local rule: the seats of the call and the people named already fit into the seats of an item."""
    most = settings.get("meetings.seats_max")
    named = sum(not row.by_signup for row in call.application.invitees)
    if not most or call.seats + named <= most:
        return None
    detail = _l(
        "本地规则要求每个议题列席代表不超过 %(most)s 人：名单已有 %(named)s 人，报名名额最多 %(left)s 个。",
        most=most, named=named, left=max(0, most - named),
    )  # fmt: skip
    return Refusal("PARTICIPATION_INCOMPLETE", detail, "会3", ("seats",))


def opening_time(call: SignupCall, move: Move) -> Refusal | None:
    """Opened by the clock, not earlier."""
    if call.opens_at <= move.at:
        return None
    return Refusal("TOO_EARLY", _l("还没有到公布的报名开始时间。"), "会3")


def deadline_reached(call: SignupCall, move: Move) -> Refusal | None:
    """The deadline was published: nobody is shut out before it."""
    if call.closes_at <= move.at:
        return None
    return Refusal("TOO_EARLY", _l("还没有到公布的报名截止时间，不能提前截止。"), "会3")


def by_draw(call: SignupCall, _move: Move) -> Refusal | None:
    """Decided as it was announced."""
    if call.method == "draw":
        return None
    return Refusal("WRONG_METHOD", _l("公布的产生方式是先到先得，不能改为抽签。"), "会3")


def in_order(call: SignupCall, _move: Move) -> Refusal | None:
    """Decided as it was announced."""
    if call.method == "order":
        return None
    return Refusal("WRONG_METHOD", _l("公布的产生方式是公开抽签，请办理“抽签”。"), "会3")


def seat_still_held(invitation: Invitation, _move: Move) -> Refusal | None:
    """会3: a seat of the sign-up that was given back has gone to the next on the waiting list."""
    query = select(Signup.id).where(Signup.invitation_id == invitation.id, Signup.state != "selected")
    if db.session.scalar(query) is None:
        return None
    return Refusal("SEAT_GIVEN_AWAY", _l("您让出的名额已经由候补人员递补，不能再接受。谢谢您的关心。"), "会3")
