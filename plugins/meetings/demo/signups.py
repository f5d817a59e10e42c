"""Public sign-up in the demonstration: one call that is open, with a waiting list, and one that was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from core.db import clock_at
from core.permissions import SYSTEM
from plugins.meetings.demo.stage import People, act
from plugins.meetings.services import applications, signup_calls, signups
from plugins.meetings.services.signups import Entry

NEIGHBOURS = (
    ("金女士", "stakeholder", "东街社区"), ("蓝先生", "public", ""), ("白老师", "expert", "职业学院"),
    ("黄女士", "public", ""), ("青先生", "stakeholder", "西门社区"), ("朱女士", "public", ""),
    ("紫先生", "public", ""), ("墨老师", "expert", "规划学会"), ("丹女士", "stakeholder", "南关社区"),
)  # fmt: skip
"""Invented people; each signs up for the draw, some for the other call."""
TERMS: dict[str, Any] = {
    "categories": ["stakeholder", "expert", "public"],
    "audience": "年满 18 周岁、常住本地的居民；专家学者请写明所在单位。",
}


def first_come(people: People, item: str, opened: datetime) -> None:
    """A call that is open: four seats, six people, two of them wait."""
    with clock_at(opened):
        call = _call(people, item, method="order", seats=4, quotas={"expert": 1}, opens_at=opened)
    _sign_up(call, NEIGHBOURS[:6], opened)


def drawn(people: People, item: str, opened: datetime) -> None:
    """A call that opened and closed within a day and was drawn in public; those selected are not invited yet."""
    closes = opened + timedelta(hours=4)
    with clock_at(opened):
        terms = {"method": "draw", "seats": 4, "quotas": {"expert": 1}, "opens_at": opened, "closes_at": closes}
        call = _call(people, item, **terms)
    _sign_up(call, NEIGHBOURS, opened)
    for event in ("close", "draw"):
        with clock_at(closes), act():
            signup_calls.move(people["organiser"], signup_calls.find(people["organiser"], call), event)


def _call(people: People, item: str, **terms: Any) -> str:
    organiser = people["organiser"]
    with act():
        call = signup_calls.create(organiser, applications.find(organiser, item), TERMS | terms)
        signup_calls.move(organiser, call, "publish")
        return call.id


def _sign_up(call: str, who: Sequence[tuple[str, str, str]], opened: datetime) -> None:
    """One after the other, some minutes apart."""
    for number, (name, category, organisation) in enumerate(who, 1):
        with clock_at(opened + timedelta(minutes=7 * number)), act():
            entry = Entry(name, category, f"0851 5555 00{number:02d}", organisation)
            signups.sign_up(signup_calls.find(SYSTEM, call), entry)
