"""The order of answers of the API's edge: each row has every later fault too, and gets the earlier answer."""

from __future__ import annotations

from typing import Any

import pytest
from sample.testing import Call, Person, app, call, here, nobody, organiser, switch, thing  # noqa: F401

from core.contracts import JurisdictionRef
from core.permissions import Actor

KEY = "0123456789abcdef"
USED = "used-0123456789abcdef"
BAD = {"count": -1, "nonsense": 1}
STALE = '"99"'

# who, place, id, key, body, If-Match, state → status, code
ORDER: list[tuple[Any, ...]] = [
    ("none", "nowhere", "unknown", USED, BAD, STALE, "pending", 401, "UNAUTHENTICATED"),
    ("bad", "nowhere", "unknown", USED, BAD, STALE, "pending", 401, "UNAUTHENTICATED"),
    ("nobody", "nowhere", "known", USED, BAD, STALE, "pending", 404, "NOT_FOUND"),
    ("nobody", "off", "known", USED, BAD, STALE, "pending", 404, "NOT_FOUND"),
    ("nobody", "huichuan", "unknown", USED, BAD, STALE, "pending", 404, "NOT_FOUND"),
    ("nobody", "huichuan", "foreign", USED, BAD, STALE, "pending", 404, "NOT_FOUND"),
    ("nobody", "huichuan", "known", USED, BAD, STALE, "pending", 403, "FORBIDDEN"),
    ("organiser", "huichuan", "known", USED, BAD, STALE, "pending", 409, "KEY_REUSED"),
    ("organiser", "huichuan", "known", KEY, BAD, STALE, "pending", 422, "INVALID"),
    ("organiser", "huichuan", "known", KEY, {"title": "坏"}, STALE, "pending", 409, "WRONG_STATE"),
    ("organiser", "huichuan", "known", KEY, {"title": "坏"}, None, "pending", 409, "WRONG_STATE"),
    ("organiser", "huichuan", "known", KEY, {"title": "坏"}, STALE, "draft", 412, "STALE"),
    ("organiser", "huichuan", "known", KEY, {"title": "坏"}, None, "draft", 428, "IF_MATCH_REQUIRED"),
    ("organiser", "huichuan", "known", KEY, {"title": "坏"}, '"1"', "draft", 409, "TITLE_UNFIT"),
    ("organiser", "huichuan", "known", KEY, {"title": "好"}, '"1"', "draft", 200, None),
    ("organiser", "huichuan", "known", KEY, {"title": "好"}, "1", "draft", 200, None),
    ("organiser", "huichuan", "known", KEY, {"title": "好"}, "*", "draft", 200, None),
    ("organiser", "huichuan", "known", KEY, {"title": "好"}, '"7", "1"', "draft", 200, None),
    ("organiser", "huichuan", "known", KEY, {"title": "好"}, 'W/"1"', "draft", 412, "STALE"),
    ("organiser", "huichuan", "known", KEY, {"title": "好"}, "nonsense", "draft", 412, "STALE"),
]


@pytest.mark.parametrize(("who", "place", "which", "key", "body", "match", "state", "status", "code"), ORDER)
def test_order_of_a_change(
    call: Call, organiser: Actor, nobody: Actor, here: JurisdictionRef, other_county: JurisdictionRef, city: JurisdictionRef,
    who: str, place: str, which: str, key: str, body: Any, match: str | None, state: str, status: int, code: str | None,
) -> None:  # fmt: skip
    ids = {"known": thing(here, state=state), "foreign": thing(other_county), "unknown": "f" * 32}
    switch(city, "sample", "off")
    switch(here, "sample", "on")
    for actor in (organiser, nobody):
        call(actor, "POST", "sample/things", json={"title": "占用"}, headers={"Idempotency-Key": USED})
    headers = {"Idempotency-Key": key} | ({"If-Match": match} if match else {})
    if who == "bad":
        headers["Authorization"] = "Bearer nonsense"
    actor = {"organiser": organiser, "nobody": nobody}.get(who)
    slug = "zunyi" if place == "off" else place
    answer = call(actor, "PATCH", f"sample/things/{ids[which]}", place=slug, json=body, headers=headers)
    assert (answer.status_code, answer.json.get("code")) == (status, code), answer.json
    if status >= 400:
        assert answer.content_type == "application/problem+json"
        assert answer.json["detail"]


@pytest.mark.parametrize(
    ("role", "body", "match", "state", "status", "code"),
    [
        ("leader", {"event": "submit", "reason": 7}, STALE, "draft", 403, "FORBIDDEN"),
        ("organiser", {"event": "submit", "reason": 7}, STALE, "done", 422, "INVALID"),
        ("organiser", {"event": "nonsense"}, STALE, "done", 422, "INVALID"),
        ("organiser", {}, STALE, "done", 422, "INVALID"),
        ("leader", {"event": "return"}, STALE, "done", 422, "INVALID"),
        ("organiser", {"event": "submit"}, STALE, "done", 409, "WRONG_STATE"),
        ("organiser", {"event": "submit"}, STALE, "draft", 412, "STALE"),
        ("organiser", {"event": "submit"}, None, "draft", 409, "COUNT_MISSING"),
    ],
)
def test_order_of_a_transition(
    call: Call, person: Person, here: JurisdictionRef,
    role: str, body: Any, match: str | None, state: str, status: int, code: str,
) -> None:  # fmt: skip
    ident = thing(here, state=state, title="坏")
    answer = call(
        person(role, place=here), "POST", f"sample/things/{ident}/transitions", json=body,
        headers={"If-Match": match} if match else {},
    )  # fmt: skip
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json


