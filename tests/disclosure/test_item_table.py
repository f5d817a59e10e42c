"""The machine of publication items against table 5.2, written by hand: all states × events × roles."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from core.contracts import JurisdictionRef
from core.db import db, write
from core.permissions import SYSTEM, Actor
from core.refusals import Refused
from plugins.disclosure.models.items import ITEM_STATES, Item
from plugins.disclosure.workflow import ITEM
from tests.disclosure.items import agency_id, item

pytestmark = [pytest.mark.article("disclosure", 7), pytest.mark.article("disclosure", 10)]

ROLES = (
    "drafter", "disclosure_officer", "deputy_leader", "leader", "secrecy_reviewer", "supervisor", "portal_editor",
    "organiser", "system_admin", "nobody",
)  # fmt: skip
OFFICE, DEPUTY = ("disclosure_officer",), ("deputy_leader",)
WORK = ("editing", "confirming", "disputed", "mediation", "review", "to_release")
# event → (who holds the right, {state: state after, or the refusal})
TABLE: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "edit": (OFFICE, dict.fromkeys(WORK, "editing")),
    "clear": (("secrecy_reviewer",), {state: state for state in WORK}),
    "submit": (OFFICE, {"editing": "confirming"}),
    "confirm": (("disclosure_officer", "deputy_leader"), {"confirming": "review"}),
    "object": (("disclosure_officer", "deputy_leader"), {"confirming": "disputed"}),
    "escalate": ((), {"confirming": "confirming"}),
    "refer": (OFFICE, {"disputed": "mediation"}),
    "rule_publish": (("supervisor",), {"mediation": "review"}),
    "rule_modify": (("supervisor",), {"mediation": "editing"}),
    "rule_refuse": (("supervisor",), {"mediation": "not_released"}),
    "approve": (DEPUTY, {"review": "to_release"}),
    "return": (DEPUTY, {"review": "editing"}),
    "approve_on_duty": (DEPUTY, dict.fromkeys(("editing", "confirming", "review"), "NOT_URGENT")),
    "schedule": (("portal_editor",), {"to_release": "to_release"}),
    "release": (("portal_editor",), {"to_release": "released"}),
    "complete": ((), {"released": "complete"}),
    "close": ((), dict.fromkeys(WORK, "not_released")),
    "correct": (
        OFFICE,
        {"released": "editing", "complete": "editing"} | dict.fromkeys(WORK, "CORRECTION_OPEN"),
    ),
    "withdraw": (
        ("deputy_leader", "supervisor"),
        {"released": "withdrawn", "complete": "withdrawn"} | dict.fromkeys(WORK, "NOT_PUBLIC"),
    ),
    "withdraw_now": (
        ("disclosure_officer", "portal_editor", "deputy_leader", "supervisor"),
        {"released": "withdrawn", "complete": "withdrawn"} | dict.fromkeys(WORK, "NOT_PUBLIC"),
    ),
    "confirm_withdrawal": (("deputy_leader", "supervisor"), {"withdrawn": "NOTHING_TO_CONFIRM"}),
    "expire": (OFFICE, {"released": "released", "complete": "complete"}),
}


class Undo(Exception):
    """Ends a case: its rows go."""


@pytest.fixture
def people(county: JurisdictionRef, person: Callable[..., Actor]) -> dict[str, Actor]:
    made = {role: person(*([] if role == "nobody" else [role]), place=county) for role in ROLES}
    return made | {"system": SYSTEM}


def outcome(made: Item, event: str, actor: Actor) -> str:
    """The state after the event, or the code of the refusal; what was done is taken back."""
    params = {"agency_id": agency_id("education")} if event in ("confirm", "object") else {}
    found = ""
    with suppress(Undo), db.session.begin_nested():
        try:
            ITEM.fire(made, event, actor, reason="理由", params=params)
            found = made.state
        except Refused as no:
            found = no.refusals[0].code
        if found in ITEM_STATES:
            raise Undo
    return found


def test_the_table_names_every_event_and_state() -> None:
    assert set(TABLE) == set(ITEM.events)
    assert set(ITEM_STATES) == set(ITEM.states)


@pytest.mark.parametrize("state", ITEM_STATES)
def test_every_event_by_every_role(state: str, people: dict[str, Actor]) -> None:
    wrong = {}
    with suppress(Undo), write():
        made = item(state)
        for event, (who, moves) in TABLE.items():
            for role, actor in people.items():
                expected = moves.get(state, "WRONG_STATE") if role == "system" or role in who else "FORBIDDEN"
                found = outcome(made, event, actor)
                if found != expected:
                    wrong[event, role] = (found, expected)
        raise Undo
    assert not wrong
