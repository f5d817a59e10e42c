"""OParl 1.1: every object of a staged county fits the schema, lists page and filter, nothing hidden is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from core import jurisdictions, plugins, publications
from core.db import db, utcnow, write
from core.models import Publication
from core.permissions import SYSTEM
from plugins.meetings.models import AgendaApplication, Invitation
from plugins.meetings.oparl import views
from plugins.meetings.oparl.kinds import KINDS
from plugins.meetings.services import applications
from tests.meetings.portal.stage import Stage

CHECKOUT = Path(__file__).parents[3]
ROOT = "/oparl/v1/"
TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
Ask = Callable[..., Any]


def schemas() -> dict[str, Any]:
    """The schema beside the checkout (../shared), never copied into it; empty where it is absent."""
    for beside in (CHECKOUT.parent, CHECKOUT.parent.parent):
        folder = beside / "shared" / "data" / "standards" / "oparl-spec" / "schema"
        if folder.is_dir():
            return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    return {}


def faults(name: str, thing: dict[str, Any], known: dict[str, Any]) -> Iterator[str]:
    """What of the schema's rules does not hold: required, type, pattern, format, no property it does not know."""
    schema = known[name]
    missing = set() if thing.get("deleted") else set(schema["required"]) - set(thing)
    yield from (f"{name} without {one}" for one in sorted(missing))
    for key, value in thing.items():
        if key not in schema["properties"]:
            yield f"{name}.{key} is unknown"
        else:
            yield from of_value(f"{name}.{key}", value, schema["properties"][key], known)


def of_value(where: str, value: Any, rule: dict[str, Any], known: dict[str, Any]) -> Iterator[str]:
    if not isinstance(value, TYPES[rule["type"]]) or (rule["type"] == "integer" and isinstance(value, bool)):
        yield f"{where}: {value!r} is no {rule['type']}"
    elif rule["type"] == "array":
        for one in value:
            yield from of_value(where, one, rule["items"], known)
    elif rule["type"] == "object" and "schema" in rule:
        yield from faults(rule["schema"].removesuffix(".json"), value, known)
    elif "pattern" in rule and not re.search(rule["pattern"], value):
        yield f"{where}: {value!r} does not match"
    elif rule.get("format") == "url" and not re.match(r"https?://[^\s]+$", value):
        yield f"{where}: {value!r} is no address"
    elif rule.get("format") == "date-time" and datetime.fromisoformat(value).tzinfo is None:
        yield f"{where}: {value!r} has no zone"
    elif rule.get("format") == "date" and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        yield f"{where}: {value!r} is no day"


@pytest.fixture
def ask(app: Flask) -> Ask:
    """What an address answers, from an app of one's own; absolute ones too."""
    client = app.test_client()

    def get(path: str, status: int = 200) -> Any:
        db.session.remove()
        answer = client.get(path.removeprefix("http://localhost"))
        assert answer.status_code == status, (path, answer.status_code, answer.get_data(as_text=True)[:1000])
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        return answer.json

    return get


def everything(ask: Ask, path: str) -> list[dict[str, Any]]:
    """A list to its end."""
    found, following = [], f"{ROOT}huichuan/{path}"
    while following:
        page = ask(following)
        found += page["data"]
        following = page["links"].get("next", "")
    return found


def published() -> str:
    """A page with a text and its matter, as the core releases one."""
    with write():
        first = db.session.query(Publication).filter_by(state="released").first()
        assert first is not None
        return first.id


def consent(*names: str) -> None:
    """These people came and let their names be published; all others came and did not."""
    with write():
        for row in db.session.query(Invitation):
            row.state, row.publish_name = "checked_in", row.name in names


def test_every_object_fits_the_schema(ask: Ask, made: Stage) -> None:
    assert made
    known = schemas()
    if not known:
        pytest.skip("../shared/data/standards is not there")
    consent("王小明")
    wrong = list(faults("System", ask(ROOT), known))
    for body in ask(f"{ROOT}bodies")["data"]:
        wrong += faults("Body", body, known)
    seen = {}
    for kind in KINDS:
        rows = everything(ask, kind.path)
        seen[kind.path] = len(rows)
        for row in rows:
            wrong += faults(kind.name, row, known)
            assert ask(row["id"]) == row
    assert not wrong, "\n".join(wrong)
    assert {path for path, count in seen.items() if not count} == {"legislative-terms"}