def test_guards_come_in_article_order(call: Call, organiser: Actor, here: JurisdictionRef) -> None:
    ident = thing(here, title="坏")
    problem = call(organiser, "POST", f"sample/things/{ident}/transitions", json={"event": "submit"}).json
    assert (problem["code"], problem["article"], problem["missing"]) == ("COUNT_MISSING", "会7", ["count"])
    assert [(item["code"], item["article"]) for item in problem["errors"]] == [
        ("COUNT_MISSING", "会7"),
        ("TITLE_UNFIT", "会8"),
    ]


def test_what_is_not_there_answers_the_same_bytes(
    call: Call, organiser: Actor, here: JurisdictionRef, other_county: JurisdictionRef
) -> None:
    foreign, known = thing(other_county), thing(here)
    for actor in (None, organiser):
        for method in ("GET", "HEAD") if actor is None else ("GET", "HEAD", "PATCH", "DELETE"):
            switch(here, "sample", "on")
            answers = [
                call(actor, method, "sample/things/" + "f" * 32, json={}),
                call(actor, method, f"sample/things/{foreign}", json={}),
                call(actor, method, f"sample/things/{known}", place="nowhere", json={}),
                call(actor, method, "nothing/at/all", json={}),
                call(actor, method, "sample/things/%00", json={}),
                call(actor, method, "sample/things/a%0Ab", json={}),
                call(actor, method, f"sample/things/{known}", place="%00", json={}),
            ]
            switch(here, "sample", "off")
            answers.append(call(actor, method, f"sample/things/{known}", json={}))
            seen = {(one.status_code, one.data, tuple(sorted(one.headers))) for one in answers}
            assert len(seen) == 1, seen
            assert answers[0].status_code == 404


def test_a_switched_off_plugin_hides_its_methods_and_slashes(
    call: Call, organiser: Actor, here: JurisdictionRef
) -> None:
    assert call(organiser, "PUT", "sample/things").status_code == 405
    assert call(organiser, "GET", "/huichuan/sample").status_code == 308
    switch(here, "sample", "off")
    assert call(organiser, "PUT", "sample/things").status_code == 404
    assert call(organiser, "OPTIONS", "sample/things").status_code == 404
    assert call(organiser, "GET", "/huichuan/sample").status_code == 404


def test_a_public_read_needs_nobody_but_no_bad_token(call: Call, here: JurisdictionRef) -> None:
    ident = thing(here)
    assert call(None, "GET", f"sample/things/{ident}").status_code == 200
    refused = call(None, "GET", f"sample/things/{ident}", headers={"Authorization": "Bearer x"})
    assert refused.status_code == 401
    assert "invalid_token" in refused.headers["WWW-Authenticate"]
    assert call(None, "GET", "me").headers["WWW-Authenticate"] == 'Bearer realm="mingtang"'


def test_flasks_own_errors_are_problems_too(call: Call, organiser: Actor) -> None:
    wrong = call(organiser, "PUT", "sample/things")
    assert (wrong.status_code, wrong.content_type) == (405, "application/problem+json")
    assert wrong.json["code"] == "METHOD_NOT_ALLOWED"
    assert "POST" in wrong.headers["Allow"]


def test_events_are_listed_for_the_viewer(call: Call, organiser: Actor, here: JurisdictionRef) -> None:
    ident = thing(here)
    mine = {item["event"]: item for item in call(organiser, "GET", f"sample/things/{ident}").json["events"]}
    assert list(mine) == ["submit", "approve", "return"]
    assert (mine["submit"]["allowed"], mine["submit"]["code"], mine["submit"]["article"]) == (
        False,
        "COUNT_MISSING",
        "会7",
    )
    public = call(None, "GET", f"sample/things/{ident}").json["events"]
    assert {item["code"] for item in public} == {"FORBIDDEN"}


def test_the_whole_way(call: Call, organiser: Actor, person: Person, here: JurisdictionRef) -> None:
    made = call(organiser, "POST", "sample/things", json={"title": "修路", "count": 1})
    assert (made.status_code, made.json["etag"], made.headers["ETag"]) == (201, "1", '"1"')
    path = f"sample/things/{made.json['id']}"
    moved = call(organiser, "POST", f"{path}/transitions", json={"event": "submit"}, headers={"If-Match": '"1"'})
    assert moved.json == {"state": "pending", "state_label": "待审批", "etag": "2"}
    done = call(person("leader", place=here), "POST", f"{path}/transitions", json={"event": "approve"})
    assert done.headers["ETag"] == '"3"'
    assert call(None, "GET", path, headers={"If-None-Match": '"3"'}).status_code == 304
    assert call(None, "GET", path, headers={"If-None-Match": '"2"'}).status_code == 200
    assert call(organiser, "DELETE", path, headers={"If-Match": '"3"'}).status_code == 204
    assert call(None, "GET", path).status_code == 404
