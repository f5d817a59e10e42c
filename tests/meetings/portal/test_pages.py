"""List and meeting page: the answer first, everything without script, what is owed with its clock."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from core import jurisdictions
from core.db import db, utcnow, write
from core.models import Clock
from plugins.meetings.models import AgendaApplication, Invitation
from tests.meetings.portal import stage as staging
from tests.meetings.portal.conftest import Read
from tests.meetings.portal.stage import Stage


def test_the_list_shows_what_is_on_then_to_come_then_past(read: Read) -> None:
    text = read("/huichuan/meetings/")
    order = [text.index(one) for one in ("第12次常务会议", "乡村振兴专题会议", "第10次常务会议")]
    assert order == sorted(order)
    assert "正在审议第1项：老旧小区加装电梯实施办法" in text
    assert "已取消" in text


def test_the_list_can_be_of_one_kind(read: Read) -> None:
    text = read("/huichuan/meetings/?kind=special")
    assert "乡村振兴专题会议" in text
    assert "第12次常务会议" not in text
    assert "第12次常务会议" in read("/huichuan/meetings/?kind=nonsense")


def test_the_list_goes_on_page_by_page_without_gap_or_repeat(app: Flask, made: Stage) -> None:
    with write():
        for number in range(45):
            staging.meeting(f"往期{number:02d}", [], "announce", "open", "close", days=-30 - number)
            staging.meeting(f"预告{number:02d}", [], "announce", days=30 + number)
    db.session.remove()
    client, address, seen = app.test_client(), "/huichuan/meetings/", []
    for kind, word in (("after", "更早的会议"), ("later", "更晚的会议")):
        address = "/huichuan/meetings/"
        while address:
            text = client.get(address).get_data(as_text=True)
            seen += (
                re.findall(r"(?:往期|预告)\d\d", text) if address != "/huichuan/meetings/" or kind == "after" else []
            )
            following = re.search(rf'href="([^"]+{kind}=[^"]+)" rel="next">{word}', text)
            address = following[1].replace("&amp;", "&") if following else ""
    assert sorted(seen) == sorted({*seen})
    assert len(seen) == 90


def test_a_made_up_page_is_refused_in_a_sentence(read: Read) -> None:
    assert "页码无效" in read("/huichuan/meetings/?after=xyz", 422)


@pytest.mark.article("meetings", 3)
def test_the_page_of_a_meeting_to_come_says_when_where_and_how(read: Read, stage: Stage) -> None:
    text = read(stage.path("coming"))
    for expected in (
        "会议定于",
        "区政府三楼会议室",
        "农村饮水安全提升工程方案",
        "邀请列席",
        "网络（图文直播）",
        "加入日历",
        "第三条",
    ):
        assert expected in text
    assert "会后公开的下一个期限" not in text


def test_the_page_of_a_meeting_that_is_on_leads_to_the_live_text(read: Read, stage: Stage) -> None:
    text = read(stage.path("live"))
    assert "会议正在进行，现在审议第1项：老旧小区加装电梯实施办法" in text
    assert f'class="button primary" href="{stage.path("live", "live/")}"' in text


def test_the_page_of_a_cancelled_meeting_gives_the_reason(read: Read, stage: Stage) -> None:
    text = read(stage.path("cancelled"))
    assert "会议已经取消" in text
    assert "另行安排" in text
    assert "live/" not in text
    read(stage.path("cancelled", "live/"), 404)


@pytest.mark.article("meetings", 9)
def test_what_is_owed_stands_side_by_side_with_its_clock(read: Read, stage: Stage) -> None:
    text = read(stage.path("sealed"))
    owed = text[text.index('id="owed"') : text.index('id="part"')]
    first = owed[: owed.index("公租房分配方案")]
    order = [first.index(kind) for kind in ("审议情况</h4>", "政策文件</h4>", "解读材料</h4>")]
    assert order == sorted(order)
    assert re.search(r'href="/huichuan/publications/\w+/">《城市更新专项资金管理办法》审议情况', first)
    assert "内部管理制度，不涉及公众权利义务" in first
    assert "还剩 5 个工作日" in first
    assert "怎么算的" in first
    assert "第九条" in owed


@pytest.mark.article("meetings", 4)
def test_a_result_shows_once_it_is_published_and_not_before(read: Read, stage: Stage) -> None:
    text = read(stage.path("sealed"))
    agenda = text[text.index('id="agenda"') : text.index('id="owed"')]
    assert "原则通过" in agenda
    assert "已审议，结果待公布" in agenda
    assert not re.search(r"(?<!原则)通过<", agenda)


@pytest.mark.article("meetings", 4, 9)
def test_an_undisclosed_result_is_shown_as_overdue(app: Flask, made: Stage) -> None:
    with write():
        db.session.execute(update(Clock).values(due_at=utcnow() - timedelta(days=1), due_on=utcnow().date()))
    db.session.remove()
    text = app.test_client().get(made.path("sealed")).get_data(as_text=True)
    agenda = text[text.index('id="agenda"') : text.index('id="owed"')]
    first, second = agenda.split(f'id="item-{made.items["undisclosed"]}"')
    assert "应公开而未公开" in second
    assert "应公开而未公开" not in first
    assert "已超期" in text


@pytest.mark.article("meetings", 8)
def test_only_who_agreed_is_named_among_those_who_came(app: Flask, made: Stage) -> None:
    with write():
        people = db.session.get_one(AgendaApplication, made.items["decided"]).invitations
        for person in people:
            person.state, person.publish_name = "checked_in", person.name == "王小明"
        assert isinstance(people[0], Invitation)
    db.session.remove()
    text = app.test_client().get(made.path("sealed")).get_data(as_text=True)
    assert "王小明" in text
    assert "赵建华" not in text


@pytest.mark.article("meetings", 8)
def test_the_rules_in_force_can_be_read_by_everyone(read: Read) -> None:
    text = read("/huichuan/meetings/rules/")
    assert "第 1 版" in text
    for heading in ("谁可以列席", "权利和义务", "议程怎么定", "会议纪律"):
        assert heading in text
    read("/meitan/meetings/rules/", 404)


def test_a_county_without_meetings_says_so(read: Read) -> None:
    text = read("/meitan/meetings/")
    assert "目前没有已公告的会议" in text
    assert "还没有开过的会议" in text


def test_english_readers_get_their_dates(read: Read, stage: Stage) -> None:
    assert jurisdictions.current_or_none() is None
    assert 'lang="en"' in read(stage.path("live"), lang="en")
