"""Writing over the API: the order of answers, keys, revisions, what is refused and what the meeting's state allows."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from core import jurisdictions
from core.db import db
from plugins.meetings.live import reading, record
from plugins.meetings.live.models import LiveIdempotency

KEY = "0123456789abcdef"
GOOD: dict[str, Any] = {"type": "speech", "text": "大家好"}


def test_a_line_gets_its_number(hall: Any) -> None:
    first, second = hall.say("一"), hall.say("二", speaker="张三", role="局长", item=hall.items[0])
    assert (second["seq"], second["rev"], second["epoch"]) == (first["seq"] + 1, 1, first["epoch"])
    event = hall.tail(first["seq"])["events"][0]
    assert {name: event[name] for name in ("text", "speaker", "role", "item", "type", "post")} == {
        "text": "二", "speaker": "张三", "role": "局长", "item": hall.items[0], "type": "speech", "post": second["post"],
    }  # fmt: skip


def test_the_same_key_is_answered_again(hall: Any) -> None:
    first = hall.post("一", KEY)
    again = [hall.post("一", KEY) for _ in range(3)]
    assert (first.status_code, "Idempotent-Replay" in first.headers) == (201, False)
    assert {(one.status_code, one.headers["Idempotent-Replay"]) for one in again} == {(200, "1")}
    assert all(one.json == first.json for one in again)
    assert len(hall.tail(1)["events"]) == 1


def test_an_answer_is_given_again_when_nothing_new_would_be_taken(hall: Any) -> None:
    first = hall.post("一", KEY).json
    hall.fire("pause")
    assert (hall.post("一", KEY).status_code, hall.post("一", KEY).json) == (200, first)
    hall.fire("resume", "close", "seal")
    assert hall.post("一", KEY).json == first


def test_a_key_used_for_something_else_is_refused_before_the_shape(hall: Any) -> None:
    hall.post("一", KEY)
    for body in ({"type": "speech", "text": "二"}, {"type": "speech"}, {}):
        answer = hall.call("POST", "/posts", body, Idempotency_Key=KEY)
        assert (answer.status_code, answer.json["code"]) == (409, "KEY_REUSED")
    assert len(hall.tail(1)["events"]) == 1


@pytest.mark.parametrize("key", ["", "short", "k" * 65])
def test_a_line_needs_a_key(hall: Any, key: str) -> None:
    headers = {"Idempotency_Key": key} if key else {}
    answer = hall.call("POST", "/posts", GOOD, **headers)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "Idempotency-Key")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n"}, "text"),
        ({"text": "字" * 4001}, "text"),
        ({"text": "\x07铃"}, "text"),
        ({"text": "\ud800"}, "text"),
        ({"text": 5}, "text"),
        ({"type": "song"}, "type"),
        ({"speaker": "名" * 101}, "speaker"),
        ({"item": "0" * 32}, "item"),
        ({"attachments": ["0" * 32]}, "attachments[0]"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_not_taken_is_named(hall: Any, change: dict[str, Any], field: str) -> None:
    answer = hall.call("POST", "/posts", GOOD | change, Idempotency_Key=KEY)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    assert hall.tail(1)["events"] == []


def test_text_is_taken_as_it_comes(hall: Any) -> None:
    text = "一\r\n二\u3000\u00a0e\u0301 😀" + "字" * 3991
    post = hall.say(text)["post"]
    assert len(text.replace("\r\n", "\n")) == 4000
    (line,) = [line for line in hall.snapshot()["posts"] if line["post"] == post]
    assert line["text"] == text.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("role", "path", "expected"),
    [
        ("", "{own}/posts", 401),
        ("", "nowhere", 401),
        ("disclosure_officer", "nowhere", 404),
        ("stenographer", "nowhere", 404),
        ("disclosure_officer", "{own}/posts", 403),
    ],
)
def test_the_order_of_refusals(office: Any, hall: Any, role: str, path: str, expected: int) -> None:
    """401, then 404, then 403; nothing of it looks at the body."""
    where = path.format(own=hall.path) if "own" in path else f"meetings/{'0' * 32}/live/posts"
    answer = office.call(role, "POST", where, {"bad": 1}, Idempotency_Key=KEY)
    assert answer.status_code == expected


def test_an_unannounced_meeting_is_unknown_to_others(office: Any, convene: Any) -> None:
    hall = convene(office.approved())
    unknown = office.call("", "GET", f"meetings/{'0' * 32}/live")
    for path in ("", "/snapshot"):
        answer = hall.call("GET", path, role="")
        assert (answer.status_code, answer.get_data()) == (404, unknown.get_data())
    assert hall.tail(role="organiser")["head"] == 0


def test_lines_only_while_the_meeting_is_in_session(office: Any, convene: Any) -> None:
    hall = convene(office.approved())
    for events, expected in (
        (("announce",), 409),
        (("open",), 201),
        (("pause",), 409),
        (("resume",), 201),
        (("close",), 409),
    ):
        hall.fire(*events)
        answer = hall.post()
        assert answer.status_code == expected, events
        assert expected == 201 or answer.json["code"] == "WRONG_STATE"


def test_the_meetings_events_have_addresses_of_their_own(office: Any, convene: Any) -> None:
    hall = convene(office.approved())
    hall.fire("announce")
    for event, state in (
        ("open", "open"),
        ("pause", "paused"),
        ("resume", "open"),
        ("close", "closed"),
        ("seal", "sealed"),
    ):
        assert hall.call("POST", f"/{event}", {}).status_code == 403
        answer = hall.call("POST", f"/{event}", {}, role="organiser")
        assert (answer.status_code, answer.json["live"]["state"]) == (200, state)
    assert hall.call("POST", "/open", {}, role="organiser").json["code"] == "WRONG_STATE"
    assert [event["state"] for event in hall.tail()["events"]] == ["open", "paused", "open", "closed", "sealed"]


def test_a_correction_needs_the_revision_it_corrects(hall: Any) -> None:
    post = hall.say("上百万元")["post"]
    body = {"text": "上千万元", "reason": "笔误"}
    without = hall.call("PATCH", f"/posts/{post}", body)
    assert (without.status_code, without.json["code"]) == (428, "IF_MATCH_REQUIRED")
    done = hall.call("PATCH", f"/posts/{post}", body, If_Match='"1"')
    assert (done.status_code, done.json["rev"], done.headers["ETag"]) == (200, 2, '"2"')
    stale = hall.call("PATCH", f"/posts/{post}", body | {"text": "上亿元"}, If_Match='"1"')
    assert (stale.status_code, stale.headers["ETag"], stale.json["errors"][0]["etag"]) == (412, '"2"', "2")
    assert [event["kind"] for event in hall.tail(2)["events"]] == ["correct"]
    same = hall.call("PATCH", f"/posts/{post}", body, If_Match='"2"')
    assert (same.status_code, same.json["code"]) == (409, "UNCHANGED")


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"text": "改", "reason": "误"}), ("DELETE", {"reason": "误"})])
def test_changes_are_answered_again_under_their_key(hall: Any, method: str, body: dict[str, Any]) -> None:
    post = hall.say()["post"]
    first, again = (hall.call(method, f"/posts/{post}", body, If_Match='"1"', Idempotency_Key=KEY) for _ in range(2))
    assert (first.status_code, again.status_code, again.headers["Idempotent-Replay"]) == (200, 200, "1")
    assert first.json == again.json
    assert len(hall.tail(2)["events"]) == 1


def test_a_retracted_line_leaves_no_text_anywhere(hall: Any) -> None:
    post = hall.say("身份证号 5203…", speaker="张三")["post"]
    hall.call("PATCH", f"/posts/{post}", {"text": "身份证号 5204…", "reason": "误"}, If_Match='"1"')
    before = hall.call("GET", "/snapshot", role="").headers["ETag"]
    body = {"reason": "涉及个人信息", "public_note": "涉及个人信息，已撤回"}
    assert hall.call("DELETE", f"/posts/{post}", body, If_Match='"2"', role="disclosure_officer").status_code == 403
    assert hall.call("DELETE", f"/posts/{post}", body, If_Match='"2"').json["rev"] == 3
    hall.fire("close", "seal")
    whole = hall.office.call("", "GET", f"meetings/{hall.meeting}/record.json")
    for text in (str(hall.tail()), str(hall.snapshot()), whole.get_data(as_text=True)):
        assert "身份证" not in text
    assert hall.call("GET", "/snapshot", role="").headers["ETag"] != before
    (line,) = hall.snapshot()["posts"]
    assert (line["state"], line["text"], line["public_note"]) == ("retracted", None, "涉及个人信息，已撤回")


@pytest.mark.parametrize("path", ["/posts/{unknown}", "/posts/{foreign}", "/posts/{own}/withdraw"])
def test_unknown_lines_are_unknown(office: Any, hall: Any, convene: Any, path: str) -> None:
    other = convene(office.approved())
    other.fire("announce", "open")
    foreign = other.say()["post"]
    where = path.format(unknown="0" * 32, foreign=foreign, own=foreign)
    method = "POST" if path.endswith("withdraw") else "DELETE"
    role = "secrecy_reviewer" if path.endswith("withdraw") else "stenographer"
    assert hall.call(method, where, {"reason": "误"}, role, If_Match='"1"').status_code == 404
    assert len(other.tail(1)["events"]) == 1


def test_items_pins_and_notices(hall: Any) -> None:
    post = hall.say()["post"]
    assert hall.call("POST", "/item", {"item": hall.items[0]}).status_code == 200
    assert hall.call("POST", "/pin", {"post": post}).status_code == 200
    shown = hall.snapshot()
    assert (shown["item"], shown["pinned"]) == (hall.items[0], post)
    for path, body, field in (("/item", {"item": "0" * 32}, "item"), ("/pin", {"post": "0" * 32}, "post")):
        answer = hall.call("POST", path, body)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    hall.fire("pause")
    keyed = [hall.call("POST", "/notice", {"text": "休会十分钟"}, Idempotency_Key=KEY) for _ in range(2)]
    assert [one.headers.get("Idempotent-Replay") for one in keyed] == [None, "1"]
    assert hall.call("POST", "/pin", {"post": None}).status_code == 200
    assert [event["kind"] for event in hall.tail(2)["events"]] == ["item", "pin", "status", "notice", "unpin"]
    assert hall.snapshot()["pinned"] is None


def test_after_sealing_a_text_is_withdrawn_by_who_may(hall: Any) -> None:
    post = hall.say("不该公开的话")["post"]
    body = {"reason": "依法撤下", "public_note": "已撤下"}
    early = hall.call("POST", f"/posts/{post}/withdraw", body, "secrecy_reviewer")
    assert (early.status_code, early.json["code"]) == (409, "WRONG_STATE")
    hall.fire("close", "seal")
    sealed = hall.office.ok("", "GET", f"meetings/{hall.meeting}/record.json")
    late = hall.call("DELETE", f"/posts/{post}", body, If_Match='"1"')
    assert (late.status_code, late.json["code"]) == (409, "WRONG_STATE")
    assert hall.call("POST", f"/posts/{post}/withdraw", body).status_code == 403
    done = hall.call("POST", f"/posts/{post}/withdraw", body, "secrecy_reviewer")
    assert done.json == {"post": post, "state": "retracted", "public_note": "已撤下"}
    after = hall.office.call("", "GET", f"meetings/{hall.meeting}/record.json")
    assert "不该公开" not in after.get_data(as_text=True)
    assert after.json["digest"] == sealed["digest"]
    assert list(record.check_record(after.json)) == []


def test_every_invariant_holds_and_no_key_stands_without_its_line(hall: Any) -> None:
    post = hall.say("一")["post"]
    hall.post("二", KEY)
    hall.call("PATCH", f"/posts/{post}", {"text": "三", "reason": "误"}, If_Match='"1"')
    with jurisdictions.enter(hall.office.place):
        assert list(record.faults(reading.of_meeting(hall.meeting))) == []
        kept = db.session.scalars(select(LiveIdempotency)).all()
        assert {row.post for row in kept} >= {post}
