"""The life-line of a matter: every public step from the approval to the answers, and what is still owed, by when."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from core import clocks, jurisdictions, matters, plugins
from core.db import clock_at, db, utcnow, write
from core.permissions import ANONYMOUS, SYSTEM
from core.refusals import NotFound
from plugins.meetings.models import AgendaApplication, FollowUp, Obligation
from plugins.meetings.services import applications, meetings, obligations
from plugins.meetings.workflow import OBLIGATION
from tests.meetings.portal.conftest import Read
from tests.meetings.portal.stage import Stage, item, meeting


def matter_of(stage: Stage, name: str) -> str:
    return db.session.get_one(AgendaApplication, stage.items[name]).matter_id


def told(matter_id: str) -> tuple[list[str], list[str]]:
    """What happened, and what is to come: labels."""
    steps, gaps = matters.timeline(matter_id)
    assert gaps == ()
    ahead = [step for step in steps if step.owed or step.at > utcnow()]
    return [str(step.label) for step in steps if step not in ahead], [str(step.label) for step in ahead]


@pytest.mark.article("meetings", 9)
def test_it_tells_each_public_step_and_what_is_owed_next(made: Stage) -> None:
    past, ahead = told(matter_of(made, "decided"))
    assert past == [
        "议题获准上会", "列入会议议程", "会议审议", "审议结论：原则通过", "会议记录封存", "审议情况", "对决定征求意见",
    ]  # fmt: skip
    assert sorted(ahead) == ["公开政策文件", "征求意见截止"]
    past, ahead = told(matter_of(made, "undisclosed"))
    assert past == ["议题获准上会", "列入会议议程", "会议审议", "会议记录封存"]  # how it was decided is not out yet
    assert ahead == ["公开审议情况", "公开政策文件", "公开解读材料"]
    assert told(matter_of(made, "coming")) == (["议题获准上会", "列入会议议程"], ["将上会审议"])


@pytest.mark.article("meetings", 10)
def test_it_goes_on_to_the_answers_and_the_revised_plan(made: Stage) -> None:
    row = db.session.get_one(FollowUp, made.follow_ups["answered"])
    past, _ahead = told(row.matter_id)
    assert past == [
        "议题获准上会", "列入会议议程", "会议审议", "审议结论：通过", "审议情况", "对决定征求意见",
        "答复意见", "公布修改后的方案",
    ]  # fmt: skip


def test_the_page_says_who_owes_what_until_when_and_how_that_was_counted(made: Stage, app: Flask) -> None:
    path = f"/huichuan/matters/{matter_of(made, 'undisclosed')}/"
    row = next(one for one in obligations_of(made, "undisclosed") if one.kind == "outcome")
    clock = clocks.of(OBLIGATION.object_type, [row.id])[row.id][0]
    page = app.test_client().get(path).text
    assert page.index("公开审议情况") < page.index("会议审议")
    assert "怎么算的" in page
    assert "个工作日" in page
    answer = app.test_client().get(f"/api/v1{path}".rstrip("/")).json
    owed = [step for step in answer["timeline"] if step["owed"]]
    assert owed[0]["clock"]["due"] == clock.due_on.isoformat()
    assert owed[0]["at"] == owed[0]["clock"]["due_at"]
    with clock_at(clock.due_at + timedelta(days=1)):
        late = app.test_client().get(path).text
        assert "已超期" in late
        assert late.index("公开审议情况") < late.index("会议审议")  # overdue, it still stands under what comes next


def obligations_of(made: Stage, name: str) -> list[Obligation]:
    about = db.session.get_one(AgendaApplication, made.items[name])
    assert about.meeting is not None
    return [row for row in about.meeting.obligations if row.application_id == about.id]


@pytest.mark.article("meetings", 9)
def test_a_duty_that_is_met_or_exempted_is_owed_no_more(made: Stage) -> None:
    rows = {row.kind: row for row in obligations_of(made, "undisclosed")}
    with write():
        obligations.move(SYSTEM, rows["interpretation"], "exempt", reason="内部管理制度")
    assert "公开解读材料" in told(matter_of(made, "undisclosed"))[1]  # an exemption that was asked for is no exemption
    with write():
        obligations.move(SYSTEM, rows["interpretation"], "approve_exemption")
    assert "公开解读材料" not in told(matter_of(made, "undisclosed"))[1]


def test_a_cancelled_meeting_is_told_and_promised_no_more(made: Stage) -> None:
    with write():
        about = item("一件改期的事")
        planned = meeting("第13次常务会议", [about], "announce", days=2)
        ident, row = about.matter_id, planned.id
    assert told(ident)[1] == ["将上会审议"]
    with write():
        meetings.move(SYSTEM, meetings.find(SYSTEM, row), "cancel", reason="另行安排")
    assert "将上会审议" not in told(ident)[1]


@pytest.mark.article("meetings", 2)
def test_a_closed_item_is_on_no_life_line(made: Stage) -> None:
    ident = matter_of(made, "secret")
    assert matters.timeline(ident)[0] == []
    with pytest.raises(NotFound):
        matters.find(ANONYMOUS, ident)


def test_nothing_is_told_before_the_meeting_was_announced_nor_in_another_county(made: Stage, read: Read) -> None:
    with write():
        about = item("还没有公告的事")
        meeting("没有公告的会", [about], days=4)
    assert matters.timeline(about.matter_id)[0] == []
    read(f"/meitan/matters/{matter_of(made, 'decided')}/", 404)


def test_the_record_is_named_only_where_everybody_may_read_it(made: Stage) -> None:
    with write():
        about = item("只请代表列席的事", forms=["invitation"])
        held = meeting("只请代表的会", [about], "announce", "open", days=-0.01, open_to_public=False, kind="special")
        ident = about.matter_id
        applications.move(SYSTEM, about, "call")
        applications.move(SYSTEM, about, "deliberate", params={"result": "passed"})
        for event in ("close", "seal"):
            meetings.move(SYSTEM, held, event)
    past, _ahead = told(ident)
    assert "会议审议" in past
    assert "会议记录封存" not in past


def test_record_and_follow_up_lead_to_it_and_it_leads_back(read: Read, stage: Stage) -> None:
    way = re.search(
        r'href="(/huichuan/matters/\w+/)"[^>]*>城市更新专项资金管理办法', read(stage.path("sealed", "record/"))
    )
    assert way
    follow_up = f"/huichuan/meetings/follow-ups/{stage.follow_ups['decided']}/"
    assert f'href="{way[1]}"' in read(follow_up)
    page = read(way[1])
    assert f'href="{follow_up}"' in page
    assert f'href="{stage.path("sealed", "record/")}"' in page


def test_all_matters_are_asked_for_at_once(made: Stage) -> None:
    ids = [matter_of(made, name) for name in ("decided", "coming")]
    found = plugins.collect_by_key("collect_timeline", jurisdictions.current(), ids, matter_ids=ids)
    assert all(found[ident] for ident in ids)
    assert utcnow() > min(step.at for step in found[ids[0]])
