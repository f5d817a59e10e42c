"""What an applicant is told (告知申请人): by e-mail where there is one, and on the page behind number and secret."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from core import notices
from core.jurisdictions import current
from core.workflow import Move
from plugins.disclosure.models import AccessRequest

TOLD: dict[str, Any] = {
    "confirm": _l("您的申请已收到，答复期限从收到之日起计算。"),
    "notify_correction": _l("您的申请需要补正，请在期限内补正，逾期视为放弃申请。"),
    "lapse": _l("期限已过，按规定视为放弃申请。您可以重新提出申请。"),
    "consult": _l("您申请的信息需要征求其他方面的意见，征求意见的时间不计入答复期限。"),
    "extend": _l("答复期限已经延长。"),
    "ask_reason": _l("请您说明申请的理由。"),
    "accept_reason": _l("您说明的理由已经采纳，申请继续办理。"),
    "notify_fee": _l("您需要缴纳信息处理费，逾期不缴纳视为放弃申请。"),
    "approve": _l("您的申请已有答复，请在查询页确认收到并查看。"),
    "deliver": _l("您的申请已经答复。"),
    "redirect": _l("您申请的信息由其他机关负责，名称和联系方式请在查询页查看。"),
    "redo": _l("您的申请重新办理，答复期限重新计算。"),
    "withdraw": _l("您的申请已经撤回。"),
}
"""Event → the sentence; nothing of what was asked for stands in a message."""


def tell(request: AccessRequest, move: Move) -> None:
    """Owe the message of a move, inside `write()`; each move is told once."""
    if move.event not in TOLD or not request.email:
        return
    if move.event == "approve" and request.delivery != "online":
        return  # it comes to him by another way
    notices.send(
        f"disclosure.request:{request.id}:{request.version}",
        "email",
        subject=_l("政府信息公开申请 %(number)s", number=request.number),
        body=TOLD[move.event],
        link=look_up_path(),
        address=request.email,
    )


def look_up_path() -> str:
    """Where an applicant asks by number and secret."""
    return f"/{current().slug}/disclosure/requests/own/"
