"""What each event of a request asks for (依申请公开): the fields of its form on the console page, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from core.refusals import Invalid
from plugins.disclosure.values_requests import CONSULTATIONS, DELIVERIES


@dataclass(frozen=True)
class Ask:
    """One control: its name as the API names it, its words, what kind it is."""

    name: str
    label: Any
    kind: str = "text"
    """text · area · date · number · select · check."""
    must: bool = False
    hint: Any = ""
    options: Mapping[str, Any] = field(default_factory=dict)


def _day(label: Any) -> Ask:
    return Ask("day", label, "date", hint=_l("不填就是今天。"))


REASON = Ask("reason", _l("理由"), "area", must=True)
DELIVERED = (
    Ask("delivery", _l("送达方式"), "select", options=DELIVERIES),
    Ask("proof", _l("送达凭证"), must=True, hint=_l("例如邮件单号、签收人或者查看时间。")),
)
ASKS: dict[str, tuple[Ask, ...]] = {
    "confirm": (_day(_l("与申请人确认的日期")),),
    "accept": (),
    "notify_correction": (
        Ask("items", _l("需要补正的事项"), "area", must=True, hint=_l("一次写全，补正只能告知一次。")),
        Ask("days", _l("补正期限（工作日）"), "number", hint=_l("不填就按本地规则。")),
        _day(_l("告知的日期")),
    ),
    "correct": (Ask("text", _l("补正的内容"), "area", must=True), _day(_l("收到补正的日期"))),
    "consult": (
        Ask("kind", _l("征求谁的意见"), "select", must=True, options=CONSULTATIONS),
        Ask("party", _l("名称"), must=True),
        Ask("contact", _l("联系方式")),
        _day(_l("送达征求意见函的日期")),
    ),
    "answer_consultation": (
        Ask(
            "answer", _l("答复"), "select", must=True, options={"agreed": _l("同意公开"), "refused": _l("不同意公开")}
        ),
        Ask("text", _l("对方的意见"), "area"),
        Ask("justified", _l("不同意的理由合理"), "check"),
        _day(_l("收到意见的日期")),
    ),
    "override": (REASON, _day(_l("书面告知第三方的日期"))),
    "extend": (Ask("days", _l("延长几个工作日"), "number", must=True), REASON),
    "ask_reason": (REASON, _day(_l("告知的日期"))),
    "explain": (Ask("text", _l("申请人说明的理由"), "area", must=True),),
    "accept_reason": (Ask("days", _l("延迟几个工作日"), "number", hint=_l("与申请人商定延迟的，填写；否则不填。")),),
    "notify_fee": (
        Ask("yuan", _l("金额（元）"), must=True, hint=_l("例如 50 或者 50.00")), REASON, _day(_l("告知的日期")),
    ),
    "pay": (_day(_l("缴费的日期")),),
    "redirect": (
        Ask("body", _l("负责的机关"), must=True),
        Ask("contact", _l("它的联系方式"), must=True),
        Ask("transfer_to", _l("同时转送"), "select", hint=_l("转给本级的机关继续办理，查询码不变。")),
        REASON,
        *DELIVERED,
    ),
    "review": (),
    "approve": (),
    "return": (REASON,),
    "deliver": (*DELIVERED, _day(_l("送达的日期"))),
    "archive": (),
    "redo": (REASON, _day(_l("从哪一天重新计算期限"))),
    "withdraw": (),
}  # fmt: skip
"""Event → its fields, in the order of the page. `propose` has a page of its own."""
BY_ROW = ("answer_consultation", "override")
"""What is done beside the party that was asked."""
OTHERWISE = ("propose", "receive")
"""A page of its own; the applicant's alone."""
ONWARD = ("confirm", "accept", "pay", "review", "approve", "deliver", "archive")
"""The straight road: stressed where it is open."""
GRAVE = ("withdraw",)


def sent(event: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The form of an event as the API's model takes it; empty fields are not sent.

    Raises:
        Invalid: a sum that is none.
    """
    values: dict[str, Any] = {"event": event}
    for ask in ASKS.get(event, ()):
        typed = form.get(ask.name, "").strip()
        if ask.kind == "check":
            values[ask.name] = bool(typed)
        elif ask.name == "yuan":
            values["cents"] = _cents(typed)
        elif typed or ask.name == "proof":
            values[ask.name] = typed
    if form.get("consultation"):
        values["consultation"] = form["consultation"]
    return values


def _cents(typed: str) -> int:
    """50 or 50.00 yuan in 分; no floating point comes near it."""
    whole, _dot, part = typed.partition(".")
    if not (typed.isascii() and whole.isdigit() and len(whole) <= 7 and (part or "0").isdigit() and len(part) <= 2):
        raise Invalid({"yuan": [_l("请写金额，例如 50 或者 50.00。")]})
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


LABELS: dict[str, Any] = {ask.name: ask.label for asks in ASKS.values() for ask in asks} | {
    "result": _l("答复结果"), "text": _l("内容"), "withheld": _l("不予公开的部分"),
    "consultation": _l("征求意见的对象"), "public_note": _l("公开登记的一句话"), "kind": _l("种类"),
    "body": _l("办理的机关"), "number": _l("案号"), "note": _l("说明"), "opened_on": _l("立案日期"),
    "closed_on": _l("结案日期"), "challenge": _l("案件"), "file": _l("文件"), "day": _l("日期"), "event": _l("步骤"),
}  # fmt: skip
