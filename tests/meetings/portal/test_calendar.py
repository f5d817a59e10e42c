"""Meetings for calendar programs: stable ids, growing sequence, cancellations, lines as RFC 5545 wants them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from core.db import db, write
from core.permissions import SYSTEM
from plugins.meetings.documents import icalendar
from plugins.meetings.models import Meeting
from plugins.meetings.services import meetings
from tests.meetings.portal.conftest import Read
from tests.meetings.portal.stage import Stage


def events(text: str) -> dict[str, dict[str, str]]:
    """UID → properties, lines unfolded."""
    found = {}
    for block in re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", text.replace("\r\n ", ""), re.DOTALL):
        properties = dict(line.split(":", 1) for line in block.strip().split("\r\n"))
        found[properties["UID"]] = properties
    return found


def test_every_public_meeting_is_in_the_countys_calendar(read: Read, stage: Stage) -> None:
    found = events(read("/huichuan/meetings.ics"))
    public = {name: ident for name, ident in stage.meetings.items() if name != "preparing"}
    assert found.keys() == {f"{ident}@meetings.mingtang" for ident in public.values()}
    cancelled = found[f"{stage.meetings['cancelled']}@meetings.mingtang"]
    assert cancelled["STATUS"] == "CANCELLED"
    coming = found[f"{stage.meetings['coming']}@meetings.mingtang"]
    assert (coming["SUMMARY"], coming["LOCATION"], coming["STATUS"]) == (
        "乡村振兴专题会议",
        "区政府三楼会议室",
        "CONFIRMED",
    )
    assert re.fullmatch(r"\d{8}T\d{6}Z", coming["DTSTART"])
    assert coming["URL"].endswith(stage.path("coming"))
    assert "农村饮水安全提升工程方案" in coming["DESCRIPTION"]


def test_a_moved_meeting_keeps_its_id_and_raises_its_sequence(app: Flask, made: Stage) -> None:
    client, uid = app.test_client(), f"{made.meetings['coming']}@meetings.mingtang"
    before = events(client.get("/huichuan/meetings.ics").get_data(as_text=True))[uid]
    with write():
        meeting = db.session.get_one(Meeting, made.meetings["coming"])
        meetings.edit(SYSTEM, meeting, {"starts_at": meeting.starts_at + timedelta(hours=2)})
    db.session.remove()
    after = events(client.get("/huichuan/meetings.ics").get_data(as_text=True))[uid]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert after["DTSTART"] != before["DTSTART"]


def test_an_unchanged_calendar_is_not_sent_twice(staged: tuple[Flask, Stage]) -> None:
    client = staged[0].test_client()
    first = client.get("/huichuan/meetings.ics")
    assert first.content_type == "text/calendar; charset=utf-8"
    assert client.get("/huichuan/meetings.ics", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(("hours", "written"), [(2, True), (-2, False)])
def test_a_meeting_that_ended_before_its_time_has_no_end(hours: int, *, written: bool) -> None:
    at = datetime(2026, 11, 24, 1, tzinfo=UTC)
    event = icalendar.Event("u@x", 3, at, at + timedelta(hours=hours), "会议", "厅", "", "", at)
    assert ("DTEND" in icalendar.calendar("全部", [event])) is written


def test_lines_are_folded_escaped_and_ended_as_the_standard_says() -> None:
    at = datetime(2026, 11, 24, 1, tzinfo=UTC)
    event = icalendar.Event(
        "u@x", 3, at, None, "会议，含,逗号;和\\斜线", "厅" * 60, "一\n二", "https://x/", at, alarm=timedelta(days=1)
    )
    text = icalendar.calendar("全部", [event])
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    plain = text.replace("\r\n ", "")
    assert "SUMMARY:会议，含\\,逗号\\;和\\\\斜线\r\n" in plain
    assert "LOCATION:" + "厅" * 60 in plain
    assert "DESCRIPTION:一\\n二" in plain
    assert "DTSTART:20261124T010000Z" in plain
    assert "TRIGGER:-PT1440M" in plain
    assert "DTEND" not in plain
