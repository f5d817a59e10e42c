"""Requests for information in several states: new, to be corrected, asked about, extended, proposed, answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.db import db, write
from core.permissions import Actor
from plugins.disclosure.models import AccessRequest
from plugins.disclosure.services import request_register, requests
from plugins.disclosure.services.requests import Entry
from plugins.disclosure.workflow import request_clocks as limits

LATER = 60
"""Working days that an applicant was given, so that the demonstration still shows the limit running."""
ASKED = (
    "近三年城区公共停车场建设计划和完成情况",
    "某路段道路改造工程的竣工验收资料",
    "城区农贸市场升级改造项目的中标单位和合同金额",
    "近五年农村饮用水水质检测结果",
    "义务教育学校学区划分的依据和范围图",
    "老旧小区改造资金使用情况",
)
Moves = tuple[tuple[str, str, dict[str, Any]], ...]
TAKEN: Moves = (("handler", "accept", {}),)
EXTENDED: Moves = (*TAKEN, ("officer", "extend", {"days": 20, "reason": "涉及多个年度，需要逐项核对"}))
COMPLETE = {"result": "granted", "reason": "您申请的信息属于可以公开的政府信息，现予以公开。", "text": "随本答复附上。"}
TOLD: tuple[Moves, ...] = (
    (),
    (("handler", "notify_correction", {"items": "请写明道路的名称和工程的年份。", "days": LATER}),),
    (*EXTENDED, ("handler", "consult", {"kind": "third_party", "party": "中标单位", "contact": "招标代理机构转交"})),
    EXTENDED,
    (*EXTENDED, ("handler", "propose", COMPLETE)),
    (
        *TAKEN, ("handler", "propose", COMPLETE), ("officer", "approve", {}),
        ("handler", "deliver", {"delivery": "online", "proof": "申请人当日网上查看"}),
    ),
)  # fmt: skip
"""What became of each of ASKED: who did what."""


def fill(people: Mapping[str, Actor]) -> None:
    """A handful of requests; the last one stands in the public register."""
    if not people:
        return
    for number, (description, moves) in enumerate(zip(ASKED, TOLD, strict=True)):
        with write():
            ident = _asked(people, number, description).id
        for who, event, values in moves:
            with write():
                row, params = db.session.get_one(AccessRequest, ident), dict(values)
                requests.move(people[who], row, event, reason=params.pop("reason", ""), params=params)
    with write():
        request_register.note(people["handler"], db.session.get_one(AccessRequest, ident), "老旧小区改造资金使用情况")


def _asked(people: Mapping[str, Actor], number: int, description: str) -> AccessRequest:
    """The first by the web, the others over the counter."""
    entry = Entry(
        "person", f"演示用户{number + 1}", description, identity_kind="resident", identity_number=f"DEMO-{number + 1}",
        phone=f"0851-0000000{number}", form="electronic", delivery="online",
    )  # fmt: skip
    agency = "office"
    if number == 0:
        return requests.hand_in(agency, entry)[0]
    return requests.enter(people["handler"], agency, entry, "counter", limits.today())[0]
