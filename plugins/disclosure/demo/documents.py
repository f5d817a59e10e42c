"""Bodies with their working offices, and documents on three desks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import agencies
from core.contracts import JurisdictionRef
from core.db import write
from core.permissions import SYSTEM, Actor
from plugins.disclosure.services import bodies, documents

PUBLIC = {"attribute": "voluntary", "answers": {"vital": True, "organisation": False}}
TEXT = (
    "各乡镇人民政府、各有关部门：\n\n为保障农村饮用水安全，现就水源保护、水质检测和设施维护等工作通知如下，请遵照执行。"
)


def fill(place: JurisdictionRef, people: Mapping[str, Actor]) -> None:
    """A draft of the housing bureau, one of its documents in review, an issued one of the government's office."""
    with write():
        for agency in agencies.here():
            bodies.save(SYSTEM, agency, {"office_name": "办公室", "hours": "工作日 9:00–12:00，14:00–17:00"})
    if not people:
        return
    with write():
        _draft(people["drafter"], "关于老旧小区加装电梯补助标准的通知")
        waiting = _draft(people["drafter"], "关于加强物业服务管理工作的通知")
        documents.move(people["drafter"], waiting, "determine")
        issued = _draft(people["officer"], "关于加强农村饮用水安全管理工作的通知")
        for who, event in (("officer", "determine"), ("secrecy", "review"), ("deputy", "approve"), ("leader", "sign")):
            documents.move(people[who], issued, event)
        documents.move(people["officer"], issued, "issue", params={"number": f"{place.name[:1]}府办发〔2026〕12号"})


def _draft(who: Actor, title: str) -> Any:
    return documents.create(who, {"title": title, "genre": "notice", "text": TEXT.format(title=title), **PUBLIC})
