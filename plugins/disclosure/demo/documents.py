"""Bodies with their working offices, and documents on every desk from the draft to the issue."""

from __future__ import annotations

from collections.abc import Mapping

from core import agencies
from core.contracts import JurisdictionRef
from core.db import write
from core.permissions import SYSTEM, Actor
from plugins.disclosure.models import Document
from plugins.disclosure.services import bodies, documents

PUBLIC = {"attribute": "voluntary", "answers": {"vital": True, "organisation": False}}
TEXT = "各乡镇人民政府、各有关部门：\n\n为做好有关工作，现就职责分工、工作步骤和时限要求通知如下，请遵照执行。"
SHEET = {
    "urgency": "平件", "main_to": "各乡镇人民政府、各有关部门", "drafter_phone": "0851-28000000",
    "checked_by": "办公室", "copies": "60",
}  # fmt: skip
ROAD = (("officer", "determine"), ("secrecy", "review"), ("deputy", "approve"), ("leader", "sign"))


def fill(place: JurisdictionRef, people: Mapping[str, Actor]) -> None:
    """A draft of the housing bureau, one of its documents in review; of the government's office one issued, two signed
    and one that waits for its approval.
    """
    with write():
        for agency in agencies.here():
            bodies.save(SYSTEM, agency, {"office_name": "办公室", "hours": "周一至周五 9:00–12:00，14:00–17:00"})
    if not people:
        return
    with write():
        _draft(people["drafter"], "关于老旧小区加装电梯补助标准的通知")
        waiting = _draft(people["drafter"], "关于加强物业服务管理工作的通知")
        documents.move(people["drafter"], waiting, "determine")
        series = f"{place.name[:1]}府办发"
        first = _on_its_way(people, "关于加强农村饮用水安全管理工作的通知", ROAD)
        documents.move(people["officer"], first, "issue", params={"number": f"{series}〔2026〕12号"})
        for title in ("关于做好冬春季火灾防控工作的通知", "关于开展政务服务事项清理工作的通知"):
            _on_its_way(people, title, ROAD)
        _on_its_way(people, "关于调整城区公交线路的通知", ROAD[:2])


def _on_its_way(people: Mapping[str, Actor], title: str, road: tuple[tuple[str, str], ...]) -> Document:
    document = _draft(people["officer"], title)
    for who, event in road:
        documents.move(people[who], document, event)
    return document


def _draft(who: Actor, title: str) -> Document:
    return documents.create(who, {"title": title, "genre": "notice", "text": TEXT, "sheet": SHEET, **PUBLIC})
