"""依申请公开 (5.4) against a table written by hand from the regulation: all states × events × roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from core import jurisdictions
from core.app import create_app
from core.db import db, new_id, write
from core.models import Account, Agency, RoleGrant
from core.permissions import SYSTEM, Actor, actor_for
from core.refusals import Refused
from core.workflow import Move
from plugins.disclosure.models import AccessRequest, Challenge, Consultation, Reply
from plugins.disclosure.models.requests import ENDED, REQUEST_STATES
from plugins.disclosure.values_requests import RESULTS, ROWS
from plugins.disclosure.workflow import REQUEST
from plugins.disclosure.workflow import request_clocks as limits
from tests.installations import Installations

ROLES = ("disclosure_officer", "handler", "secrecy_reviewer", "nobody", "system")
STAFF = ("disclosure_officer", "handler")
HEAD = ("disclosure_officer",)
OPEN = tuple(state for state in REQUEST_STATES if state not in ENDED)

# event → (who holds the right, {state: state after, or the code of the refusal})
TABLE: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "confirm": (STAFF, {"to_confirm": "received"}),
    "accept": (STAFF, {"received": "processing"}),
    "notify_correction": (STAFF, {"received": "to_correct", "processing": "to_correct"}),
    "correct": (STAFF, {"to_correct": "processing"}),
    "lapse": ((), {"to_correct": "abandoned", "to_pay": "abandoned"}),
    "consult": (STAFF, {"processing": "consulting", "consulting": "consulting"}),
    "answer_consultation": (STAFF, {"consulting": "processing"}),
    "expire_consultation": ((), {"consulting": "processing"}),
    "override": (HEAD, {"processing": "processing"}),
    "extend": (HEAD, {"processing": "processing"}),
    "ask_reason": (STAFF, {"processing": "explaining"}),
    "explain": (STAFF, {"explaining": "explaining"}),
    "accept_reason": (STAFF, {"explaining": "processing"}),
    "notify_fee": (STAFF, {"processing": "FEE_NOT_ALLOWED", "explaining": "to_pay"}),
    "pay": (STAFF, {"to_pay": "processing"}),
    "propose": (STAFF, {"processing": "to_approve", "consulting": "CONSULTATION_OPEN", "explaining": "to_approve"}),
    "redirect": (STAFF, {"processing": "answered"}),
    "review": (("secrecy_reviewer",), {"to_approve": "to_approve"}),
    "approve": (HEAD, {"to_approve": "to_deliver"}),
    "return": (HEAD, {"to_approve": "processing"}),
    "deliver": (STAFF, {"to_deliver": "answered"}),
    "receive": (STAFF, {"to_deliver": "APPLICANT_ONLY"}),
    "archive": (STAFF, {"answered": "archived"}),
    "redo": (STAFF, {"answered": "processing", "archived": "processing"}),
    "withdraw": (STAFF, dict.fromkeys(OPEN, "withdrawn")),
}


class Undo(Exception):
    """Ends a case: its rows go."""


def request_in(state: str, **values: Any) -> AccessRequest:
    """A complete request put straight into a state; inside `write()`."""
    day = limits.today()
    ended = state in ENDED
    made = AccessRequest(
        id=new_id(), number=f"YSQ-{new_id()[:8]}", secret_hash="0" * 64, channel="web", arrived_on=day,
        received_on=None if state == "to_confirm" else day, applicant_kind="person", applicant_name="王小明",
        identity_kind="resident", identity_number="520302199001011234", phone="13800000000",
        description="2025年老旧小区改造计划", form="electronic", delivery="email", state=state, version=1,
        result={"abandoned": "not_corrected", "withdrawn": "withdrawn"}.get(state, "granted") if ended else None,
        closed_on=day if ended else None, agency_id=db.session.scalars(select(Agency.id)).first(), fee_cents=0,
    )  # fmt: skip
    for name, value in values.items():
        setattr(made, name, value)
    if state == "consulting":
        made.consultations.append(Consultation(kind="third_party", party="某公司", sent_on=day, answer="waiting"))
    if state in {"to_approve", "to_deliver"}:
        made.replies.append(Reply(number=1, result="granted", reason="可以公开", state="proposed"))
    if state == "explaining":
        made.reason_asked_on = day
    if state in {"answered", "archived"}:
        made.challenges.append(
            Challenge(kind="reconsideration", body="市人民政府", opened_on=day, result="corrected", closed_on=day)
        )
    db.session.add(made)
    db.session.flush()
    return made


@pytest.fixture(scope="module")
def people(installations: Installations, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Actor]]:
    """One county for the module; cases undo what they write."""
    with ExitStack() as stack:
        config = stack.enter_context(installations.copy(tmp_path_factory.mktemp("requests") / "data"))
        stack.enter_context(create_app(**config).app_context())
        place = stack.enter_context(jurisdictions.enter(jurisdictions.by_slug("huichuan")))
        found = {"system": SYSTEM}
        for role in ROLES[:-1]:
            with write() as session:
                account = Account(login=role, name=role)
                session.add(account)
                session.flush()
                if role != "nobody":
                    session.add(RoleGrant(account_id=account.id, role=role, jurisdiction_id=place.id))
            found[role] = actor_for(account)
        yield found
        db.session.remove()
        db.engine.dispose()


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


def expected(state: str, event: str, role: str) -> str:
    who, moves = TABLE[event]
    return "FORBIDDEN" if role not in {*who, "system"} else moves.get(state, "WRONG_STATE")


def fire(request: AccessRequest, event: str, who: Actor, **params: Any) -> Move:
    given: dict[str, dict[str, Any]] = {
        "deliver": {"proof": "邮件单号 123"},
        "redirect": {"proof": "当面告知", "body": "市自然资源局", "contact": "0851-0000000"},
        "propose": {"result": "mass"} if request.state == "explaining" else {"result": "granted"},
        "answer_consultation": {"answer": "agreed"},
    }
    return REQUEST.fire(request, event, who, reason="测试理由", params=given.get(event, {}) | params)


def test_the_table_names_every_event_and_state() -> None:
    assert set(TABLE) == set(REQUEST.events)
    assert set(REQUEST_STATES) == set(REQUEST.states)
    assert len(RESULTS) == 22
    assert sorted(set(ROWS.values())) == list(range(3, 24))


@pytest.mark.article("disclosure", 12)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("event", TABLE)
def test_request(people: dict[str, Actor], event: str, role: str) -> None:
    for state in REQUEST_STATES:
        found = outcome(lambda: request_in(state), lambda request: fire(request, event, people[role]))  # noqa: B023
        assert found == expected(state, event, role), state


@pytest.mark.article("disclosure", 12)
def test_a_registered_request_is_never_deleted(people: dict[str, Actor]) -> None:
    with write():
        ident = request_in("to_confirm").id
    with pytest.raises(DatabaseError, match="never deleted"), write() as session:
        session.execute(text("DELETE FROM disclosure_request WHERE id = :id"), {"id": ident})
    assert db.session.get(AccessRequest, ident) is not None
