"""Promise 3: a text taken back is on no public surface any more, the page cache and the search included."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client

from core.web.pagecache import PageCache

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
