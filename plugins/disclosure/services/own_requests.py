"""The applicant's side (申请人): look up by number and secret, correct, explain, withdraw, and read in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import receipts, storage
from core.db import db
from core.jurisdictions import current
from core.models import AttachmentLink
from core.permissions import ANONYMOUS, SYSTEM, Actor, Grant
from core.refusals import Invalid, NotFound
from core.storage import Opened
from plugins.disclosure.models import AccessRequest, Reply
from plugins.disclosure.services import request_files, requests
from plugins.disclosure.services.request_files import Upload
from plugins.disclosure.workflow import REQUEST

EVENTS = ("correct", "explain", "receive", "withdraw")
"""What an applicant may do."""
WORDED = ("correct", "explain")
"""What takes a text."""
PLAIN: dict[str, Any] = {
    "to_confirm": _l("我们已经收到您提交的申请，工作人员会与您联系确认。确认之日起计算答复期限。"),
    "received": _l("申请已经收到，正在检查内容是否齐备。"),
    "to_correct": _l("申请内容还不够明确，请按下面的要求补正。补正后重新计算答复期限。"),
    "processing": _l("申请正在办理。"),
    "consulting": _l("正在征求有关方面的意见，这段时间不计入答复期限。"),
    "explaining": _l("请您说明申请的理由。"),
    "to_pay": _l("请按通知缴纳信息处理费。缴费后重新计算答复期限。"),
    "to_approve": _l("答复已经拟好，正在审批。"),
    "to_deliver": _l("答复已经审批，正在送达。"),
    "answered": _l("申请已经答复，内容见下面。"),
    "archived": _l("申请已经答复，内容见下面。"),
    "abandoned": _l("期限已过，按规定视为放弃申请。您可以重新提出申请。"),
    "withdrawn": _l("您已经撤回申请。"),
}
"""Where a request stands, said to the one who made it."""


def look_up(number: str, secret: str) -> AccessRequest:
    """The request of a receipt; raises NotFound for a wrong number and a wrong secret alike, in the same time."""
    found = db.session.scalar(select(AccessRequest).where(AccessRequest.number == number.strip().upper()[:30]))
    if not receipts.opens(secret, found.secret_hash if found else None):
        raise NotFound
    assert found is not None
    return found


def as_actor(request: AccessRequest) -> Actor:
    """The applicant as someone who acts: on this request and nothing else."""
    return Actor(request.id, "申请人", (Grant("applicant", current().id, request.agency_id),))


def may(request: AccessRequest) -> list[str]:
    """What the applicant can do now."""
    who = as_actor(request)
    return [
        event
        for event in EVENTS
        if REQUEST.row_for(event, request.state) and not REQUEST.obstacles(request, event, who)
    ]


def sentence(request: AccessRequest) -> Any:
    """Where it stands, said to him."""
    if request.state == "to_deliver" and request.delivery == "online":
        return _l("答复已经作出。请确认收到，然后就可以在这里查看答复。")
    return PLAIN[request.state]


def act(request: AccessRequest, event: str, text: str = "", uploads: Sequence[Upload] = ()) -> None:
    """Correct, explain, receive or withdraw, inside `write()`; withdrawing twice is the same as once.

    Raises:
        Invalid: no text. WrongState: not now.
    """
    if event not in EVENTS:
        raise Invalid({"event": [_l("没有“%(event)s”这一步。", event=event)]})
    if event == "withdraw" and request.state == "withdrawn":
        return
    requests.move(as_actor(request), request, event, params={"text": text} if event in WORDED else {})
    request_files.attach(ANONYMOUS, request, uploads)


def answer(request: AccessRequest) -> Reply | None:
    """The reply once it was delivered; None before."""
    reply = request.reply
    return reply if reply is not None and reply.state == "delivered" else None


def files(request: AccessRequest) -> list[AttachmentLink]:
    """What was sent with the reply, once it was delivered."""
    if answer(request) is None:
        return []
    return [one for one in request_files.of(request) if one.subject_type == request_files.REPLY_FILES]


def file(request: AccessRequest, ident: str) -> Opened:
    """One of them, to be downloaded; raises NotFound."""
    if ident not in {one.attachment_id for one in files(request)}:
        raise NotFound
    return storage.open_for(SYSTEM, ident)


def passed_on(request: AccessRequest) -> AccessRequest | None:
    """Where another body carries on with it."""
    return db.session.scalar(select(AccessRequest).where(AccessRequest.transferred_from_id == request.id))
