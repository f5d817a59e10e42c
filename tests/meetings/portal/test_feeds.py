"""Life-lines and feeds: what was, what comes until when, for people and for programs; nothing that is not public."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from flask import Flask
from sqlalchemy import update

from core.db import utcnow, write
from core.models import Clock
from tests.meetings.portal.conftest import Read, Visitor
from tests.meetings.portal.stage import Stage

ATOM = "{http://www.w3.org/2005/Atom}"
FEED = "/huichuan/meetings/feed.atom"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:\d\d|Z)")


@pytest.fixture
def matter(read: Read, stage: Stage) -> Iterator[str]:
    """The address of the life-line of the decided item, found as a citizen finds it."""
    found = re.search(r'href="(/huichuan/matters/\w+/)"[^>]*>城市更新专项资金管理办法', read(stage.path("sealed")))
    assert found
    return found[1]


def entries(text: str) -> list[Element]:
    """The entries of a feed that has everything RFC 4287 demands."""
    root = fromstring(text)
    assert root.tag == f"{ATOM}feed"
    for part in (root, *root.findall(f"{ATOM}entry")):
        assert [len(part.findall(f"{ATOM}{name}")) for name in ("id", "title", "updated")] == [1, 1, 1]
        assert part.findtext(f"{ATOM}id", "").partition(":")[0] in {"http", "urn"}
        assert MOMENT.fullmatch(part.findtext(f"{ATOM}updated", ""))
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    assert {link.get("rel") for link in root.findall(f"{ATOM}link")} == {"self", "alternate"}
    found = root.findall(f"{ATOM}entry")
    assert len({entry.findtext(f"{ATOM}id") for entry in found}) == len(found)
    return found


def titles(text: str) -> list[str]:
    return [entry.findtext(f"{ATOM}title", "") for entry in entries(text)]


@pytest.mark.article("meetings", 9, 10)
def test_a_life_line_says_what_was_and_what_comes_until_when(read: Read, matter: str) -> None:
    page = read(matter)
    past, coming = page.partition('id="past"')[2], page.partition('id="ahead"')[2].partition('id="past"')[0]
    for step in ("列入会议议程", "会议审议", "审议情况", "对决定征求意见"):
        assert step in past
    for step in ("公开政策文件", "征求意见截止"):
        assert step in coming
    assert "公开解读材料" not in page  # exempted
    assert "24:00 前" in coming
    assert "怎么算的" in coming
    assert "公开政策文件" not in past
    assert "Publish the policy document" in read(matter, lang="en")


@pytest.mark.article("meetings", 9)
def test_what_is_late_is_said_to_be(visitor: Visitor, made: Stage, matter: str) -> None:
    with write() as session:
        session.execute(update(Clock).where(Clock.key == "duty").values(due_at=utcnow() - timedelta(days=1)))
    assert visitor.get(matter).count("已超期") == 1


def test_the_api_gives_the_same_steps(read: Read, matter: str) -> None:
    ident = matter.rstrip("/").rpartition("/")[2]
    line = json.loads(read(f"/api/v1/huichuan/matters/{ident}"))["timeline"]
    assert {step["label"] for step in line if step["owed"]} == {"公开政策文件", "征求意见截止"}
    assert all(MOMENT.fullmatch(step["at"]) for step in line)


def test_a_matter_can_be_followed(read: Read, matter: str) -> None:
    page = read(matter)
    assert f'type="application/atom+xml" title="城市更新专项资金管理办法" href="{matter}feed.atom"' in page
    found = titles(read(f"{matter}feed.atom"))
    assert any(title.startswith("对决定征求意见") for title in found)
    assert not any("公开政策文件" in title or "截止" in title for title in found)


def test_closed_and_unannounced_items_are_in_no_feed(read: Read, stage: Stage) -> None:
    text = read(FEED)
    found = titles(text)
    assert any("第11次常务会议（已取消）" in title for title in found)
    assert any("第12次常务会议（直播中）" in title for title in found)
    for secret in ("还没有公告", "人事任免", "突发事件处置"):
        assert secret not in text
    assert entries(read("/meitan/meetings/feed.atom")) == []
    assert f'href="{FEED}"' in read("/huichuan/meetings/")


@pytest.mark.parametrize("path", [FEED, "/huichuan/feed.atom", "/huichuan/meetings.ics"])
def test_only_what_changed_since_is_given_and_nothing_new_is_304(
    staged: tuple[Flask, Stage], read: Read, path: str
) -> None:
    client, mark = staged[0].test_client(), "<entry>" if path.endswith("atom") else "BEGIN:VEVENT"
    answer = client.get(path)
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    before, after = (quote((utcnow() + timedelta(days=days)).isoformat()) for days in (-400, 1))
    assert read(f"{path}?modified_since={before}").count(mark) == answer.get_data(as_text=True).count(mark) > 0
    assert mark not in read(f"{path}?modified_since={after}")
    for wrong in ("gestern", "2026-03-01T09:00:00", "2026-13-01T09:00:00Z"):
        assert "请写成带时区的时间" in read(f"{path}?modified_since={wrong}", 422)
