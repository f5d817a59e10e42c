"""The representative pool over the API: who keeps it, what is counted, what cannot be proposed, and whose it is."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core import jurisdictions
from core.db import db, utcnow, write
from core.permissions import SYSTEM
from core.workdays import local_date
from plugins.meetings.models import Invitation, Representative
from plugins.meetings.services import pool_intake
from plugins.meetings.services.pool_intake import Entry
from tests.meetings.conftest import Office

ALL = "meetings/representatives"
BODY = {"name": "李芳", "organisation": "区人大", "terms": [{"category": "npc_deputy", "from": "2024-01-10"}]}
TABLE = "姓名,类别,单位,任期开始,任期届满,专长\n李芳,人大代表,区人大,2024-01-10,,教育\n周岚,专家学者,师范学院,2025/3/1,2099-2-28,规划\n"


def add(office: Office, **fields: Any) -> dict[str, Any]:
    return dict(office.ok("organiser", "POST", ALL, BODY | fields))


def file(text: str = TABLE, name: str = "代表库.csv") -> dict[str, Any]:
    return {"file": (io.BytesIO(text.encode()), name)}


def day(ahead: int) -> str:
    return (local_date(utcnow()) + timedelta(days=ahead)).isoformat()


def test_an_entry_is_made_read_changed_and_not_overwritten_unseen(office: Office) -> None:
    made = add(office, speciality="教育", region="高坪街道", trade="教师", contact="li@example.org", publish_name=True)
    assert (made["state"], made["rotation"], made["terms"][0]["why_not"]) == (
        "active", {"invited": 0, "attended": 0, "last": None}, "",
    )  # fmt: skip
    assert date.fromisoformat(made["renewal_due"]) - local_date(utcnow()) in (timedelta(365), timedelta(366))
    path = f"{ALL}/{made['id']}"
    assert office.call("organiser", "PATCH", path, {"trade": "校长"}).status_code == 428
    changed = office.ok("organiser", "PATCH", path, {"trade": "校长"}, If_Match='"1"')
    assert (changed["trade"], changed["etag"], changed["contact"]) == ("校长", "2", "li@example.org")
    assert office.call("organiser", "PATCH", path, {"trade": "x"}, If_Match='"1"').status_code == 412


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"terms": []}, "terms"),
        ({"terms": [{"category": "king", "from": "2024-01-01"}]}, "terms[0].category"),
        ({"terms": [{"category": "expert", "from": "2024-01-01", "until": "2023-01-01"}]}, "terms[0]"),
        ({"terms": [{"category": "expert", "from": "2024-01-01"}] * 2}, "terms"),
        ({"renewal_due": "1900-01-01"}, "renewal_due"),
    ],
)
def test_a_wrong_entry_is_named_by_its_field(office: Office, fields: dict[str, Any], where: str) -> None:
    answer = office.call("organiser", "POST", ALL, BODY | fields)
    assert (answer.status_code, [error["field"] for error in answer.json["errors"]]) == (422, [where])


def test_nobody_stands_in_the_pool_twice_but_in_several_terms(office: Office) -> None:
    add(office)
    assert office.call("organiser", "POST", ALL, BODY).status_code == 422
    terms = [{"category": "npc_deputy", "from": "2024-01-10"}, {"category": "expert", "from": "2025-01-01"}]
    other = add(office, organisation="师范学院", terms=terms)
    assert [term["category"] for term in other["terms"]] == ["npc_deputy", "expert"]


def test_only_those_who_invite_read_the_pool(office: Office) -> None:
    path = f"{ALL}/{add(office)['id']}"
    assert office.call("", "GET", ALL).status_code == 401
    for role in ("deputy_leader", "stenographer", "secrecy_reviewer"):
        assert (office.call(role, "GET", ALL).status_code, office.call(role, "GET", path).status_code) == (403, 404)
    assert len(office.ok("disclosure_officer", "GET", ALL)["items"]) == 1


def test_two_counties_do_not_see_each_others_pool(office: Office) -> None:
    with jurisdictions.enter(jurisdictions.by_slug("meitan")), write():
        pool_intake.take_in(SYSTEM, [Entry({"name": "湄潭人"}, "public")])
        theirs = db.session.scalars(select(Representative)).one()
        ident, term = theirs.id, theirs.terms[0].id
    assert office.ok("organiser", "GET", ALL)["items"] == []
    mine = office.application()["id"]
    unknown = office.call("organiser", "GET", f"{ALL}/{'0' * 32}")
    foreign = office.call("organiser", "GET", f"{ALL}/{ident}")
    assert (foreign.status_code, foreign.data) == (404, unknown.data)
    assert office.call("organiser", "POST", f"{ALL}/renew", {"ids": [ident]}).status_code == 404
    assert (
        office.call(
            "organiser", "POST", f"meetings/applications/{mine}/invitations/pick", {"terms": [term]}
        ).status_code
        == 422
    )
    assert office.ok("organiser", "POST", f"{ALL}/import", file("姓名,类别\n湄潭人,公众代表\n"))["created"] == 1


def test_the_list_is_narrowed(office: Office) -> None:
    add(office, region="高坪街道")
    add(
        office,
        name="周岚",
        region="董公寺街道",
        speciality="城市规划",
        terms=[{"category": "expert", "from": "2024-01-01"}],
    )
    for query, found in (
        ("?q=周", ["周岚"]), ("?category=npc_deputy", ["李芳"]), ("?region=高坪街道", ["李芳"]), ("?speciality=规划", ["周岚"]),
        ("?state=ended", []), ("?due=1", []), ("?q=%25", []), ("", ["周岚", "李芳"]),
    ):  # fmt: skip
        assert [row["name"] for row in office.ok("organiser", "GET", ALL + query)["items"]] == found
    assert office.call("organiser", "GET", f"{ALL}?category=king").status_code == 422


# --- yearly renewal ---------------------------------------------------------------------------------


@pytest.mark.article("meetings", 3)
def test_a_year_is_renewed_near_its_end_once_one_or_many(office: Office) -> None:
    near, far = add(office, renewal_due=day(10)), add(office, name="周岚", renewal_due=day(200))
    assert [row["name"] for row in office.ok("organiser", "GET", f"{ALL}?due=1")["items"]] == ["李芳"]
    refused = office.call("organiser", "POST", f"{ALL}/renew", {"ids": [near["id"], far["id"]]})
    assert (refused.status_code, refused.json["code"], "周岚" in refused.json["detail"]) == (409, "NOT_DUE", True)
    assert office.ok("organiser", "GET", f"{ALL}/{near['id']}")["renewal_due"] == day(10)  # all or none
    assert office.ok("organiser", "POST", f"{ALL}/renew", {"ids": [near["id"]]}) == {"renewed": 1}
    due = date.fromisoformat(office.ok("organiser", "GET", f"{ALL}/{near['id']}")["renewal_due"])
    assert due.isoformat()[4:] == day(10)[4:]
    assert due > date.fromisoformat(day(300))
    assert office.codes("organiser", "POST", f"{ALL}/{near['id']}/transitions", {"event": "renew"}) == ["NOT_DUE"]


# --- picking ----------------------------------------------------------------------------------------


def pick(office: Office, item: str, *people: dict[str, Any], **more: Any) -> Any:
    terms = [person["terms"][0]["id"] for person in people]
    return office.call("organiser", "POST", f"meetings/applications/{item}/invitations/pick", {"terms": terms, **more})


@pytest.mark.article("meetings", 3, 7)
def test_several_are_picked_at_once_and_nobody_twice(office: Office) -> None:
    item = office.application()["id"]
    people = [add(office, publish_name=True), add(office, name="周岚")]
    first, again = pick(office, item, *people).json, pick(office, item, *people).json
    assert (first["created"], first["unchanged"], again["created"], again["unchanged"]) == (2, 0, 0, 2)
    rows = office.ok("organiser", "GET", f"meetings/applications/{item}")["invitees"]
    assert [(row["name"], row["category"], row["organisation"]) for row in rows[1:]] == [
        ("李芳", "npc_deputy", "区人大"), ("周岚", "npc_deputy", "区人大"),
    ]  # fmt: skip
    assert office.ok("organiser", "GET", f"meetings/invitations/{rows[1]['id']}")["publish_name"] is True


@pytest.mark.article("meetings", 7)
def test_after_approval_picking_goes_back_to_approval(office: Office) -> None:
    item = office.approved()
    assert pick(office, item, add(office), reason="增补人大代表").json["state"] == "pending"
    assert pick(office, item, add(office, name="周岚")).json["code"] == "WRONG_STATE"


@pytest.mark.article("meetings", 3)
@pytest.mark.parametrize(
    ("fields", "event", "why"),
    [
        ({"renewal_due": "2024-01-01"}, "", "年度续聘"),
        (
            {"terms": [{"category": "expert", "from": "2020-01-01", "until": "2023-01-01"}]},
            "",
            "任期已于 2023-01-01 届满",
        ),
        ({"terms": [{"category": "expert", "from": "2190-01-01"}]}, "", "任期从 2190-01-01 开始"),
        ({}, "pause", "已暂停：进修"),
        ({}, "end", "已退出代表库：进修"),
    ],
)
def test_who_cannot_be_proposed_is_told_why(office: Office, fields: dict[str, Any], event: str, why: str) -> None:
    person = add(office, **fields)
    if event:
        office.fire("organiser", f"representatives/{person['id']}", event, reason="进修")
    assert why in office.ok("organiser", "GET", f"{ALL}/{person['id']}")["terms"][0]["why_not"]
    answer = pick(office, office.application()["id"], person)
    assert (answer.status_code, answer.json["code"], why in answer.json["detail"]) == (409, "NOT_PROPOSABLE", True)


def test_one_person_is_not_listed_in_two_categories(office: Office) -> None:
    terms = [{"category": "npc_deputy", "from": "2024-01-10"}, {"category": "expert", "from": "2025-01-01"}]
    person = add(office, terms=terms)
    body = {"terms": [term["id"] for term in person["terms"]]}
    item = office.application()["id"]
    assert office.call("organiser", "POST", f"meetings/applications/{item}/invitations/pick", body).status_code == 422


# --- fair rotation ----------------------------------------------------------------------------------


def test_times_invited_and_attended_are_counted_from_invitations(office: Office) -> None:
    person, item = add(office), office.application(invitees=[])["id"]
    pick(office, item, person)
    office.fire("organiser", f"applications/{item}", "submit")
    office.fire("deputy_leader", f"applications/{item}", "approve")
    invited = office.ok("organiser", "GET", f"meetings/applications/{item}")["invitees"][0]["id"]
    assert office.ok("organiser", "GET", f"{ALL}/{person['id']}")["rotation"]["invited"] == 0  # not sent yet
    office.fire("organiser", f"invitations/{invited}", "send")
    office.fire("organiser", f"invitations/{invited}", "acknowledge")
    office.fire("organiser", f"invitations/{invited}", "check_in")
    told = office.ok("organiser", "GET", f"{ALL}/{person['id']}")["rotation"]
    assert (told["invited"], told["attended"], told["last"][:4]) == (1, 1, str(utcnow().year))
    with jurisdictions.enter(office.place), write():
        row = db.session.get(Invitation, invited)
        assert row
        row.sent_at = utcnow() - timedelta(days=400)
    told = office.ok("organiser", "GET", f"{ALL}/{person['id']}")["rotation"]
    assert (told["invited"], told["attended"], told["last"] is None) == (0, 0, False)


def test_whoever_is_typed_by_hand_is_counted_in_the_pool_too(office: Office) -> None:
    person = add(office)
    office.application(invitees=[{"name": "李芳", "category": "npc_deputy", "organisation": "区人大"}])
    office.application(invitees=[{"name": "李芳", "category": "npc_deputy", "organisation": "市人大"}])
    with jurisdictions.enter(office.place):
        assert db.session.scalars(select(Invitation.representative_id)).all().count(person["id"]) == 1


# --- tables -----------------------------------------------------------------------------------------


def test_a_table_is_looked_at_then_taken_then_known(office: Office) -> None:
    look = office.ok("organiser", "POST", f"{ALL}/import?dry_run=1", file())
    assert [row["status"] for row in look["rows"]] == ["new", "new"]
    assert office.ok("organiser", "GET", ALL)["items"] == []
    for created, unchanged in ((2, 0), (0, 2), (0, 2)):
        done = office.ok("organiser", "POST", f"{ALL}/import", file())
        assert (done["created"], done["extended"], done["unchanged"]) == (created, 0, unchanged)
    more = office.ok("organiser", "POST", f"{ALL}/import", file(TABLE + "李芳,专家学者,区人大,2025-01-01,,\n"))
    assert (more["created"], more["extended"], more["unchanged"]) == (0, 1, 2)


def test_a_table_with_faults_is_taken_only_when_told_so(office: Office) -> None:
    faulty = (
        TABLE
        + "=1,专家,,,,\n王五,将军,,,,\n赵六,专家,,昨天,,\n孙七,专家,,2025-01-01,2024-01-01,\n李芳,人大代表,区人大,2024-01-10,,\n"
    )
    refused = office.call("organiser", "POST", f"{ALL}/import", file(faulty))
    assert (refused.status_code, refused.json["code"]) == (422, "FAULTY_ROWS")
    assert [(row["row"], row["column"]) for row in refused.json["errors"]] == [
        ("4", "姓名"), ("5", "类别"), ("6", "任期开始"), ("7", "任期届满"), ("8", ""),
    ]  # fmt: skip
    assert office.ok("organiser", "GET", ALL)["items"] == []
    assert office.ok("organiser", "POST", f"{ALL}/import?skip_faulty=1", file(faulty))["created"] == 2


def test_a_file_never_overwrites_what_was_edited(office: Office) -> None:
    office.ok("organiser", "POST", f"{ALL}/import", file())
    person = next(row for row in office.ok("organiser", "GET", ALL)["items"] if row["name"] == "李芳")
    office.ok("organiser", "PATCH", f"{ALL}/{person['id']}", {"speciality": "法律"}, If_Match=f'"{person["etag"]}"')
    office.ok("organiser", "POST", f"{ALL}/import", file())
    assert office.ok("organiser", "GET", f"{ALL}/{person['id']}")["speciality"] == "法律"
