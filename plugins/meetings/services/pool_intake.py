"""Taking a table into the representative pool (代表库): nobody twice, and the same table twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core import audit, permissions
from core.db import db
from core.permissions import Actor
from plugins.meetings.eligibility import Who, today
from plugins.meetings.models import Representative, RepresentativeTerm
from plugins.meetings.services.representatives import RIGHT
from plugins.meetings.workflow import REPRESENTATIVE
from plugins.meetings.workflow.representatives import year_after

NEW, EXTENDED, UNCHANGED = "new", "extended", "unchanged"
Known = dict[Who, list[tuple[str, date, date | None]]]


@dataclass(frozen=True)
class Entry:
    """A row: the person's own fields, and a term. Without a first day it begins today."""

    values: Mapping[str, Any]
    category: str
    begins: date | None = None
    ends: date | None = None

    @property
    def key(self) -> Who:
        """Name and organisation."""
        return (self.values["name"], self.values.get("organisation", ""))


def statuses(entries: Sequence[Entry]) -> list[str]:
    """What each row would do: add a person (new), a term to somebody known (extended), or nothing (unchanged)."""
    people = _people(entries)
    known: Known = {key: [(t.category, t.begins, t.ends) for t in row.terms] for key, row in people.items()}
    return [_status(entry, known) for entry in entries]


def take_in(actor: Actor, entries: Sequence[Entry], tick: Callable[[int], None] = lambda _done: None) -> dict[str, int]:
    """Add what is not in the pool yet; answers how many rows did what. What stands in the pool is never overwritten.

    `tick` hears how many rows are done.

    Raises:
        Forbidden.
    """
    grant = permissions.require(actor, RIGHT)
    people, found = _people(entries), statuses(entries)
    for number, (entry, status) in enumerate(zip(entries, found, strict=True), 1):
        if status != UNCHANGED:
            person = people.get(entry.key) or people.setdefault(entry.key, _person(actor, entry))
            person.terms.append(
                RepresentativeTerm(category=entry.category, begins=entry.begins or today(), ends=entry.ends)
            )
            person.version += status == EXTENDED
        tick(number)
    counts = {status: found.count(status) for status in (NEW, EXTENDED, UNCHANGED)}
    if counts[UNCHANGED] != len(entries):
        db.session.flush()
        audit.record(actor, "meetings.representative.import", REPRESENTATIVE.object_type, "", grant=grant, data=counts)
    return counts


def _people(entries: Sequence[Entry]) -> dict[Who, Representative]:
    wanted = {entry.key for entry in entries}
    named = select(Representative).where(Representative.name.in_(sorted({name for name, _organisation in wanted})))
    rows = db.session.scalars(named.options(selectinload(Representative.terms)))
    return {row.key: row for row in rows if row.key in wanted}


def _status(entry: Entry, known: Known) -> str:
    if entry.key not in known:
        status = NEW
    elif any(_covers(entry, *term) for term in known[entry.key]):
        status = UNCHANGED
    else:
        status = EXTENDED
    if status != UNCHANGED:
        known.setdefault(entry.key, []).append((entry.category, entry.begins or today(), entry.ends))
    return status


def _covers(entry: Entry, category: str, begins: date, ends: date | None) -> bool:
    """A row says nothing new of a term that begins on its day; without a day, of one that has not ended."""
    if entry.category != category:
        return False
    return entry.begins == begins if entry.begins else ends is None or ends >= today()


def _person(actor: Actor, entry: Entry) -> Representative:
    blank = {"organisation": "", "contact": "", "speciality": "", "region": "", "trade": "", "publish_name": False}
    person = Representative(
        **(blank | dict(entry.values)), state="active", state_note="", version=1, created_by=actor.id,
        renewal_due=year_after(today()),
    )  # fmt: skip
    db.session.add(person)
    return person
