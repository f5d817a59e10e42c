"""Public sign-up over the API: from the draft of a call to the invited list, with and without a new approval."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core import jurisdictions
from core.db import clock_at, db, utcnow, write
from core.models import AuditEntry
from plugins.meetings.documents import verify_draw
from plugins.meetings.models import AgendaApplication, Invitation, Recusal, SignupCall
from plugins.meetings.services import signup_calls, signups
from tests.meetings.conftest import Office

TERMS = {
    "method": "draw",
    "seats": 2,
    "categories": ["public", "expert"],
    "quotas": {"expert": 1},
    "audience": "本区居民",
}


def times(begins: float = -1, ends: float = 48) -> dict[str, str]:
    """Opening and deadline in hours from now."""
    now = utcnow()
    return {
        "opens_at": (now + timedelta(hours=begins)).isoformat(),
        "closes_at": (now + timedelta(hours=ends)).isoformat(),
    }


def person(n: int, category: str = "public", **values: Any) -> dict[str, Any]:
    return {"name": f"张三{n}", "category": category, "contact": f"p{n}@example.org"} | values


def call_of(office: Office, application: str, **values: Any) -> str:
    made = office.ok("organiser", "POST", "meetings/signups", TERMS | times() | {"application": application} | values)
    return str(made["id"])


def with_plan(office: Office) -> tuple[str, str]:
    """An item approved with its call in the plan, the call published."""
    item = str(office.application()["id"])
    call = call_of(office, item)
    office.fire("organiser", f"applications/{item}", "submit")
    office.fire("deputy_leader", f"applications/{item}", "approve")
    office.fire("organiser", f"signups/{call}", "publish")
    return item, call


def sign_up(office: Office, call: str, *people: dict[str, Any]) -> list[Any]:
    return [office.ok("", "POST", f"meetings/signups/{call}/applicants", one) for one in people]


def over(office: Office, call: str) -> None:
    """Put the deadline behind us and let the sweep close the call."""
    with jurisdictions.enter(office.place):
        with write() as session:
            session.get_one(SignupCall, call).closes_at = utcnow() - timedelta(seconds=1)
        assert signup_calls.keep_time() == 1
        assert signup_calls.keep_time() == 0


@pytest.mark.article("meetings", 3, 7)
def test_an_approved_plan_takes_in_those_drawn_without_a_new_approval(office: Office) -> None:
    item, call = with_plan(office)
    published = office.ok("", "GET", f"meetings/signups/{call}")
    assert (published["state"], published["in_plan"]) == ("open", True)
    assert office.ok("", "GET", f"meetings/signups/{call}/draw.json")["seed"] is None
    sign_up(office, call, *(person(n, "expert" if n < 3 else "public") for n in range(1, 8)))
    assert office.codes("organiser", "POST", f"meetings/signups/{call}/transitions", {"event": "draw"}) == [
        "WRONG_STATE"
    ]
    assert office.codes("organiser", "POST", f"meetings/signups/{call}/transitions", {"event": "close"}) == [
        "TOO_EARLY"
    ]
    over(office, call)
    fixed = office.ok("", "GET", f"meetings/signups/{call}/draw.json")
    assert fixed["seed"] is None
    assert [row["receipt"] for row in fixed["entries"]] == [f"{n:04d}" for n in range(1, 8)]
    office.fire("organiser", f"signups/{call}", "draw")
    drawn = office.ok("", "GET", f"meetings/signups/{call}/draw.json")
    assert verify_draw.verify(drawn, published["commitment"]) == (2, 7)
    assert office.codes("organiser", "POST", f"meetings/signups/{call}/transitions", {"event": "draw"}) == [
        "WRONG_STATE"
    ]
    before = office.ok("organiser", "GET", f"meetings/applications/{item}")
    joined = office.ok("organiser", "POST", f"meetings/signups/{call}/hand-over")
    assert (joined["added"], joined["application_state"]) == (2, "approved")
    assert office.ok("organiser", "POST", f"meetings/signups/{call}/hand-over")["added"] == 0
    after = office.ok("organiser", "GET", f"meetings/applications/{item}")
    assert after["content_hash"] == before["content_hash"]
    assert [row["state"] for row in after["invitees"]] == ["approved"] * 3
    assert {row["category"] for row in after["invitees"][1:]} >= {"expert"}
    meeting = office.meeting(item)
    assert office.ok("organiser", "GET", f"meetings/{meeting}")["agenda"][0]["id"] == item


@pytest.mark.article("meetings", 7)
def test_a_call_outside_the_plan_sends_its_people_back_to_approval(office: Office) -> None:
    item = office.approved()
    call = call_of(office, item, method="order", quotas={})
    office.fire("organiser", f"signups/{call}", "publish")
    sign_up(office, call, person(1), person(2))
    over(office, call)
    office.fire("organiser", f"signups/{call}", "settle")
    joined = office.ok("organiser", "POST", f"meetings/signups/{call}/hand-over")
    assert (joined["added"], joined["application_state"]) == (2, "pending")
    listed = office.ok("organiser", "GET", f"meetings/applications/{item}")
    assert [row["name"] for row in listed["invitees"]] == ["王小明", "张三1", "张三2"]
    sent = {row["id"]: row["state"] for row in listed["invitees"]}
    assert set(sent.values()) == {"proposed"}
    for ident in sent:
        path = f"meetings/invitations/{ident}/transitions"
        assert office.codes("organiser", "POST", path, {"event": "send"}) == ["NOT_APPROVED"]
    office.fire("deputy_leader", f"applications/{item}", "approve")
    assert office.ok("organiser", "GET", f"meetings/applications/{item}")["state"] == "approved"


@pytest.mark.article("meetings", 7)
def test_the_terms_are_under_the_approved_hash_and_stay_as_approved(office: Office) -> None:
    item = str(office.application()["id"])
    plain = office.ok("organiser", "GET", f"meetings/applications/{item}")["content_hash"]
    call = call_of(office, item)
    planned = office.ok("organiser", "GET", f"meetings/applications/{item}")["content_hash"]
    assert planned != plain
    shown = office.ok("organiser", "PATCH", f"meetings/signups/{call}", {"seats": 3}, If_Match="1")
    assert (shown["seats"], shown["etag"]) == (3, "2")
    assert office.ok("organiser", "GET", f"meetings/applications/{item}")["content_hash"] not in {plain, planned}
    assert office.call("organiser", "PATCH", f"meetings/signups/{call}", {"seats": 4}, If_Match="1").status_code == 412
    office.fire("organiser", f"applications/{item}", "submit")
    path = f"meetings/signups/{call}"
    assert office.codes("organiser", "POST", f"{path}/transitions", {"event": "publish"}) == ["NOT_APPROVED"]
    office.fire("deputy_leader", f"applications/{item}", "approve")
    assert office.codes("organiser", "PATCH", path, {"seats": 9}, If_Match="2") == ["PLAN_FIXED"]
    later = office.ok("organiser", "PATCH", path, {"closes_at": times(ends=60)["closes_at"]}, If_Match="2")
    assert later["seats"] == 3


@pytest.mark.article("meetings", 3)
def test_the_next_moves_up_when_an_invitee_declines_and_the_seat_is_gone(office: Office) -> None:
    _item, call = with_plan(office)
    sign_up(office, call, *(person(n) for n in range(1, 5)))
    over(office, call)
    office.fire("organiser", f"signups/{call}", "draw")
    office.ok("organiser", "POST", f"meetings/signups/{call}/hand-over")
    people = office.ok("organiser", "GET", f"meetings/signups/{call}/applicants")["items"]
    first = next(row for row in people if row["place"] == 1)
    third = next(row for row in people if row["place"] == 3)
    assert (first["state"], third["state"]) == ("selected", "waiting")
    invitation = f"invitations/{first['invitation']}"
    office.fire("organiser", invitation, "send")
    office.fire("organiser", invitation, "decline")
    now = {
        row["id"]: row["state"] for row in office.ok("organiser", "GET", f"meetings/signups/{call}/applicants")["items"]
    }
    assert (now[first["id"]], now[third["id"]]) == ("released", "selected")
    path = f"meetings/{invitation}/transitions"
    assert office.codes("organiser", "POST", path, {"event": "accept"}) == ["SEAT_GIVEN_AWAY"]
    assert office.ok("organiser", "POST", f"meetings/signups/{call}/hand-over")["added"] == 1
    drawn = office.ok("", "GET", f"meetings/signups/{call}/draw.json")
    assert [row["selected"] for row in drawn["results"]] == [True, True, False, False]


def test_the_same_person_twice_is_one_and_no_contact_stands_twice(office: Office) -> None:
    _item, call = with_plan(office)
    path = f"meetings/signups/{call}/applicants"
    one = person(1, contact="+86 138-0000-0001")
    first = office.call("", "POST", path, one)
    assert first.status_code == 201
    assert first.json["link"]
    again = office.call("", "POST", path, one | {"contact": "13800000001"})
    assert again.status_code == 200
    assert (again.json["receipt"], again.json["link"], again.json["already"]) == ("0001", None, True)
    assert office.codes("", "POST", path, one | {"name": "别人"}) == ["CONTACT_KNOWN"]
    assert office.ok("", "GET", f"meetings/signups/{call}")["counts"] == {"public": 1, "expert": 0}
    token = first.json["link"].split("/")[-2]
    assert office.ok("", "POST", "meetings/signups/mine", {"token": token})["receipt"] == "0001"
    assert office.ok("", "POST", "meetings/signups/mine/withdraw", {"token": token})["state"] == "withdrawn"
    assert office.codes("", "POST", "meetings/signups/mine/withdraw", {"token": token}) == ["WRONG_STATE"]
    assert office.call("", "POST", "meetings/signups/mine", {"token": token + "x"}).status_code == 404
    assert office.ok("", "POST", path, one)["receipt"] == "0002"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "长" * 300}, "name"),
        ({"name": "  "}, "name"),
        ({"category": "journalist"}, "category"),
        ({"contact": "没有"}, "contact"),
        ({"reason": "长" * 1001}, "reason"),
        ({"name": "张\x07三"}, "name"),
    ],
)
def test_a_fault_names_its_field(office: Office, wrong: dict[str, str], field: str) -> None:
    _item, call = with_plan(office)
    answer = office.call("", "POST", f"meetings/signups/{call}/applicants", person(1) | wrong)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert answer.json["errors"][0]["detail"]


def test_a_flood_is_held_back_and_the_clock_decides(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    _item, call = with_plan(office)
    path = f"meetings/signups/{call}/applicants"
    monkeypatch.setattr("plugins.meetings.services.signups.MOST_A_MINUTE", 2)
    sign_up(office, call, person(1), person(2))
    assert office.call("", "POST", path, person(3)).status_code == 429
    monkeypatch.setattr("plugins.meetings.services.signups.MOST_IN_ALL", 2)
    assert office.codes("", "POST", path, person(3)) == ["SIGNUP_FULL"]
    with clock_at(utcnow() + timedelta(hours=49)):
        assert office.codes("", "POST", path, person(4)) == ["SIGNUP_CLOSED"]


@pytest.mark.article("meetings", 3)
def test_the_deadline_comes_from_the_local_rule(office: Office) -> None:
    item = office.approved()
    meeting = office.meeting(item, starts_at="2026-12-03T09:00:00+08:00")  # a Thursday
    given = {"application": item, "seats": 2, "opens_at": times()["opens_at"]}
    made = office.ok("organiser", "POST", "meetings/signups", given)
    assert made["closes_at"] == "2026-12-02T00:00:00+08:00"
    assert made["method"] == "order"
    assert office.ok("organiser", "GET", f"meetings/signups?meeting={meeting}")["items"][0]["id"] == made["id"]
    assert office.ok("", "GET", f"meetings/signups?meeting={meeting}")["items"] == []


@pytest.mark.article("meetings", 3)
def test_cancelling_needs_a_reason_stays_visible_and_gives_no_second_draw(office: Office) -> None:
    item, call = with_plan(office)
    path = f"meetings/signups/{call}/transitions"
    assert office.call("organiser", "POST", path, {"event": "cancel"}).status_code == 422
    another = TERMS | times() | {"application": item}
    assert office.codes("organiser", "POST", "meetings/signups", another) == ["SIGNUP_EXISTS"]
    sign_up(office, call, person(1))
    over(office, call)
    office.fire("organiser", f"signups/{call}", "draw")
    office.fire("organiser", f"signups/{call}", "cancel", reason="会议改期")
    shown = office.ok("", "GET", f"meetings/signups/{call}")
    assert (shown["state"], shown["cancel_reason"]) == ("cancelled", "会议改期")
    assert office.ok("", "GET", f"meetings/signups/{call}/draw.json")["results"]
    assert office.codes("organiser", "POST", "meetings/signups", another) == ["ALREADY_DRAWN"]


@pytest.mark.article("meetings", 3)
def test_withdrawing_the_item_cancels_its_call(office: Office) -> None:
    item, call = with_plan(office)
    office.fire("organiser", f"applications/{item}", "withdraw", reason="方案重做")
    shown = office.ok("", "GET", f"meetings/signups/{call}")
    assert (shown["state"], shown["cancel_reason"]) == ("cancelled", "议题撤回：方案重做")


def test_nobody_outside_reads_drafts_people_or_another_county(office: Office) -> None:
    item = str(office.application()["id"])
    call = call_of(office, item)
    assert office.call("", "GET", f"meetings/signups/{call}").status_code == 404
    assert office.call("", "POST", f"meetings/signups/{call}/applicants", person(1)).status_code == 404
    assert office.call("", "GET", f"meetings/signups/{call}/applicants").status_code == 401
    assert office.call("stenographer", "GET", f"meetings/signups/{call}/applicants").status_code == 403
    assert office.ok("", "GET", "meetings/signups")["items"] == []
    answer = office.app.test_client().get(f"/api/v1/meitan/meetings/signups/{call}")
    unknown = office.app.test_client().get(f"/api/v1/meitan/meetings/signups/{'0' * 32}")
    assert (answer.status_code, answer.data) == (404, unknown.data)


def test_the_seed_is_nowhere_before_the_draw(office: Office) -> None:
    _item, call = with_plan(office)
    with jurisdictions.enter(office.place):
        row = db.session.get_one(SignupCall, call)
        seed, commitment = row.seed, row.commitment
        assert verify_draw.commitment_of(seed, row.salt) == commitment
        trail = [entry.data for entry in db.session.scalars(select(AuditEntry))]
    assert seed not in str(trail)
    for path in ("", "/draw.json"):
        for role in ("", "organiser"):
            assert seed not in office.call(role, "GET", f"meetings/signups/{call}{path}").get_data(as_text=True)


@pytest.mark.article("meetings", 7)
def test_a_change_of_plan_keeps_those_who_came_through_the_sign_up(office: Office) -> None:
    item, call = with_plan(office)
    sign_up(office, call, person(1), person(2))
    over(office, call)
    office.fire("organiser", f"signups/{call}", "draw")
    office.ok("organiser", "POST", f"meetings/signups/{call}/hand-over")
    office.fire(
        "organiser",
        f"applications/{item}",
        "change_plan",
        reason="换人",
        invitees=[{"name": "李四", "category": "expert"}],
    )
    with jurisdictions.enter(office.place):
        found = db.session.get_one(AgendaApplication, item)
        assert sorted((row.name, row.by_signup) for row in found.invitees) == [
            ("张三1", True), ("张三2", True), ("李四", False),
        ]  # fmt: skip
        assert db.session.scalars(select(Invitation).where(Invitation.by_signup)).all()
    assert office.codes("organiser", "POST", f"meetings/signups/{call}/transitions", {"event": "settle"}) == [
        "WRONG_STATE"
    ]


@pytest.mark.article("meetings", 3, 7)
def test_the_seats_of_the_plan_s_sign_up_count_as_invitees_and_towards_the_quotas(office: Office) -> None:
    item = str(office.application(invitees=[], quotas={"expert": 1})["id"])
    path = f"meetings/applications/{item}/transitions"
    assert office.codes("organiser", "POST", path, {"event": "submit"}) == ["PARTICIPATION_INCOMPLETE"] * 2
    call = call_of(office, item, quotas={})
    refused = office.call("organiser", "POST", path, {"event": "submit"}).json
    assert (refused["article"], refused["missing"]) == ("会3", ["invitees.expert"])
    office.ok("organiser", "PATCH", f"meetings/signups/{call}", {"quotas": {"expert": 1}}, If_Match="1")
    office.fire("organiser", f"applications/{item}", "submit")
    office.fire("deputy_leader", f"applications/{item}", "approve")
    office.fire("organiser", f"signups/{call}", "publish")


@pytest.mark.article("meetings", 7)
def test_a_call_cancelled_in_the_draft_leaves_the_plan(office: Office) -> None:
    item = str(office.application(invitees=[])["id"])
    call = call_of(office, item)
    office.fire("organiser", f"signups/{call}", "cancel", reason="改为指名邀请")
    codes = office.codes("organiser", "POST", f"meetings/applications/{item}/transitions", {"event": "submit"})
    assert codes == ["PARTICIPATION_INCOMPLETE"] * 2
    assert office.call("", "GET", f"meetings/signups/{call}").status_code == 404


def test_the_sweep_opens_what_was_planned(office: Office) -> None:
    item = office.approved()
    call = call_of(office, item, **times(begins=1))
    office.fire("organiser", f"signups/{call}", "publish")
    assert office.ok("", "GET", f"meetings/signups/{call}")["state"] == "planned"
    assert office.codes("", "POST", f"meetings/signups/{call}/applicants", person(1)) == ["SIGNUP_CLOSED"]
    assert office.codes("organiser", "POST", f"meetings/signups/{call}/transitions", {"event": "open"}) == ["TOO_EARLY"]
    with jurisdictions.enter(office.place):
        assert signup_calls.keep_time() == 0
        with clock_at(utcnow() + timedelta(hours=2)):
            assert signup_calls.keep_time() == 1
        with clock_at(utcnow() + timedelta(hours=60)):
            assert signup_calls.keep_time() == 1
    assert office.ok("", "GET", f"meetings/signups/{call}")["state"] == "closed"


@pytest.mark.article("meetings", 7)
def test_somebody_recused_is_not_put_on_the_list(office: Office) -> None:
    item, call = with_plan(office)
    with jurisdictions.enter(office.place), write() as session:
        found = session.get_one(AgendaApplication, item)
        session.add(
            Recusal(
                invitation_id=found.invitees[0].id,
                kind="interest",
                statement="本人是承建方",
                state="recused",
                version=1,
                declared_name="王小明",
                decided_at=utcnow(),
                decision_reason="有利害关系",
            )
        )
        name, organisation = found.invitees[0].name, found.invitees[0].organisation
    sign_up(office, call, person(1, name=name, organisation=organisation), person(2))
    over(office, call)
    office.fire("organiser", f"signups/{call}", "draw")
    assert office.codes("organiser", "POST", f"meetings/signups/{call}/hand-over") == ["RECUSED"]


def test_long_after_the_meeting_nobody_s_contact_is_kept(office: Office) -> None:
    _item, call = with_plan(office)
    sign_up(office, call, person(1, organisation="东街社区", reason="关心"))
    office.fire("organiser", f"signups/{call}", "cancel", reason="会议改期")
    with jurisdictions.enter(office.place), write():
        assert signups.forget_people() == 0
        with clock_at(utcnow() + timedelta(days=31)):
            assert signups.forget_people() == 1
            assert signups.forget_people() == 0
    kept = office.ok("organiser", "GET", f"meetings/signups/{call}/applicants")["items"][0]
    assert [kept[name] for name in ("name", "contact", "organisation", "reason")] == ["张**", "", "", ""]
