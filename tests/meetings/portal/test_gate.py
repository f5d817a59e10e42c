"""What the public may not see is on no page, in no list, panel, calendar or file, and answers like the unknown."""

from __future__ import annotations

import pytest
from flask import Flask

from core import jurisdictions, plugins
from core.db import db, write
from core.permissions import SYSTEM
from tests.meetings.portal.conftest import Read
from tests.meetings.portal.stage import Stage

UNKNOWN = "0" * 32
BELOW = ("", "live/", "record/", "record.docx", "meeting.ics")


@pytest.mark.parametrize("tail", BELOW)
def test_before_its_announcement_a_meeting_is_unknown(read: Read, stage: Stage, tail: str) -> None:
    assert read(stage.path("preparing", tail), 404) == read(f"/huichuan/meetings/{UNKNOWN}/{tail}", 404)


@pytest.mark.parametrize("tail", BELOW)
def test_another_countys_meeting_is_unknown(read: Read, stage: Stage, tail: str) -> None:
    for name in ("live", "sealed"):
        path = stage.path(name, tail).replace("/huichuan/", "/meitan/")
        assert read(path, 404) == read(f"/meitan/meetings/{UNKNOWN}/{tail}", 404)


@pytest.mark.parametrize("path", ["/huichuan/", "/huichuan/meetings/", "/", "/huichuan/meetings.ics"])
def test_no_list_names_what_is_not_announced_or_closed(read: Read, path: str) -> None:
    text = read(path)
    assert "第12次常务会议" in text
    for hidden in ("还没有公告", "某人事任免事项", "突发事件处置方案"):
        assert hidden not in text


@pytest.mark.article("meetings", 2)
def test_a_closed_item_keeps_its_place_and_hides_its_title(read: Read, stage: Stage) -> None:
    for path in (stage.path("live"), stage.path("live", "live/"), stage.path("live", "meeting.ics")):
        text = read(path)
        assert "某人事任免事项" not in text, path
        assert "依法不公开的议题" in text.replace("\r\n ", ""), path


def test_nobody_reads_who_is_invited_or_where_to_reach_them(read: Read, stage: Stage) -> None:
    for path in (stage.path("coming"), stage.path("coming", "live/"), stage.path("coming", "meeting.ics")):
        text = read(path)
        assert "赵建华" not in text
        assert "wang@example.org" not in text


@pytest.mark.article("meetings", 2, 4)
def test_an_invited_only_session_says_so_and_shows_nothing(read: Read, stage: Stage) -> None:
    text = read(stage.path("closed", "live/"), 403)
    assert "只对受邀代表开放" in text
    assert "建议先封闭道路" not in text
    assert "live-data" not in text
    assert "不公开直播" in read(stage.path("closed"))
    assert "建议先封闭道路" not in read(stage.path("closed"))
    read(stage.path("closed", "record/"), 404)


def test_a_meeting_that_is_on_has_no_record_yet(read: Read, stage: Stage) -> None:
    read(stage.path("live", "record/"), 404)
    read(stage.path("live", "record.docx"), 404)


def test_switched_off_every_address_is_gone_and_comes_back(app: Flask, made: Stage) -> None:
    client, here = app.test_client(), jurisdictions.current()
    paths = [
        "/huichuan/meetings/", "/huichuan/meetings.ics", "/huichuan/meetings/rules/",
        "/huichuan/meetings/verify_record.py", made.link("coming"), made.link("coming", "meeting.ics"),
        *(made.path("sealed", tail) for tail in BELOW),
    ]  # fmt: skip
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)
    with write():
        plugins.switch(SYSTEM, here, "meetings", "off", reason="测试")
    db.session.remove()
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)
    assert 'href="/huichuan/meetings/"' not in client.get("/huichuan/").get_data(as_text=True)
    with write():
        plugins.switch(SYSTEM, here, "meetings", "on")
    db.session.remove()
    assert client.get(made.path("sealed", "record/")).status_code == 200


def test_pages_for_everybody_may_be_kept_and_personal_ones_never(app: Flask, made: Stage) -> None:
    client = app.test_client()
    for path in (
        "/huichuan/meetings/",
        "/huichuan/meetings.ics",
        made.path("live", "live/"),
        made.path("sealed", "record/"),
    ):
        answer = client.get(path)
        assert "s-maxage" in answer.headers["Cache-Control"], path
        assert "Set-Cookie" not in answer.headers, path
    for path in (made.link("coming"), made.link("coming", "meeting.ics")):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "private, no-store", path
        assert answer.headers["Referrer-Policy"] == "no-referrer", path