def test_links_lead_to_objects(ask: Ask) -> None:
    """Every address of ours in a meeting and a paper answers."""
    for path in ("meetings", "papers"):
        for row in everything(ask, path):
            for address in re.findall(r'"(http://localhost/oparl/[^"]+)"', json.dumps(row)):
                ask(address)


def test_only_names_given_with_consent(ask: Ask, made: Stage) -> None:
    assert made
    consent("王小明")
    people = everything(ask, "persons")
    assert {row["name"] for row in people} == {"王小明"}
    assert "@" not in json.dumps(people)
    consent()
    assert everything(ask, "persons") == everything(ask, "memberships") == []
    assert not any("participant" in row for row in everything(ask, "meetings"))


def test_what_is_hidden_stays_hidden(ask: Ask, made: Stage) -> None:
    told = json.dumps([everything(ask, kind.path) for kind in KINDS], ensure_ascii=False)
    assert "人事任免" not in told
    assert "还没有公告" not in told
    assert made.meetings["preparing"] not in told
    ask(f"{ROOT}huichuan/meetings/{made.meetings['preparing']}", 404)
    ask(f"{ROOT}meitan/meetings/{made.meetings['sealed']}", 404)
    [secret] = [row for row in everything(ask, "agenda-items") if row["id"].endswith(made.items["secret"])]
    assert secret["public"] is False
    assert "consultation" not in secret


def test_a_withdrawn_page_is_said_to_be_deleted(ask: Ask, made: Stage) -> None:
    assert made
    ident = published()
    before = len(everything(ask, "papers"))
    with write():
        publications.withdraw(SYSTEM, db.session.get_one(Publication, ident), "涉及个人信息")
    assert len(everything(ask, "papers")) == before - 1
    since = quote((utcnow() - timedelta(days=1)).isoformat())
    for path in ("papers", "files", "consultations"):
        gone = [row for row in everything(ask, f"{path}?modified_since={since}") if row.get("deleted")]
        assert gone, path
        assert all(ident in row["id"] and set(row) == {"id", "type", "created", "modified", "deleted"} for row in gone)
        assert ask(gone[0]["id"]) == gone[0]
    assert "涉及个人信息" not in json.dumps(everything(ask, f"papers?modified_since={since}"), ensure_ascii=False)


def test_an_item_taken_off_an_announced_agenda_is_said_to_be_deleted(ask: Ask, made: Stage) -> None:
    with write():
        row = db.session.get_one(AgendaApplication, made.items["coming"])
        applications.move(SYSTEM, row, "postpone", reason="材料不齐")
    one = ask(f"{ROOT}huichuan/agenda-items/{made.items['coming']}")
    assert one["deleted"] is True
    assert "name" not in one


def test_pages_and_filters(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [row["id"] for row in everything(ask, "meetings")]
    monkeypatch.setattr(views, "PER_PAGE", 2)
    assert [row["id"] for row in everything(ask, "meetings")] == whole
    tomorrow = quote((utcnow() + timedelta(days=1)).isoformat())
    for name in ("created_since", "modified_since"):
        assert everything(ask, f"meetings?{name}={tomorrow}") == []
        assert [row["id"] for row in everything(ask, f"meetings?{name.replace('since', 'until')}={tomorrow}")] == whole
    ask(f"{ROOT}huichuan/meetings?modified_since=2026-11-24", 422)
    ask(f"{ROOT}huichuan/meetings?after=made-up", 422)


def test_known_versions_are_not_sent_again_and_a_county_that_is_off_is_not_there(ask: Ask, app: Flask) -> None:
    client = app.test_client()
    first = client.get(f"{ROOT}huichuan/meetings")
    again = client.get(f"{ROOT}huichuan/meetings", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    place = jurisdictions.by_slug("huichuan")
    with jurisdictions.enter(place), write():
        plugins.switch(SYSTEM, place, "meetings", "off", reason="测试")
    ask(f"{ROOT}huichuan/meetings", 404)
    assert all("huichuan" not in body["id"] for body in ask(f"{ROOT}bodies")["data"])
