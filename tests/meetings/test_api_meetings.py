"""Meetings over the API: one transaction for the agenda, what the public sees, what a cancellation does."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.meetings.partners import Partners

NOON = "2026-12-01T12:00:00+08:00"


@pytest.mark.article("meetings", 5)
def test_an_agenda_is_scheduled_in_one_transaction(office: Any) -> None:
    ready = [office.approved(), office.approved(title="第二个议题")]
    meeting = office.meeting(*ready)
    shown = office.ok("organiser", "GET", f"meetings/{meeting}")
    assert [(item["id"], item["position"], item["state"]) for item in shown["agenda"]] == [
        (ready[0], 1, "scheduled"),
        (ready[1], 2, "scheduled"),
    ]
    assert shown["state"] == "preparing"
    assert shown["starts_at"] == "2026-12-01T09:00:00+08:00"
    assert shown["title"] == "2026年12月1日常务会议"


@pytest.mark.article("meetings", 5)
def test_one_item_that_is_not_ready_stops_the_whole_meeting(office: Any) -> None:
    ready, draft = office.approved(), office.application()["id"]
    body = {"kind": "executive", "starts_at": NOON, "place": "会议室", "agenda": [ready, draft]}
    assert office.codes("organiser", "POST", "meetings", body) == ["WRONG_STATE"]
    assert office.ok("organiser", "GET", "meetings")["items"] == []
    assert office.ok("organiser", "GET", f"meetings/applications/{ready}")["state"] == "approved"


def test_an_agenda_names_existing_items_once(office: Any) -> None:
    body = {"kind": "executive", "starts_at": NOON, "place": "会议室"}
    assert office.call("organiser", "POST", "meetings", body | {"agenda": ["0" * 32]}).status_code == 422
    ready = office.approved()
    assert office.call("organiser", "POST", "meetings", body | {"agenda": [ready, ready]}).status_code == 422
    assert office.call("organiser", "POST", "meetings", body | {"starts_at": "2026-12-01T12:00:00"}).status_code == 422


@pytest.mark.article("meetings", 5)
def test_the_gate_holds_when_the_meeting_is_made(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugin that brought the consultation's papers at submission has none any more."""
    brought = type("Brought", (Partners,), {"kinds": lambda *_: frozenset({"draft", "basis", "adoption_summary"})})
    with monkeypatch.context() as patch:
        patch.setattr("plugins.meetings.guards.consult", lambda _items: brought())
        ident = office.approved(needs_participation=True)
    body = {"kind": "executive", "starts_at": NOON, "place": "会议室", "agenda": [ident]}
    assert office.codes("organiser", "POST", "meetings", body) == ["CONSULTATION_MISSING", "ADOPTION_SUMMARY_MISSING"]


