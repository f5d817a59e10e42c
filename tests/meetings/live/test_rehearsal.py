"""A rehearsal (演练): the same desk, seen by nobody outside, no part of the record, gone when cleared."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from core import jurisdictions
from core.db import db
from core.models import AttachmentLink
from plugins.meetings.live.models import FILE_SUBJECT, LiveEvent, LiveHeld, LiveIdempotency, LivePost, LiveSession
from tests.meetings.live.conftest import PIXEL, Hall

pytestmark = pytest.mark.article("meetings", 4)
MARK = "演练专用的话"


class Rehearsal(Hall):
    """The rehearsal of a hall, written and read under its own id."""

    def __init__(self, hall: Hall) -> None:
        self.office, self.real = hall.office, hall
        made = self.office.ok("organiser", "POST", f"meetings/{hall.meeting}/rehearsal", {})
        self.meeting = made["live"]
        self.path = f"meetings/{self.meeting}/live"


@pytest.fixture
def real(convene: Callable[..., Hall], office: Any) -> Hall:
    """A meeting that is announced."""
    made = convene(office.approved())
    made.fire("announce")
    return made


@pytest.fixture
def rehearsal(real: Hall) -> Rehearsal:
    """Its rehearsal, with a line and a picture."""
    made = Rehearsal(real)
    made.say(MARK)
    return made


def picture(hall: Hall) -> str:
    body = {"file": (io.BytesIO(PIXEL), "picture.png")}
    file = str(hall.office.ok("stenographer", "POST", "files", body)["id"])
    hall.say(MARK, type="image", attachments=[file])
    return file


def test_those_who_write_use_it_like_a_meeting(rehearsal: Rehearsal) -> None:
    post = rehearsal.say("第二句")["post"]
    assert rehearsal.call("PATCH", f"/posts/{post}", {"text": "改", "reason": "x"}, If_Match='"1"').status_code == 200
    assert rehearsal.call("DELETE", f"/posts/{post}", {"reason": "x"}, If_Match='"2"').status_code == 200
    item = rehearsal.real.office.ok("organiser", "GET", f"meetings/{rehearsal.real.meeting}")["agenda"][0]["id"]
    assert rehearsal.call("POST", "/item", {"item": item}).status_code == 200
    assert rehearsal.snapshot("stenographer")["posts"][0]["text"] == MARK
    rehearsal.call("POST", "/delay", {"seconds": 60}, "organiser")
    held = rehearsal.post("待审").json["post"]
    assert rehearsal.call("POST", f"/posts/{held}/release", {}, "live_reviewer").status_code == 200
    assert rehearsal.call("POST", "/hold", {}, "stenographer").status_code == 200
    assert rehearsal.call("POST", "/hold/confirm", {}, "stenographer").status_code == 202
    assert rehearsal.call("POST", "/hold/confirm", {}, "organiser").status_code == 200


def surfaces(hall: Hall, ident: str) -> list[str]:
    county = hall.office.place.slug
    page, api = f"/{county}/meetings/{ident}", f"/api/v1/{county}/meetings/{ident}"
    return [
        f"{page}/", f"{page}/live/", f"{page}/record/", f"{page}/record.docx", f"{page}/meeting.ics", api,
        f"{api}/live?after=0", f"{api}/live/snapshot", f"{api}/record.json", f"{api}/live/held",
    ]  # fmt: skip


def test_nothing_of_it_is_seen_outside_by_any_path(rehearsal: Rehearsal, wire: Callable[..., Any]) -> None:
    real, county = rehearsal.real, rehearsal.office.place.slug
    file = picture(rehearsal)
    client = rehearsal.office.app.test_client()
    for path in surfaces(real, rehearsal.meeting):
        assert client.get(path).status_code in {401, 404}, path
    for path in (
        *surfaces(real, real.meeting), f"/{county}/", "/", f"/{county}/meetings/", f"/{county}/feed.atom",
        f"/{county}/search?q=专用", f"/{county}/meetings.ics",
    ):  # fmt: skip
        assert MARK not in client.get(path).get_data(as_text=True), path
        assert rehearsal.meeting not in client.get(path).get_data(as_text=True), path
    assert client.get(f"/api/v1/{county}/files/{file}").status_code == 404
    assert client.get(f"/{county}/files/{file}").status_code == 404
    assert real.tail()["head"] == 0
    for role in ("", "deputy_leader"):
        assert rehearsal.call("GET", "/snapshot", role=role).status_code == 404
        stranger = wire(rehearsal, role)
        assert stranger.join()["code"] == "GONE"
    writer = wire(rehearsal, "stenographer")
    assert writer.join()["ok"]


def test_another_county_and_a_guess_get_the_same_answer(rehearsal: Rehearsal) -> None:
    known = rehearsal.call("GET", "/snapshot", role="deputy_leader")
    guess = rehearsal.office.call("deputy_leader", "GET", f"meetings/{'0' * 32}/live/snapshot")
    assert (known.status_code, known.get_data()) == (guess.status_code, guess.get_data())


def test_it_ends_when_the_meeting_opens_and_is_no_part_of_the_record(rehearsal: Rehearsal) -> None:
    real = rehearsal.real
    real.fire("open")
    assert rehearsal.post("还在演练").json["code"] == "WRONG_STATE"
    real.say("正式的话")
    real.fire("close", "seal")
    record = real.office.ok("", "GET", f"meetings/{real.meeting}/record.json")
    assert [line["text"] for line in record["posts"]] == ["正式的话"]
    assert real.office.call("organiser", "POST", f"meetings/{real.meeting}/rehearsal", {}).status_code == 409


def test_it_can_be_ended_gone_on_with_and_cleared(rehearsal: Rehearsal) -> None:
    real = rehearsal.real
    picture(rehearsal)
    real.office.call("organiser", "POST", f"meetings/{real.meeting}/rehearsal/end", {})
    assert rehearsal.post("x").status_code == 409
    assert Rehearsal(real).meeting == rehearsal.meeting
    rehearsal.say("再练")
    rehearsal.call("POST", "/delay", {"seconds": 60}, "organiser")
    rehearsal.post("待审")
    assert real.office.call("organiser", "POST", f"meetings/{real.meeting}/rehearsal/clear", {}).status_code == 204
    assert rehearsal.call("GET", "/snapshot", role="stenographer").status_code == 404
    db.session.remove()
    with jurisdictions.enter(real.office.place):
        for table in (LiveEvent, LivePost, LiveHeld, LiveIdempotency):
            assert db.session.scalar(select(func.count()).select_from(table)) == 0, table
        links = select(func.count()).select_from(AttachmentLink).where(AttachmentLink.subject_type == FILE_SUBJECT)
        assert db.session.scalar(links) == 0
        assert db.session.scalars(select(LiveSession.rehearsal_of)).all() == [None]
    real.fire("open")
    real.say("正式的话")


def test_only_the_organiser_rehearses(real: Hall) -> None:
    for path in ("rehearsal", "rehearsal/end", "rehearsal/clear"):
        for role, status in (("stenographer", 403), ("", 401)):
            assert real.office.call(role, "POST", f"meetings/{real.meeting}/{path}", {}).status_code == status
