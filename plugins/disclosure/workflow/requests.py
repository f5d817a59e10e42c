"""Life of a request (依申请公开, 管12): registered, checked, handled, answered, archived; its clock meets the reply.

due = received + reply days + extension + suspended working days; a corrected request or a paid fee counts anew.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from core import clocks
from core.db import db, new_id
from core.languages import kept
from core.workflow import Machine, Move, State, Transition
from plugins.disclosure.models import AccessRequest, Consultation, Reply
from plugins.disclosure.workflow import request_clocks as limits
from plugins.disclosure.workflow import request_guards as guards

HANDLE, DECIDE = "disclosure.requests", "disclosure.decide_requests"
REVIEW, OWN = "disclosure.review_replies", "disclosure.own_request"
OPEN = (
    "to_confirm", "received", "to_correct", "processing", "consulting", "explaining", "to_pay", "to_approve",
    "to_deliver",
)  # fmt: skip
RIGHTS_NOTICE = _l(
    "如对本答复不服，可以自收到本答复之日起六十日内依法申请行政复议，或者自收到本答复之日起六个月内依法提起行政诉讼；"
    "也可以向政府信息公开工作主管部门投诉、举报。"
)
"""The notice of rights that goes with every reply (条例第五十一条)."""


def day_of(move: Move) -> date:
    """The day the officer wrote down, else today."""
    day: date = move.params.get("day") or limits.today()
    return day


# --- receipt and correction --------------------------------------------------------------------------------


def begin(request: AccessRequest, day: date) -> None:
    """收到申请之日: reply and completeness are counted from it."""
    request.received_on = day
    for rule in (limits.REPLY, limits.NOTICE):
        clocks.start(limits.REQUEST_TYPE, request, rule, at=limits.moment(day))


def _confirm(request: AccessRequest, move: Move) -> None:
    day = day_of(move)
    clocks.meet(limits.REQUEST_TYPE, request.id, limits.CONFIRM.key, at=limits.moment(day))
    begin(request, day)


def _accept(request: AccessRequest, move: Move) -> None:
    request.handler_id = request.handler_id or move.actor.id
    clocks.assign(limits.REQUEST_TYPE, request.id, request.handler_id)
    clocks.meet(limits.REQUEST_TYPE, request.id, limits.NOTICE.key, at=move.at)


def _notify_correction(request: AccessRequest, move: Move) -> None:
    at = limits.moment(day_of(move))
    request.handler_id = request.handler_id or move.actor.id
    request.correction_items = move.params.get("items", "")
    request.correction_told_on = day_of(move)
    clocks.meet(limits.REQUEST_TYPE, request.id, limits.NOTICE.key, at=at)
    clocks.cancel(limits.REQUEST_TYPE, request.id, limits.REPLY.key, at=at)
    days = move.params.get("days")
    rule = replace(limits.CORRECT, amount=days) if days else limits.CORRECT
    clocks.start(limits.REQUEST_TYPE, request, rule, at=at)


def _correct(request: AccessRequest, move: Move) -> None:
    """条例第三十条: the reply is counted from the day the corrected request arrives."""
    at = limits.moment(day_of(move))
    request.correction_text = move.params.get("text", "")
    request.corrected_on = day_of(move)
    clocks.meet(limits.REQUEST_TYPE, request.id, limits.CORRECT.key, at=at)
    clocks.start(limits.REQUEST_TYPE, request, limits.REPLY, at=at)


def _end(request: AccessRequest, result: str, day: date) -> None:
    """The result comes last: a row with a result is in an ended state, and that follows at once."""
    limits.cancel_all(request, limits.moment(day))
    request.result, request.closed_on = result, day


def _lapse(request: AccessRequest, move: Move) -> None:
    _end(request, "not_paid" if move.source == "to_pay" else "not_corrected", limits.today())


def _withdraw(request: AccessRequest, move: Move) -> None:
    for one in request.consultations:
        if one.answer == "waiting":
            one.answer, one.answered_on = "ended", limits.today()
            clocks.cancel(limits.CONSULTATION_TYPE, one.id, "consult", at=move.at)
    if request.reply and request.reply.state in {"proposed", "approved"}:
        request.reply.state = "returned"
    _end(request, "withdrawn", limits.today())


# --- consultation ------------------------------------------------------------------------------------------


def _consult(request: AccessRequest, move: Move) -> None:
    """条例第三十三条: the time for asking others does not count."""
    day, given = day_of(move), move.params
    asked = Consultation(
        id=new_id(), request=request, kind=given.get("kind", "third_party"), party=given.get("party", ""),
        contact=given.get("contact", ""), sent_on=day, answer="waiting",
    )  # fmt: skip
    db.session.add(asked)
    db.session.flush()
    reply = limits.running(request, limits.REPLY.key)
    if reply is not None:
        suspended = clocks.suspend(reply, kept(_SUSPENDED[asked.kind]), at=limits.moment(day))
        db.session.flush()
        asked.suspension_id = suspended.id
    rule = limits.THIRD_PARTY if asked.kind == "third_party" else limits.CO_AUTHOR
    clocks.start(limits.CONSULTATION_TYPE, asked, rule, at=limits.moment(day))


_SUSPENDED = {"third_party": _l("征求第三方意见"), "co_author": _l("征求共同制作机关意见")}


def _answer_consultation(request: AccessRequest, move: Move) -> None:
    asked, day = move.params.get("consultation"), day_of(move)
    if asked is None:
        return
    asked.answer, asked.answered_on, asked.reason = move.params["answer"], day, move.params.get("text", "")
    asked.justified = bool(move.params.get("justified"))
    clocks.meet(limits.CONSULTATION_TYPE, asked.id, "consult", at=limits.moment(day))
    _count_on(request, asked, day)


def _expire_consultation(request: AccessRequest, move: Move) -> None:
    """Silence: a co-author agrees by it (第三十四条); about a third party the agency decides (第三十二条)."""
    asked = move.params.get("consultation")
    clock = limits.of_consultation(asked) if asked else None
    if asked is None or clock is None or clock.due_on is None:
        return
    asked.answer, asked.answered_on = "silent", clock.due_on
    clocks.meet(limits.CONSULTATION_TYPE, asked.id, "consult", at=clock.due_at - timedelta(microseconds=1))
    _count_on(request, asked, clock.due_on)


def _count_on(request: AccessRequest, asked: Consultation, day: date) -> None:
    reply = limits.running(request, limits.REPLY.key)
    if reply is not None and asked.suspension_id:
        clocks.resume(reply, at=limits.moment(day), only=asked.suspension_id)


def after_answer(request: AccessRequest) -> str:
    """The last answer sends it back to work."""
    waiting = sum(one.answer == "waiting" for one in request.consultations)
    return "consulting" if waiting > 1 else "processing"


def _override(_request: AccessRequest, move: Move) -> None:
    """条例第三十二条: disclosed all the same; the third party is told what and why."""
    asked = move.params.get("consultation")
    if asked is not None:
        asked.override_reason, asked.override_told_on = move.reason, day_of(move)


# --- extension, reasons, fees ------------------------------------------------------------------------------


def _extend(request: AccessRequest, move: Move) -> None:
    request.extended_on = limits.today()
    _longer(request, int(move.params.get("days", 1)), move.reason)


def _longer(request: AccessRequest, days: int, reason: str) -> None:
    reply = limits.running(request, limits.REPLY.key)
    if reply is not None and days > 0:
        clocks.extend(reply, days, reason[:300])


def _ask_reason(request: AccessRequest, move: Move) -> None:
    request.reason_asked_on = day_of(move)


def _explain(request: AccessRequest, move: Move) -> None:
    request.explanation = move.params.get("text", "")


def _accept_reason(request: AccessRequest, move: Move) -> None:
    """条例第三十五条: a later day agreed on, or the same limit."""
    _longer(request, int(move.params.get("days", 0)), move.reason or str(_l("申请理由合理，延迟答复")))


def _notify_fee(request: AccessRequest, move: Move) -> None:
    at = limits.moment(day_of(move))
    request.fee_cents, request.fee_told_on = int(move.params.get("cents", 0)), day_of(move)
    clocks.cancel(limits.REQUEST_TYPE, request.id, limits.REPLY.key, at=at)
    clocks.start(limits.REQUEST_TYPE, request, limits.PAY, at=at)


def _pay(request: AccessRequest, move: Move) -> None:
    at = limits.moment(day_of(move))
    request.fee_paid_on = day_of(move)
    clocks.meet(limits.REQUEST_TYPE, request.id, limits.PAY.key, at=at)
    clocks.start(limits.REQUEST_TYPE, request, limits.REPLY, at=at)


# --- the reply ---------------------------------------------------------------------------------------------


def _propose(request: AccessRequest, move: Move) -> None:
    given = move.params
    request.replies.append(
        Reply(
            id=new_id(), number=len(request.replies) + 1, state="proposed", result=given.get("result", "granted"),
            reason=move.reason, text=given.get("text", ""), withheld=list(given.get("withheld") or []),
            proposed_by=move.actor.id, proposed_at=move.at,
        )
    )  # fmt: skip


def _review(request: AccessRequest, move: Move) -> None:
    if request.reply is not None:
        request.reply.reviewed_by, request.reply.reviewed_at = move.actor.id, move.at


def _approve(request: AccessRequest, move: Move) -> None:
    if request.reply is not None:
        request.reply.state = "approved"
        request.reply.approved_by, request.reply.approved_at = move.actor.id, move.at


def _return(request: AccessRequest, _move: Move) -> None:
    if request.reply is not None:
        request.reply.state = "returned"


def _deliver(request: AccessRequest, move: Move) -> None:
    """The clock is met by the reply that reached the applicant, not by its approval."""
    reply, day = request.reply, day_of(move)
    assert reply is not None, "only what was approved is delivered"
    reply.state, reply.delivered_on = "delivered", day
    reply.delivery, reply.proof = move.params.get("delivery", request.delivery), move.params.get("proof", "")
    clocks.meet(limits.REQUEST_TYPE, request.id, limits.REPLY.key, at=limits.moment(day))
    _end(request, reply.result, day)


def _receive(request: AccessRequest, move: Move) -> None:
    """The applicant's own word that it has reached him is the proof of a delivery by the web."""
    proof = kept(_l("申请人凭查询码在网上确认收到"))
    _deliver(request, replace(move, params={"delivery": "online", "proof": proof}))