@pytest.mark.article("meetings", 5)
def test_a_partners_objection_follows_the_gates_own_code(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.refusals import Refusal

    ident = office.approved()
    blockers = {
        office.ok("organiser", "GET", f"meetings/applications/{ident}")["matter"]: [Refusal("OPEN", "未完", "预7")]
    }
    monkeypatch.setattr("plugins.meetings.services.applications.consult", lambda _items: Partners({}, blockers))
    body = {"kind": "executive", "starts_at": NOON, "place": "会议室", "agenda": [ident]}
    assert office.codes("organiser", "POST", "meetings", body) == ["CONSULTATION_MISSING", "OPEN"]


@pytest.mark.article("meetings", 4)
def test_the_public_sees_announced_meetings_only(office: Any) -> None:
    meeting = office.meeting(office.approved())
    assert office.call("", "GET", f"meetings/{meeting}").status_code == 404
    assert office.ok("", "GET", "meetings")["items"] == []
    office.fire("organiser", meeting, "announce")
    shown = office.ok("", "GET", f"meetings/{meeting}")
    assert shown["agenda"][0]["title"] == "老旧小区加装电梯实施办法"
    assert shown["audience"] == "public"
    assert not any(event["allowed"] for event in shown["events"])
    assert [row["id"] for row in office.ok("", "GET", "meetings")["items"]] == [meeting]


@pytest.mark.article("meetings", 2, 4)
def test_titles_of_closed_items_are_withheld(office: Any) -> None:
    closed = office.approved(subject_class="none", openness="closed", forms=[], invitees=[], title="人事事项")
    meeting = office.meeting(closed)
    office.fire("organiser", meeting, "announce")
    shown = office.ok("", "GET", f"meetings/{meeting}")
    assert "人事" not in str(shown)
    assert shown["agenda"][0]["withheld"]
    assert shown["audience"] == "invited"
    assert office.ok("organiser", "GET", f"meetings/{meeting}")["agenda"][0]["title"] == "人事事项"


@pytest.mark.article("meetings", 4, 9)
def test_results_are_public_once_published(office: Any) -> None:
    item = office.approved()
    meeting = office.meeting(item)
    office.run(meeting, item)
    assert office.ok("", "GET", f"meetings/{meeting}")["agenda"][0]["result"] is None
    office.fire("organiser", f"applications/{item}", "publish")
    assert office.ok("", "GET", f"meetings/{meeting}")["agenda"][0]["result"] == "passed"


@pytest.mark.article("meetings", 3)
def test_a_cancelled_meeting_gives_its_items_back(office: Any) -> None:
    item = office.approved()
    meeting = office.meeting(item)
    office.fire("organiser", meeting, "announce")
    assert office.fire("organiser", meeting, "cancel", reason="停电")["state"] == "cancelled"
    shown = office.ok("organiser", "GET", f"meetings/applications/{item}")
    assert (shown["state"], shown["meeting"]) == ("approved", None)
    assert office.meeting(item)


@pytest.mark.article("meetings", 3)
def test_postponed_and_withdrawn_items_leave_the_agenda(office: Any) -> None:
    items = [office.approved(title=f"议题{n}") for n in range(3)]
    meeting = office.meeting(*items)
    office.fire("organiser", f"applications/{items[0]}", "postpone", reason="材料待补")
    office.fire("organiser", f"applications/{items[1]}", "withdraw", reason="不再需要")
    agenda = office.ok("organiser", "GET", f"meetings/{meeting}")["agenda"]
    assert [(item["id"], item["position"]) for item in agenda] == [(items[2], 1)]


@pytest.mark.article("meetings", 4)
def test_an_item_is_called_only_in_session(office: Any) -> None:
    item = office.approved()
    meeting = office.meeting(item)
    office.fire("organiser", meeting, "announce")
    path = f"meetings/applications/{item}/transitions"
    assert office.codes("organiser", "POST", path, {"event": "call"}) == ["MEETING_NOT_IN_SESSION"]
    office.fire("organiser", meeting, "open")
    office.fire("organiser", meeting, "pause")
    assert office.codes("organiser", "POST", path, {"event": "call"}) == ["MEETING_NOT_IN_SESSION"]
    office.fire("organiser", meeting, "resume")
    assert office.fire("organiser", f"applications/{item}", "call")["state"] == "in_session"
    assert office.call("organiser", "POST", path, {"event": "deliberate", "result": "maybe"}).status_code == 422
    assert office.fire("organiser", f"applications/{item}", "deliberate", result="revise")["state"] == "deliberated"


@pytest.mark.article("meetings", 4)
def test_only_of_special_meetings_the_convenor_decides(office: Any) -> None:
    body = {"kind": "executive", "starts_at": NOON, "place": "会议室", "open_to_public": False}
    assert office.call("organiser", "POST", "meetings", body).status_code == 422
    special = office.ok("organiser", "POST", "meetings", body | {"kind": "special", "openness_note": "涉及商业秘密"})
    assert (special["audience"], special["openness_note"]) == ("invited", "涉及商业秘密")


def test_changing_time_needs_the_version(office: Any) -> None:
    meeting = office.meeting()
    assert office.call("organiser", "PATCH", f"meetings/{meeting}", {"place": "大礼堂"}).status_code == 428
    changed = office.ok("organiser", "PATCH", f"meetings/{meeting}", {"place": "大礼堂"}, If_Match='"1"')
    assert (changed["place"], changed["etag"]) == ("大礼堂", "2")


def test_the_other_body_cannot_run_the_meeting(office: Any) -> None:
    meeting = office.meeting()
    path = f"meetings/{meeting}/transitions"
    assert office.call("leader", "POST", path, {"event": "announce"}).status_code == 403
    assert office.call("", "POST", path, {"event": "announce"}).status_code == 401
