"""Life of a sign-up call (公众报名) and of a sign-up: planned, open, closed, then drawn or settled; seats move up.

How it rests on 会7. A call made while its item is a draft is part of the plan: its terms (seats, categories, method)
are approved with it under one hash, and who is selected joins the invited list without a new approval. A call made
later is not in the plan: its people join the list by a change of plan, which goes back to approval.
"""

from __future__ import annotations

import secrets

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from core import audit
from core.db import db, utcnow
from core.permissions import SYSTEM
from core.workflow import Machine, Move, State, Transition
from plugins.meetings import telling
from plugins.meetings.documents import verify_draw
from plugins.meetings.models import AgendaApplication, Invitation, Signup, SignupCall
from plugins.meetings.models.signups import STANDING
from plugins.meetings.seating import Terms, next_up, seat_free
from plugins.meetings.workflow import signup_guards as guards

RUNNING = ("planned", "open", "closed", "drawn", "settled")
BEGUN = frozenset({"in_session", "paused", "closed", "sealed", "cancelled"})
"""States of a meeting to which nobody moves up any more."""


# --- seats ------------------------------------------------------------------------------------------


def terms_of(call: SignupCall) -> Terms:
    """Seats in all and by category."""
    return Terms(call.seats, call.quotas)


def taken(call: SignupCall) -> dict[str, int]:
    """Category → seats held."""
    held = select(Signup.category, func.count()).where(Signup.call_id == call.id, Signup.state == "selected")
    return {row[0]: row[1] for row in db.session.execute(held.group_by(Signup.category))}


def take_place(signup: Signup) -> None:
    """First come: a seat while one is free, else the end of the waiting list. A draw decides later."""
    call = signup.call
    if call.method != "order":
        return
    signup.place = signup.number
    free = seat_free(terms_of(call), taken(call), signup.category, reserved=True)
    SIGNUP.fire(signup, "select" if free else "wait", SYSTEM)


def move_up(call: SignupCall) -> None:
    """Give every free seat to the next on the waiting list, in order, each told and on record."""
    while (following := _next(call)) is not None:
        SIGNUP.fire(following, "promote", SYSTEM)


def _next(call: SignupCall) -> Signup | None:
    meeting = call.application.meeting
    if call.state not in RUNNING or (meeting is not None and meeting.state in BEGUN):
        return None
    query = select(Signup.id, Signup.category).where(Signup.call_id == call.id, Signup.state == "waiting")
    waiting = [(row[0], row[1]) for row in db.session.execute(query.order_by(Signup.place))]
    kept = call.state not in {"drawn", "settled"}
    found = next_up(terms_of(call), taken(call), waiting, reserved=kept)
    return db.session.get_one(Signup, found) if found else None


def give_back(invitation: Invitation, move: Move) -> None:
    """An invitee who came through the sign-up, or stands in for one, declined or was revoked: the next moves up."""
    signup = _seat_of(invitation.id)
    if signup is not None and signup.state == "selected":
        SIGNUP.fire(signup, "release", SYSTEM, reason=move.reason)


def _seat_of(invitation_id: str) -> Signup | None:
    """The sign-up whose seat it is, through all substitutions."""
    signup = db.session.scalar(select(Signup).where(Signup.invitation_id == invitation_id))
    before = db.session.scalar(select(Invitation.id).where(Invitation.replaced_by_id == invitation_id))
    return signup or (_seat_of(before) if before else None)


def cancel_calls(item: AgendaApplication, reason: str) -> None:
    """The item is withdrawn: nobody is called any more."""
    for call in item.signup_calls:
        if call.state != "cancelled":
            SIGNUP_CALL.fire(call, "cancel", SYSTEM, reason=reason)


# --- effects of the call ----------------------------------------------------------------------------


def _publish(call: SignupCall, move: Move) -> None:
    """The seed of a draw is bound before anybody signs up."""
    call.published_at = move.at
    if call.method == "draw":
        call.seed, call.salt = secrets.token_hex(32), secrets.token_hex(16)
        call.commitment = verify_draw.commitment_of(call.seed, call.salt)
    if move.target == "open":
        _open(call, move)


def _open(call: SignupCall, move: Move) -> None:
    call.opened_at = move.at


def _close(call: SignupCall, move: Move) -> None:
    """From here on the list is fixed: who withdraws now gives a seat back after the draw."""
    call.closed_at = move.at
    standing = [row for row in call.signups if row.state in STANDING]
    call.entries = [[row.receipt, row.category, row.masked] for row in standing]
    call.list_digest = verify_draw.digest_of(entries_of(call))


def entries_of(call: SignupCall) -> list[dict[str, str]]:
    """The fixed list as it is published."""
    return [{"receipt": receipt, "category": category, "name": name} for receipt, category, name in call.entries]


def _draw(call: SignupCall, move: Move) -> None:
    """Once, from seed and list alone (documents/verify_draw.py says how)."""
    call.decided_at = move.at
    call.results = verify_draw.draw(call.seed, call.seats, call.quotas, entries_of(call))
    by_receipt = {row.receipt: row for row in call.signups}
    call.state = move.target  # seats kept for a category are anybody's from here on
    for result in call.results:
        signup = by_receipt[str(result["receipt"])]
        signup.place = int(result["place"])
        if signup.state == "applied":
            SIGNUP.fire(signup, "select" if result["selected"] else "wait", SYSTEM)
    _tell_all(call)
    move_up(call)  # for those who withdrew after the deadline
    data = {"seed": call.seed, "list_digest": call.list_digest, "entries": len(call.entries)}
    audit.record(move.actor, "meetings.signup_call.drawn", SIGNUP_CALL.object_type, call.id, article="会3", data=data)


