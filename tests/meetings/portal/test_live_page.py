"""The live page without script, what it hands to the script, and how much it weighs."""

from __future__ import annotations

import json
import re
from html import unescape
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
    filled = {"fresh": "n", "said": "n item", "changed": "n", "mended": "n", "mended_why": "at reason", "file": "n"}
    for name, places in (filled | {"item_number": "n"}).items():
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
        address = unescape(older[1]) if older else ""
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
        "tokens.css", "base.css", "portal.css", "live.css", "reader.js", "view.js", "transport.js", "feed.js", "tabs.js",
        "socket.io.esm.min.js",
    }  # fmt: skip
    assert weight <= 150_000, weight


def test_what_is_fetched_on_first_use_is_light_too(app: Flask) -> None:
    """Search, reading aloud, jumps, sharing and large pictures together."""
    client = app.test_client()
    reader = (LIVE / "reader.js").read_text()
    named = set(re.findall(r"'\.\.?/(\w+)\.js'", reader.partition("const root")[2])) | {"search", "aloud"}
    assert named == {"jump", "picture", "share", "search", "aloud"}
    paths = [name if name == "share" else f"live/{name}" for name in named]
    assert sum(len(client.get(f"/huichuan/meetings/static/{name}.js").data) for name in paths) <= 12_000


def test_every_module_of_the_readers_runs_in_an_older_webview() -> None:
    """What WeChat's built-in browsers of 2021 (Chromium 86, Safari 15) cannot read would leave a page without script."""
    newer = r"\.at\(|\.findLast|\.toSorted|structuredClone|Object\.hasOwn|static \{|^await |^\s*#\w+ in |/v[;.,)]|Promise\.withResolvers"
    names = ("reader", "view", "feed", "transport", "tabs", "search", "aloud", "jump", "picture", "replay", "../share")
    for path in (LIVE / f"{name}.js" for name in names):
        assert not re.findall(newer, path.read_text(), re.MULTILINE), path.name


def test_a_page_read_at_once_holds_together(app: Flask, made: Stage) -> None:
    """Lines, head and epoch are of one moment: nothing on the page is newer than its head."""
    text = app.test_client().get(made.path("live", "live/")).get_data(as_text=True)
    data = data_of(text)
    assert max(int(seq) for seq in re.findall(r'data-seq="(\d+)"', text)) <= data["head"]
    assert data["head"] == reading.of_meeting(made.meetings["live"]).head == staging.head_of(made.meetings["live"])


def test_the_light_page_is_under_15_kb_without_script_style_or_picture(app: Flask, long_meeting: str) -> None:
    client, seen, address = app.test_client(), [], f"{long_meeting}lite/"
    while address:
        answer = client.get(address)
        text = answer.get_data(as_text=True)
        assert len(answer.data) < 15_000
        assert not re.search(r"<(script|link|img|style|svg)", text)
        seen = [*re.findall(r"</b> (\d{3}) 这一条", text), *seen]
        older = re.search(r'href="([^"]+before=\d+)" rel="prev"', text)
        address = older[1] if older else ""
    assert seen == [f"{number:03d}" for number in range(300)]


def test_fifty_usual_lines_fit_on_the_light_page(app: Flask, made: Stage) -> None:
    with write():
        live = writer.lock(made.meetings["live"])
        for number in range(50):
            writer.publish(live, SYSTEM, Line("speech", f"{number:02d} 一楼住户的采光补偿由业主协商。", speaker="陈明"))
    db.session.remove()
    answer = app.test_client().get(made.path("live", "live/lite/"))
    assert len(answer.data) < 15_000
    assert len(re.findall(r"\d\d 一楼住户", answer.get_data(as_text=True))) == 50


