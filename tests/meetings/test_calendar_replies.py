"""Answers of calendar programs by the heap: seen first, taken down once, each that is not named with its reason."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from plugins.meetings.documents import calendar_reply
from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk, desk
from tests.meetings.test_told import deliver, mails, reply

__all__ = ["desk"]
PEOPLE = [
    {"name": "王小明", "category": "public", "contact": "wang@example.org"},
    {"name": "李桂芳", "category": "expert", "contact": "li@example.org"},
]


@pytest.fixture
def asked(app: Flask, office: Office) -> tuple[str, dict[str, str], dict[str, str]]:
    """A meeting, the invitations by name, and the appointment each got."""
    item = office.approved(title="供水管网改造", invitees=PEOPLE)
    meeting = office.meeting(item)
    rows = {
        row["name"]: row["id"] for row in office.ok("organiser", "GET", f"meetings/applications/{item}")["invitees"]
    }
    for ident in rows.values():
        office.fire("organiser", f"invitations/{ident}", "send")
    return meeting, rows, appointments(app, rows)


def appointments(app: Flask, rows: dict[str, str]) -> dict[str, str]:
    deliver(app)
    parts = [part for mail in mails(app) for part in mail.walk() if part.get_content_type() == "text/calendar"]
    texts = sorted((part.get_content() for part in parts), key=lambda text: int(re.findall(r"SEQUENCE:(\d+)", text)[0]))
    return {name: text for name, ident in rows.items() for text in texts if ident in text}


def state(office: Office, ident: str) -> str:
    return str(office.ok("organiser", "GET", f"meetings/invitations/{ident}")["state"])


def test_a_heap_is_parted_into_single_answers() -> None:
    one = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:b\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    found = calendar_reply.parted(f"\n{one}\n\n{one}")
    assert [re.findall("UID:(.)", text) for text in found] == [["a"], ["b"]] * 2
    assert all("METHOD:REPLY" in text for text in found)
    assert calendar_reply.parted("王小明说来") == ["王小明说来"]


@pytest.mark.article("meetings", 3)
def test_a_heap_is_seen_first_and_taken_down_once(desk: Callable[..., Desk], office: Office, asked: Any) -> None:
    meeting, rows, texts = asked
    here, page = desk("organiser"), f"meetings/{meeting}/calendar-replies/"
    yes, no = reply(texts["王小明"], "ACCEPTED"), reply(texts["李桂芳"], "DECLINED", "li@example.org")
    foreign = yes.replace(rows["王小明"], "0" * 32)
    given = {
        "act": "read",
        "calendar": f"{foreign}\n随手写的",
        "file": [(io.BytesIO(f"\ufeff{yes}".encode()), "a.ics"), (io.BytesIO(no.encode()), "b.ics")],
    }
    seen = here.post(page, given)
    text = seen.get_data(as_text=True)
    assert seen.status_code == 200
    assert text.count("将登记") == 2
    assert "没有这份邀请" in text
    assert "登记 2 份答复" in text
    assert [state(office, rows[name]) for name in rows] == ["sent", "sent"], "seeing changes nothing"
    for _twice in range(2):
        assert here.post(page, {"act": "take", "calendar": f"{yes}\n{no}\n{foreign}"}).status_code == 302
    assert (state(office, rows["王小明"]), state(office, rows["李桂芳"])) == ("accepted", "declined")
    answers = office.ok("organiser", "GET", f"meetings/invitations/{rows['王小明']}")["answers"]
    assert [row["answer"] for row in answers] == ["accept"]
    assert "已是这个答复，不变" in here.post(page, {"act": "read", "calendar": yes}).get_data(as_text=True)


@pytest.mark.article("meetings", 3)
def test_who_answers_the_old_appointment_or_from_elsewhere_is_named(
    app: Flask, desk: Callable[..., Desk], office: Office, asked: Any
) -> None:
    meeting, rows, texts = asked
    etag = office.ok("organiser", "GET", f"meetings/{meeting}")["etag"]
    moved = {"place": "二楼会议室"}
    assert office.call("organiser", "PATCH", f"meetings/{meeting}", moved, If_Match=f'"{etag}"').status_code == 200
    now = appointments(app, rows)
    assert now["王小明"] != texts["王小明"]
    old, path = reply(texts["王小明"], "ACCEPTED"), "meetings/invitations/calendar-replies"
    refused = office.call("organiser", "POST", path, {"calendar": old})
    assert (refused.status_code, "REPLY_STALE" in refused.text) == (409, True)
    here, page = desk("organiser"), f"meetings/{meeting}/calendar-replies/"
    elsewhere = reply(now["李桂芳"], "ACCEPTED").replace("li@example.org", "x@example.org")
    text = here.post(page, {"act": "read", "calendar": f"{old}\n{elsewhere}"})
    assert "答复的是变更之前的安排" in text.get_data(as_text=True)
    assert "答复的邮箱和受邀人的邮箱不一致" in text.get_data(as_text=True)
    assert "没有新的答复要登记" in text.get_data(as_text=True)
    assert [state(office, ident) for ident in rows.values()] == ["sent", "sent"]


@pytest.mark.article("meetings", 3)
def test_of_two_answers_the_later_counts_whatever_the_channel(office: Office, asked: Any) -> None:
    _meeting, rows, texts = asked
    early, late = (
        re.sub(r"DTSTAMP:\w+", f"DTSTAMP:{at}", reply(texts["王小明"], status))
        for status, at in (("ACCEPTED", "20990101T080000Z"), ("DECLINED", "20990101T090000Z"))
    )
    path = "meetings/invitations/calendar-replies"
    office.call("organiser", "POST", path, {"calendar": f"{late}\n{early}"})
    assert state(office, rows["王小明"]) == "declined"


def test_nothing_given_says_what_to_do_and_not_everybody_may(desk: Callable[..., Desk], asked: Any) -> None:
    meeting = asked[0]
    page = f"meetings/{meeting}/calendar-replies/"
    empty = desk("organiser").post(page, {"act": "read", "calendar": " "})
    assert empty.status_code == 422
    assert "请选择或粘贴日历答复" in empty.get_data(as_text=True)
    desk("disclosure_officer").get(page, 403)
