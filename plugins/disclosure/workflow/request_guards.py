"""What the rules forbid on the way of a request (管12 with 条例第二十九条至第四十四条): each with its code."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.db import db
from core.languages import listed
from core.models import AttachmentLink
from core.refusals import Refusal
from core.workflow import Move
from plugins.disclosure.models import AccessRequest
from plugins.disclosure.values_requests import BY_SYSTEM, WITHHOLDING
from plugins.disclosure.workflow import request_clocks as limits

ARTICLE = "管12"
AUTHORITY = "disclosure.request_authority"
"""Attachment links of a written authority (授权委托书)."""


def no(code: str, detail: Any, missing: tuple[str, ...] = ()) -> Refusal:
    """A refusal on 管12."""
    return Refusal(code, detail, ARTICLE, missing)


def acts_as(move: Move, *account_ids: str | None) -> bool:
    """True when whoever moves it, or the one stood in for, is one of these people."""
    acting = {move.actor.id, move.grant.on_behalf_of_id if move.grant else None} - {None, ""}
    return bool(acting & set(account_ids))


# --- what a request must say (条例第二十九条) -------------------------------------------------------------


def lacking(request: AccessRequest) -> dict[str, Any]:
    """What a request does not say yet: field → its name."""
    return unsaid(request, authority=_has_authority(request))


def unsaid(request: Any, *, authority: bool) -> dict[str, Any]:
    """The same of a request or of what is to become one; `authority`: a written one is there."""
    person = request.applicant_kind == "person"
    wanted: dict[str, tuple[Any, bool]] = {
        "applicant_name": (_l("姓名或者名称"), bool(request.applicant_name.strip())),
        "identity_number": (_l("身份证明"), not person or bool(request.identity_kind and request.identity_number)),
        "organisation_code": (
            _l("统一社会信用代码"),
            person or not request.applicant_kind or bool(request.organisation_code),
        ),
        "contact": (_l("联系方式"), bool(request.phone or request.email or request.address)),
        "authority": (_l("授权委托书"), not request.agent_name or authority),
        "description": (_l("所需信息的名称、文号或者其他特征"), bool(request.description.strip())),
        "form": (_l("信息的形式要求"), bool(request.form)),
        "delivery": (_l("获取信息的方式"), bool(request.delivery)),
    }
    return {name: label for name, (label, there) in wanted.items() if not there}


def _has_authority(request: AccessRequest) -> bool:
    query = select(AttachmentLink.id).where(
        AttachmentLink.subject_type == AUTHORITY, AttachmentLink.subject_id == request.id
    )
    return db.session.scalar(query.limit(1)) is not None


def complete(request: AccessRequest, _move: Move) -> Refusal | None:
    """条例第二十九条: what is missing is asked for in a correction notice, or filled in by the officer."""
    missing = lacking(request)
    if not missing:
        return None
    detail = _l("申请还缺：%(names)s。请联系申请人补充，或者一次性告知补正。", names=listed(missing.values()))
    return no("REQUEST_INCOMPLETE", detail, tuple(missing))


# --- correction (条例第三十条) -----------------------------------------------------------------------------


def correction_once(request: AccessRequest, _move: Move) -> Refusal | None:
    """条例第三十条: once."""
    if request.correction_told_on is None:
        return None
    return no("CORRECTION_ONCE", _l("补正只能告知一次。补正后仍不明确的，可以作“无法提供”答复。"))


def correction_in_time(request: AccessRequest, move: Move) -> Refusal | None:
    """条例第三十条: within seven working days from receipt."""
    if request.received_on is None:
        return None
    last = limits.last_day(request.received_on, "notice_days")
    if move.params.get("day", limits.today()) <= last:
        return None
    return no("CORRECTION_LATE", _l("补正应在收到申请后限期内一次性告知，最后一天是 %(day)s，已经过去。", day=last))


def period_passed(request: AccessRequest, _move: Move) -> Refusal | None:
    """条例第三十条、第四十二条: nobody gives up before the limit is over."""
    key = limits.PAY.key if request.state == "to_pay" else limits.CORRECT.key
    if limits.is_over(limits.running(request, key)):
        return None
    return no("PERIOD_RUNNING", _l("给申请人的期限还没有到。"))


# --- consultation (条例第三十二条、第三十四条) --------------------------------------------------------------


def limit_passed(_request: AccessRequest, move: Move) -> Refusal | None:
    """条例第三十二条、第三十四条: silence means something only after the limit."""
    asked = move.params.get("consultation")
    if asked is None or limits.is_over(limits.of_consultation(asked)):
        return None
    return no("CONSULTATION_OPEN", _l("征求意见的期限还没有到。"))


def nobody_asked(request: AccessRequest, _move: Move) -> Refusal | None:
    """条例第三十二条: no reply before the limit of those asked, unless they have answered."""
    waiting = [one.party for one in request.consultations if one.answer == "waiting"]
    if not waiting:
        return None
    return no("CONSULTATION_OPEN", _l("还在征求意见：%(names)s。答复或者期满后才能作出答复。", names=listed(waiting)))


def no_forbidding_party(request: AccessRequest, move: Move) -> Refusal | None:
    """条例第三十二条: a justified refusal stands unless public interest overrides it, told in writing."""
    if move.params.get("result") != "granted":
        return None
    forbidding = [one.party for one in request.consultations if one.forbids]
    if not forbidding:
        return None
    detail = _l(
        "第三方有合理理由不同意公开：%(names)s。应当不予公开或者部分公开；公共利益需要公开的，先登记理由并书面告知第三方。",
        names=listed(forbidding),
    )
    return no("THIRD_PARTY_REFUSED", detail)


# --- extension (条例第三十三条) ----------------------------------------------------------------------------


def extended_once(request: AccessRequest, _move: Move) -> Refusal | None:
    """条例第三十三条: once."""
    if request.extended_on is None:
        return None
    return no("EXTENSION_ONCE", _l("答复期限已经延长过一次，不能再延长。"))


def extended_in_time(request: AccessRequest, _move: Move) -> Refusal | None:
    """条例第三十三条: before the day it is due."""
    clock = limits.running(request, limits.REPLY.key)
    if clock is None or not limits.is_over(clock):
        return None
    return no("EXTENSION_LATE", _l("答复期限已过，不能再延长。请尽快答复。"))


def extended_little(_request: AccessRequest, move: Move) -> Refusal | None:
    """条例第三十三条: at most twenty working days."""
    most = limits.most_extension()
    if move.params.get("days", 1) <= most:
        return None
    return no("EXTENSION_TOO_LONG", _l("延长的期限最长不得超过 %(most)s 个工作日。", most=most))


# --- two people (条例第三十三条; 管6) ----------------------------------------------------------------------


def by_another(request: AccessRequest, move: Move) -> Refusal | None:
    """工作机构负责人 is another person than the one who handles it or proposed the reply."""
    proposed_by = request.reply.proposed_by if request.reply else None
    if not acts_as(move, request.handler_id, proposed_by):
        return None
    return no("OWN_APPROVAL", _l("承办人不能审批自己办理的申请，请由工作机构负责人办理。"))


def reviewed(request: AccessRequest, _move: Move) -> Refusal | None:
    """条例第十七条: what is kept back is reviewed before."""
    reply = request.reply
    if reply is None or reply.result not in WITHHOLDING or reply.reviewed_at:
        return None
    return no("REVIEW_MISSING", _l("不予公开或者部分公开的答复，先由保密审查员审查。"))


# --- the reply (条例第三十六条、第三十七条) -----------------------------------------------------------------


def result_fits(request: AccessRequest, move: Move) -> Refusal | None:
    """Each result under its own condition; what follows from the applicant's silence nobody proposes."""
    result = move.params.get("result", "granted")
    if result in BY_SYSTEM:
        return no("RESULT_UNFIT", _l("这一结果由系统在条件满足时登记，不能作为答复。"))
    if result == "unclear" and request.corrected_on is None:
        return no("RESULT_UNFIT", _l("申请内容不明确的，应先告知补正；补正后仍不明确才能这样答复。"))
    if result == "mass" and request.reason_asked_on is None:
        return no("RESULT_UNFIT", _l("认为申请数量、频次过多的，应先要求申请人说明理由。"))
    if request.state == "explaining" and "result" in move.params and result != "mass":
        return no("RESULT_UNFIT", _l("正在等申请人说明理由。理由合理的，先恢复办理再答复。"))
    return None


