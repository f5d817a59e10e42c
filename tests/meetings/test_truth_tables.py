"""The state machines against tables written by hand from the regulation: all states × events × roles."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from core.db import db, utcnow, write
from core.refusals import Refused
from core.workdays import local_date
from plugins.meetings.models import Invitation, Recusal, Representative, Substitution
from plugins.meetings.models.applications import APPLICATION_STATES
from plugins.meetings.models.invitations import INVITATION_STATES
from plugins.meetings.models.meetings import MEETING_STATES
from plugins.meetings.models.obligations import OBLIGATION_STATES
from plugins.meetings.models.recusals import RECUSAL_STATES
from plugins.meetings.models.representatives import REPRESENTATIVE_STATES
from plugins.meetings.models.substitutions import SUBSTITUTION_STATES
from plugins.meetings.services import applications, meetings, substitutions
from plugins.meetings.workflow import (
    APPLICATION,
    INVITATION,
    MEETING,
    OBLIGATION,
    RECUSAL,
    REPRESENTATIVE,
    SUBSTITUTION,
)
from plugins.meetings.workflow.plans import Invitee

ROLES = (
    "organiser", "deputy_leader", "leader", "secrecy_reviewer", "stenographer", "disclosure_officer", "system_admin",
    "nobody", "system",
)  # fmt: skip
Table = dict[str, tuple[tuple[str, ...], dict[str, str]]]

# event → (who holds the right, {state: state after}); the right for «approve» and «return» hangs on the state.
APPLICATION_TABLE: Table = {
    "clear": (("secrecy_reviewer",), {"draft": "draft"}),
    "submit": (("organiser",), {"draft": "pending"}),
    "approve": (("deputy_leader",), {"pending": "approved", "pending_leader": "approved"}),
    "return": (("deputy_leader",), {"pending": "draft", "pending_leader": "draft"}),
    "schedule": (("organiser",), {"approved": "scheduled"}),
    "change_plan": (("organiser",), {"approved": "pending", "scheduled": "pending"}),
    "postpone": (("organiser",), {"scheduled": "approved"}),
    "withdraw": (
        ("organiser",),
        dict.fromkeys(("draft", "pending", "pending_leader", "approved", "scheduled"), "withdrawn"),
    ),
    "call": (("organiser",), {"scheduled": "in_session"}),
    "deliberate": (("organiser",), {"in_session": "deliberated"}),
    "publish": (("organiser",), {"deliberated": "discharging"}),
    "discharge": ((), {"discharging": "done"}),
}
LEADERS_OWN = {("pending_leader", "approve"), ("pending_leader", "return")}
MEETING_TABLE: Table = {
    "announce": (("organiser",), {"preparing": "announced"}),
    "open": (("organiser",), {"announced": "in_session"}),
    "pause": (("organiser",), {"in_session": "paused"}),
    "resume": (("organiser",), {"paused": "in_session"}),
    "close": (("organiser",), {"in_session": "closed", "paused": "closed"}),
    "seal": (("organiser",), {"closed": "sealed"}),
    "cancel": (("organiser",), {"preparing": "cancelled", "announced": "cancelled"}),
}
BEFORE_ATTENDING = ("proposed", "approved", "sent", "accepted", "declined", "acknowledged")
INVITATION_TABLE: Table = {
    "approve": ((), {"proposed": "approved"}),
    "reconsider": ((), {"approved": "proposed"}),
    "send": (("organiser",), {"proposed": "NOT_APPROVED", "approved": "sent"}),
    "accept": (("organiser",), {"sent": "accepted", "declined": "accepted"}),
    "decline": (("organiser",), dict.fromkeys(("sent", "accepted", "acknowledged"), "declined")),
    "acknowledge": (("organiser",), dict.fromkeys(("sent", "accepted", "acknowledged"), "acknowledged")),
    "check_in": (
        ("organiser", "stenographer"),
        dict.fromkeys(("sent", "accepted", "acknowledged"), "RULES_NOT_ACKNOWLEDGED"),
    ),
    "check_out": (("organiser", "stenographer"), {"checked_in": "checked_out"}),
    "come_back": (("organiser", "stenographer"), {"checked_out": "checked_in"}),
    "undo_check_in": (
        ("organiser", "stenographer"),
        {"checked_in": "acknowledged", "checked_out": "acknowledged"},
    ),
    "substitute": (("organiser",), dict.fromkeys(BEFORE_ATTENDING, "substituted")),
    "revoke": (("organiser",), dict.fromkeys(BEFORE_ATTENDING, "revoked")),
}
SUBSTITUTION_TABLE: Table = {
    "accept": (("organiser",), {"proposed": "accepted"}),
    "refuse": (("organiser", "deputy_leader"), {"proposed": "refused"}),
    "withdraw": (("organiser",), {"proposed": "withdrawn"}),
}
OBLIGATION_TABLE: Table = {
    "publish": (("organiser", "disclosure_officer"), {"owed": "published", "exemption_requested": "published"}),
    "exempt": (("organiser", "disclosure_officer"), {"owed": "exemption_requested"}),
    "assign": (
        ("organiser", "disclosure_officer"),
        {"owed": "owed", "exemption_requested": "exemption_requested"},
    ),
    "approve_exemption": (("deputy_leader", "leader"), {"exemption_requested": "exempted"}),
    "reject_exemption": (("deputy_leader", "leader"), {"exemption_requested": "owed"}),
    "reopen": ((), {"published": "owed"}),
}
REPRESENTATIVE_TABLE: Table = {
    "renew": (("organiser", "disclosure_officer"), {"active": "active"}),
    "pause": (("organiser", "disclosure_officer"), {"active": "paused"}),
    "resume": (("organiser", "disclosure_officer"), {"paused": "active", "ended": "active"}),
    "end": (("organiser", "disclosure_officer"), {"active": "ended", "paused": "ended"}),
}
RECUSAL_TABLE: Table = {
    "accept": (("organiser", "deputy_leader"), {"declared": "recused"}),
    "keep": (("organiser", "deputy_leader"), {"declared": "kept"}),
}


class Undo(Exception):
    """Ends a case: its rows go."""


def outcome(make: Callable[[], Any], fire: Callable[[Any], Any]) -> str:
    """The state after `fire`, or the code of the first refusal; nothing stays in the database."""
    found = ""
    with suppress(Undo), write():
        subject = make()
        try:
            fire(subject)
            found = subject.state
        except Refused as no:
            found = no.refusals[0].code
        raise Undo
    return found


def expected(table: Table, state: str, event: str, role: str) -> str:
    who, moves = table[event]
    if (state, event) in LEADERS_OWN and table is APPLICATION_TABLE:
        who = ("leader",)
    if role != "system" and role not in who:
        return "FORBIDDEN"
    return moves.get(state, "WRONG_STATE")


def test_the_tables_name_every_event_and_state() -> None:
    for table, machine, states in (
        (APPLICATION_TABLE, APPLICATION, APPLICATION_STATES),
        (MEETING_TABLE, MEETING, MEETING_STATES),
        (INVITATION_TABLE, INVITATION, INVITATION_STATES),
        (OBLIGATION_TABLE, OBLIGATION, OBLIGATION_STATES),
        (REPRESENTATIVE_TABLE, REPRESENTATIVE, REPRESENTATIVE_STATES),
        (RECUSAL_TABLE, RECUSAL, RECUSAL_STATES),
        (SUBSTITUTION_TABLE, SUBSTITUTION, SUBSTITUTION_STATES),
    ):
        assert set(table) == set(machine.events)
        assert set(states) == set(machine.states)


@pytest.mark.article("meetings", 2, 3, 4, 5, 6, 7, 9)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", APPLICATION_TABLE)
@pytest.mark.parametrize("state", APPLICATION_STATES)
def test_application(world: Any, state: str, event: str, role: str) -> None:
    def make() -> Any:
        item = world.item(state)
        if state == "discharging":
            world.obligations(item, "exempted")
        return item

    def fire(item: Any) -> None:
        given: dict[str, Callable[[], dict[str, Any]]] = {
            "schedule": lambda: {"meeting": world.meeting("preparing")},
            "change_plan": lambda: {"invitees": [Invitee("李四", "expert")]},
            "deliberate": lambda: {"result": "passed"},
        }
        params = given[event]() if event in given else {}
        applications.move(world.people[role], item, event, reason="测试理由", params=params)

    assert outcome(make, fire) == expected(APPLICATION_TABLE, state, event, role)


@pytest.mark.article("meetings", 4, 7, 9)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", MEETING_TABLE)
@pytest.mark.parametrize("state", MEETING_STATES)
def test_meeting(world: Any, state: str, event: str, role: str) -> None:
    def fire(meeting: Any) -> None:
        meetings.move(world.people[role], meeting, event, reason="测试理由")

    found = outcome(lambda: world.meeting(state), fire)
    assert found == expected(MEETING_TABLE, state, event, role)


@pytest.mark.article("meetings", 7, 8)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", INVITATION_TABLE)
@pytest.mark.parametrize("state", INVITATION_STATES)
def test_invitation(world: Any, state: str, event: str, role: str) -> None:
    def make() -> Invitation:
        world.place_rules()
        invitation: Invitation = world.item("scheduled").invitations[0]
        invitation.state = state
        return invitation

    def fire(invitation: Invitation) -> None:
        INVITATION.fire(invitation, event, world.people[role], reason="测试理由")

    assert outcome(make, fire) == expected(INVITATION_TABLE, state, event, role)


@pytest.mark.article("meetings", 7)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", SUBSTITUTION_TABLE)
@pytest.mark.parametrize("state", SUBSTITUTION_STATES)
def test_substitution(world: Any, state: str, event: str, role: str) -> None:
    def make() -> Substitution:
        invitation: Invitation = world.item("scheduled").invitations[0]
        invitation.state = "sent"
        proposal = Substitution(name="李四", reason="出差", state=state, version=1, decision="已定")
        invitation.substitutions.append(proposal)
        return proposal

    def fire(proposal: Substitution) -> None:
        substitutions.move(world.people[role], proposal, event, reason="测试理由")

    assert outcome(make, fire) == expected(SUBSTITUTION_TABLE, state, event, role)


@pytest.mark.article("meetings", 9)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", OBLIGATION_TABLE)
@pytest.mark.parametrize("state", OBLIGATION_STATES)
def test_obligation(world: Any, state: str, event: str, role: str) -> None:
    def make() -> Any:
        item = world.item("deliberated")
        return world.obligations(item, "owed" if state == "published" else state)[0]

    def fire(obligation: Any) -> None:
        page = world.page()
        if state == "published":
            obligation.publication_id, obligation.state = page, state
        OBLIGATION.fire(
            obligation,
            event,
            world.people[role],
            reason="测试理由",
            params={"publish": lambda: page, "has_content": True},
        )

    assert outcome(make, fire) == expected(OBLIGATION_TABLE, state, event, role)


@pytest.mark.article("meetings", 3)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", REPRESENTATIVE_TABLE)
@pytest.mark.parametrize("state", REPRESENTATIVE_STATES)
def test_representative(world: Any, state: str, event: str, role: str) -> None:
    def make() -> Representative:
        person = Representative(name="李芳", state=state, version=1, renewal_due=local_date(utcnow()))
        db.session.add(person)
        db.session.flush()
        return person

    found = outcome(make, lambda person: REPRESENTATIVE.fire(person, event, world.people[role], reason="测试理由"))
    assert found == expected(REPRESENTATIVE_TABLE, state, event, role)


@pytest.mark.article("meetings", 3, 7)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", RECUSAL_TABLE)
@pytest.mark.parametrize("state", RECUSAL_STATES)
def test_recusal(world: Any, state: str, event: str, role: str) -> None:
    def make() -> Recusal:
        invitation = world.item("scheduled").invitations[0]
        decided = {"decided_at": utcnow(), "decision_reason": "理由"} if state != "declared" else {}
        invitation.recusals.append(
            Recusal(
                kind="interest", statement="本人住在一楼", state=state, version=1, declared_name="王小明", **decided
            )
        )
        db.session.flush()
        return invitation.recusals[0]  # type: ignore[no-any-return]

    found = outcome(make, lambda row: RECUSAL.fire(row, event, world.people[role], reason="测试理由"))
    assert found == expected(RECUSAL_TABLE, state, event, role)
