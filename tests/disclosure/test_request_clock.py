"""due = add_wd(received, 20 + extension + suspended_wd): counted again, day by day, beside the product (5.4)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core import calendar_data, clocks
from core.contracts import FileUse, JurisdictionRef
from core.db import clock_at, db, write
from core.models import Agency, Clock
from core.permissions import SYSTEM, Actor
from core.refusals import Refused
from core.workdays import LOCAL, Calendar, local_date
from plugins.disclosure.exchange.request_files import may_read
from plugins.disclosure.models import AccessRequest
from plugins.disclosure.services import request_files, request_times, requests
from plugins.disclosure.services.requests import Entry
from plugins.disclosure.workflow import REQUEST
from plugins.disclosure.workflow import request_clocks as limits

ENTRY = Entry(
    "person", "王小明", "老旧小区改造计划", identity_kind="resident", identity_number="5203", phone="138",
    form="paper", delivery="post",
)  # fmt: skip
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Undo(Exception):
    """Ends an example: its rows go."""


@pytest.fixture
def here(app: Flask, county: JurisdictionRef) -> JurisdictionRef:
    assert app
    calendar_data.ensure()
    return county


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), LOCAL)


def processing(day: date, entry: Entry = ENTRY) -> AccessRequest:
    """Handed in over the counter on that day and taken up; inside `write()`."""
    office = db.session.scalars(select(Agency.id).order_by(Agency.code)).first()
    made, _secret = requests.enter(SYSTEM, office or "", entry, "counter", day)
    REQUEST.fire(made, "accept", SYSTEM)
    return made


def reply_clock(request: AccessRequest) -> Clock:
    return [clock for clock in clocks.of(limits.REQUEST_TYPE, [request.id])[request.id] if clock.key == "reply"][-1]


@pytest.mark.article("disclosure", 12)
@SLOW
@given(
    day=st.dates(date(2020, 1, 2), date(2026, 3, 31)),
    asked=st.lists(st.tuples(st.integers(0, 25), st.integers(0, 20)), max_size=4),
    extension=st.integers(0, 20),
)
def test_suspensions_overlap_and_extensions_add(
    here: JurisdictionRef, day: date, asked: list[tuple[int, int]], extension: int
) -> None:
    with clock_at(noon(day)), suppress(Undo), write():
        request = processing(day)
        if extension:
            REQUEST.fire(request, "extend", SYSTEM, reason="情况复杂", params={"days": extension})
        for begin, _length in asked:
            REQUEST.fire(request, "consult", SYSTEM, params={"day": day + timedelta(begin), "party": "某公司"})
        for (begin, length), one in zip(asked, list(request.consultations), strict=True):
            answered = {"consultation": one, "answer": "agreed", "day": one.sent_on + timedelta(length)}
            assert one.sent_on in {day + timedelta(start) for start, _ in asked}, begin
            REQUEST.fire(request, "answer_consultation", SYSTEM, params=answered)
        stopped = {
            one.sent_on + timedelta(n)
            for one in request.consultations
            for n in range(1, ((one.answered_on or day) - one.sent_on).days + 1)
        }
        assert request.state == "processing"
        assert reply_clock(request).due_on == counted(here, day, 20 + extension, stopped)
        raise Undo


def counted(here: JurisdictionRef, day: date, amount: int, stopped: set[date]) -> date:
    """The independent count: amount working days, and one more for each working day that stood still."""
    calendar = Calendar(here.lineage)
    left = amount + sum(calendar.day(one).works for one in stopped)
    while left:
        day += timedelta(1)
        left -= calendar.day(day).works
    return day


@pytest.mark.article("disclosure", 12)
def test_silence_of_a_third_party_ends_with_its_limit(here: JurisdictionRef) -> None:
    """Asked 2025-09-22, the limit is 10-17; the sweep of a later day counts on from then."""
    with clock_at(noon(date(2025, 9, 22))), write():
        request = processing(date(2025, 9, 15))
        requests.move(SYSTEM, request, "consult", params={"kind": "third_party", "party": "某公司"})
        ident = request.id
    with clock_at(noon(date(2025, 10, 17))):
        request_times.sweep()
        assert db.session.get_one(AccessRequest, ident).state == "consulting"
    with clock_at(noon(date(2025, 10, 20))):
        request_times.sweep()
        request_times.sweep()
    found = db.session.get_one(AccessRequest, ident)
    assert (found.state, found.consultations[0].answer) == ("processing", "silent")
    assert found.consultations[0].answered_on == date(2025, 10, 17)
    suspended = Calendar(here.lineage).between(date(2025, 9, 22), date(2025, 10, 17))
    assert suspended == 15
    assert reply_clock(found).due_on == counted(here, date(2025, 9, 15), 35, set())


@pytest.mark.article("disclosure", 12)
def test_an_uncorrected_request_lapses_and_identity_papers_go(here: JurisdictionRef) -> None:
    with clock_at(noon(date(2025, 9, 15))), write():
        office = db.session.scalars(select(Agency.id).order_by(Agency.code)).first()
        request, _secret = requests.enter(SYSTEM, office or "", ENTRY, "counter", date(2025, 9, 15))
        requests.move(SYSTEM, request, "notify_correction", params={"items": "请写明文号", "days": 5})
        ident = request.id
    with clock_at(noon(date(2025, 9, 22))), pytest.raises(Refused, match="PERIOD_RUNNING"), write():
        REQUEST.fire(db.session.get_one(AccessRequest, ident), "lapse", SYSTEM)
    with clock_at(noon(date(2025, 9, 23))):
        request_times.sweep()
        found = db.session.get_one(AccessRequest, ident)
        assert (found.state, found.result, found.closed_on) == ("abandoned", "not_corrected", date(2025, 9, 23))
        assert {clock.state for clock in clocks.of(limits.REQUEST_TYPE, [ident])[ident]} <= {"met", "cancelled"}
    with clock_at(noon(date(2026, 4, 30))):
        request_files.purge()
    found = db.session.get_one(AccessRequest, ident)
    assert (found.identity_number, found.identity_purged_on) == ("", date(2026, 4, 30))


@pytest.mark.article("disclosure", 12)
@pytest.mark.parametrize(
    ("channel", "state", "due"),
    [
        ("counter", "received", "2025-10-17"),
        ("registered_mail", "received", "2025-10-17"),
        ("mail", "to_confirm", "2025-09-15"),
        ("fax", "to_confirm", "2025-09-16"),
    ],
)
def test_each_channel_has_its_own_day_of_receipt(here: JurisdictionRef, channel: str, state: str, due: str) -> None:
    """条例第三十一条: hand-in day, signing day, the same day, or the day both sides confirm."""
    with clock_at(noon(date(2025, 9, 15))), write():
        office = db.session.scalars(select(Agency.id).order_by(Agency.code)).first()
        request, _secret = requests.enter(SYSTEM, office or "", ENTRY, channel, date(2025, 9, 15))
        running = [clock for clock in clocks.of(limits.REQUEST_TYPE, [request.id])[request.id] if clock.key != "notice"]
        assert (request.state, str(running[0].due_on)) == (state, due)
        if state == "to_confirm":
            requests.move(SYSTEM, request, "confirm")
            assert request.received_on == local_date(noon(date(2025, 9, 15)))
            assert reply_clock(request).due_on == date(2025, 10, 17)


@pytest.mark.article("disclosure", 12)
def test_identity_papers_are_read_by_those_who_handle_it(here: JurisdictionRef, person: Callable[..., Actor]) -> None:
    officer, reviewer, drafter = (person(role, place=here) for role in ("handler", "secrecy_reviewer", "drafter"))
    with write():
        ident = processing(limits.today()).id
    for kind, readers in (
        ("disclosure.request_identity", {officer}),
        ("disclosure.request", {officer, reviewer}),
        ("disclosure.document", {officer, reviewer, drafter}),
    ):
        uses = [FileUse(kind, ident, "staff")]
        assert {who for who in (officer, reviewer, drafter) if may_read(who, uses)} == readers, kind
