"""Promise 3: a text taken back is on no public surface any more, the page cache and the search included.

What waits for the reviewer is on none of them yet, and what he refused never comes there.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client

from core.web.pagecache import PageCache
from tests.meetings.live.conftest import PIXEL

SECRET = "身份证号五二〇三"
LONG = 3600.0


@pytest.fixture
def reader(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A citizen behind a page cache that forgets nothing by itself; the staff write past the same cache."""
    cache = PageCache(app.wsgi_app, LONG, app.config["SESSION_COOKIE_NAME"])
    monkeypatch.setattr(app, "wsgi_app", cache)
    return Client(cache, use_cookies=False)


def surfaces(hall: Any, *, sealed: bool) -> list[str]:
    county, meeting = hall.office.place.slug, hall.meeting
    page, api = f"/{county}/meetings/{meeting}", f"/api/v1/{county}/meetings/{meeting}"
    always = [
        f"{page}/", f"{page}/live/", f"{page}/meeting.ics", f"{api}/live?after=0", f"{api}/live/snapshot", api,
        f"/{county}/", "/", f"/{county}/feed.atom", f"/{county}/search?q=五二〇", f"/{county}/meetings/",
    ]  # fmt: skip
    return always + ([f"{page}/record/", f"{page}/record.docx", f"{api}/record.json"] if sealed else [])


def shows(reader: Client, path: str) -> bool:
    """Whether the text stands there; a Word document is looked into."""
    answer = reader.get(path)
    assert answer.status_code == 200, path
    if path.endswith(".docx"):
        with zipfile.ZipFile(io.BytesIO(answer.get_data())) as parts:
            return SECRET in parts.read("word/document.xml").decode()
    return SECRET in answer.get_data(as_text=True)


@pytest.mark.parametrize("sealed", [False, True])
def test_a_text_taken_back_is_nowhere(reader: Client, hall: Any, sealed: bool) -> None:
    post = hall.say(SECRET)["post"]
    hall.say("别的话")
    hall.call("PATCH", f"/posts/{post}", {"text": f"{SECRET}更正", "reason": "误"}, If_Match='"1"')
    if sealed:
        hall.fire("close", "seal")
    paths = surfaces(hall, sealed=sealed)
    shown = [path for path in paths if shows(reader, path)]
    assert len(shown) >= (6 if sealed else 3), shown
    body = {"reason": "涉及个人信息", "public_note": "已撤回"}
    if sealed:
        answer = hall.call("POST", f"/posts/{post}/withdraw", body, "secrecy_reviewer")
    else:
        answer = hall.call("DELETE", f"/posts/{post}", body, If_Match='"2"')
    assert answer.status_code == 200
    assert [path for path in paths if shows(reader, path)] == []


@pytest.mark.article("meetings", 4)
def test_a_held_text_is_nowhere_until_it_is_released(reader: Client, hall: Any, wire: Callable[..., Any]) -> None:
    follower = wire(hall)
    assert follower.join()["ok"]
    hall.call("POST", "/delay", {"seconds": 180}, "organiser")
    picture = {"file": (io.BytesIO(PIXEL), "picture.png")}
    file = hall.office.ok("stenographer", "POST", "files", picture)["id"]
    files = [f"/{hall.office.place.slug}/files/{file}", f"/api/v1/{hall.office.place.slug}/files/{file}"]
    head = hall.tail()["head"]
    held = [hall.post(f"{SECRET}{n}", type="image", attachments=[file]).json["post"] for n in range(3)]
    for step in ("release", "stop"):
        paths = surfaces(hall, sealed=False)
        assert [path for path in paths if shows(reader, path)] == [], step
        assert [post for post in held if any(post in reader.get(path).get_data(as_text=True) for path in paths)] == []
        assert [reader.get(path).status_code for path in files] == [404, 404]
        assert hall.tail()["head"] == head  # no gap tells that something waits
        hall.call("POST", f"/posts/{held[0]}/stop", {}, "live_reviewer")
    hall.call("DELETE", f"/posts/{held[1]}", {"reason": "x"}, "live_reviewer", If_Match='"1"')
    hall.call("POST", f"/posts/{held[2]}/release", {}, "live_reviewer")
    told = [one["post"] for one in follower.events_to(head + 1) if one.get("post")]
    assert told == [held[2]]
    record = hall.snapshot()["posts"]
    assert [(line["post"], line["attachments"]) for line in record] == [(held[2], [file])]
    assert reader.get(files[0]).status_code == 200
