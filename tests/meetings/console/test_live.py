"""The stenographer's desk as a page: what console.js finds on it, and a line without any script."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core import jurisdictions
from core.db import db, write
from core.permissions import SYSTEM
from plugins.meetings.live import writer
from plugins.meetings.live.models import LivePost
from plugins.meetings.models import Invitation
from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk

Sign = Callable[..., Desk]
PARTS = ("input", "speaker", "item", "speakers", "queue", "alert", "resume", "send")
WIRE = {"connecting", "live", "polling", "reconnecting", "silent", "busy", "denied", "gone", "ended"}


@pytest.fixture
def meeting(office: Office) -> dict[str, str]:
    """A meeting in session at its first item: id, item."""
    item = office.approved(title="供水管网改造")
    ident = office.meeting(item)
    for event in ("announce", "open"):
        office.fire("organiser", ident, event)
    office.fire("organiser", f"applications/{item}", "call")
    return {"id": ident, "item": item}


def lines(office: Office) -> list[tuple[str, str | None, str | None]]:
    db.session.remove()
    with jurisdictions.enter(office.place):
        rows = db.session.scalars(select(LivePost).order_by(LivePost.seq)).all()
        return [(row.type, row.speaker, row.text) for row in rows]


def test_the_page_has_every_part_the_script_asks_for(desk: Sign, meeting: dict[str, str]) -> None:
    page = desk("stenographer").get(f"meetings/live/{meeting['id']}/")
    assert all(f'data-part="{part}"' in page for part in PARTS)
    assert all(f'data-type-key="{name}"' in page for name in ("speech", "vote", "notice", "item"))
    assert all(
        part in page for part in ('id="correct-dialog"', 'id="retract-dialog"', "data-scrolls", 'name="csrf-token"')
    )
    data = _data(page)
    assert set(data["words"]["wire"]) == WIRE
    assert set(data["words"]["states"]) == {"draft", "open", "paused", "closed", "sealed"}
    assert data["items"] == [{"id": meeting["item"], "title": "供水管网改造"}]
    assert (data["state"], data["item"]) == ("open", meeting["item"])
    assert data["base"] == f"/api/v1/huichuan/meetings/{meeting['id']}/live"
    assert "Alt+Z" in page  # the keys are explained on the page


def _data(page: str) -> dict[str, Any]:
    found = re.search(r'id="live-data">(.+?)</script>', page, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_a_text_that_would_end_the_script_block_stays_a_text(desk: Sign, office: Office) -> None:
    ident = office.meeting(office.approved(title="</script><script>alert(1)</script>"))
    office.fire("organiser", ident, "announce")
    page = desk("stenographer").get(f"meetings/live/{ident}/")
    assert "<script>alert" not in page
    assert _data(page)["items"][0]["title"] == "</script><script>alert(1)</script>"


def test_without_script_a_form_posts_a_line_and_twice_is_once(
    desk: Sign, office: Office, meeting: dict[str, str]
) -> None:
    steno, path = desk("stenographer"), f"meetings/live/{meeting['id']}/line"
    form = {"type": "vote", "text": "同意 9 票\n反对 0 票", "item": meeting["item"], "form_key": "0123456789abcdef"}
    for _ in range(2):
        assert steno.post(path, form).status_code == 302
    assert lines(office) == [("vote", None, "同意 9 票\n反对 0 票")]
    assert steno.post(path, form | {"text": "另一句"}).status_code == 409
    assert "同意 9 票" in steno.get(f"meetings/live/{meeting['id']}/")


def test_a_line_that_cannot_go_out_stays_in_the_field(desk: Sign, office: Office, meeting: dict[str, str]) -> None:
    steno, path = desk("stenographer"), f"meetings/live/{meeting['id']}/line"
    blank = steno.post(path, {"text": " ", "speaker": "李局长", "form_key": "0" * 16})
    assert blank.status_code == 422
    assert "李局长" in blank.get_data(as_text=True)
    office.fire("organiser", meeting["id"], "pause")
    paused = steno.post(path, {"text": "这句先别丢", "form_key": "1" * 16})
    assert paused.status_code == 409
    assert "这句先别丢" in paused.get_data(as_text=True)
    assert lines(office) == []


def test_the_organiser_runs_the_meeting_from_the_same_page(desk: Sign, office: Office, meeting: dict[str, str]) -> None:
    organiser, address = desk("organiser"), f"meetings/live/{meeting['id']}/"
    page = organiser.get(address)
    assert f"/meetings/{meeting['id']}/move?back=live" in page
    assert "审议结论" in page
    version = re.search(r'move\?back=live" method="post".*?name="version" value="(\d+)"', page, re.DOTALL)
    assert version
    answer = organiser.post(f"meetings/{meeting['id']}/move?back=live", {"event": "pause", "version": version[1]})
    assert answer.headers["Location"].endswith(address)
    assert "恢复" in organiser.get(address)
    assert "召集会议" not in desk("stenographer").get(address)  # no act that is not one's own


@pytest.mark.article("meetings", 8)
def test_speaker_keys_name_only_who_may_be_named(desk: Sign, office: Office, meeting: dict[str, str]) -> None:
    with jurisdictions.enter(office.place), write() as session:
        for row in session.scalars(select(Invitation)):
            row.state = "accepted"
        writer.publish(writer.lock(meeting["id"]), SYSTEM, writer.Line("speech", "开会。", speaker="张区长"))
    page = desk("stenographer").get(f"meetings/live/{meeting['id']}/")
    assert re.findall(r'data-name="([^"]+)"', page) == ["张区长", "其他公众代表"]
    assert "王小明" not in page
    with jurisdictions.enter(office.place), write() as session:
        session.scalars(select(Invitation)).one().publish_name = True
    assert 'data-name="王小明"' in desk("stenographer").get(f"meetings/live/{meeting['id']}/")


def test_only_those_who_write_come_in(desk: Sign, office: Office, meeting: dict[str, str]) -> None:
    address = f"meetings/live/{meeting['id']}/"
    desk("deputy_leader").get(address, 403)
    form = {"text": "x", "form_key": "0" * 16}
    assert desk("deputy_leader").post(f"{address}line", form).status_code == 403
    assert desk("stenographer").post(f"{address}line", form, token="made-up").status_code in {400, 403}
    assert desk("stenographer", "meitan").post(f"{address}line", form).status_code == 404
    assert meeting["id"] in desk("stenographer").get("meetings/live/")
    assert meeting["id"] not in desk("stenographer", "meitan").get("meetings/live/")
    assert lines(office) == []
