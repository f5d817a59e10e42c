"""The desk: what waits for whom, until when, and what one started."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from core import plugins
from core.contracts import WorkItem
from core.db import db, utcnow
from core.jurisdictions import enter
from plugins.meetings.exchange import desk as work
from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk

Sign = Callable[..., Desk]


def items(person: Desk) -> dict[str, WorkItem]:
    """A person's desk by kind of work; keys are unique."""
    db.session.remove()
    with enter(person.place):
        found = list(plugins.collect("collect_work_items", person.place, actor=person.actor).items)
    assert len({item.key for item in found}) == len(found)
    return {item.key.split(":")[0].removeprefix("meetings."): item for item in found}


@pytest.mark.article("meetings", 7)
def test_an_application_goes_from_desk_to_desk(desk: Sign, office: Office) -> None:
    organiser, deputy, leader = desk("organiser"), desk("deputy_leader"), desk("leader")
    ident = office.application(important=True)["id"]
    assert (items(organiser)["started"].what, items(deputy), items(leader)) == ("草稿", {}, {})
    office.fire("organiser", f"applications/{ident}", "submit")
    assert (items(deputy)["approve"].what, items(leader)) == ("待您审批", {})
    assert items(deputy)["approve"].url == f"/admin/huichuan/meetings/applications/{ident}"
    assert "待您审批" in deputy.get("")
    office.fire("deputy_leader", f"applications/{ident}", "return", reason="名单不全")
    assert set(items(organiser)) == {"returned"}
    office.fire("organiser", f"applications/{ident}", "submit")
    office.fire("deputy_leader", f"applications/{ident}", "approve")
    assert (items(deputy), set(items(leader)), set(items(organiser))) == ({}, {"approve"}, {"started"})
    office.fire("leader", f"applications/{ident}", "approve")
    office.fire("organiser", f"applications/{ident}", "change_plan", reason="改为视频", organisation_form="视频会议")
    assert items(deputy)["approve"].what == "参与方案变更待您审批"
    office.fire("organiser", f"applications/{ident}", "withdraw", reason="另行研究")
    assert (items(organiser), items(deputy)) == ({}, {})


@pytest.mark.article("meetings", 7)
def test_nobody_finds_his_own_on_the_desk_for_approval(desk: Sign, office: Office) -> None:
    both = "organiser+deputy_leader"
    body = {"title": "自己申报的", "subject_class": "none", "openness": "closed"}
    ident = office.ok(both, "POST", "meetings/applications", body)["id"]
    office.fire(both, f"applications/{ident}", "submit")
    assert set(items(desk(both))) == {"started"}


@pytest.mark.article("meetings", 2)
def test_a_draft_with_a_ground_waits_for_clearance(desk: Sign, office: Office) -> None:
    office.application(openness="closed", openness_ground="涉及工作秘密", forms=[])
    assert items(desk("secrecy_reviewer"))["clear"].what == "待您保密核签"


@pytest.mark.article("meetings", 9)
def test_duties_wait_with_their_clock_and_exemptions_for_another_person(desk: Sign, office: Office) -> None:
    item = office.approved()
    meeting = office.meeting(item)
    office.run(meeting, item)
    organiser, deputy = desk("organiser"), desk("deputy_leader")
    assert items(organiser)["result"].what == "已审议，请公布结果"
    owed = items(organiser)["obligation"]
    assert owed.due_at is not None
    assert owed.clock_id is not None
    assert "请公开：" in str(owed.what)
    assert "还剩 5 个工作日" in organiser.get("")
    duty = office.ok("organiser", "GET", f"meetings/{meeting}/obligations")["items"][0]["id"]
    office.fire("organiser", f"obligations/{duty}", "exempt", reason="依法不公开")
    waiting = items(deputy)["obligation"]
    assert (waiting.url, "免予公开待您审批" in str(waiting.what)) == (
        f"/admin/huichuan/meetings/obligations/{duty}/",
        True,
    )
    deputy.get(waiting.url.removeprefix("/admin/huichuan/"))


@pytest.mark.article("meetings", 3)
def test_invitations_unsent_or_unanswered_come_up(desk: Sign, office: Office) -> None:
    item, later = office.approved(title="近的"), office.approved(title="远的")
    near = office.meeting(item, starts_at=(utcnow() + timedelta(days=2)).isoformat())
    far = office.meeting(later, starts_at=(utcnow() + timedelta(days=20)).isoformat())
    assert "unsent" not in items(desk("organiser"))
    office.fire("organiser", far, "announce")
    unsent = items(desk("organiser"))["unsent"]
    assert (unsent.what, unsent.url) == (
        "还有 1 人的邀请没有发出",
        f"/admin/huichuan/meetings/{far}/invitations/",
    )
    for one in (near, far):
        for invited in office.ok("organiser", "GET", f"meetings/{one}/invitations")["items"]:
            office.fire("organiser", f"invitations/{invited['id']}", "send")
    unanswered = items(desk("organiser"))["unanswered"]
    assert unanswered.url == f"/admin/huichuan/meetings/{near}/invitations/"
    assert unanswered.what == "还有 1 人没有答复邀请"
    assert "unsent" not in items(desk("organiser"))
    assert "unanswered" not in items(desk("deputy_leader"))


def test_other_bodies_and_counties_have_nothing_of_it(desk: Sign, office: Office) -> None:
    office.application()
    assert items(desk("organiser", "meitan")) == {}
    assert items(desk("deputy_leader", "meitan")) == {}


def test_open_work_counts_what_has_not_ended(desk: Sign, office: Office) -> None:
    office.application()
    item = office.approved()
    meeting = office.meeting(item)
    db.session.remove()
    with enter(office.place):
        assert work.open_work() == 3
    office.run(meeting, item)
    with enter(office.place):
        db.session.remove()
        assert work.open_work() == 6
        assert plugins.open_work(office.place, "meetings") == 6


@pytest.mark.article("meetings", 5, 9)
def test_a_meeting_is_on_the_desk_until_it_is_sealed(desk: Sign, office: Office) -> None:
    item = office.approved()
    organiser, writer = desk("organiser"), desk("stenographer")
    ready = items(organiser)["ready"]
    assert (ready.what, ready.url) == (
        "有 1 个已批准的议题等待安排",
        "/admin/huichuan/meetings/applications/?list=ready",
    )
    meeting = office.meeting(item, starts_at=utcnow().isoformat())
    assert "ready" not in items(organiser)
    sitting = items(organiser)["sitting"]
    assert (sitting.what, sitting.due_at) == ("筹备中，请按时公告", None)
    office.fire("organiser", meeting, "announce")
    assert items(organiser)["sitting"].due_at is not None
    assert items(writer)["writing"].what == "今天开会，请准备记录"
    assert "今天开会，请准备记录" in writer.get("")
    office.fire("organiser", meeting, "open")
    assert items(organiser)["sitting"].what == "会议进行中"
    writing = items(writer)["writing"]
    assert (writing.what, writing.url) == (
        "会议进行中，请到速录台记录",
        f"/admin/huichuan/meetings/live/{meeting}/",
    )
    office.fire("organiser", meeting, "close")
    assert items(organiser)["sitting"].what == "会议已结束，请核对并封存记录"
    assert items(writer) == {}
    office.fire("organiser", meeting, "seal")
    assert "sitting" not in items(organiser)


def test_a_body_that_holds_no_meetings_is_not_asked_to_schedule(desk: Sign, office: Office) -> None:
    office.approved()
    assert "ready" not in items(desk("deputy_leader"))
