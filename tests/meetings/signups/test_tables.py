"""The two machines of public sign-up against tables written by hand: all states × events × roles."""

from __future__ import annotations

from typing import Any

import pytest

from core.db import write
from core.refusals import Refused
from plugins.meetings.models.signups import SIGNUP_CALL_STATES, SIGNUP_STATES
from plugins.meetings.services import signup_calls, signups
from plugins.meetings.workflow import SIGNUP, SIGNUP_CALL
from tests.meetings.signups.conftest import make_call, make_signup
from tests.meetings.test_truth_tables import ROLES, Table, Undo

ORGANISER = ("organiser",)
LIVE = ("draft", "planned", "open", "closed", "drawn", "settled")
CALL_TABLE: Table = {
    "publish": (ORGANISER, {"draft": "open"}),
    "open": (ORGANISER, {"planned": "TOO_EARLY"}),
    "close": (ORGANISER, {"open": "TOO_EARLY"}),
    "draw": (ORGANISER, {"closed": "drawn"}),
    "settle": (ORGANISER, {"closed": "WRONG_METHOD"}),
    "cancel": (ORGANISER, dict.fromkeys(LIVE, "cancelled")),
}
SIGNUP_TABLE: Table = {
    "select": ((), {"applied": "selected"}),
    "wait": ((), {"applied": "waiting"}),
    "promote": ((), {"waiting": "selected"}),
    "release": ((), {"selected": "released"}),
    "withdraw": (ORGANISER, dict.fromkeys(("applied", "selected", "waiting"), "withdrawn")),
}


def outcome(make: Any, fire: Any) -> str:
    """The state after `fire`, or the code of the first refusal; nothing stays in the database."""
    found = ""
    try:
        with write():
            subject = make()
            try:
                fire(subject)
                found = subject.state
            except Refused as no:
                found = no.refusals[0].code
            raise Undo
    except Undo:
        return found


def expected(table: Table, state: str, event: str, role: str) -> str:
    who, moves = table[event]
    if role != "system" and role not in who:
        return "FORBIDDEN"
    return moves.get(state, "WRONG_STATE")


def test_the_tables_name_every_event_and_state() -> None:
    for table, machine, states in (
        (CALL_TABLE, SIGNUP_CALL, SIGNUP_CALL_STATES),
        (SIGNUP_TABLE, SIGNUP, SIGNUP_STATES),
    ):
        assert set(table) == set(machine.events)
        assert set(states) == set(machine.states)


@pytest.mark.article("meetings", 3, 7)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", CALL_TABLE)
@pytest.mark.parametrize("state", SIGNUP_CALL_STATES)
def test_call(world: Any, state: str, event: str, role: str) -> None:
    def fire(call: Any) -> None:
        signup_calls.move(world.people[role], call, event, reason="测试理由")

    found = outcome(lambda: make_call(world.item("approved"), state), fire)
    assert found == expected(CALL_TABLE, state, event, role)


@pytest.mark.article("meetings", 3)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", SIGNUP_TABLE)
@pytest.mark.parametrize("state", SIGNUP_STATES)
def test_signup(world: Any, state: str, event: str, role: str) -> None:
    def fire(row: Any) -> None:
        if event == "withdraw":
            signups.withdraw(world.people[role], row, reason="测试理由")
        else:
            SIGNUP.fire(row, event, world.people[role])

    found = outcome(lambda: make_signup(make_call(world.item("approved"), "open"), state), fire)
    assert found == expected(SIGNUP_TABLE, state, event, role)


@pytest.mark.article("meetings", 7)
@pytest.mark.parametrize("state", ["draft", "pending", "withdrawn"])
def test_nobody_is_called_before_the_plan_is_approved(world: Any, state: str) -> None:
    def fire(call: Any) -> None:
        signup_calls.move(world.people["organiser"], call, "publish")

    assert outcome(lambda: make_call(world.item(state), "draft"), fire) == "NOT_APPROVED"


@pytest.mark.article("meetings", 3)
def test_another_body_s_organiser_runs_nothing(world: Any) -> None:
    def fire(call: Any) -> None:
        signup_calls.move(world.people["education_organiser"], call, "draw")

    assert outcome(lambda: make_call(world.item("approved"), "closed"), fire) == "FORBIDDEN"
