"""Meetings in the console: prepared once, edited without overwriting, moved along their path."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from core import jurisdictions
from core.db import db, write
from plugins.meetings.models import AgendaApplication, Meeting
from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk

Sign = Callable[..., Desk]
NEW = "meetings/new"
FORM = {
    "kind": "executive", "title": "", "starts_at": "2026-12-01T09:00", "place": "三楼会议室", "open_to_public": "yes",
    "openness_note": "", "form_key": "0123456789abcdef",
}  # fmt: skip


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def version_in(page: str, action: str) -> str:
    """The version that the first form to this address carries; the address is below /admin/<county>/."""
    found = re.search(
        rf'action="/admin/\w+/{re.escape(action)}"(?:(?!</form>).)*?name="version" value="(\d+)"', page, re.DOTALL
    )
    assert found, action
    return found[1]


def create(desk: Desk, **fields: Any) -> str:
    """The id of a meeting made with the form."""
    return made(desk.post(NEW, FORM | fields))


def made(answer: TestResponse) -> str:
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return answer.headers["Location"].rstrip("/").rpartition("/")[2]


def agenda(office: Office, meeting: str) -> list[tuple[str, int]]:
    """Ids and places."""
    db.session.remove()
    with jurisdictions.enter(office.place):
        rows = select(AgendaApplication.id, AgendaApplication.position).where(AgendaApplication.meeting_id == meeting)
        return [tuple(row) for row in db.session.execute(rows.order_by(AgendaApplication.position))]


def move(desk: Desk, meeting: str, event: str, **more: Any) -> TestResponse:
    page = desk.get(f"meetings/{meeting}/")
    path = f"meetings/{meeting}/move"
    version = version_in(page, path) if f"{path}" in page else "1"
    return desk.post(path, {"event": event, "version": version, **more})


def test_the_menu_leads_to_every_page_of_meetings(desk: Sign) -> None:
    page = desk("organiser").get("")
    for path in ("meetings/", "meetings/live/", "meetings/obligations/", "meetings/rules/"):
        assert f'href="/admin/huichuan/{path}"' in page
    assert 'href="/admin/huichuan/meetings/live/"' not in desk("deputy_leader").get("")


@pytest.mark.article("meetings", 4)
def test_a_meeting_and_its_agenda_are_made_in_one_go_in_the_order_of_the_numbers(desk: Sign, office: Office) -> None:
    first, second, third = (office.approved(title=f"议题{n}") for n in "甲乙丙")
    ident = create(desk("organiser"), **{f"order-{first}": "2", f"order-{second}": "1", f"order-{third}": ""})
    assert agenda(office, ident) == [(second, 1), (first, 2)]
    page = desk("organiser").get(f"meetings/{ident}/")
    assert "2026年12月1日常务会议" in page
    assert "议题丙" in page  # still waiting, offered below the agenda
    assert "2026年12月1日常务会议" in desk("organiser").get("meetings/")


@pytest.mark.article("meetings", 5, 7)
def test_one_item_that_is_not_ready_schedules_nothing_and_nothing_typed_is_lost(desk: Sign, office: Office) -> None:
    ready, stuck = office.approved(title="供水管网改造"), office.approved(title="停车收费调整")
    with jurisdictions.enter(office.place), write() as session:
        session.execute(update(AgendaApplication).where(AgendaApplication.id == stuck).values(needs_participation=True))
    answer = desk("organiser").post(
        NEW, FORM | {"title": "第十二次常务会议", f"order-{ready}": "1", f"order-{stuck}": "2"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "《停车收费调整》" in page
    assert "（会5）" in page
    assert "第十二次常务会议" in page
    assert f'name="order-{ready}" value="1"' in page
    assert "2026-12-01T09:00" in page
    with jurisdictions.enter(office.place):
        assert db.session.scalar(select(func.count()).select_from(Meeting)) == 0


def test_the_same_form_twice_makes_one_meeting(desk: Sign, office: Office) -> None:
    item = office.approved()
    sent = FORM | {f"order-{item}": "1"}
    one, two = made(desk("organiser").post(NEW, sent)), made(desk("organiser").post(NEW, sent))
    assert one == two
    with jurisdictions.enter(office.place):
        assert db.session.scalar(select(func.count()).select_from(Meeting)) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": ""}, "会议类别"),
        ({"starts_at": ""}, "请填写开始时间"),
        ({"starts_at": "明天"}, "请填写开始时间"),
        ({"starts_at": "0001-01-01T00:00"}, "1900 至 2200"),
        ({"place": "会" * 201}, "最多 200 个字"),
        ({"place": "三楼\x07"}, "控制字符"),
        ({"open_to_public": "no"}, "会4"),
        ({"order-made-up": "1"}, "没有这个议题"),
    ],
)
def test_what_is_wrong_is_named_and_kept(desk: Sign, wrong: dict[str, str], said: str) -> None:
    answer = desk("organiser").post(NEW, FORM | {"title": "照旧保留的名称"} | wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert "照旧保留的名称" in page


@pytest.mark.article("meetings", 4)
def test_a_special_meeting_may_be_closed_by_its_convenor(desk: Sign) -> None:
    ident = create(desk("organiser"), kind="special", open_to_public="no", openness_note="涉及未公开数据，暂不开放。")
    page = desk("organiser").get(f"meetings/{ident}/")
    assert "仅受邀人员" in page
    assert "涉及未公开数据" in page


def test_a_stale_edit_shows_both_versions_and_saves_only_when_sent_again(desk: Sign, office: Office) -> None:
    ident = office.meeting()
    edit = f"meetings/{ident}/edit"
    mine = {"title": "常务会议（改期）", "starts_at": "2026-12-02T09:00", "place": "五楼", "version": "1"}
    assert field(desk("organiser").get(edit), "version") == "1"
    other = mine | {"title": "他人的名称", "place": "一楼"}
    assert desk("organiser").post(edit, other).status_code == 302
    answer = desk("organiser").post(edit, mine)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412
    assert all(text in page for text in ("他人的名称", "一楼", "常务会议（改期）", "五楼"))
    assert field(page, "version") == "2"
    assert desk("organiser").post(edit, mine | {"version": "2"}).status_code == 302
    assert "常务会议（改期）" in desk("organiser").get(f"meetings/{ident}/")


@pytest.mark.article("meetings", 9)
def test_a_meeting_is_led_from_preparation_to_the_sealed_record(desk: Sign, office: Office) -> None:
    done, left = office.approved(title="供水管网改造"), office.approved(title="停车收费调整")
    ident, organiser = office.meeting(done, left), desk("organiser")
    for event in ("announce", "open", "pause", "resume"):
        assert move(organiser, ident, event).status_code == 302
    act(organiser, ident, done, "call")
    refused = act(organiser, ident, done, "deliberate", status=422)
    assert "请选择审议结论" in refused
    act(organiser, ident, done, "deliberate", result="passed", note="会后十日内印发。")
    page = organiser.get(f"meetings/{ident}/")
    assert "会后十日内印发。" in page
    assert "还有没有形成审议结论的议题：《停车收费调整》" in page
    move(organiser, ident, "close")
    act(organiser, ident, done, "publish")
    assert "会后公开（待办 3 项）" in organiser.get(f"meetings/{ident}/")
    move(organiser, ident, "seal")
    page = organiser.get(f"meetings/{ident}/")
    assert "记录已封存。有 1 个议题没有形成审议结论。" in page
    assert "记录摘要" in page


def act(desk: Desk, meeting: str, item: str, event: str, status: int = 302, **more: Any) -> str:
    """An event of an agenda item from the meeting's page."""
    path = f"meetings/{meeting}/agenda/{item}/move"
    version = version_in(desk.get(f"meetings/{meeting}/"), path)
    answer = desk.post(path, {"event": event, "version": version, **more})
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


