"""Idempotency-Key: one effect, one answer, kept a day, each account its own."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sample.models import Thing
from sample.testing import Call, Person, app, call, here, organiser, thing, token_of  # noqa: F401
from sqlalchemy import func, select, update

from core import jurisdictions
from core.contracts import JurisdictionRef
from core.db import db, write
from core.models import Attachment, IdempotencyRecord
from core.permissions import Actor

KEY = {"Idempotency-Key": "0123456789abcdef"}


def things(here: JurisdictionRef) -> int:
    with jurisdictions.enter(here):
        return db.session.scalar(select(func.count()).select_from(Thing)) or 0


def test_the_same_request_is_answered_again(call: Call, organiser: Actor, here: JurisdictionRef) -> None:
    first = call(organiser, "POST", "sample/things", json={"title": "修路", "count": 1}, headers=KEY)
    again = call(organiser, "POST", "sample/things", data=b'{"count":1 ,"title":"\\u4fee\\u8def"}',
                 headers=KEY | {"Content-Type": "application/json"})  # fmt: skip
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["Idempotent-Replay"] == "1"
    assert "Idempotent-Replay" not in first.headers
    assert (again.json, again.headers["ETag"]) == (first.json, first.headers["ETag"])
    assert things(here) == 1


def test_another_request_under_the_key_is_refused(call: Call, organiser: Actor, here: JurisdictionRef) -> None:
    made = call(organiser, "POST", "sample/things", json={"title": "修路"}, headers=KEY).json
    others = [
        call(organiser, "POST", "sample/things", json={"title": "修桥"}, headers=KEY),
        call(organiser, "POST", "sample/things", data=b"{", headers=KEY | {"Content-Type": "application/json"}),
        call(organiser, "PATCH", f"sample/things/{made['id']}", json={"title": "修路"}, headers=KEY),
        call(organiser, "DELETE", f"sample/things/{made['id']}", headers=KEY),
    ]
    assert [(one.status_code, one.json["code"]) for one in others] == [(409, "KEY_REUSED")] * 4
    assert things(here) == 1


def test_a_refusal_is_not_kept(call: Call, organiser: Actor, here: JurisdictionRef) -> None:
    ident = thing(here)
    path, body = f"sample/things/{ident}/transitions", {"event": "submit"}
    assert call(organiser, "POST", path, json=body, headers=KEY).status_code == 409
    assert (
        call(organiser, "PATCH", f"sample/things/{ident}", json={"count": 1}, headers={"If-Match": '"1"'}).status_code
        == 200
    )
    moved = call(organiser, "POST", path, json=body, headers=KEY)
    assert (moved.status_code, moved.json["state"]) == (200, "pending")
    again = call(organiser, "POST", path, json=body, headers=KEY | {"If-Match": '"1"'})
    assert (again.status_code, again.headers["Idempotent-Replay"], again.json) == (200, "1", moved.json)


def test_each_account_has_its_own_keys(call: Call, organiser: Actor, person: Person, here: JurisdictionRef) -> None:
    other = person("organiser", place=here)
    for actor in (organiser, other):
        assert call(actor, "POST", "sample/things", json={"title": "修路"}, headers=KEY).status_code == 201
    assert things(here) == 2


def test_a_key_is_forgotten_after_a_day(call: Call, organiser: Actor, here: JurisdictionRef) -> None:
    call(organiser, "POST", "sample/things", json={"title": "修路"}, headers=KEY)
    with write() as session:
        session.execute(
            update(IdempotencyRecord).values(
                created_at=session.scalar(select(IdempotencyRecord.created_at)) - timedelta(hours=24)
            )
        )
    assert call(organiser, "POST", "sample/things", json={"title": "修桥"}, headers=KEY).status_code == 201
    assert things(here) == 2
    assert db.session.scalar(select(func.count()).select_from(IdempotencyRecord)) == 1


@pytest.mark.parametrize("key", ["short", "x" * 65, "x" * 15, "with a space inside it", "空" * 16, ""])
def test_an_unfit_key_is_refused(call: Call, organiser: Actor, key: str) -> None:
    headers = {"Idempotency-Key": key.encode().decode("latin-1")}
    answer = call(organiser, "POST", "sample/things", json={"title": "修路"}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (422, "INVALID_KEY")


def test_racing_requests_have_one_effect(app: Flask, organiser: Actor, here: JurisdictionRef) -> None:
    token = token_of(organiser)
    db.session.remove()

    def send(number: int) -> tuple[int, str]:
        answer = app.test_client().post(
            "/api/v1/huichuan/sample/things",
            json={"title": "修路"},
            headers=KEY | {"Authorization": f"Bearer {token}"},
        )
        return answer.status_code, answer.json["id"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(40)))
    assert sorted({status for status, _ in answers}) == [200, 201]
    assert sum(status == 201 for status, _ in answers) == 1
    assert len({ident for _, ident in answers}) == 1
    assert things(here) == 1


def test_an_upload_is_recognised_by_its_bytes(call: Call, organiser: Actor, here: JurisdictionRef) -> None:
    def send(content: bytes) -> tuple[int, str]:
        upload = {"file": (io.BytesIO(content), "说明.txt")}
        answer = call(organiser, "POST", "files", data=upload, headers=KEY)
        return answer.status_code, answer.json.get("id") or answer.json["code"]

    first, again, other = send("一".encode()), send("一".encode()), send("二".encode())
    assert (first[0], again, other) == (201, (200, first[1]), (409, "KEY_REUSED"))
    with jurisdictions.enter(here):
        assert db.session.scalar(select(func.count()).select_from(Attachment)) == 1


def test_a_service_may_keep_its_keys_itself(call: Call, organiser: Actor) -> None:
    for _ in range(2):
        answer = call(organiser, "POST", "sample/own-keys", json={"title": "修路"}, headers=KEY)
        assert (answer.status_code, answer.headers.get("Idempotent-Replay")) == (201, None)
    assert db.session.scalar(select(func.count()).select_from(IdempotencyRecord)) == 0


def test_the_services_answer_comes_before_the_shape(call: Call, organiser: Actor) -> None:
    headers = {"Idempotency-Key": "known-to-the-service"}
    answer = call(organiser, "POST", "sample/own-keys", json={"title": ""}, headers=headers)
    assert (answer.json, answer.headers["Idempotent-Replay"]) == ({"stored": True}, "1")
