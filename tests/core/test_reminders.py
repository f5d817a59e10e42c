"""Reminders: two working days before, on the day, overdue and escalated; each once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from core import audit, calendar_data, clocks, jurisdictions, reminders
from core.clocks import ClockRule
from core.contracts import JurisdictionRef
from core.db import db, new_id, utcnow, write
from core.models import Account, Agency, AuditEntry, Clock, Notice
from core.permissions import Actor
from core.workdays import LOCAL

RULE = ClockRule("publish", "会9", "公开审议情况", "WD", 5)


class Subject:
    def __init__(self, agency_id: str | None = None) -> None:
        self.id, self.agency_id = new_id(), agency_id


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.fixture
def people(county: JurisdictionRef, agency: Callable[[str], Agency], person: Callable[..., Actor]) -> dict[str, str]:
    """Names of accounts; the clock belongs to the office."""
    calendar_data.ensure()
    office, education = agency("office"), agency("education")
    made = {
        "own": person("organiser", place=county, agency=office, name="own"),
        "other": person("organiser", place=county, agency=education, name="other"),
        "wide": person("handler", place=county, name="wide"),
        "supervisor": person("supervisor", place=county, name="supervisor"),
        "admin": person("system_admin", place=county, name="admin"),
    }
    return {name: actor.id or "" for name, actor in made.items()}


def start(agency: Agency | None, rule: ClockRule = RULE, day: str = "2026-03-02T12:00") -> str:
    with write():
        return clocks.start("test.thing", Subject(agency.id if agency else None), rule, at=at(day)).id


def told() -> list[tuple[str, str]]:
    db.session.rollback()  # a new reader
    names = {account.id: account.name for account in db.session.scalars(select(Account))}
    rows = db.session.scalars(select(Notice).order_by(Notice.created_at))
    return [(names[row.account_id or ""], row.subject) for row in rows]


def test_three_stages_each_once(people: dict[str, str], agency: Callable[[str], Agency]) -> None:
    start(agency("office"))  # due on Monday 9 March
    expected: list[tuple[str, str]] = []
    for moment, new in (
        ("2026-03-04T23:59", []),
        ("2026-03-05T00:00", [("own", "公开审议情况：还有 2 个工作日到期")]),
        ("2026-03-08T23:59", []),
        ("2026-03-09T00:00", [("own", "公开审议情况：今天到期")]),
        ("2026-03-09T23:59", []),
        ("2026-03-10T00:00", [("own", "公开审议情况：已逾期"), ("supervisor", "公开审议情况：已逾期")]),
        ("2026-04-10T00:00", []),
    ):
        assert reminders.sweep(at(moment)) == bool(new)
        assert reminders.sweep(at(moment)) == 0
        expected += new
        assert sorted(told()) == sorted(expected)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.article) == ("core.clock.overdue", "会9")
    assert list(audit.verify()) == []


def test_a_sweep_that_comes_late_tells_the_last_stage_alone(
    people: dict[str, str], agency: Callable[[str], Agency]
) -> None:
    start(agency("office"))
    assert reminders.sweep(at("2026-03-20T08:00")) == 1
    assert {subject for _, subject in told()} == {"公开审议情况：已逾期"}


def test_two_sweeps_at_once_owe_one_notice(people: dict[str, str], agency: Callable[[str], Agency]) -> None:
    """Two beats: the second finds the stage taken, and even if it did not, the notice's key is taken."""
    clock_id = start(agency("office"))
    reminders.sweep(at("2026-03-10T08:00"))
    with write() as session:
        session.get_one(Clock, clock_id).reminded = 0
    assert reminders.sweep(at("2026-03-10T08:00")) == 1
    assert len(told()) == 2


def test_a_clock_set_back_or_forth_stays_told_until_the_date_moves(
    people: dict[str, str], agency: Callable[[str], Agency]
) -> None:
    clock_id = start(agency("office"))
    reminders.sweep(at("2026-03-09T08:00"))
    reminders.sweep(at("2026-03-05T08:00"))
    assert len(told()) == 1
    with write() as session:
        clocks.extend(session.get_one(Clock, clock_id), 5, "情况复杂")
    reminders.sweep(at("2026-03-09T08:00"))
    assert len(told()) == 1
    assert reminders.sweep(at("2026-03-12T08:00")) == 1
    assert told()[-1][1] == "公开审议情况：还有 2 个工作日到期"


def test_without_an_agency_those_of_the_jurisdiction_are_told(people: dict[str, str]) -> None:
    start(None)
    reminders.sweep(at("2026-03-09T08:00"))
    assert [name for name, _ in told()] == ["wide"]


def test_hour_clocks_are_announced_four_hours_before(people: dict[str, str], agency: Callable[[str], Agency]) -> None:
    start(agency("office"), ClockRule("x", "x", "应急答复", "H", 24))
    assert reminders.sweep(at("2026-03-03T07:59")) == 0
    assert reminders.sweep(at("2026-03-03T08:00")) == 1
    assert reminders.sweep(at("2026-03-03T12:00")) == 1
    assert told()[0][1] == "应急答复：今天到期"


@pytest.mark.parametrize("state", ["suspended", "met", "cancelled"])
def test_only_running_clocks_remind(people: dict[str, str], agency: Callable[[str], Agency], state: str) -> None:
    clock_id = start(agency("office"))
    with write() as session:
        session.get_one(Clock, clock_id).state = state
    assert reminders.sweep(at("2026-03-20T08:00")) == 0


def test_every_place_is_swept(people: dict[str, str], other_county: JurisdictionRef) -> None:
    start(None)
    with jurisdictions.enter(other_county):
        start(None)
    assert reminders.sweep(at("2026-03-20T08:00")) == 2
    with jurisdictions.enter(other_county):
        assert db.session.scalars(select(AuditEntry)).one().action == "core.clock.overdue"


def test_a_sweep_over_many_open_clocks_is_quick(people: dict[str, str], county: JurisdictionRef) -> None:
    """100,000 open clocks, 500 of them due (quality.md 2): at most 5 s; here a tenth in a tenth of the time, with room."""
    now = utcnow()
    with write() as session:
        session.add_all(
            Clock(
                jurisdiction_id=county.id, key="k", label="x", article="x", subject_type="t", subject_id=new_id(),
                unit="WD", amount=5, started_at=now, due_on=date(2030, 1, 1), due_at=now + timedelta(days=1000 if n % 200 else -1),
                original_due_at=now,
            )
            for n in range(10_000)
        )  # fmt: skip
    started = datetime.now(LOCAL)
    assert reminders.sweep(now) == 50
    assert reminders.sweep(now) == 0
    assert datetime.now(LOCAL) - started < timedelta(seconds=3)
