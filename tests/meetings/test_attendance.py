"""Check-in: signed codes, doors that were offline, the same result in whatever order their lists arrive."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.db import db, utcnow, write
from core.permissions import SYSTEM
from core.refusals import Forbidden
from plugins.meetings import links
from plugins.meetings.models import Acknowledgement, Invitation
from plugins.meetings.services import attendance
from plugins.meetings.services.attendance import Act
from plugins.meetings.workflow.attendance import Passage, account
from plugins.meetings.workflow.invitations import issue_link

NINE = datetime(2026, 11, 2, 1, tzinfo=UTC)
ACTS = st.lists(
    st.builds(
        Passage,
        st.sampled_from([f"key-{n}" for n in range(6)]),
        st.sampled_from(["in", "out"]),
        st.integers(0, 5).map(lambda n: NINE + timedelta(minutes=n)),
    ),
    max_size=8,
    unique_by=lambda one: one.key,
)


class Undo(Exception):
    """Ends a case: its rows go."""


@given(ACTS, st.randoms())
def test_any_order_and_any_repetition_come_to_the_same(acts: list[Passage], chance: Any) -> None:
    mixed = acts + [one for one in acts if chance.random() < 0.5]
    chance.shuffle(mixed)
    assert account(mixed) == account(acts)
    stays = account(acts).stays
    assert all(stay.until is None or stay.since <= stay.until for stay in stays)
    assert all(before.until and before.until <= after.since for before, after in pairwise(stays))
    assert len(acts) == len(account(acts).idle) + sum(1 + (stay.until is not None) for stay in stays)


def arrived(world: Any) -> Invitation:
    """An invitee who has promised to keep the rules; inside `write()`."""
    rule = world.place_rules()
    row: Invitation = world.item("scheduled").invitations[0]
    row.state = "acknowledged"
    issue_link(row)
    row.acknowledgements.append(Acknowledgement(rule_id=rule.id, at=utcnow(), recorded_by=""))
    db.session.flush()
    return row


def case(check: Callable[[], None]) -> None:
    with suppress(Undo), write():
        check()
        raise Undo


def act(key: str, event: str = "in", minute: int = 0, **more: Any) -> Act:
    return Act(key, event, NINE + timedelta(minutes=minute), more.pop("way", "list"), **more)


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(4)), st.lists(st.integers(0, 3), max_size=3), st.sets(st.integers(0, 3)))
@pytest.mark.article("meetings", 8)
def test_two_doors_in_any_order_leave_the_same_attendance(
    world: Any, order: list[int], again: list[int], east: set[int]
) -> None:
    def check() -> None:
        row = arrived(world)
        acts = [
            act("a" * 8, "in", 0, person=row.id),
            act("b" * 8, "in", 1, person=row.id),
            act("c" * 8, "out", 30, person=row.id),
            act("d" * 8, "in", 40, person=row.id),
        ]
        for n in [*order, *again]:
            attendance.take(SYSTEM, row.meeting, "东门" if n in east else "西门", [acts[n]])
        found = attendance.accounted(row)
        assert (row.state, row.checked_in_at, row.checked_out_at) == ("checked_in", NINE, None)
        assert (len(row.passages), found.idle) == (4, ("b" * 8,))
        assert [stay.until for stay in found.stays] == [NINE + timedelta(minutes=30), None]

    case(check)


@pytest.mark.article("meetings", 8)
def test_what_a_door_is_told(world: Any) -> None:
    def check() -> None:
        row = arrived(world)
        meeting = row.meeting
        code = links.code_of(row)
        assert len(code) == links.CODE_LENGTH
        told = attendance.take(SYSTEM, meeting, "东门", [act("k1" * 4, code=links.spaced(code).lower())])
        assert [(one.result, one.name) for one in told] == [("recorded", "王小明")]
        told = attendance.take(
            SYSTEM, meeting, "西门",
            [act("k1" * 4, code=code), act("k2" * 4, "in", 1, code=code), act("k3" * 4, code="00000-00000")],
        )  # fmt: skip
        assert [one.result for one in told] == ["known", "double", "refused"]
        assert "东门" in str(told[1].detail)
        assert row.state == "checked_in"

    case(check)


@pytest.mark.article("meetings", 7)
def test_the_code_dies_with_the_link(world: Any) -> None:
    def check() -> None:
        row = arrived(world)
        meeting, code = row.meeting, links.code_of(row)
        issue_link(row)
        assert links.code_of(row) != code
        told = attendance.take(SYSTEM, meeting, "", [act("k1" * 4, code=code, person=row.id)])
        assert (told[0].result, row.passages) == ("refused", [])
        row.token_hash, row.state = None, "revoked"
        assert links.code_of(row) == ""
        told = attendance.take(SYSTEM, meeting, "", [act("k2" * 4, code=code, person=row.id)])
        assert (told[0].result, len(row.passages), row.state) == ("refused", 1, "revoked")
        assert "不应入场" in str(attendance.objection(row)), "who was let in offline is kept and shown"

    case(check)


@pytest.mark.article("meetings", 8)
def test_no_entry_counts_before_the_promise_then_all_do(world: Any) -> None:
    def check() -> None:
        row = arrived(world)
        row.acknowledgements.clear()
        row.state = "accepted"
        db.session.flush()
        told = attendance.take(SYSTEM, row.meeting, "", [act("k1" * 4, person=row.id)])
        assert (told[0].result, row.state) == ("refused", "accepted")
        assert "会8" in str(told[0].detail)
        told = attendance.take(SYSTEM, row.meeting, "", [act("k2" * 4, "out", 9, person=row.id, promised=True)])
        assert (told[0].result, row.state) == ("recorded", "checked_out")
        assert (row.checked_in_at, row.checked_out_at) == (NINE, NINE + timedelta(minutes=9))

    case(check)


def test_a_wrong_passage_is_taken_out_and_stays_readable(world: Any) -> None:
    def check() -> None:
        row = arrived(world)
        attendance.take(SYSTEM, row.meeting, "", [act("k1" * 4, person=row.id)])
        attendance.void(SYSTEM, row.passages[0], "扫错了人")
        attendance.void(SYSTEM, row.passages[0], "扫错了人")
        assert (row.state, row.checked_in_at, row.passages[0].void_reason) == ("acknowledged", None, "扫错了人")

    case(check)


@pytest.mark.parametrize(
    ("since", "until", "called", "ended", "present"),
    [
        (0, None, 10, 20, True),
        (0, 10, 10, 20, False),
        (19, None, 10, 20, True),
        (20, None, 10, 20, False),
        (0, None, None, None, None),
        (30, None, 10, None, True),
    ],
)
def test_presence_follows_the_stay_and_the_item(
    world: Any, since: int, until: int | None, called: int | None, ended: int | None, present: bool | None
) -> None:
    def at(minute: int | None) -> datetime | None:
        return None if minute is None else NINE + timedelta(minutes=minute)

    def check() -> None:
        row = arrived(world)
        acts = [act("k1" * 4, "in", since, person=row.id)]
        acts += [act("k2" * 4, "out", until, person=row.id)] if until is not None else []
        attendance.take(SYSTEM, row.meeting, "", acts)
        row.application.called_at, row.application.deliberated_at = at(called), at(ended)
        assert attendance.is_present(row) is present
        attendance.correct(SYSTEM, row, not present, "签到表有签名")
        assert attendance.present_at(row.application) == ([] if present else [row])
        attendance.correct(SYSTEM, row, None)
        assert attendance.is_present(row) is present

    case(check)


ALLOWED = {"organiser", "stenographer", "office_organiser", "system"}


@pytest.mark.article("meetings", 8)
@pytest.mark.parametrize(
    "role",
    ["organiser", "stenographer", "office_organiser", "education_organiser", "deputy_leader", "leader",
     "secrecy_reviewer", "disclosure_officer", "system_admin", "nobody", "system"],
)  # fmt: skip
def test_who_checks_in(world: Any, role: str) -> None:
    def check() -> None:
        row = arrived(world)
        refused = nullcontext() if role in ALLOWED else pytest.raises(Forbidden)
        with refused:
            attendance.take(world.people[role], row.meeting, "", [act("k1" * 4, person=row.id)])
        assert row.state == ("checked_in" if role in ALLOWED else "acknowledged")

    case(check)


@pytest.mark.article("meetings", 8)
def test_over_the_api_once_for_two_items_of_the_same_person(office: Any) -> None:
    items = [office.approved(title=f"议题{n}") for n in range(2)]
    meeting = office.meeting(*items)
    for item in items:
        ident = office.ok("organiser", "GET", f"meetings/applications/{item}")["invitees"][0]["id"]
        office.fire("organiser", f"invitations/{ident}", "send")
        office.fire("organiser", f"invitations/{ident}", "acknowledge")
    door = office.ok("stenographer", "GET", f"meetings/{meeting}/door")
    assert [(one["name"], one["items"], len(one["codes"])) for one in door["people"]] == [
        ("王*明", ["议题0", "议题1"], 2)
    ]
    body = {
        "door": "东门",
        "acts": [
            {
                "key": "k1" * 4,
                "event": "in",
                "at": "2026-11-24T09:00:00+08:00",
                "way": "list",
                "person": door["people"][0]["id"],
            }
        ],
    }
    path = f"meetings/{meeting}/attendance"
    assert [one["result"] for one in office.ok("stenographer", "POST", path, body)["items"]] == ["recorded"]
    assert [one["result"] for one in office.ok("stenographer", "POST", path, body)["items"]] == ["known"]
    rows = office.ok("organiser", "GET", f"meetings/{meeting}/presence")["items"]
    assert [(row["application"], row["stays"][0]["since"]) for row in rows] == [
        (item, "2026-11-24T09:00:00+08:00") for item in items
    ]
    fixed = office.ok(
        "organiser",
        "POST",
        f"meetings/invitations/{rows[1]['invitation']}/presence",
        {"present": False, "note": "提前离场"},
    )
    assert (fixed["present"], fixed["corrected"]) == (False, False)
    assert office.call("", "GET", f"meetings/{meeting}/door").status_code == 401
    assert office.call("deputy_leader", "GET", f"meetings/{meeting}/door").status_code == 403
