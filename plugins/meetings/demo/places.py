"""Fills one place: a sealed meeting with its record, one announced, one in session, applications in several states.

The past is told with the clock put back (`core.db.clock_at`), in the order in which it happened, so that audit,
deadlines and notices agree.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from core import settings
from core.contracts import JurisdictionRef
from core.db import clock_at, utcnow, write
from core.permissions import SYSTEM
from core.workdays import LOCAL, Calendar, local_date
from plugins.meetings.demo import show, signups, stage, voices
from plugins.meetings.demo.scripts import Item, Script, applications, script
from plugins.meetings.demo.stage import People
from plugins.meetings.services import rules
from plugins.meetings.values import OBLIGATION_KINDS

ROOM = "政务服务中心三楼会议室"
PLAYED = {
    "zunyi": ("elevator", "bus", "school"),
    "huichuan": ("bus", "school", "elevator"),
    "meitan": ("water", "elevator", "school"),
}
"""Place → scripts of the meeting in session, of the one that is over, of the one to come."""
TOGETHER = ("meitan",)
"""Where document and interpretation may only go out together (三同步)."""
FIRST_LINES = 6
"""Steps of the meeting in session that were said before anybody looked."""


def fill(here: JurisdictionRef, people: People) -> None:
    """Write the demonstration of one place, once."""
    on_now, over, to_come = (script(name, here.name) for name in PLAYED.get(here.slug, PLAYED["zunyi"]))
    days = Workdays(here)
    decided = voices.decided_long_ago(people)
    with clock_at(days.at(-12, "09:00")), write():
        rules.ensure_first_version()
        stage.pool(people)
        if here.slug in TOGETHER:
            settings.put(SYSTEM, "meetings.synchronous_release", "1")
    past = _past(people, over, days)
    with clock_at(days.at(-1, "08:30")):
        voices.on_the_decision(people, past)
        voices.answer(people, decided)
    with clock_at(days.at(-1, "09:00")):
        coming = [_approved(people, item) for item in to_come.items]
        meeting = stage.convene(people, coming, days.at(3, "09:30"), ROOM)
        stage.rehearse(people, meeting)
        stage.invite(people, meeting)
        stage.declare(people, meeting)
        stage.propose_substitute(people, meeting)
    signups.drawn(people, coming[1], days.at(-1, "09:20"))
    signups.first_come(people, coming[0], days.at(-1, "13:30"))
    with clock_at(days.at(-1, "15:00")):
        _desks(people, here)
    in_session(people, on_now, announced=days.at(-1, "16:00"))


def in_session(people: People, what: Script, *, announced: datetime | None = None) -> str:
    """A meeting that has just begun, its script still to be played; answers its id."""
    begins = utcnow().replace(second=0, microsecond=0)
    with clock_at(announced or utcnow()):
        agenda = [_approved(people, item) for item in what.items]
        meeting = stage.convene(people, agenda, begins, ROOM)
        stage.invite(people, meeting, everyone_comes=True)
    stage.attend(people, meeting)
    stage.step(people, meeting, "open")
    for number in range(FIRST_LINES):
        show.play(people, meeting, show.Show(what, number))
    voices.at_the_meeting(people, meeting)
    return meeting


def conclude(people: People, meeting: str) -> None:
    """The end of a meeting played to its end: closed, sealed, results published, nothing left owing."""
    stage.attend(people, meeting, "check_out")
    stage.step(people, meeting, "close")
    stage.step(people, meeting, "seal")
    stage.publish_results(people, meeting)
    stage.ask_exemption(people, meeting, *OBLIGATION_KINDS)


class Workdays:
    """Working days counted from today, back and ahead."""

    def __init__(self, here: JurisdictionRef) -> None:
        self.calendar, self.today = Calendar(here.lineage), local_date(utcnow())

    def at(self, count: int, clock: str) -> datetime:
        """A time of day `count` working days ahead (negative: ago)."""
        day, left = self.today, abs(count)
        while left:
            day += timedelta(days=1 if count > 0 else -1)
            left -= self.calendar.day(day).works
        return datetime.combine(day, time.fromisoformat(clock), LOCAL)


def _past(people: People, what: Script, days: Workdays) -> str:
    """A meeting that was held; its first item is settled, for the second something is still owed."""
    with clock_at(days.at(-10, "09:20")):
        agenda = [_approved(people, item) for item in what.items]
    with clock_at(days.at(-8, "10:00")):
        meeting = stage.convene(people, agenda, days.at(-3, "09:30"), ROOM)
        stage.invite(people, meeting, everyone_comes=True)
    begin = days.at(-3, "09:31")
    with clock_at(begin):
        stage.attend(people, meeting)
        stage.step(people, meeting, "open")
    for number in range(len(what.steps)):
        with clock_at(begin + timedelta(seconds=30 + 50 * number)):
            show.play(people, meeting, show.Show(what, number))
    with clock_at(days.at(-3, "11:20")):
        stage.attend(people, meeting, "check_out")
        stage.step(people, meeting, "close")
        stage.step(people, meeting, "seal")
    with clock_at(days.at(-2, "10:00")):
        stage.publish_results(people, meeting)
        stage.publish_documents(people, meeting, what)
        stage.ask_exemption(people, meeting, "policy_document")
        stage.name_owner(people, meeting)
        voices.after_the_meeting(people, meeting)
    return meeting


def _desks(people: People, here: JurisdictionRef) -> None:
    for item in applications(here.name):
        ident = stage.draft(people, item)
        if item.until != "draft":
            stage.submit(people, item, ident)
        if item.until == "returned":
            stage.give_back(people, ident, item.reason)
        elif item.until in {"deputy", "leader"}:
            stage.approve(people, ident, by_leader=item.until == "leader")


def _approved(people: People, item: Item) -> str:
    ident = stage.draft(people, item)
    stage.submit(people, item, ident)
    stage.approve(people, ident)
    return ident