def _redirect(request: AccessRequest, move: Move) -> None:
    """条例第三十六条第五项: another body is responsible; told with its name and how to reach it."""
    given = dict(move.params) | {"result": "not_held"}
    _propose(request, replace(move, params=given))
    reply = request.replies[-1]
    reply.other_body, reply.other_contact = given.get("body", ""), given.get("contact", "")
    _deliver(request, replace(move, params=given))


def _archive(request: AccessRequest, _move: Move) -> None:
    request.archived_on = limits.today()


def _redo(request: AccessRequest, move: Move) -> None:
    """A ruling corrected the reply: handled again, under a new clock."""
    clocks.start(limits.REQUEST_TYPE, request, limits.REPLY, at=limits.moment(day_of(move)))
    request.result = request.closed_on = request.archived_on = request.extended_on = None


def _row(event: str, label: Any, sources: tuple[str, ...], target: Any, right: str = HANDLE, **more: Any) -> Transition:
    return Transition(event, label, sources, target, right, guards.ARTICLE, **more)


REQUEST = Machine(
    limits.REQUEST_TYPE,
    {
        "to_confirm": State(_l("待确认"), "soon"),
        "received": State(_l("已收到"), "soon"),
        "to_correct": State(_l("待补正")),
        "processing": State(_l("办理中"), "live"),
        "consulting": State(_l("征求意见中")),
        "explaining": State(_l("待说明理由")),
        "to_pay": State(_l("待缴费")),
        "to_approve": State(_l("待审批"), "soon"),
        "to_deliver": State(_l("待送达"), "soon"),
        "answered": State(_l("已答复"), "done"),
        "archived": State(_l("已归档"), "done", terminal=True),
        "abandoned": State(_l("视为放弃"), "plain", terminal=True),
        "withdrawn": State(_l("已撤回"), "plain", terminal=True),
    },
    (
        _row("confirm", _l("确认收到"), ("to_confirm",), "received", effects=(_confirm,)),
        _row(
            "accept", _l("齐备，开始办理"), ("received",), "processing", guards=(guards.complete,), effects=(_accept,),
        ),
        _row(
            "notify_correction", _l("告知补正"), ("received", "processing"), "to_correct",
            guards=(guards.correction_once, guards.correction_in_time), effects=(_notify_correction,),
        ),
        _row("correct", _l("补正申请"), ("to_correct",), "processing", OWN, effects=(_correct,)),
        _row(
            "lapse", _l("逾期，视为放弃"), ("to_correct", "to_pay"), "abandoned", by_system=True,
            guards=(guards.period_passed,), effects=(_lapse,),
        ),
        _row("consult", _l("征求意见"), ("processing", "consulting"), "consulting", effects=(_consult,)),
        _row(
            "answer_consultation", _l("登记对方意见"), ("consulting",), after_answer, effects=(_answer_consultation,),
        ),
        _row(
            "expire_consultation", _l("征求意见期满"), ("consulting",), after_answer, by_system=True,
            guards=(guards.limit_passed,), effects=(_expire_consultation,),
        ),
        _row(
            "override", _l("因公共利益决定公开"), ("processing",), "processing", DECIDE, needs_reason=True,
            guards=(guards.by_another,), effects=(_override,),
        ),
        _row(
            "extend", _l("延长答复期限"), ("processing",), "processing", DECIDE, needs_reason=True,
            guards=(guards.extended_once, guards.extended_in_time, guards.extended_little, guards.by_another),
            effects=(_extend,),
        ),
        _row(
            "ask_reason", _l("要求说明理由"), ("processing",), "explaining", needs_reason=True, effects=(_ask_reason,),
        ),
        _row("explain", _l("说明理由"), ("explaining",), "explaining", OWN, effects=(_explain,)),
        _row("accept_reason", _l("理由合理，继续办理"), ("explaining",), "processing", effects=(_accept_reason,)),
        _row(
            "notify_fee", _l("通知缴纳信息处理费"), ("processing", "explaining"), "to_pay", needs_reason=True,
            guards=(guards.fee_allowed,), effects=(_notify_fee,),
        ),
        _row("pay", _l("登记已缴费"), ("to_pay",), "processing", effects=(_pay,)),
        _row(
            "propose", _l("拟答复"), ("processing", "consulting", "explaining"), "to_approve", needs_reason=True,
            guards=(guards.nobody_asked, guards.no_forbidding_party, guards.result_fits, guards.parts_reasoned),
            effects=(_propose,),
        ),
        _row(
            "redirect", _l("告知由其他机关负责"), ("processing",), "answered", needs_reason=True,
            guards=(guards.proved,), effects=(_redirect,),
        ),
        _row(
            "review", _l("保密、法制审查通过"), ("to_approve",), "to_approve", REVIEW, guards=(guards.by_another,),
            effects=(_review,),
        ),
        _row(
            "approve", _l("同意答复"), ("to_approve",), "to_deliver", DECIDE,
            guards=(guards.by_another, guards.reviewed), effects=(_approve,),
        ),
        _row(
            "return", _l("退回"), ("to_approve",), "processing", DECIDE, needs_reason=True, effects=(_return,),
        ),
        _row("deliver", _l("送达"), ("to_deliver",), "answered", guards=(guards.proved,), effects=(_deliver,)),
        _row(
            "receive", _l("确认收到答复"), ("to_deliver",), "answered", OWN,
            guards=(guards.by_the_applicant, guards.online), effects=(_receive,),
        ),
        _row(
            "archive", _l("归档"), ("answered",), "archived", guards=(guards.nothing_pending,), effects=(_archive,),
        ),
        _row(
            "redo", _l("重新办理"), ("answered", "archived"), "processing", needs_reason=True,
            guards=(guards.ruled_against,), effects=(_redo,),
        ),
        _row("withdraw", _l("撤回申请"), OPEN, "withdrawn", OWN, effects=(_withdraw,)),
    ),
)  # fmt: skip
