"""Who was told, reminders and substitutes in the console."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from core import jurisdictions, settings
from core.db import utcnow, write
from core.permissions import SYSTEM
from plugins.meetings import tasks
from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk

Sign = Callable[..., Desk]
PEOPLE = [
    {"name": "王小明", "category": "public", "contact": "wang@example.org"},
    {"name": "李桂芳", "category": "stakeholder", "organisation": "和平路社区"},
]


@pytest.fixture
def meeting(office: Office) -> str:
    """A meeting of tomorrow whose two invitations are sent."""
    item = office.approved(title="供水管网改造", invitees=PEOPLE)
    made = office.meeting(item, starts_at=(utcnow() + timedelta(days=1)).isoformat())
    for row in office.ok("organiser", "GET", f"meetings/applications/{item}")["invitees"]:
        office.fire("organiser", f"invitations/{row['id']}", "send")
    return made


@pytest.mark.article("meetings", 3)
def test_a_change_stays_on_the_desk_until_everyone_was_told(desk: Sign, office: Office, meeting: str) -> None:
    version = office.ok("organiser", "GET", f"meetings/{meeting}")["etag"]
    office.ok("organiser", "PATCH", f"meetings/{meeting}", {"place": "二楼会议室"}, If_Match=version)
    page = desk("organiser").get(f"meetings/{meeting}/told/")
    assert "时间地点变更：供水管网改造" in page
    assert "请打电话或寄信告知，再在这里登记。" in page
    assert "条通知没有送达" in desk("organiser").get("")
    one = re.findall(r"/meetings/deliveries/(\w{32})/tick", page)[0]
    wrong = desk("organiser").post(f"meetings/deliveries/{one}/tick", {"way": "letter", "result": "posted", "note": ""})
    assert wrong.status_code == 422
    assert "请填写信函编号。" in wrong.get_data(as_text=True)
    done = desk("organiser").post(
        f"meetings/deliveries/{one}/tick", {"way": "phone", "result": "told", "note": "本人接听"}
    )
    assert done.status_code == 302
    page = desk("organiser").get(f"meetings/{meeting}/told/")
    assert "电话 · 已告知本人 · 本人接听" in page
    assert "/tick" not in page
    assert "条通知没有送达" not in desk("organiser").get("")
    desk("stenographer").get(f"meetings/{meeting}/told/", 403)


@pytest.mark.article("meetings", 3)
def test_the_reminder_shows_its_text_before_it_goes(desk: Sign, meeting: str) -> None:
    page = desk("organiser").get(f"meetings/{meeting}/remind/")
    assert "王小明，您好。邀请您列席审议《供水管网改造》，还没有收到您的答复。" in page
    ids = re.findall(r'name="invitation" value="(\w{32})"', page)
    assert len(ids) == 2
    desk("organiser").post(f"meetings/{meeting}/remind/", {"invitation": ids[0]})
    page = desk("organiser").get(f"meetings/{meeting}/remind/")
    assert re.findall(r'name="invitation" value="(\w{32})"', page) == ids[1:]
    assert "一天之内不再发" in page
    desk("organiser").post(f"meetings/{meeting}/remind/", {"invitation": ids[0]})
    assert "没有发出" in desk("organiser").get(f"meetings/{meeting}/remind/")


@pytest.mark.article("meetings", 3)
@pytest.mark.parametrize(("days", "count"), [(0, 0), (3, 2)])
def test_the_clock_reminds_once_where_the_county_says_so(office: Office, meeting: str, days: int, count: int) -> None:
    place = jurisdictions.by_slug("huichuan")
    with jurisdictions.enter(place), write():
        settings.put(SYSTEM, "meetings.reminder_days", str(days))
    for _again in range(2):
        tasks.remind(jurisdiction_id=place.id)
    rows = office.ok("organiser", "GET", f"meetings/{meeting}/deliveries")["items"]
    assert sum(row["kind"] == "reminder" for row in rows) == count


@pytest.mark.article("meetings", 7)
def test_a_substitute_is_decided_from_the_desk(desk: Sign, office: Office, meeting: str) -> None:
    row = office.ok("organiser", "GET", f"meetings/{meeting}/invitations")["items"][0]
    body = {"name": "周立新", "organisation": "和平路社区", "reason": "本人出差"}
    made = office.ok("organiser", "POST", f"meetings/invitations/{row['id']}/substitutions", body)
    assert "王小明请周立新代为列席" in desk("organiser").get("")
    page = desk("organiser").get(f"meetings/substitutions/{made['id']}/")
    assert "本人出差" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    form = {"event": "accept", "version": version[1]}
    assert desk("organiser").post(f"meetings/substitutions/{made['id']}/move", form).status_code == 302
    assert "已采纳" in desk("organiser").get(f"meetings/substitutions/{made['id']}/")
    assert desk("organiser").post(f"meetings/substitutions/{made['id']}/move", form).status_code == 409
