"""A confidential item: the stream is silent, nobody writes, and it takes two persons to go on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import jurisdictions
from core.db import clock_at, db, utcnow
from plugins.meetings import tasks
from plugins.meetings.live import record
from plugins.meetings.live.reading import of_meeting

pytestmark = pytest.mark.article("meetings", 4)
FIRST, SECOND = "organiser", "live_reviewer"


@pytest.fixture
def silent(hall: Any) -> Any:
    """A meeting in session that has come to a confidential item."""
    hall.say("公开的话")
    assert do(hall, "hold", "stenographer")[0] == 200
    return hall


def do(hall: Any, what: str, role: str) -> tuple[int, dict[str, Any]]:
    answer = hall.call("POST", f"/{what}", {}, role)
    return answer.status_code, dict(answer.json or {})


def test_readers_get_the_standard_notice_and_then_nothing(silent: Any) -> None:
    tail = silent.tail()
    assert tail["state"] == "paused"
    notice, status = tail["events"][-2:]
    assert (notice["kind"], notice["text"][:7]) == ("notice", "现在审议依法不")
    assert (status["kind"], status["state"]) == ("status", "paused")
    do(silent, "hold", FIRST)  # once more changes nothing
    assert silent.tail()["head"] == tail["head"]


def test_nothing_new_reaches_readers_but_a_line_can_be_taken_back(silent: Any) -> None:
    post = silent.snapshot()["posts"][0]["post"]
    writes = (
        silent.post("不该说的"),
        silent.call("POST", "/notice", {"text": "不该说的"}, "organiser"),
        silent.call("PATCH", f"/posts/{post}", {"text": "不该说的", "reason": "x"}, If_Match='"1"'),
    )
    for answer in writes:
        assert (answer.status_code, answer.json["code"], answer.json["article"]) == (409, "CONFIDENTIAL_ITEM", "会4")
    assert silent.call("DELETE", f"/posts/{post}", {"reason": "误"}, If_Match='"1"').status_code == 200
    assert "不该说的" not in silent.call("GET", "?after=0", role="").get_data(as_text=True)


def test_lines_that_waited_before_it_do_not_go_out_during_it(hall: Any) -> None:
    hall.call("POST", "/delay", {"seconds": 5}, "organiser")
    post = hall.post("先前的话").json["post"]
    do(hall, "hold", FIRST)
    db.session.remove()
    with clock_at(utcnow() + timedelta(seconds=60)):
        tasks.release()
    assert hall.call("POST", f"/posts/{post}/release", {}, SECOND).json["code"] == "CONFIDENTIAL_ITEM"
    assert [line["type"] for line in hall.snapshot()["posts"]] == ["notice"]
    do(hall, "hold/confirm", FIRST)
    do(hall, "hold/confirm", SECOND)
    db.session.remove()
    with clock_at(utcnow() + timedelta(seconds=60)):
        tasks.release()
    assert hall.snapshot()["posts"][-1]["text"] == "先前的话"


def test_it_takes_two_persons_to_go_on(silent: Any) -> None:
    status, standing = do(silent, "hold/confirm", FIRST)
    assert (status, bool(standing["confirmed_by"])) == (202, True)
    assert silent.call("GET", "/held").json["confirmed_by"] == standing["confirmed_by"]  # the others see it
    again = do(silent, "hold/confirm", FIRST)
    assert (again[0], again[1]["code"]) == (409, "SECOND_PERSON_NEEDED")
    assert silent.tail()["state"] == "paused"
    assert do(silent, "hold/confirm", SECOND)[0] == 200
    assert silent.tail()["state"] == "open"
    silent.say("继续")
    db.session.remove()
    with jurisdictions.enter(silent.office.place):
        assert list(record.faults(of_meeting(silent.meeting))) == []


def test_the_protocols_own_resume_counts_as_a_confirmation(silent: Any) -> None:
    assert do(silent, "resume", FIRST)[0] == 202
    assert do(silent, "resume", FIRST)[0] == 409
    assert do(silent, "resume", SECOND)[1]["live"]["state"] == "open"


def test_a_first_confirmation_can_be_taken_back_and_runs_out(silent: Any) -> None:
    do(silent, "hold/confirm", FIRST)
    assert do(silent, "hold/cancel", SECOND)[1]["confirmed_by"] is None
    assert do(silent, "hold/confirm", SECOND)[0] == 202
    with clock_at(utcnow() + timedelta(minutes=11)):
        assert do(silent, "hold/confirm", FIRST)[0] == 202  # the first is forgotten: this is a first one again
        assert do(silent, "hold/confirm", SECOND)[0] == 200


def test_the_meetings_own_pause_and_resume_open_nothing(silent: Any) -> None:
    silent.fire("pause", "resume")
    assert silent.tail()["state"] == "paused"
    assert silent.post("不该说的").json["code"] == "CONFIDENTIAL_ITEM"
    silent.fire("pause")
    do(silent, "hold/confirm", FIRST)
    do(silent, "hold/confirm", SECOND)
    assert silent.tail()["state"] == "paused"  # the meeting itself is paused
    assert silent.post("还不行").json["code"] == "WRONG_STATE"
    silent.fire("resume")
    silent.say("继续")


def test_a_meeting_that_ends_ends_it(silent: Any) -> None:
    silent.fire("close", "seal")
    assert silent.call("GET", "/held").json["confidential_at"] is None
    assert do(silent, "hold", FIRST)[1]["code"] == "WRONG_STATE"


def test_who_may_not_write_neither_holds_nor_resumes(silent: Any) -> None:
    for what in ("hold", "hold/confirm", "hold/cancel", "resume"):
        assert do(silent, what, "deputy_leader")[0] == 403
        assert do(silent, what, "")[0] == 401
