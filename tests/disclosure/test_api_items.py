"""Publication items over the API: from the officer's draft by the other agency's word to the page, and what refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core import jurisdictions
from core.db import clock_at, utcnow
from plugins.disclosure.services import item_times
from tests.office import Office

ITEMS = "disclosure/items"
DRAFT = {
    "title": "饮用水水源地保护方案", "text": "保护范围和措施。", "source": "生态环境局", "agencies": ["education"],
}  # fmt: skip


def begun(office: Office, **more: Any) -> str:
    made: str = office.ok("disclosure_officer", "POST", ITEMS, DRAFT | more)["id"]
    return made


def one(office: Office, ident: str, role: str = "disclosure_officer") -> Any:
    return office.ok(role, "GET", f"{ITEMS}/{ident}")


def fire(office: Office, role: str, ident: str, event: str, **body: Any) -> Any:
    if event == "confirm":
        body.setdefault("content_hash", one(office, ident)["content_hash"])
    return office.ok(role, "POST", f"{ITEMS}/{ident}/transitions", {"event": event, **body})


def codes(office: Office, role: str, ident: str, event: str, **body: Any) -> list[str]:
    return office.codes(role, "POST", f"{ITEMS}/{ident}/transitions", {"event": event, **body})


def approved(office: Office, **more: Any) -> str:
    ident = begun(office, **more)
    for role, event in (("secrecy_reviewer", "clear"), ("disclosure_officer", "submit"), ("deputy_leader", "confirm")):
        fire(office, role, ident, event)
    fire(office, "leader+deputy_leader", ident, "approve")
    return ident


@pytest.mark.article("disclosure", 2, 7, 8, 10)
@pytest.mark.article("attribution", 8)
def test_from_draft_to_every_place(office: Office) -> None:
    ident = approved(office, key_area=True, column="emergencies")
    assert one(office, ident)["handed_over_at"]
    assert fire(office, "portal_editor", ident, "release")["state"] == "complete"
    done = one(office, ident)
    assert [row["kind"] for row in done["placements"] if row["placed_on"]] == ["agency_page", "column"]
    assert (done["missing"], done["editions"][0]["number"], done["late_cause"]) == ([], 1, "")
    page = done["page"].split("/")[-2]
    assert office.ok("", "GET", f"publications/{page}")["title"] == DRAFT["title"]
    found = office.ok("disclosure_officer", "GET", f"{ITEMS}?state=complete&agency=office&q=饮用水")["items"]
    assert [row["id"] for row in found] == [ident]


@pytest.mark.article("disclosure", 10)
def test_a_word_is_for_one_content_and_silence_is_none(office: Office) -> None:
    ident = begun(office)
    path = f"{ITEMS}/{ident}/transitions"
    seen = one(office, ident)
    assert {no["code"] for no in seen["missing"]} == {"CONFIRMATION_PENDING", "SECRECY_MISSING"}
    fire(office, "disclosure_officer", ident, "submit")
    bare = office.call("deputy_leader", "POST", path, {"event": "confirm"})
    assert bare.status_code == 422
    assert codes(office, "disclosure_officer", ident, "confirm", content_hash=seen["content_hash"]) == [
        "OWN_CONFIRMATION"
    ]
    office.ok(
        "disclosure_officer",
        "PATCH",
        f"{ITEMS}/{ident}",
        {"text": "改后的措施。"},
        If_Match=f'"{one(office, ident)["etag"]}"',
    )
    fire(office, "disclosure_officer", ident, "submit")
    stale = codes(office, "deputy_leader", ident, "confirm", content_hash=seen["content_hash"])
    assert stale == ["HASH_CHANGED"]
    with clock_at(utcnow() + timedelta(days=30)), jurisdictions.enter(office.place):
        item_times.sweep()
        item_times.sweep()
    late = one(office, ident)
    assert (late["state"], [row["state"] for row in late["confirmations"]]) == ("confirming", ["void", "pending"])


@pytest.mark.article("disclosure", 10)
def test_a_dispute_leaves_by_a_written_ruling_alone(office: Office) -> None:
    ident = begun(office)
    fire(office, "secrecy_reviewer", ident, "clear")
    fire(office, "disclosure_officer", ident, "submit")
    fire(office, "deputy_leader", ident, "object", reason="范围未商定")
    assert codes(office, "deputy_leader", ident, "approve")[0] == "WRONG_STATE"
    fire(office, "disclosure_officer", ident, "refer", reason="请协调")
    fire(office, "supervisor", ident, "rule_publish", reason="同意发布，理由见会议纪要")
    ruled = one(office, ident)
    assert (ruled["state"], ruled["disputes"][0]["ruling"]) == ("review", "publish")
    fire(office, "leader+deputy_leader", ident, "approve")


@pytest.mark.article("attribution", 5)
def test_numbers_of_people_are_found_and_cleared_one_by_one(office: Office) -> None:
    ident = begun(office, text="联系人电话13800000000。", agencies=[], concerns_nobody=True)
    fire(office, "secrecy_reviewer", ident, "clear")
    fire(office, "disclosure_officer", ident, "submit")
    assert codes(office, "deputy_leader", ident, "approve") == ["PERSONAL_DATA"]
    keys = [row["key"] for row in one(office, ident)["findings"]]
    fire(office, "deputy_leader", ident, "approve", cleared=keys)


@pytest.mark.article("disclosure", 7)
def test_a_place_that_must_be_is_confirmed_with_its_day(office: Office) -> None:
    ident = approved(office)
    places = f"{ITEMS}/{ident}/placements"
    planned = office.ok(
        "portal_editor", "POST", places, {"kind": "notice_board", "place": "镇政府门口", "required": True}
    )
    board = next(row for row in planned["placements"] if row["kind"] == "notice_board")
    early = office.call("portal_editor", "POST", places, {"id": board["id"], "placed_on": "2026-01-05"})
    assert early.status_code == 422
    assert fire(office, "portal_editor", ident, "release")["state"] == "released"
    assert [no["code"] for no in one(office, ident)["missing"]] == ["PLACEMENT_OPEN"]
    day = utcnow().date().isoformat()
    done = office.ok("portal_editor", "POST", places, {"id": board["id"], "placed_on": day})
    assert done["state"] == "complete"
    unknown = office.call("portal_editor", "POST", places, {"kind": "agency_page"})
    assert unknown.status_code == 422


@pytest.mark.article("disclosure", 8)
def test_what_is_scheduled_is_released_at_its_hour(office: Office) -> None:
    ident = approved(office)
    past = codes(office, "portal_editor", ident, "schedule", at="2020-01-01T09:00:00+08:00")
    assert past == ["TIME_PAST"]
    at = datetime.now(UTC) + timedelta(hours=2)
    fire(office, "portal_editor", ident, "schedule", at=at.isoformat())
    for hours, state in ((1, "to_release"), (3, "complete")):
        with clock_at(utcnow() + timedelta(hours=hours)), jurisdictions.enter(office.place):
            item_times.sweep()
        assert one(office, ident)["state"] == state


@pytest.mark.article("attribution", 10)
def test_withdrawal_over_the_api(office: Office) -> None:
    ident = approved(office)
    fire(office, "portal_editor", ident, "release")
    page = one(office, ident)["page"].split("/")[-2]
    fire(office, "portal_editor", ident, "withdraw_now", reason="含个人信息", not_public=True)
    assert office.call("", "GET", f"publications/{page}").status_code == 410
    gone = one(office, ident)
    assert [no["code"] for no in gone["missing"]] == ["WITHDRAWAL_UNCONFIRMED"]
    found = office.ok("supervisor", "GET", "disclosure/rectifications")["items"]
    assert [row["title"] for row in found] == [DRAFT["title"]]
    fire(office, "supervisor", ident, "confirm_withdrawal")


@pytest.mark.article("disclosure", 8)
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"agencies": ["office"]}, "agencies"),
        ({"column": "nowhere"}, "column"),
        ({"days": 3}, "days_basis"),
        ({"formed_on": "2999-01-01"}, "formed_on"),
        ({"files": [{"file": "0" * 32}]}, "files"),
        ({"title": "名" * 201}, "title"),
    ],
)
def test_what_cannot_be_is_named_by_its_field(office: Office, body: dict[str, Any], field: str) -> None:
    answer = office.call("disclosure_officer", "POST", ITEMS, DRAFT | body)
    assert answer.status_code == 422
    assert answer.json is not None
    assert field in str(answer.json["errors"])


@pytest.mark.article("disclosure", 10)
def test_one_agency_that_is_asked_does_not_speak_for_another(office: Office) -> None:
    for code in ("education", "health"):
        office.hire(code, "disclosure_officer", agency=code)
    ident = begun(office, agencies=["education", "health"])
    fire(office, "disclosure_officer", ident, "submit")
    path, seen = f"{ITEMS}/{ident}/transitions", one(office, ident)["content_hash"]
    for said in ({"event": "confirm", "content_hash": seen}, {"event": "object", "reason": "不同意"}):
        assert office.call("education", "POST", path, {**said, "agency": "health"}).status_code == 403
    assert {row["state"] for row in one(office, ident)["confirmations"]} == {"pending"}
    fire(office, "education", ident, "confirm", agency="education")
    assert fire(office, "health", ident, "confirm", agency="health")["state"] == "review"
