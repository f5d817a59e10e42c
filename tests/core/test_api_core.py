"""The core's own endpoints."""

from __future__ import annotations

import hashlib
import io

import pytest
from flask import Flask
from sample.testing import Call, Person, app, call, here, nobody, organiser, switch  # noqa: F401

from core.contracts import JurisdictionRef
from core.db import write
from core.models import CalendarDay
from core.permissions import Actor

FUTURE = "2030-01-01T00:00:00+08:00"


def test_places_tell_what_is_switched_on(call: Call, here: JurisdictionRef) -> None:
    switch(here, "sample", "off")
    found = {item["slug"]: item for item in call(None, "GET", "/api/v1/").json["items"]}
    assert found["huichuan"] == {
        "slug": "huichuan", "name": "汇川区", "name_en": "", "parent": "zunyi", "plugins": [],
    }  # fmt: skip
    assert (found["zunyi"]["parent"], found["meitan"]["plugins"]) == (None, ["sample"])
    assert [item["code"] for item in call(None, "GET", "agencies").json["items"]] == ["education", "office"]


def test_working_days_are_counted_for_everybody(call: Call) -> None:
    with write() as session:
        for day, kind in {"2026-10-01": "holiday", "2026-10-10": "makeup"}.items():
            session.add(CalendarDay(day=__import__("datetime").date.fromisoformat(day), kind=kind, source="test"))
    answer = call(None, "GET", "workdays?from=2026-09-30&days=1").json
    assert (answer["due"], answer["due_at"], answer["provisional"]) == (
        "2026-10-02", "2026-10-03T00:00:00+08:00", False,
    )  # fmt: skip
    assert answer["days"] == [{"date": "2026-10-01", "kind": "holiday"}, {"date": "2026-10-02", "kind": "workday"}]
    assert call(None, "GET", "workdays?from=2031-01-01&days=0").json["due"] == "2031-01-01"
    for query in ("", "from=2026-09-30", "from=x&days=1", "from=2026-09-30&days=-1", "from=2026-09-30&days=9999"):
        assert call(None, "GET", f"workdays?{query}").status_code == 422


def test_a_file_goes_in_and_comes_out(call: Call, organiser: Actor, nobody: Actor) -> None:
    content = "会议通知".encode()
    upload = {"file": (io.BytesIO(content), "通知.txt")}
    made = call(organiser, "POST", "files", data=upload)
    assert made.status_code == 201, made.json
    assert (made.json["sha256"], made.json["size"]) == (hashlib.sha256(content).hexdigest(), len(content))
    assert made.json["media_type"].startswith("text/plain")
    path = f"files/{made.json['id']}"
    bytes_again = call(organiser, "GET", f"{path}/content")
    assert bytes_again.data == content
    assert bytes_again.headers["Content-Disposition"].startswith("attachment")
    assert call(organiser, "GET", "files").json["items"][0]["id"] == made.json["id"]
    for stranger in (None, nobody):
        assert call(stranger, "GET", path).status_code == 404
        assert call(stranger, "GET", f"{path}/content").status_code == 404
    assert call(nobody, "POST", "files", data={"file": (io.BytesIO(b"x"), "x.txt")}).status_code == 403


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": {}}, 415),
        ({"json": {}}, 415),
        ({"data": {"other": (io.BytesIO(b"x"), "x.txt")}}, 422),
        ({"data": {"file": (io.BytesIO(b""), "x.txt")}}, 422),
        ({"data": {"file": (io.BytesIO(b"MZ\x90"), "x.exe")}}, 422),
        ({"data": {"file": (io.BytesIO(b"MZ\x90"), "x.pdf")}}, 422),
    ],
)
def test_a_file_that_is_refused(call: Call, organiser: Actor, sent: dict[str, object], status: int) -> None:
    answer = call(organiser, "POST", "files", **sent)
    assert answer.status_code == status, answer.json
    assert answer.json["detail"]


