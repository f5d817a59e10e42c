"""Any sequence of signing up, withdrawing, deciding and declining: seats are never exceeded, the order is kept."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.db import db, utcnow, write
from core.models import AuditEntry, Notice
from core.permissions import SYSTEM
from core.refusals import Refused
from plugins.meetings.models import Signup, SignupCall
from plugins.meetings.seating import seat_free
from plugins.meetings.services import signup_calls, signups
from plugins.meetings.workflow import INVITATION, SIGNUP_CALL
from plugins.meetings.workflow.signups import terms_of
from tests.meetings.signups.conftest import entry, make_call
from tests.meetings.test_truth_tables import Undo

acts = st.lists(
    st.one_of(
        st.tuples(st.just("sign_up"), st.sampled_from(["public", "expert"])),
        st.tuples(st.just("withdraw"), st.integers(0, 11)),
        st.tuples(st.just("decline"), st.integers(0, 11)),
        st.just(("close", 0)),
        st.just(("decide", 0)),
        st.just(("hand_over", 0)),
    ),
    max_size=25,
)


def carry_out(call: SignupCall, who: Any, act: str, value: Any) -> None:
    rows = people(call)
    if act == "sign_up":
        signups.sign_up(call, entry(len(rows) + 1, value))
    elif act == "close":
        call.opens_at, call.closes_at = utcnow() - timedelta(hours=2), utcnow() - timedelta(seconds=1)
        SIGNUP_CALL.fire(call, "close", SYSTEM)
    elif act == "decide":
        signup_calls.move(who, call, "draw" if call.method == "draw" else "settle")
    elif act == "hand_over":
        signup_calls.hand_over(who, call)
    elif value < len(rows):
        row = rows[value]
        if act == "withdraw":
            signups.withdraw(who, row)
        elif row.invitation is not None:
            if row.invitation.state == "approved":
                INVITATION.fire(row.invitation, "send", SYSTEM)
            INVITATION.fire(row.invitation, "decline", SYSTEM)


def people(call: SignupCall) -> list[Signup]:
    db.session.expire(call, ["signups"])
    return list(call.signups)


def check(call: SignupCall) -> None:
    rows = people(call)
    taken = Counter(row.category for row in rows if row.state == "selected")
    assert sum(taken.values()) <= call.seats
    kept = call.state not in {"drawn", "settled"}
    waiting = [row for row in rows if row.state == "waiting"]
    assert not [row for row in waiting if seat_free(terms_of(call), taken, row.category, reserved=kept)]
    for category in call.categories:
        seated = [row.place for row in rows if row.state == "selected" and row.category == category]
        behind = [row.place for row in waiting if row.category == category]
        assert max(seated, default=0) < min(behind, default=10_000)
    listed = Counter(row.invitation_id for row in rows if row.invitation_id)
    assert not listed or max(listed.values()) == 1


@pytest.mark.article("meetings", 3, 7)
@pytest.mark.parametrize("method", ["order", "draw"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=acts, seats=st.integers(1, 4), kept=st.integers(0, 2))
def test_seats_and_order(world: Any, method: str, steps: list[tuple[str, Any]], seats: int, kept: int) -> None:
    quotas = {"expert": min(kept, seats)} if kept else {}
    with suppress(Undo), write():
        world.place_rules()
        call = make_call(world.item("draft"), "open", method=method, seats=seats, quotas=quotas, in_plan=True)
        approve(world, call)
        for act, value in steps:
            with suppress(Refused):
                carry_out(call, world.people["organiser"], act, value)
            check(call)
        raise Undo


def approve(world: Any, call: SignupCall) -> None:
    """The item's plan with the call in it, as approved."""
    from plugins.meetings.content import content_hash
    from plugins.meetings.models import Approval

    item = call.application
    db.session.expire(item, ["signup_calls"])
    item.content_hash = content_hash(item)
    item.approvals.append(
        Approval(
            decision="approved", role="deputy_leader", actor_name="分管", content_hash=item.content_hash, void=False
        )
    )
    item.state = "approved"
    db.session.flush()


@pytest.mark.article("meetings", 3)
def test_the_next_is_told_and_recorded(world: Any) -> None:
    with suppress(Undo), write():
        call = make_call(world.item("approved"), "open", method="order", seats=1)
        first = signups.sign_up(call, entry(1)).signup
        second = signups.sign_up(call, entry(2)).signup
        assert (first.state, second.state) == ("selected", "waiting")
        assert signups.waiting_place(second) == 1
        signups.withdraw(signups.as_actor(first), first)
        assert (first.state, second.state) == ("withdrawn", "selected")
        told = db.session.scalars(select(Notice).where(Notice.key == f"meetings.signup_promoted:{second.id}")).one()
        assert told.address == "p2@example.org"
        action = "meetings.signup.promote"
        db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == action, AuditEntry.object_id == second.id)
        ).one()
        raise Undo