def _settle(call: SignupCall, move: Move) -> None:
    """First come: seats kept for a category that stayed empty are anybody's from here on."""
    call.decided_at = move.at
    call.state = move.target
    _tell_all(call)
    move_up(call)


def _cancel(call: SignupCall, move: Move) -> None:
    call.cancelled_at, call.cancel_reason = move.at, move.reason
    if call.application.state == "draft":  # nobody has approved it: the plan goes on without it
        call.in_plan = False
    sentence = _l("《%(title)s》的公众报名已取消：%(reason)s", title=call.application.title, reason=move.reason)
    for row in call.signups:
        if row.state in STANDING:
            telling.signed_up(row, "cancelled", _l("公众报名已取消：%(title)s", title=call.application.title), sentence)


def _tell_all(call: SignupCall) -> None:
    title = call.application.title
    for row in call.signups:
        if row.state == "selected":
            body = _l(
                "您（报名编号 %(receipt)s）已入选列席《%(title)s》的审议。请等候召集单位的邀请。",
                receipt=row.receipt,
                title=title,
            )
            telling.signed_up(row, "selected", _l("报名结果：%(title)s", title=title), body)
        elif row.state == "waiting":
            body = _l(
                "您（报名编号 %(receipt)s）列入《%(title)s》的候补名单。有人让出名额时按次序递补，并通知您。",
                receipt=row.receipt,
                title=title,
            )
            telling.signed_up(row, "waiting", _l("报名结果：%(title)s", title=title), body)


# --- effects of a sign-up ---------------------------------------------------------------------------


def _told_up(signup: Signup, _move: Move) -> None:
    title = signup.call.application.title
    body = _l(
        "有人让出名额，您（报名编号 %(receipt)s）已由候补递补，可以列席《%(title)s》的审议。请等候召集单位的邀请。",
        receipt=signup.receipt,
        title=title,
    )
    telling.signed_up(signup, "promoted", _l("您已递补入选：%(title)s", title=title), body)


def _leave(signup: Signup, move: Move) -> None:
    """The contact may sign up again; a seat that was held goes on."""
    signup.ended_at, signup.end_reason, signup.contact_key = move.at, move.reason[:500], None
    signup.state = move.target
    if move.source == "selected":
        move_up(signup.call)


# --- the tables -------------------------------------------------------------------------------------


def _planned_or_open(call: SignupCall) -> str:
    return "open" if call.opens_at <= utcnow() else "planned"


PUBLISH_GUARDS = (guards.open_to_invitees, guards.time_left, guards.seats_allowed, guards.plan_approved)

SIGNUP_CALL = Machine(
    "meetings.signup_call",
    {
        "draft": State(_l("拟定中")),
        "planned": State(_l("即将报名"), "soon"),
        "open": State(_l("正在报名"), "live"),
        "closed": State(_l("报名已截止"), "soon"),
        "drawn": State(_l("已抽签"), "done"),
        "settled": State(_l("名单已确定"), "done"),
        "cancelled": State(_l("已取消"), terminal=True),
    },
    (
        Transition(
            "publish", _l("发布报名公告"), ("draft",), _planned_or_open, "meetings.signups", "会7",
            guards=PUBLISH_GUARDS, effects=(_publish,),
        ),
        Transition(
            "open", _l("开始报名"), ("planned",), "open", "meetings.signups", "会3",
            guards=(guards.opening_time,), effects=(_open,),
        ),
        Transition(
            "close", _l("截止报名"), ("open",), "closed", "meetings.signups", "会3",
            guards=(guards.deadline_reached,), effects=(_close,),
        ),
        Transition(
            "draw", _l("抽签"), ("closed",), "drawn", "meetings.signups", "会3",
            guards=(guards.by_draw,), effects=(_draw,),
        ),
        Transition(
            "settle", _l("确定名单"), ("closed",), "settled", "meetings.signups", "会3",
            guards=(guards.in_order,), effects=(_settle,),
        ),
        Transition(
            "cancel", _l("取消报名"), ("draft", *RUNNING), "cancelled", "meetings.signups", "会3",
            needs_reason=True, effects=(_cancel,),
        ),
    ),
)  # fmt: skip

SIGNUP = Machine(
    "meetings.signup",
    {
        "applied": State(_l("已报名"), "soon"),
        "selected": State(_l("已入选"), "done"),
        "waiting": State(_l("候补"), "soon"),
        "withdrawn": State(_l("已撤回"), terminal=True),
        "released": State(_l("已让出名额"), terminal=True),
    },
    (
        Transition("select", _l("入选"), ("applied",), "selected", "meetings.signups", "会3", by_system=True),
        Transition("wait", _l("列入候补"), ("applied",), "waiting", "meetings.signups", "会3", by_system=True),
        Transition(
            "promote", _l("候补递补"), ("waiting",), "selected", "meetings.signups", "会3", by_system=True,
            effects=(_told_up,),
        ),
        Transition(
            "release", _l("让出名额"), ("selected",), "released", "meetings.signups", "会3", by_system=True,
            effects=(_leave,),
        ),
        Transition(
            "withdraw", _l("撤回报名"), STANDING, "withdrawn", "meetings.leave_signup", "会3", effects=(_leave,)
        ),
    ),
)  # fmt: skip