def parts_reasoned(_request: AccessRequest, move: Move) -> Refusal | None:
    """条例第三十七条: 部分公开 names every part kept back with its ground and reason."""
    if move.params.get("result") != "partly":
        return None
    parts = move.params.get("withheld") or []
    sound = [part for part in parts if part["part"].strip() and part["reason"].strip() and part["result"]]
    if parts and len(sound) == len(parts):
        return None
    return no("WITHHELD_REASON_MISSING", _l("部分公开的，请逐一写明不予公开的部分、依据和理由。"), ("withheld",))


def proved(_request: AccessRequest, move: Move) -> Refusal | None:
    """A delivery without proof meets no deadline."""
    if "proof" not in move.params or move.params["proof"].strip():
        return None
    return no("DELIVERY_PROOF_MISSING", _l("请写明送达凭证，例如邮件单号、签收人或者查看时间。"), ("proof",))


def by_the_applicant(request: AccessRequest, move: Move) -> Refusal | None:
    """Nobody else can say that it has reached him."""
    if move.actor.id == request.id:
        return None
    return no("APPLICANT_ONLY", _l("只有申请人本人凭查询码可以确认收到。工作人员请登记送达凭证。"))


def online(request: AccessRequest, _move: Move) -> Refusal | None:
    """Only what is fetched by the web is received by the web."""
    if request.delivery == "online":
        return None
    return no("NOT_ONLINE", _l("您选择的获取方式不是网上查看，答复会按您选择的方式送达。"))


def fee_allowed(request: AccessRequest, _move: Move) -> Refusal | None:
    """条例第四十二条: free, unless number and frequency clearly exceed what is reasonable."""
    if request.reason_asked_on is not None:
        return None
    return no(
        "FEE_NOT_ALLOWED", _l("依申请提供政府信息不收费。数量、频次明显超过合理范围、已要求说明理由的才可以收取。")
    )


# --- afterwards ------------------------------------------------------------------------------------------


def nothing_pending(request: AccessRequest, _move: Move) -> Refusal | None:
    """A case is archived when nobody contests it any more."""
    if all(one.result != "open" for one in request.challenges):
        return None
    return no("CHALLENGE_OPEN", _l("还有没有审结的复议、诉讼或者投诉，结案后再归档。"))


def ruled_against(request: AccessRequest, _move: Move) -> Refusal | None:
    """A case is taken up again because another body ruled so after the reply, once for each ruling."""
    if any(
        one.result == "corrected" and one.closed_on and request.closed_on and one.closed_on >= request.closed_on
        for one in request.challenges
    ):
        return None
    return no("NOT_CORRECTED", _l("复议、诉讼或者投诉的结果是“纠正”时才重新办理。"))