def test_a_browser_that_saves_data_is_sent_to_the_light_page(staged: tuple[Flask, Stage], stage: Stage) -> None:
    client, address = staged[0].test_client(), stage.path("live", "live/")
    answer = client.get(address, headers={"Save-Data": "on"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{address}lite/")
    assert "Save-Data" in answer.headers["Vary"]
    full = client.get(f"{address}?full=1", headers={"Save-Data": "on"})
    assert full.status_code == 200
    assert "live-data" in full.get_data(as_text=True)
    assert "Save-Data" in client.get(address).headers["Vary"]


def test_the_light_page_shows_no_withdrawn_text_and_is_behind_the_same_gate(read: Read, stage: Stage) -> None:
    text = read(stage.path("live", "live/lite/"))
    assert "此条已撤回：涉及个人信息" in text
    assert "身份证号" not in text
    assert "第 1 项：老旧小区加装电梯实施办法" in text
    for name, status in (("closed", 403), ("preparing", 404), ("cancelled", 404)):
        for tail in ("live/lite/", "live/corrections/"):
            assert "建议先封闭道路" not in read(stage.path(name, tail), status)


def test_one_item_or_one_speaker_can_be_read_alone(read: Read, stage: Stage) -> None:
    page = stage.path("live", "live/")
    of_item = read(f"{page}?item={stage.items['live']}")
    assert LINES[0][3] in of_item
    assert "live-data" not in of_item
    speaker = read(f"{page}?speaker=李强")
    assert set(re.findall(r'<b class="who">([^ <]+)', speaker)) == {"李强"}
    assert f'href="?item={stage.items["live"]}" aria-current="step"' in read(page)
    read(f"{page}?item={stage.items['decided']}", 404)


def test_corrections_are_listed_with_their_difference_and_nothing_withdrawn(read: Read, stage: Stage) -> None:
    text = read(stage.path("live", "live/corrections/"))
    assert "<del>0</del><ins>6</ins>" in text
    assert "数字有误" in text
    assert "涉及个人信息" in text
    assert "文字已不公开" in text
    assert "身份证号" not in text


def test_a_pinned_line_stands_on_top_until_it_is_taken_back(app: Flask, made: Stage) -> None:
    client, address = app.test_client(), made.path("live", "live/")
    with write():
        writer.pin(writer.lock(made.meetings["live"]), SYSTEM, made.posts["corrected"])
    text = client.get(address).get_data(as_text=True)
    assert f'<a href="#p-{made.posts["corrected"]}">{LINES[2][3].replace("80", "86")}</a>' in text
    assert data_of(text)["pinned"] == made.posts["corrected"]
    with write():
        writer.retract(writer.lock(made.meetings["live"]), SYSTEM, made.posts["corrected"], "有误", None)
    text = client.get(address).get_data(as_text=True)
    assert "data-pin hidden" in text
    assert data_of(text)["pinned"] is None


def test_pages_that_are_sent_on_carry_a_card_and_a_code(staged: tuple[Flask, Stage], read: Read, stage: Stage) -> None:
    client = staged[0].test_client()
    for tail, of in (("live/", "live"), ("", "meeting")):
        text = read(stage.path("live", tail))
        card = dict(re.findall(r'property="og:(\w+)" content="([^"]+)"', text))
        assert card["title"] == "第12次常务会议"
        assert card["description"] == "会议正在进行，现在审议第1项：老旧小区加装电梯实施办法"
        assert card["url"] == f"http://localhost{stage.path('live', tail)}"
        picture = client.get(card["image"].removeprefix("http://localhost"))
        assert picture.data[:8] == b"\x89PNG\r\n\x1a\n"
        assert min(int.from_bytes(picture.data[16:20]), int.from_bytes(picture.data[20:24])) >= 300
        code = client.get(f"{stage.path('live', 'qr.svg')}?of={of}")
        assert code.content_type == "image/svg+xml"
        assert code.data.startswith(b"<svg")
    assert "og:title" in read(stage.path("sealed", "record/"))
    assert "og:" not in read(stage.path("closed", "live/"), 403)
    read(f"{stage.path('live', 'qr.svg')}?of=invitation", 404)
    read(stage.path("preparing", "qr.svg"), 404)
