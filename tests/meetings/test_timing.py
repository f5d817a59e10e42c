"""When items are dealt with: facts where they were reached, foretold where not; the order is the convenor's (会5)."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from plugins.meetings import timing

NINE = datetime(2026, 12, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def item(place: int, minutes: int, called: int | None = None, decided: int | None = None) -> Any:
    at = lambda minute: None if minute is None else NINE + minute * MINUTE  # noqa: E731
    return SimpleNamespace(
        id=str(place), position=place, minutes=minutes, called_at=at(called), deliberated_at=at(decided)
    )


def meeting(*agenda: Any, opened: int | None = None, state: str = "announced") -> Any:
    opened_at = None if opened is None else NINE + opened * MINUTE
    return SimpleNamespace(agenda=list(agenda), starts_at=NINE, opened_at=opened_at, state=state)


def shown(found: Any, now: int) -> dict[str, tuple[int, int, bool, bool]]:
    slots = timing.slots(found, NINE + now * MINUTE)
    return {
        ident: ((slot.begins - NINE) // MINUTE, (slot.ends - NINE) // MINUTE, slot.begun, slot.ended)
        for ident, slot in slots.items()
    }


def test_before_the_meeting_items_follow_its_hour() -> None:
    assert shown(meeting(item(2, 30), item(1, 20)), -600) == {"1": (0, 20, False, False), "2": (20, 50, False, False)}


def test_an_item_that_overruns_pushes_those_after_it() -> None:
    running = meeting(item(1, 20, 5, 28), item(2, 10, 30), item(3, 15), opened=5, state="in_session")
    assert shown(running, 55) == {"1": (5, 28, True, True), "2": (30, 55, True, False), "3": (55, 70, False, False)}


def test_an_item_taken_out_of_turn_leaves_the_others_behind_it() -> None:
    running = meeting(item(1, 20), item(2, 10, 0, 12), opened=0, state="in_session")
    assert shown(running, 13) == {"2": (0, 12, True, True), "1": (13, 33, False, False)}


def test_a_meeting_that_is_over_foretells_nothing() -> None:
    assert shown(meeting(item(1, 20, 0, 12), item(2, 10), opened=0, state="closed"), 60) == {"1": (0, 12, True, True)}


@given(
    minutes=st.lists(st.integers(1, timing.LONGEST), min_size=1, max_size=12),
    reached=st.integers(0, 12),
    late=st.integers(0, 60),
    now=st.integers(0, 2000),
)
def test_foretold_slots_follow_each_other_without_gap_and_never_begin_in_the_past(
    minutes: list[int], reached: int, late: int, now: int
) -> None:
    rows = [item(n, length, *((late + n, late + n) if n <= reached else ())) for n, length in enumerate(minutes, 1)]
    running = meeting(*rows, opened=late, state="in_session")
    slots = timing.slots(running, NINE + now * MINUTE)
    foretold = [slots[row.id] for row in rows if not slots[row.id].begun]
    assert len(slots) == len(rows)
    assert [slot.ends - slot.begins for slot in foretold] == [row.minutes * MINUTE for row in rows if not row.called_at]
    assert all(before.ends == after.begins for before, after in itertools.pairwise(foretold))
    assert all(slot.begins >= NINE + max(now, late) * MINUTE for slot in foretold)


def test_the_convenor_arranges_the_agenda_and_a_stale_order_is_refused(office: Any) -> None:
    first, second = office.approved(), office.approved(title="第二个议题")
    meeting_id = office.meeting(first, second)
    path = f"meetings/{meeting_id}"
    etag = office.ok("organiser", "GET", path)["etag"]
    body = {"agenda": [{"id": second, "minutes": 45}, {"id": first}]}
    shown_now = office.ok("organiser", "PUT", f"{path}/agenda", body, If_Match=f'"{etag}"')
    assert [(row["id"], row["minutes"], row["begins"], row["ends"]) for row in shown_now["agenda"]] == [
        (second, 45, "2026-12-01T09:00:00+08:00", "2026-12-01T09:45:00+08:00"),
        (first, 20, "2026-12-01T09:45:00+08:00", "2026-12-01T10:05:00+08:00"),
    ]
    stale = office.call("organiser", "PUT", f"{path}/agenda", body, If_Match=f'"{etag}"')
    assert stale.status_code == 412
    now = {"If_Match": f'"{shown_now["etag"]}"'}
    for wrong in (
        [{"id": second}],
        [{"id": second}, {"id": second}],
        [{"id": second, "minutes": 0}, {"id": first}],
        [{"id": second, "minutes": 601}, {"id": first}],
    ):
        answer = office.call("organiser", "PUT", f"{path}/agenda", {"agenda": wrong}, **now)
        assert answer.status_code == 422, wrong
    office.fire("organiser", meeting_id, "announce")
    office.fire("organiser", meeting_id, "open")
    assert office.codes("organiser", "PUT", f"{path}/agenda", body, **now) == ["WRONG_STATE"]
