"""What representatives say (会8): questions and opinions by personal link, moderated, answered, routed, replied to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from core import jurisdictions
from core.db import clock_at, db, utcnow, write
from core.models import Clock, Notice
from core.refusals import Refused
from plugins.meetings.models import Acknowledgement, Invitation, Meeting, Slip, SpeakingRequest
from plugins.meetings.models.slips import SLIP_STATES
from plugins.meetings.models.speaking import SPEAKING_STATES
from plugins.meetings.services import invitations, slips, speaking
from plugins.meetings.workflow import SLIP, SPEAKING
from tests.meetings.test_truth_tables import ROLES, Table, expected, outcome

SLIP_TABLE: Table = {
    "admit": (("organiser", "stenographer"), {"handed_in": "admitted"}),
    "return": (("organiser", "stenographer"), {"handed_in": "returned"}),
    "withdraw": (("author",), {"handed_in": "withdrawn", "admitted": "withdrawn"}),
    "answer": (("organiser", "stenographer"), {"admitted": "answered"}),
    "route": (("organiser",), dict.fromkeys(("admitted", "answered", "routed"), "routed")),
    "reply": (("organiser",), {"routed": "replied"}),
}
SPEAKING_TABLE: Table = {
    "grant": (("organiser", "stenographer"), {"waiting": "granted"}),
    "decline": (("organiser", "stenographer"), {"waiting": "declined"}),
    "withdraw": (("author",), {"waiting": "withdrawn", "granted": "withdrawn"}),
    "spoken": (("organiser", "stenographer"), {"granted": "spoken"}),
}


def acting(world: Any, role: str, row: Any) -> Any:
    return invitations.as_actor(row.invitation) if role == "author" else world.people[role]


def slip_in(world: Any, state: str = "handed_in", **values: Any) -> Slip:
    item = world.item("in_session")
    done = {"answer": "已经安排。", "unit_id": world.agency("office")}
    if state == "replied":
        done["disposition"] = "adopted"
    row = Slip(
        invitation=item.invitations[0], application=item, meeting=item.meeting, kind="question", text="谁来出钱？",
        state=state, version=1, reason="与议题无关", **done | values,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def test_the_tables_name_every_event_and_state() -> None:
    assert (set(SLIP_TABLE), set(SLIP_STATES)) == (set(SLIP.events), set(SLIP.states))
    assert (set(SPEAKING_TABLE), set(SPEAKING_STATES)) == (set(SPEAKING.events), set(SPEAKING.states))


@pytest.mark.article("meetings", 8)
@pytest.mark.table
@pytest.mark.parametrize("role", [*ROLES, "author"])
@pytest.mark.parametrize("event", SLIP_TABLE)
@pytest.mark.parametrize("state", SLIP_STATES)
def test_slip(world: Any, state: str, event: str, role: str) -> None:
    def fire(row: Slip) -> None:
        params = {"answer": "已经安排。", "unit": "office", "disposition": "adopted"}
        slips.move(acting(world, role, row), row, event, reason="测试理由", params=params)

    assert outcome(lambda: slip_in(world, state), fire) == expected(SLIP_TABLE, state, event, role)


@pytest.mark.article("meetings", 8)
@pytest.mark.table
@pytest.mark.parametrize("role", [*ROLES, "author"])
@pytest.mark.parametrize("event", SPEAKING_TABLE)
@pytest.mark.parametrize("state", SPEAKING_STATES)
def test_request_to_speak(world: Any, state: str, event: str, role: str) -> None:
    def make() -> SpeakingRequest:
        item = world.item("in_session")
        row = SpeakingRequest(
            invitation=item.invitations[0], application=item, meeting=item.meeting, state=state, version=1,
            reason="时间不够", raised_at=utcnow(),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row

    def fire(row: SpeakingRequest) -> None:
        SPEAKING.fire(row, event, acting(world, role, row), reason="测试理由")

    assert outcome(make, fire) == expected(SPEAKING_TABLE, state, event, role)


@pytest.mark.article("meetings", 8)
def test_nobody_takes_back_what_another_handed_in(world: Any) -> None:
    def fire(row: Slip) -> None:
        other = Invitation(application=row.application, name="李四", category="expert", state="sent", version=1)
        db.session.add(other)
        db.session.flush()
        SLIP.fire(row, "withdraw", invitations.as_actor(other))

    assert outcome(lambda: slip_in(world), fire) == "FORBIDDEN"


@pytest.mark.article("meetings", 6, 8)
@pytest.mark.parametrize(("disposition", "reply", "code"), [
    ("adopted", "", "replied"), ("partly", " ", "REASON_MISSING"), ("not_adopted", "", "REASON_MISSING"),
    ("not_adopted", "预算没有安排", "replied"),
])  # fmt: skip
def test_what_is_not_adopted_in_full_carries_a_reason(world: Any, disposition: str, reply: str, code: str) -> None:
    def fire(row: Slip) -> None:
        given_ = {"disposition": disposition, "reply": reply}
        slips.move(world.people["organiser"], row, "reply", params=given_)

    assert outcome(lambda: slip_in(world, "routed"), fire) == code


@pytest.mark.article("meetings", 8)
@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["ask", "leave", "grant", "spoken", "decline"]), max_size=12), st.integers(2, 4))
def test_the_queue_keeps_the_order_of_raising(world: Any, acts: list[str], people: int) -> None:
    """Whoever asks stands last, asking again keeps the place, places are 1..n without a gap."""
    with pytest.raises(KeyboardInterrupt), write():
        rule = world.place_rules(99)
        item = world.item("in_session")
        item.invitations += [
            Invitation(name=f"代表{n}", category="public", state="checked_in", version=1) for n in range(people - 1)
        ]
        for row in item.invitations:
            row.state = "checked_in"
            row.acknowledgements.append(Acknowledgement(rule=rule))
        db.session.flush()
        waiting: list[str] = []
        granted: list[str] = []
        for n, act in enumerate(acts):
            _one_act(world, act, item.invitations[n % people], item.meeting, waiting, granted)
            assert [row.invitation_id for row in speaking.queue(item.meeting)][len(granted) :] == waiting
            assert [speaking.place(row) for row in speaking.queue(item.meeting) if row.state == "waiting"] == list(
                range(1, len(waiting) + 1)
            )
        raise KeyboardInterrupt  # undo


def _one_act(
    world: Any, act: str, person: Invitation, meeting: Meeting, waiting: list[str], granted: list[str]
) -> None:
    standing = next((row for row in speaking.queue(meeting) if row.invitation_id == person.id), None)
    if act == "ask":
        speaking.ask(person)
        if standing is None:
            waiting.append(person.id)
    elif act == "leave":
        speaking.withdraw(person)
        for line in (waiting, granted):
            if person.id in line:
                line.remove(person.id)
    elif act in {"grant", "decline"} and person.id in waiting:
        assert standing is not None
        speaking.move(world.people["organiser"], standing, act, reason="时间不够")
        waiting.remove(person.id)
        if act == "grant":
            granted.append(person.id)
    elif act == "spoken" and person.id in granted:
        assert standing is not None
        speaking.move(world.people["organiser"], standing, "spoken")
        granted.remove(person.id)


# --- over the API ---------------------------------------------------------------------------------------


@pytest.fixture
def attended(office: Any) -> tuple[str, str, str]:
    """A meeting under way: (meeting, item, secret of the representative's link), rules acknowledged."""
    item = office.approved()
    meeting = office.meeting(item)
    for event in ("announce", "open"):
        office.fire("organiser", meeting, event)
    office.fire("organiser", f"applications/{item}", "call")
    invitee = office.ok("organiser", "GET", f"meetings/applications/{item}")["invitees"][0]["id"]
    token = str(office.fire("organiser", f"invitations/{invitee}", "send")["link"]).rstrip("/").rpartition("/")[2]
    office.ok("", "POST", "meetings/invitations/reply", {"token": token, "event": "acknowledge", "rule_version": 1})
    return meeting, item, token


def hand_in(office: Any, token: str, **values: Any) -> Any:
    body = {"token": token, "kind": "question", "text": "一楼采光怎么补偿？"} | values
    return office.ok("", "POST", "meetings/slips", body)


@pytest.mark.article("meetings", 6, 8)
def test_a_question_from_the_link_to_its_reply(office: Any, attended: tuple[str, str, str]) -> None:
    meeting, _item, token = attended
    slip = hand_in(office, token)["id"]
    assert office.ok("", "GET", f"meetings/{meeting}/slips")["items"] == []
    office.fire("stenographer", f"slips/{slip}", "admit")
    shown = office.ok("", "GET", f"meetings/{meeting}/slips")["items"]
    assert [(row["author"], row["text"]) for row in shown] == [("其他公众代表", "一楼采光怎么补偿？")]
    office.fire("organiser", f"slips/{slip}", "answer", answer="由业主协商。", answered_by="陈明", on_record=True)
    lines = office.ok("", "GET", f"meetings/{meeting}/live/snapshot")["posts"]
    assert [(row["speaker"], row["text"]) for row in lines[-2:]] == [
        ("其他公众代表", "一楼采光怎么补偿？"), ("陈明", "由业主协商。"),
    ]  # fmt: skip
    office.fire("organiser", f"slips/{slip}", "route", unit="education")
    clock = office.ok("organiser", "GET", f"meetings/slips/{slip}")["clocks"][0]
    assert (clock["amount"], clock["unit"], clock["state"]) == (5, "WD", "running")
    body = {"event": "reply", "disposition": "partly"}
    assert office.codes("organiser", "POST", f"meetings/slips/{slip}/transitions", body) == ["REASON_MISSING"]
    office.fire("handler", f"slips/{slip}", "reply", disposition="partly", reply="先补偿一楼，二楼另议。")
    mine = office.ok("", "POST", "meetings/slips/mine", {"token": token})["items"][0]
    assert (mine["state"], mine["disposition_label"], mine["reply"]) == (
        "replied",
        "部分采纳",
        "先补偿一楼，二楼另议。",
    )
    with jurisdictions.enter(office.place):
        told = db.session.scalars(select(Notice.body).where(Notice.key.like("meetings.slip%"))).all()
        assert any("部分采纳" in body for body in told)
        assert db.session.scalars(select(Clock.state).where(Clock.subject_id == slip)).all() == ["met"]


@pytest.mark.article("meetings", 8)
def test_what_is_handed_in_cannot_be_changed_and_goes_back_before_an_answer(
    office: Any, attended: tuple[str, str, str]
) -> None:
    meeting, _item, token = attended
    first, second = hand_in(office, token)["id"], hand_in(office, token, kind="opinion", text="建议公示一周。")["id"]
    office.fire("organiser", f"slips/{first}", "return", reason="与议题无关")
    office.fire("organiser", f"slips/{second}", "admit", publish=False)
    assert office.ok("", "GET", f"meetings/{meeting}/slips")["items"] == []
    gone = {"token": token, "slip": second}
    assert office.ok("", "POST", "meetings/slips/withdraw", gone)["state"] == "withdrawn"
    assert office.ok("", "POST", "meetings/slips/withdraw", gone)["state"] == "withdrawn"
    assert office.codes("", "POST", "meetings/slips/withdraw", {"token": token, "slip": first}) == ["WRONG_STATE"]
    assert office.call("", "POST", "meetings/slips/withdraw", {"token": "x" * 30, "slip": second}).status_code == 404


@pytest.mark.article("meetings", 8)
@pytest.mark.parametrize("text", ["", "  ", "长" * 2001, "a\x07b"])
def test_a_text_that_cannot_be_kept_is_said_at_once(office: Any, attended: tuple[str, str, str], text: str) -> None:
    body = {"token": attended[2], "kind": "question", "text": text}
    assert office.call("", "POST", "meetings/slips", body).status_code == 422


@pytest.mark.article("meetings", 8)
def test_the_rules_come_first_and_the_days_are_counted(office: Any) -> None:
    item = office.approved()
    meeting = office.meeting(item)
    office.fire("organiser", meeting, "announce")
    invitee = office.ok("organiser", "GET", f"meetings/applications/{item}")["invitees"][0]["id"]
    token = str(office.fire("organiser", f"invitations/{invitee}", "send")["link"]).rstrip("/").rpartition("/")[2]
    body = {"token": token, "kind": "opinion", "text": "建议公示一周。"}
    assert office.codes("", "POST", "meetings/slips", body) == ["RULES_NOT_ACKNOWLEDGED"]
    office.ok("", "POST", "meetings/invitations/reply", {"token": token, "event": "acknowledge", "rule_version": 1})
    assert office.codes("", "POST", "meetings/slips", body) == ["SLIPS_CLOSED"]
    office.fire("organiser", meeting, "open")
    office.fire("organiser", meeting, "close")
    assert office.ok("", "POST", "meetings/slips", body)["state"] == "handed_in"
    assert office.codes("", "POST", "meetings/slips", body | {"kind": "question"}) == ["SLIPS_CLOSED"]
    with jurisdictions.enter(office.place):
        ends = slips.until(db.session.get_one(Meeting, meeting))
        assert ends is not None
        invitation = db.session.get_one(Invitation, invitee)
        with clock_at(ends - timedelta(seconds=1)):
            assert slips.obstacle(invitation, "opinion") is None
        with clock_at(ends):
            no = slips.obstacle(invitation, "opinion")
            assert (no.code, no.article) == ("SLIPS_CLOSED", "会8") if no else False


@pytest.mark.article("meetings", 8)
def test_one_representative_cannot_flood_the_desk(office: Any, attended: tuple[str, str, str]) -> None:
    for _ in range(slips.MOST):
        hand_in(office, attended[2])
    body = {"token": attended[2], "kind": "question", "text": "再问一次"}
    assert office.codes("", "POST", "meetings/slips", body) == ["SLIPS_LIMIT"]


@pytest.mark.article("meetings", 8)
def test_the_floor_is_asked_for_once_and_granted_in_the_queue(office: Any, attended: tuple[str, str, str]) -> None:
    meeting, _item, token = attended
    first = office.ok("", "POST", "meetings/speaking-requests", {"token": token})
    assert office.ok("", "POST", "meetings/speaking-requests", {"token": token}) == first
    assert first["place"] == 1
    rows = office.ok("organiser", "GET", f"meetings/{meeting}/speaking-requests")["items"]
    assert [(row["name"], row["place"]) for row in rows] == [("王小明", 1)]
    office.fire("stenographer", f"speaking-requests/{first['id']}", "grant")
    assert office.ok("", "POST", "meetings/speaking-requests/mine", {"token": token})["state"] == "granted"
    office.fire("stenographer", f"speaking-requests/{first['id']}", "spoken")
    again = office.ok("", "POST", "meetings/speaking-requests", {"token": token})
    assert again["id"] != first["id"]
    assert office.ok("", "POST", "meetings/speaking-requests/withdraw", {"token": token})["state"] == "withdrawn"
    assert office.call("nobody", "GET", f"meetings/{meeting}/speaking-requests").status_code == 403


@pytest.mark.article("meetings", 2, 8)
def test_a_slip_of_a_closed_item_is_nowhere_public(office: Any, attended: tuple[str, str, str]) -> None:
    meeting, item, token = attended
    slip = hand_in(office, token)["id"]
    office.fire("organiser", f"slips/{slip}", "admit")
    with jurisdictions.enter(office.place), write() as session:
        session.get_one(Slip, slip).application.openness = "closed"
    assert office.ok("", "GET", f"meetings/{meeting}/slips")["items"] == []
    body = {"event": "answer", "answer": "已安排", "on_record": True}
    assert office.codes("organiser", "POST", f"meetings/slips/{slip}/transitions", body) == ["ITEM_CLOSED"]
    assert item


@pytest.mark.article("meetings", 8)
def test_a_unit_sees_what_is_routed_to_it_and_nothing_else(world: Any) -> None:
    with pytest.raises(Refused), write():
        row = slip_in(world, "admitted", unit_id=None)
        people = world.people
        edu = people["education_organiser"]
        assert db.session.scalar(select(func.count()).select_from(Slip).where(slips.visible(edu))) == 0
        slips.move(people["organiser"], row, "route", params={"unit": "education"})
        assert slips.find(edu, row.id) is row
        slips.move(people["office_organiser"], row, "reply", params={"disposition": "adopted"})
