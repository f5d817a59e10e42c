"""The minutes in the console: what two people typed stands side by side, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.meetings.conftest import Office
from tests.meetings.console.conftest import Desk


@pytest.mark.article("meetings", 4)
def test_the_console_shows_both_texts_and_keeps_what_was_typed(office: Office, desk: Callable[..., Desk]) -> None:
    organiser = desk("organiser")
    item = office.approved()
    meeting_id = office.meeting(item)
    office.run(meeting_id, item)
    answer = organiser.post(f"meetings/minutes/begin/{meeting_id}")
    draft = office.ok("organiser", "GET", f"meetings/{meeting_id}/minutes")
    part, own = f"meetings/minutes/parts/{draft['sections'][1]['id']}/", f"meetings/minutes/{draft['id']}/"
    assert answer.location.endswith(own)
    assert "会议纪要" in organiser.get(f"meetings/{meeting_id}/")
    assert organiser.post(part, {"text": "甲写的", "rev": "1"}).status_code == 302
    stale = desk("stenographer").post(part, {"text": "乙写的", "rev": "1"})
    page = stale.get_data(as_text=True)
    assert stale.status_code == 412
    assert ">乙写的</textarea>" in page.replace("\n", "")
    assert 'name="rev" value="2"' in page
    assert "<del>" in organiser.get(f"{part}history")
    assert organiser.post(f"{own}move", {"event": "submit", "version": "2"}).status_code == 302
    refused = organiser.post(f"{own}move", {"event": "check", "version": "3"})
    assert refused.status_code == 409
    assert "没有参与起草" in refused.get_data(as_text=True)
    organiser.get(part, 404)
