"""Lists: every row once, stable under inserts; changes with deletions; nothing of a draft nobody saw."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sample.testing import Call, app, call, here, organiser, thing  # noqa: F401

from core.contracts import JurisdictionRef
from core.db import utcnow
from core.permissions import Actor
from core.workdays import LOCAL


def walk(call: Call, path: str, **more: Any) -> list[dict[str, Any]]:
    found, after = [], ""
    while after is not None:
        answer = call(None, "GET", path, query_string={**more, **({"after": after} if after else {})})
        assert answer.status_code == 200, answer.json
        found += answer.json["items"]
        after = answer.json["next"]
    return found


def test_every_row_once_also_where_moments_are_equal(call: Call, here: JurisdictionRef) -> None:
    now = utcnow()
    made = {thing(here, created_at=now - timedelta(hours=n // 3)) for n in range(10)}
    for limit in (1, 3, 4, 10, 200):
        seen = [item["id"] for item in walk(call, "sample/things", limit=limit)]
        assert len(seen) == 10
        assert set(seen) == made


def test_rows_that_come_in_between_move_nothing(call: Call, here: JurisdictionRef) -> None:
    made = [thing(here, created_at=utcnow() - timedelta(hours=n)) for n in range(4)]
    first = call(None, "GET", "sample/things?limit=2").json
    thing(here)
    second = call(None, "GET", "sample/things", query_string={"limit": 2, "cursor": first["next"]}).json
    assert [item["id"] for item in first["items"] + second["items"]] == made
    assert second["next"] is None


def test_changes_since_name_the_deleted(call: Call, organiser: Actor, here: JurisdictionRef) -> None:
    old = thing(here, updated_at=utcnow() - timedelta(days=2))
    kept, gone = thing(here), thing(here)
    assert call(organiser, "DELETE", f"sample/things/{gone}", headers={"If-Match": '"1"'}).status_code == 204
    since = (utcnow() - timedelta(days=1)).astimezone(LOCAL).isoformat()
    changes = walk(call, "sample/things", modified_since=since, limit=1)
    assert [item["id"] for item in changes] == [kept, gone]
    assert changes[1] == {"id": gone, "deleted": True}
    assert {item["id"] for item in walk(call, "sample/things")} == {old, kept}
    unescaped = call(None, "GET", f"sample/things?modified_since={since}")  # the plus arrives as a space
    assert len(unescaped.json["items"]) == 2


def test_a_naive_moment_is_refused(call: Call) -> None:
    assert call(None, "GET", "sample/things?modified_since=2026-11-24T09:00:00").status_code == 422