@pytest.mark.article("meetings", 4)
def test_decided_and_not_disclosed_is_shown(desk: Sign, office: Office) -> None:
    item = office.approved()
    ident = office.meeting(item)
    office.run(ident, item)
    assert "既没有公开，也没有依法免予公开（会4）" in desk("organiser").get(f"meetings/{ident}/")


@pytest.mark.article("meetings", 3)
def test_without_a_place_there_is_no_notice_and_the_reason_is_said(desk: Sign, office: Office) -> None:
    ident = office.meeting(place="")
    assert "请先填写会议地点，再公告会议。" in desk("organiser").get(f"meetings/{ident}/")
    answer = move(desk("organiser"), ident, "announce")
    assert answer.status_code == 409
    assert "（会3）" in answer.get_data(as_text=True)


def test_cancelling_asks_for_a_reason_and_a_stale_act_changes_nothing(desk: Sign, office: Office) -> None:
    item = office.approved()
    ident, organiser = office.meeting(item), desk("organiser")
    page = organiser.get(f"meetings/{ident}/")
    assert "取消“" in page
    assert "不能恢复" in page
    stale = organiser.post(f"meetings/{ident}/move", {"event": "cancel", "reason": "改为书面审议", "version": "7"})
    assert stale.status_code == 412
    assert "改为书面审议" in stale.get_data(as_text=True)
    assert move(organiser, ident, "cancel", reason="改为书面审议").status_code == 302
    assert "改为书面审议" in organiser.get(f"meetings/{ident}/")
    assert agenda(office, ident) == []
    assert move(organiser, ident, "cancel", reason="再来一次").status_code == 409


