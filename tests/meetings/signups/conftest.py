"""Calls in any state, put straight there, and people who sign up; inside `write()`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.db import db, new_id, utcnow
from plugins.meetings.documents import verify_draw
from plugins.meetings.models import AgendaApplication, Signup, SignupCall
from plugins.meetings.services.signups import Entry

PAST_DEADLINE = ("closed", "drawn", "settled")
MakeCall = Callable[..., SignupCall]


def make_call(item: AgendaApplication, state: str = "open", **values: Any) -> SignupCall:
    """A call in a state, its times to match."""
    now = utcnow()
    opens = now + timedelta(hours=1) if state == "planned" else now - timedelta(hours=2)
    closes = now - timedelta(hours=1) if state in PAST_DEADLINE else now + timedelta(days=2)
    method = {"settled": "order"}.get(state, "draw")
    call = SignupCall(
        id=new_id(), application=item, method=method, seats=2, quotas={}, categories=["public", "expert"],
        audience="本区居民", opens_at=opens, closes_at=closes, in_plan=False, state="draft", version=1, entries=[],
        results=[], published_at=None if state == "draft" else now, cancel_reason="有误" if state == "cancelled" else "",
        seed="ab" * 32, salt="cd" * 16, commitment=verify_draw.commitment_of("ab" * 32, "cd" * 16),
        list_digest=verify_draw.digest_of([]), decided_at=now if state in {"drawn", "settled"} else None,
    )  # fmt: skip
    for name, value in values.items():
        setattr(call, name, value)
    call.state = state
    db.session.add(call)
    db.session.flush()
    return call


def make_signup(call: SignupCall, state: str = "applied", number: int = 1, **values: Any) -> Signup:
    """Somebody who signed up."""
    row = Signup(
        call=call, number=number, name="李四", category="public", contact=f"li{number}@example.org", reason="",
        organisation="", contact_key=f"li{number}@example.org", publish_name=False, state=state, version=1,
        place=number, token_hash=new_id(), end_reason="",
    )  # fmt: skip
    for name, value in values.items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()
    return row


def entry(n: int, category: str = "public", **values: Any) -> Entry:
    """What the n-th person fills in."""
    return Entry(**({"name": f"张三{n}", "category": category, "contact": f"p{n}@example.org"} | values))


@pytest.fixture
def call_in() -> MakeCall:
    """`call_in(item, state, **values)`."""
    return make_call