def test_a_file_that_is_too_large_is_refused(call: Call, organiser: Actor, app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = call(organiser, "POST", "files", data={"file": (io.BytesIO(b"x" * 2000), "x.txt")})
    assert (answer.status_code, answer.json["code"]) == (413, "TOO_LARGE")


def test_me_knows_agency_and_role(call: Call, person: Person, here: JurisdictionRef, agency: object) -> None:
    office = agency("office")  # type: ignore[operator]
    mine = call(person("organiser", place=here, agency=office), "GET", "me").json
    assert mine["roles"] == [{"role": "organiser", "label": "会议组织者", "agency": "office", "on_behalf_of": ""}]
    elsewhere = call(person("organiser", place=here), "GET", "me", place="meitan").json
    assert elsewhere["roles"] == []


def test_a_publication_from_draft_to_withdrawal(
    call: Call, organiser: Actor, person: Person, here: JurisdictionRef
) -> None:
    leader = person("leader", place=here)
    made = call(
        organiser, "POST", "publications", json={"kind": "notice", "title": "公告", "body": "正文", "agency": "office"}
    )
    assert made.status_code == 201, made.json
    path = f"publications/{made.json['id']}"
    assert call(None, "GET", path).status_code == 404
    assert call(None, "GET", "publications?state=draft").json["items"] == []
    assert call(None, "GET", "publications?modified_since=2020-01-01T00:00:00Z").json["items"] == []
    assert len(call(organiser, "GET", "publications?state=draft").json["items"]) == 1

    uploaded = call(organiser, "POST", "files", data={"file": (io.BytesIO("附件".encode()), "附件.txt")}).json
    with_file = call(organiser, "POST", f"{path}/files", json={"file": uploaded["id"], "title": "附件一"}).json
    assert with_file["files"][0]["title"] == "附件一"
    changed = call(organiser, "PATCH", path, json={"title": "新公告"}, headers={"If-Match": f'"{with_file["etag"]}"'})
    assert (changed.status_code, changed.json["title"]) == (200, "新公告")

    def move(actor: Actor, event: str, **more: object) -> tuple[int, str]:
        answer = call(actor, "POST", f"{path}/transitions", json={"event": event, **more})
        return answer.status_code, answer.json.get("code") or answer.json["state"]

    assert move(organiser, "approve") == (403, "FORBIDDEN")
    assert move(organiser, "release") == (409, "WRONG_STATE")
    assert move(leader, "edit") == (403, "FORBIDDEN")
    assert move(organiser, "edit", fields={"state": "released"}) == (422, "INVALID")
    assert move(leader, "approve") == (200, "approved")
    assert move(organiser, "release") == (200, "released")
    public = call(None, "GET", path)
    assert (public.status_code, public.json["agency"]) == (200, "office")
    assert call(None, "GET", f"files/{uploaded['id']}").status_code == 200
    assert [item["id"] for item in call(None, "GET", "publications").json["items"]] == [made.json["id"]]
    assert move(leader, "withdraw") == (422, "INVALID")
    assert move(leader, "withdraw", reason="内容有误") == (200, "withdrawn")
    gone = call(None, "GET", path)
    assert (gone.status_code, gone.json["code"]) == (410, "GONE")
    assert call(None, "GET", "publications?modified_since=2020-01-01T00:00:00Z").json["items"] == [
        {"id": made.json["id"], "deleted": True}
    ]
    assert call(None, "GET", f"publications?modified_since={FUTURE}").json["items"] == []


def test_a_publication_wants_what_exists(call: Call, organiser: Actor) -> None:
    for field in ("agency", "matter", "related"):
        answer = call(organiser, "POST", "publications", json={"kind": "notice", "title": "公告", field: "nothing"})
        assert answer.status_code == 422
        assert [item["field"] for item in answer.json["errors"]] == [field]


@pytest.mark.article("meetings", 9)
def test_related_names_both_ways_and_nothing_hidden(
    call: Call, organiser: Actor, person: Person, here: JurisdictionRef
) -> None:
    leader = person("leader", place=here)

    def made(kind: str, **fields: str) -> str:
        page = {"kind": kind, "title": "标题", "body": "正文", "agency": "office", **fields}
        return str(call(organiser, "POST", "publications", json=page).json["id"])

    def move(actor: Actor, ident: str, event: str, **fields: str) -> None:
        path = f"publications/{ident}"
        tag = call(actor, "GET", path).headers["ETag"]
        body = {"event": event, **fields}
        assert call(actor, "POST", f"{path}/transitions", json=body, headers={"If-Match": tag}).status_code == 200

    def related(ident: str) -> tuple[str | None, str | None]:
        rows = {row["id"]: row["related"] for row in call(None, "GET", "publications").json["items"]}
        return call(None, "GET", f"publications/{ident}").json["related"], rows[ident]

    document = made("notice")
    reading = made("notice", related=document)
    assert call(organiser, "GET", f"publications/{reading}").json["related"] == document
    for event, actor in (("approve", leader), ("release", organiser)):
        move(actor, reading, event)
    assert related(reading) == (None, None)
    for event, actor in (("approve", leader), ("release", organiser)):
        move(actor, document, event)
    assert related(reading) == (document, document)
    assert related(document) == (reading, reading)
    move(leader, reading, "withdraw", reason="有误")
    assert related(document) == (None, None)


def test_a_file_comes_off_a_draft(call: Call, organiser: Actor) -> None:
    made = call(organiser, "POST", "publications", json={"kind": "notice", "title": "公告"}).json
    file = call(organiser, "POST", "files", data={"file": (io.BytesIO(b"x"), "x.txt")}).json["id"]
    full = call(organiser, "POST", f"publications/{made['id']}/files", json={"file": file}).json
    link = f"publications/{made['id']}/files/{full['files'][0]['id']}"
    assert call(organiser, "DELETE", link).status_code == 428
    assert call(organiser, "DELETE", link, headers={"If-Match": '"1"'}).status_code == 412
    assert call(organiser, "DELETE", link, headers={"If-Match": f'"{full["etag"]}"'}).json["files"] == []
    assert call(organiser, "POST", f"publications/{made['id']}/files", json={"file": "f" * 32}).status_code == 404


def test_a_matter_shows_its_life_line(call: Call, organiser: Actor, person: Person, here: JurisdictionRef) -> None:
    from core import jurisdictions, matters

    with jurisdictions.enter(here), write():
        ident = matters.create(organiser, "修路").id
    assert call(None, "GET", f"matters/{ident}").status_code == 404
    made = call(organiser, "POST", "publications", json={"kind": "notice", "title": "公告", "matter": ident}).json
    for actor, event in ((person("leader", place=here), "approve"), (organiser, "release")):
        assert call(actor, "POST", f"publications/{made['id']}/transitions", json={"event": event}).status_code == 200
    shown = call(None, "GET", f"matters/{ident}").json
    assert [step["title"] for step in shown["timeline"]] == ["公告"]
    assert (shown["title"], shown["gaps"]) == ("修路", [])
    assert call(None, "GET", f"matters/{ident}", place="meitan").status_code == 404
