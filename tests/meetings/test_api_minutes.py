"""The minutes over the API: what the console does, for an office system."""

from __future__ import annotations

import pytest

from tests.meetings.conftest import Office


@pytest.mark.article("meetings", 4)
def test_begin_write_compare_and_submit(office: Office) -> None:
    item = office.approved()
    meeting = office.meeting(item)
    early = office.call("stenographer", "POST", f"meetings/{meeting}/minutes")
    assert (early.status_code, early.json["code"]) == (409, "WRONG_STATE")
    office.run(meeting, item)
    made = office.ok("stenographer", "POST", f"meetings/{meeting}/minutes")
    assert [part["item"] for part in made["sections"]] == [None, item]
    path = f"meetings/minutes/sections/{made['sections'][0]['id']}"
    office.ok("organiser", "PATCH", path, {"text": "出席：三人"}, If_Match='"1"')
    assert office.call("stenographer", "PATCH", path, {"text": "别的"}, If_Match='"1"').status_code == 412
    assert office.call("stenographer", "PATCH", path, {"text": "别的"}).status_code == 428
    assert [row["rev"] for row in office.ok("organiser", "GET", f"{path}/revisions")["items"]] == [1, 2]
    assert office.fire("stenographer", f"minutes/{made['id']}", "submit")["state"] == "checking"
    refused = office.codes("organiser", "POST", f"meetings/minutes/{made['id']}/transitions", {"event": "check"})
    assert refused == ["SELF_APPROVAL"]
    assert office.call("", "GET", f"meetings/{meeting}/minutes").status_code == 401
    assert office.call("nobody", "GET", f"meetings/{meeting}/minutes").status_code == 404
