"""Who gets a seat: never more than there are, the order kept, nobody skipped; and the draw is the same rule."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.meetings.documents import verify_draw
from plugins.meetings.seating import Terms, is_short, next_up, seat_free

CATEGORIES = ("public", "stakeholder", "expert")


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    seats = draw(st.integers(1, 8))
    quotas: dict[str, int] = {}
    for name in CATEGORIES:
        quota = draw(st.integers(0, seats - sum(quotas.values())))
        quotas |= {name: quota} if quota else {}
    return Terms(seats, quotas)


people = st.lists(st.sampled_from(CATEGORIES), max_size=20)


@pytest.mark.article("meetings", 3)
@given(terms(), people)
def test_while_seats_are_kept_no_category_takes_those_of_another(offered: Terms, arriving: list[str]) -> None:
    taken: Counter[str] = Counter()
    for category in arriving:
        if seat_free(offered, taken, category, reserved=True):
            taken[category] += 1
    assert sum(taken.values()) <= offered.seats
    for category, quota in offered.quotas.items():
        wanted = arriving.count(category)
        assert taken[category] >= min(quota, wanted)


@given(terms(), people)
def test_moving_up_leaves_nobody_who_could_sit_and_keeps_the_order(offered: Terms, waiting: list[str]) -> None:
    line = [(f"{n:02d}", category) for n, category in enumerate(waiting)]
    taken: Counter[str] = Counter()
    while found := next_up(offered, taken, line, reserved=False):
        category = dict(line)[found]
        kept = is_short(offered, taken, category)
        earlier = [other for ident, other in line if ident < found]
        assert all(kept and not is_short(offered, taken, other) for other in earlier)
        taken[category] += 1
        line.remove((found, category))
    assert sum(taken.values()) == min(offered.seats, len(waiting))


@given(terms(), people, st.text("0123456789abcdef", min_size=64, max_size=64))
def test_a_draw_gives_the_seats_the_rule_gives(offered: Terms, applicants: list[str], seed: str) -> None:
    entries = [{"receipt": f"{n:04d}", "category": c, "name": "张**"} for n, c in enumerate(applicants, 1)]
    results = verify_draw.draw(seed, offered.seats, dict(offered.quotas), entries)
    categories = {row["receipt"]: row["category"] for row in entries}
    ranked = verify_draw.draw(seed, len(entries), {}, entries)
    line = [(row["receipt"], categories[row["receipt"]]) for row in ranked]
    taken: Counter[str] = Counter()
    seated = set()
    while found := next_up(offered, taken, line, reserved=False):
        seated.add(found)
        taken[categories[found]] += 1
        line = [pair for pair in line if pair[0] != found]
    assert {row["receipt"] for row in results if row["selected"]} == seated
    assert [row["receipt"] for row in results if not row["selected"]] == [receipt for receipt, _ in line]
