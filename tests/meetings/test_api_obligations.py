"""What is owed after a meeting (会9): three duties per item, met by a released page or exempted by two persons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import jurisdictions
from core.db import db, utcnow
from core.models import Clock

TEXT = {"title": "关于老旧小区加装电梯的实施办法", "body": "第一条 为改善居住条件，制定本办法。"}
READING = {"title": "一图读懂", "body": "为什么制定、解决什么问题。"}


@pytest.fixture
def closed(office: Any) -> tuple[str, str]:
    """A closed meeting with one passed item whose result is published."""
    item = office.approved()
    meeting = office.meeting(item)
    office.run(meeting, item)
    office.fire("organiser", f"applications/{item}", "publish")
    return meeting, item


def owed(office: Any, meeting: str, viewer: str = "organiser") -> dict[str, Any]:
    """The obligations by kind."""
    return {row["kind"]: row for row in office.ok(viewer, "GET", f"meetings/{meeting}/obligations")["items"]}


@pytest.mark.article("meetings", 9)
def test_a_closed_meeting_owes_three_things_with_a_clock(office: Any, closed: Any) -> None:
    rows = owed(office, closed[0])
    assert set(rows) == {"outcome", "policy_document", "interpretation"}
    for row in rows.values():
        assert row["state"] == "owed"
        assert [(clock["article"], clock["unit"], clock["amount"]) for clock in row["clocks"]] == [("会9", "WD", 5)]
        assert row["clocks"][0]["due"]
    assert len(office.ok("", "GET", f"meetings/{closed[0]}")["clocks"]) == 3


@pytest.mark.article("meetings", 9)
def test_a_meeting_without_agenda_owes_an_account_too(office: Any) -> None:
    meeting = office.meeting()
    office.run(meeting)
    assert len(owed(office, meeting)) == 3


@pytest.mark.article("meetings", 9)
def test_no_policy_document_without_its_interpretation(office: Any, closed: Any) -> None:
    rows = owed(office, closed[0])
    path = f"meetings/obligations/{rows['policy_document']['id']}/transitions"
    assert office.codes("organiser", "POST", path, {"event": "publish", **TEXT}) == ["INTERPRETATION_MISSING"]
    office.fire("organiser", f"obligations/{rows['interpretation']['id']}", "publish", **READING)
    assert office.ok("organiser", "POST", path, {"event": "publish", **TEXT})["state"] == "published"


@pytest.mark.article("meetings", 9)
def test_both_may_go_out_together(office: Any, closed: Any) -> None:
    rows = owed(office, closed[0])
    ident = rows["policy_document"]["id"]
    office.fire("organiser", f"obligations/{ident}", "publish", **TEXT, interpretation=READING)
    rows = owed(office, closed[0], "")
    assert [rows[kind]["state"] for kind in ("policy_document", "interpretation")] == ["published", "published"]
    page = office.ok("", "GET", f"publications/{rows['policy_document']['publication']}")
    assert page["body"] == TEXT["body"]
    assert page["related"] == rows["interpretation"]["publication"]


@pytest.mark.article("meetings", 9)
def test_the_same_gate_stands_before_the_core_door(office: Any, closed: Any) -> None:
    """A page drafted and approved beforehand is named; it is released by the same rules."""
    rows = owed(office, closed[0])
    page = office.ok("organiser", "POST", "publications", {"kind": "policy_document", **TEXT})["id"]
    path = f"meetings/obligations/{rows['policy_document']['id']}/transitions"
    office.fire("organiser", f"obligations/{rows['interpretation']['id']}", "publish", **READING)
    named = {"event": "publish", "publication": page}
    assert office.codes("organiser", "POST", path, named) == ["NOT_APPROVED"]
    office.ok("leader", "POST", f"publications/{page}/transitions", {"event": "approve"})
    assert office.ok("organiser", "POST", path, named)["state"] == "published"
    assert office.ok("", "GET", f"publications/{page}")["state"] == "released"


@pytest.mark.article("meetings", 9)
def test_an_exemption_takes_two_persons_and_a_reason(office: Any, closed: Any) -> None:
    ident = owed(office, closed[0])["interpretation"]["id"]
    path = f"meetings/obligations/{ident}/transitions"
    both = "organiser+deputy_leader"
    assert office.call(both, "POST", path, {"event": "exempt"}).status_code == 422
    asked = office.ok(both, "POST", path, {"event": "exempt", "reason": "无需解读"})
    assert asked["state"] == "exemption_requested"
    assert office.codes(both, "POST", path, {"event": "approve_exemption"}) == ["SELF_APPROVAL"]
    assert office.fire("leader", f"obligations/{ident}", "approve_exemption")["state"] == "exempted"
    shown = office.ok("", "GET", f"meetings/obligations/{ident}")
    assert (shown["reason"], shown["clocks"][0]["state"]) == ("无需解读", "cancelled")
    document = owed(office, closed[0])["policy_document"]["id"]
    assert office.fire("organiser", f"obligations/{document}", "publish", **TEXT)["state"] == "published"


@pytest.mark.article("meetings", 4, 9)
def test_the_item_is_done_when_all_is_met(office: Any, closed: Any) -> None:
    meeting, item = closed
    rows = owed(office, meeting)
    office.fire("organiser", f"obligations/{rows['outcome']['id']}", "publish")
    office.fire("organiser", f"obligations/{rows['interpretation']['id']}", "publish", **READING)
    assert office.ok("organiser", "GET", f"meetings/applications/{item}")["state"] == "discharging"
    office.fire("organiser", f"obligations/{rows['policy_document']['id']}", "publish", **TEXT)
    assert office.ok("organiser", "GET", f"meetings/applications/{item}")["state"] == "done"
    outcome = owed(office, meeting, "")["outcome"]
    page = office.ok("", "GET", f"publications/{outcome['publication']}")
    assert "审议结论：通过" in page["body"]
    assert outcome["clocks"][0]["state"] == "met"


@pytest.mark.article("meetings", 9)
def test_an_empty_page_is_refused(office: Any, closed: Any) -> None:
    path = f"meetings/obligations/{owed(office, closed[0])['interpretation']['id']}/transitions"
    assert office.codes("organiser", "POST", path, {"event": "publish"}) == ["CONTENT_MISSING"]


@pytest.mark.article("meetings", 4, 9)
def test_late_is_shown_as_late(office: Any, closed: Any) -> None:
    from core.db import write

    with jurisdictions.enter(office.place), write():
        for clock in db.session.query(Clock):
            clock.due_at = utcnow() - timedelta(minutes=1)
    rows = owed(office, closed[0], "")
    assert all(row["overdue"] and row["clocks"][0]["state"] == "overdue" for row in rows.values())


def test_the_public_may_not_publish(office: Any, closed: Any) -> None:
    path = f"meetings/obligations/{owed(office, closed[0])['outcome']['id']}/transitions"
    assert office.call("", "POST", path, {"event": "publish"}).status_code == 401
    assert office.call("stenographer", "POST", path, {"event": "publish"}).status_code == 403
