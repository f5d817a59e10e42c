"""Taking a table into the representative pool (代表库): nobody twice, and the same table twice changes nothing.

A large table is prepared before the transaction: everything is looked up and every row made, so that the transaction
itself only writes. A line of a live text that waits for the database waits for little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import selectinload

from core import audit, permissions
from core.db import db, new_id
from core.jurisdictions import current
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


@dataclass(frozen=True)
class Prepared:
    """What a table would do, ready to be written while the pool stands as `stamp` says."""

    stamp: tuple[int, int]
    found: Sequence[str]
    people: Sequence[Mapping[str, Any]]
    terms: Sequence[Mapping[str, Any]]
    extended: Mapping[str, int]
    """Person of the pool → new terms."""


def prepare(actor: Actor, entries: Sequence[Entry], tick: Callable[[int], None] = lambda _done: None) -> Prepared:
    """Look everything up and make every row, before the `write()` that takes it in; `tick` hears how many are done."""
    stamp = _stamp()
    known = _people(entries)
    terms_of: Known = {key: [(t.category, t.begins, t.ends) for t in row.terms] for key, row in known.items()}
    found, terms, extended = [], [], Counter[str]()
    new: dict[Who, dict[str, Any]] = {}
    for number, entry in enumerate(entries, 1):
        status = _status(entry, terms_of)
        found.append(status)
        if status != UNCHANGED:
            if entry.key in known:
                extended[known[entry.key].id] += 1
            elif status == NEW:
                new[entry.key] = _person(actor, entry)
            else:
                new[entry.key]["version"] += 1
            person = known[entry.key].id if entry.key in known else new[entry.key]["id"]
            terms.append(_term(entry, person))
        tick(number)
    return Prepared(stamp, found, list(new.values()), terms, extended)


def take_in(actor: Actor, entries: Sequence[Entry], prepared: Prepared | None = None) -> dict[str, int]:
    """Add what is not in the pool yet; answers how many rows did what. What stands in the pool is never overwritten.

    What was `prepared` counts if nobody has changed the pool since.

    Raises:
        Forbidden.
    """
    grant = permissions.require(actor, RIGHT)
    if prepared is None or prepared.stamp != _stamp():
        prepared = prepare(actor, entries)
    for model, rows in ((Representative, prepared.people), (RepresentativeTerm, prepared.terms)):
        if rows:
            db.session.execute(insert(model.__table__), rows)  # type: ignore[arg-type]
    for ident, count in prepared.extended.items():
        person = db.session.get_one(Representative, ident)
        person.version += count
        db.session.expire(person, ["terms"])
    counts = {status: prepared.found.count(status) for status in (NEW, EXTENDED, UNCHANGED)}
    if counts[UNCHANGED] != len(entries):
        db.session.flush()
        audit.record(actor, "meetings.representative.import", REPRESENTATIVE.object_type, "", grant=grant, data=counts)
    return counts


def _stamp() -> tuple[int, int]:
    """Another one as soon as anybody changed anything: every change raises a person's version."""
    count, versions = db.session.execute(
        select(func.count(Representative.id), func.coalesce(func.sum(Representative.version), 0))
    ).one()
    return count, versions


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


def _person(actor: Actor, entry: Entry) -> dict[str, Any]:
    blank = {"organisation": "", "contact": "", "speciality": "", "region": "", "trade": "", "publish_name": False}
    return blank | dict(entry.values) | {
        "id": new_id(), "jurisdiction_id": current().id, "state": "active", "state_note": "", "version": 1,
        "created_by": actor.id, "renewal_due": year_after(today()),
    }  # fmt: skip


def _term(entry: Entry, person: str) -> dict[str, Any]:
    return {
        "id": new_id(), "jurisdiction_id": current().id, "representative_id": person, "category": entry.category,
        "begins": entry.begins or today(), "ends": entry.ends,
    }  # fmt: skip