def test_items_are_added_once_and_change_places_only_before_it_begins(desk: Sign, office: Office) -> None:
    one, two = office.approved(title="议题甲"), office.approved(title="议题乙")
    ident, organiser = office.meeting(one), desk("organiser")
    for _ in range(2):
        assert organiser.post(f"meetings/{ident}/agenda", [("item", one), ("item", two)]).status_code == 302
    assert agenda(office, ident) == [(one, 1), (two, 2)]
    assert organiser.post(f"meetings/{ident}/agenda").status_code == 422
    shift = f"meetings/{ident}/agenda/{two}/shift"
    version = version_in(organiser.get(f"meetings/{ident}/"), shift)
    assert organiser.post(shift, {"to": "up", "version": version}).status_code == 302
    assert organiser.post(shift, {"to": "up", "version": version}).status_code == 412
    assert agenda(office, ident) == [(two, 1), (one, 2)]
    office.fire("organiser", ident, "announce")
    office.fire("organiser", ident, "open")
    version = version_in(organiser.get(f"meetings/{ident}/"), f"meetings/{ident}/move")
    assert organiser.post(shift, {"to": "down", "version": version}).status_code == 409
    assert organiser.post(f"meetings/{ident}/agenda/{ident}/shift", {"to": "up"}).status_code == 404


@pytest.mark.article("meetings", 3)
def test_postponing_wants_a_reason_and_closes_the_gap(desk: Sign, office: Office) -> None:
    one, two = office.approved(title="议题甲"), office.approved(title="议题乙")
    ident, organiser = office.meeting(one, two), desk("organiser")
    assert "请写明理由。" in act(organiser, ident, one, "postpone", status=422)
    act(organiser, ident, one, "postpone", reason="材料待补")
    assert agenda(office, ident) == [(two, 1)]


def test_who_may_not_convene_reads_only(desk: Sign, office: Office) -> None:
    ident = office.meeting()
    page = desk("deputy_leader").get(f"meetings/{ident}/")
    assert "您没有“召集会议”的权限。" in page
    desk("deputy_leader").get(NEW, status=403)
    desk("deputy_leader").get(f"meetings/{ident}/edit", status=403)
    sent = {"event": "announce", "version": "1"}
    assert desk("deputy_leader").post(f"meetings/{ident}/move", sent).status_code == 403
    assert desk("organiser").post(f"meetings/{ident}/move", sent, token="made-up").status_code in {400, 403}
    desk("system_admin").get("meetings/", status=403)


def test_another_county_s_meeting_answers_as_an_unknown_one(desk: Sign, office: Office) -> None:
    ident, stranger = office.meeting(), desk("organiser", "meitan")
    paths = ("meetings/{}/", "meetings/{}/edit", "meetings/{}/invitations/", "meetings/live/{}/")
    for path in paths:
        assert stranger.get(path.format(ident), 404) == stranger.get(path.format("0" * 32), 404)
    assert stranger.post(f"meetings/{ident}/move", {"event": "cancel", "reason": "x"}).status_code == 404
    assert stranger.post(f"meetings/{ident}/agenda", {"item": "x"}).status_code == 404
    assert "常务会议" not in stranger.get("meetings/")
