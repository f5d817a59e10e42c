"""The live page without script, what it hands to the script, and how much it weighs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core import jurisdictions
from core.db import db, write
from core.permissions import SYSTEM
from plugins.meetings.live import reading, writer
from plugins.meetings.live.words import words
from plugins.meetings.live.writer import Line
from plugins.meetings.models import Meeting
from tests.meetings.portal import stage as staging
from tests.meetings.portal.conftest import Read
from tests.meetings.portal.stage import LINES, Stage

ROOT = Path(__file__).parents[3]
LIVE = ROOT / "plugins/meetings/static/live"
SPEECH = "这一条讲的是老旧小区加装电梯的补偿办法，" * 5


def data_of(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="live-data">(.*?)</script>', text, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_everything_can_be_read_without_script(read: Read, stage: Stage) -> None:
    text = read(stage.path("live", "live/"))
    for _kind, speaker, role, said in LINES:
        assert said.replace("80", "86") in text
        assert speaker in text
        assert role in text
    now = text[text.index("live-now") : text.index("live-flow")]
    for expected in ("直播中", "老旧小区加装电梯实施办法", "刷新", "李强"):
        assert expected in now


def test_corrections_and_retractions_are_exact(read: Read, stage: Stage) -> None:
    text = read(stage.path("live", "live/"))
    corrected = text[text.index(f'data-post="{stage.posts["corrected"]}"') :].partition("</li>")[0]
    assert "已更正 1 次" in corrected
    assert f"<del>{LINES[2][3]}</del>" in corrected
    assert "理由：数字有误" in corrected
    gone = text[text.index(f'data-post="{stage.posts["gone"]}"') :].partition("</li>")[0]
    assert "此条已撤回：涉及个人信息" in gone
    assert "身份证号" not in text


def test_the_script_goes_on_from_the_head_of_the_page(staged: tuple[Flask, Stage], read: Read, stage: Stage) -> None:
    data = data_of(read(stage.path("live", "live/")))
    with staged[0].app_context(), jurisdictions.enter(jurisdictions.by_slug("huichuan")):
        now = reading.snapshot(reading.of_meeting(stage.meetings["live"]))
    assert data["base"] == f"/api/v1{stage.path('live', 'live')}"
    assert (data["jurisdiction"], data["meeting"]) == ("huichuan", stage.meetings["live"])
    assert (data["state"], data["audience"], data["follow"]) == ("open", "public", True)
    assert data["titles"][stage.items["secret"]] == "（依法不公开的议题）"
    assert data["item"] == stage.items["live"]
    assert {name: data[name] for name in ("epoch", "head", "state", "item")} == {
        name: now[name] for name in ("epoch", "head", "state", "item")
    }


def test_every_sentence_the_scripts_say_is_there(app: Flask) -> None:
    said = "".join((LIVE / name).read_text() for name in ("reader.js", "view.js"))
    with app.test_request_context():
        given = words()
    used = set(re.findall(r"\bwords\.(\w+)", said))
    assert used <= given.keys()
    states = re.search(r"Connection words told by onState: ([\w, ]+)\.", (LIVE / "transport.js").read_text())
    assert states
    assert set(states[1].split(", ")) == given["wire"].keys()
    assert given["states"].keys() == {"draft", "open", "paused", "closed", "sealed"}
    for name, places in {"fresh": "n", "said": "n text", "mended": "n", "mended_why": "at reason", "file": "n"}.items():
        assert re.findall(r"{(\w+)}", given[name]) == places.split()


def test_before_it_begins_the_page_says_when(read: Read, stage: Stage) -> None:
    text = read(stage.path("coming", "live/"))
    assert "会议定于" in text
    assert "data-empty" in text
    assert data_of(text)["follow"] is False


def test_a_sealed_live_text_leads_to_its_record(read: Read, stage: Stage) -> None:
    assert f'href="{stage.path("sealed", "record/")}"' in read(stage.path("sealed", "live/"))


@pytest.fixture
def long_meeting(made: Stage) -> str:
    """A normal meeting: 300 lines of a hundred characters."""
    with write():
        meeting = db.session.get_one(Meeting, made.meetings["live"])
        live = writer.lock(meeting.id)
        for number in range(300):
            line = Line("speech", f"{number:03d} {SPEECH}", item=meeting.agenda[0].id, speaker="陈明", role="局长")
            writer.publish(live, SYSTEM, line)
    db.session.remove()
    return made.path("live", "live/")


def test_older_lines_are_reached_by_links_alone(app: Flask, long_meeting: str) -> None:
    client, seen, address = app.test_client(), [], long_meeting
    while address:
        text = client.get(address).get_data(as_text=True)
        seen = [*re.findall(r"<p>(\d{3}) 这一条", text), *seen]
        older = re.search(r'href="([^"]+before=\d+)" rel="prev"', text)
        address = older[1] if older else ""
    assert seen == [f"{number:03d}" for number in range(300)]
    assert "LINES" not in text
    assert "live-data" not in text
    assert LINES[0][3] in text


def test_the_live_page_weighs_150_kb_at_most(app: Flask, long_meeting: str) -> None:
    client = app.test_client()
    page = client.get(long_meeting)
    text, weight, seen = page.get_data(as_text=True), len(page.data), set()
    waiting = re.findall(r'<(?:link|script)[^>]+(?:href|src)="([^"]+\.(?:css|js|svg))"', text)
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        body = client.get(address).data
        weight += len(body)
        if address.endswith(".js"):
            base = address.rpartition("/")[0]
            imports = re.findall(r"from '([^']+)'", body.decode())
            waiting += [one if one.startswith("/") else f"{base}/{one.removeprefix('./')}" for one in imports]
    assert {one.rpartition("/")[2] for one in seen} >= {
        "tokens.css", "base.css", "portal.css", "live.css", "reader.js", "view.js", "transport.js", "feed.js",
        "socket.io.esm.min.js",
    }  # fmt: skip
    assert weight <= 150_000, weight


def test_a_page_read_at_once_holds_together(app: Flask, made: Stage) -> None:
    """Lines, head and epoch are of one moment: nothing on the page is newer than its head."""
    text = app.test_client().get(made.path("live", "live/")).get_data(as_text=True)
    data = data_of(text)
    assert max(int(seq) for seq in re.findall(r'data-seq="(\d+)"', text)) <= data["head"]
    assert data["head"] == reading.of_meeting(made.meetings["live"]).head == staging.head_of(made.meetings["live"])
