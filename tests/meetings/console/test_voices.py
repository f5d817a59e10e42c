"""Moderating, routing, answering at the desk: slips, the queue to speak, opinions on a decision."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from core import jurisdictions
from core.db import clock_at, db, utcnow
from plugins.meetings.models import FollowUp, OpinionGroup, Slip
from plugins.meetings.tasks import end_windows
from tests.meetings.test_follow_ups import decided, give
from tests.meetings.test_slips import attended, hand_in

__all__ = ["attended", "decided"]


def version_of(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


def sheet(desk: Any, path: str) -> list[tuple[Any, ...]]:
    answer = desk.client.get(f"/admin/{desk.place.slug}/meetings/{path}")
    assert answer.status_code == 200
    return list(load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True))


@pytest.mark.article("meetings", 6, 8)
def test_a_slip_through_the_desk(office: Any, desk: Callable[..., Any], attended: tuple[str, str, str]) -> None:
    meeting, _item, token = attended
    slip = hand_in(office, token, text="=1+1 怎么补偿？")["id"]
    clerk, path = desk("stenographer"), f"meetings/slips/{slip}/"
    assert "代表的提问和意见待审核：1 条" in clerk.get("")
    assert "=1+1 怎么补偿？" in clerk.get("meetings/slips/", meeting=meeting)

    def send(who: Any, event: str, **form: str) -> Any:
        return who.post(f"{path}move", {"event": event, "version": version_of(who.get(path)), **form})

    assert send(clerk, "admit").status_code == 302
    with jurisdictions.enter(office.place):
        assert not db.session.get_one(Slip, slip).public
    assert send(clerk, "answer", answer="").status_code == 422
    assert send(clerk, "answer", answer="由业主协商。", answered_by="陈明", on_record="1").status_code == 302
    assert send(desk("organiser"), "route", unit="housing").status_code == 422
    with jurisdictions.enter(office.place):
        unit = office.ok("", "GET", "agencies")["items"][0]["id"]
    assert send(desk("organiser"), "route", unit=unit).status_code == 302
    assert "请答复代表意见" in desk("handler").get("")
    kept = send(desk("handler"), "reply", disposition="not_adopted", reply=" ")
    assert kept.status_code == 409
    assert "应当说明理由" in kept.get_data(as_text=True)
    stale = desk("handler").post(f"{path}move", {"event": "reply", "version": "1", "disposition": "adopted"})
    assert stale.status_code == 412
    assert send(desk("handler"), "reply", disposition="not_adopted", reply="没有预算").status_code == 302
    rows = sheet(desk("organiser"), f"slips/export?meeting={meeting}")
    assert rows[1][4] == "'=1+1 怎么补偿？"
    assert rows[1][-2:] == ("不采纳", "没有预算")
    desk("deputy_leader").get(path, 404)


@pytest.mark.article("meetings", 8)
def test_the_queue_stands_on_the_live_desk(
    office: Any, desk: Callable[..., Any], attended: tuple[str, str, str]
) -> None:
    meeting, _item, token = attended
    asked = office.ok("", "POST", "meetings/speaking-requests", {"token": token})["id"]
    clerk = desk("stenographer")
    assert "王小明" in clerk.get(f"meetings/live/{meeting}/")
    assert "王小明" in clerk.get(f"meetings/speaking/{meeting}/queue")
    move = f"meetings/speaking/{asked}/move"
    assert clerk.post(move, {"event": "decline", "reason": " "}).status_code == 302
    assert "请写明理由。" in clerk.get(f"meetings/live/{meeting}/")
    assert clerk.post(move, {"event": "grant"}).status_code == 302
    assert "可以发言" in clerk.get(f"meetings/speaking/{meeting}/queue")
    assert desk("drafter").post(move, {"event": "spoken"}).status_code == 403
    assert clerk.post(move, {"event": "spoken"}).status_code == 302
    assert "现在没有人请求发言" in clerk.get(f"meetings/speaking/{meeting}/queue")


@pytest.mark.article("meetings", 10)
def test_opinions_are_grouped_answered_and_published_at_the_desk(
    office: Any, desk: Callable[..., Any], decided: tuple[str, str, str]
) -> None:
    ident, who = decided[2], desk("organiser")
    path = f"meetings/follow-ups/{ident}/"
    give(office, ident, "补贴太少")
    give(office, ident, "=补贴应当提高")
    entered = {"source": "phone", "text": "请延长公示期", "form_key": "a" * 32}
    for _ in range(2):
        assert who.post(f"{path}enter", entered).status_code == 302
    kept = who.post(f"{path}enter", {"text": "没有写来源"})
    assert (kept.status_code, "没有写来源" in kept.get_data(as_text=True)) == (422, True)
    page = who.get(path)
    ids = re.findall(r'name="opinions" value="(\w+)"', page)
    assert len(ids) == 3
    assert who.post(f"{path}group", {"opinions": ids, "title": " "}).status_code == 422
    assert who.post(f"{path}group", {"opinions": ids, "title": "全部意见"}).status_code == 302
    first = _groups(office, ident)["全部意见"]
    split = {"act": "split", "opinions": ids[2:], "title": "延长公示期"}
    assert who.post(f"meetings/follow-ups/groups/{first}", split).status_code == 302
    second = _groups(office, ident)["延长公示期"]
    assert who.post(f"meetings/follow-ups/groups/{second}", {"act": "merge", "into": first}).status_code == 302
    assert "并入了：延长公示期" in who.get(path)
    with clock_at(utcnow() + timedelta(days=45)):
        end_windows()
    assert "请集中答复对决定的意见" in who.get("")
    answer = {"act": "answer", "disposition": "partly", "version": _version(office, first)}
    refused = who.post(f"meetings/follow-ups/groups/{first}", answer | {"reply": ""})
    assert refused.status_code == 409
    done = who.post(f"meetings/follow-ups/groups/{first}", answer | {"reply": "提高到五千元。"})
    assert done.status_code == 302
    plan = {"title": "修改方案", "body": "第一条 每户补贴五千元。", "version": _follow_up_version(office, ident)}
    assert who.post(f"{path}revision", plan).status_code == 302
    approve = {"act": "approve", "version": _follow_up_version(office, ident)}
    assert who.post(f"{path}revision", approve).status_code == 403
    assert "审核通过" in desk("deputy_leader").get(path)
    assert "补贴太少" not in desk("deputy_leader").get(path)
    assert desk("deputy_leader").post(f"{path}revision", approve).status_code == 302
    publish = {"event": "publish", "version": _follow_up_version(office, ident)}
    assert who.post(f"{path}move", publish).status_code == 302
    assert "答复已公布" in who.get(path)
    rows = sheet(who, f"follow-ups/{ident}/export")
    assert len(rows) == 4
    assert {row[2] for row in rows[1:]} == {"补贴太少", "'=补贴应当提高", "请延长公示期"}
    desk("deputy_leader").get(f"{path}export", 404)


def _groups(office: Any, ident: str) -> dict[str, str]:
    shown = office.ok("organiser", "GET", f"meetings/follow-ups/{ident}")
    return {row["title"]: row["id"] for row in shown["groups"]}


def _version(office: Any, group: str) -> str:
    with jurisdictions.enter(office.place):
        return str(db.session.get_one(OpinionGroup, group).version)


def _follow_up_version(office: Any, ident: str) -> str:
    with jurisdictions.enter(office.place):
        return str(db.session.get_one(FollowUp, ident).version)
