"""Editions of the withheld catalogue (管11, 认9): begin one, carry it through filing, begin those that come due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from core import audit
from core.db import db, utcnow
from core.models import Agency
from core.permissions import ANONYMOUS, SYSTEM, Actor, require
from core.refusals import Invalid
from core.workdays import local_date
from plugins.disclosure.models import WithheldCatalogue, WithheldEntry
from plugins.disclosure.models.withheld import ENTRY_STATES
from plugins.disclosure.services.found import found
from plugins.disclosure.services.visibility import visible_catalogues
from plugins.disclosure.values import GROUNDS
from plugins.disclosure.workflow.catalogues import (
    CATALOGUE,
    OBJECT_TYPE,
    RIGHT,
    documents_of,
    entries_of,
    rows_of,
    start_filing_clock,
)

FIRST_YEAR = 2000


def compile_year(actor: Actor, agency: Agency, year: int) -> WithheldCatalogue:
    """The catalogue of a body and year: the edition in hand, or the first one with its filing clock (认9). Idempotent.

    Raises:
        Forbidden. Invalid: a year to come.
    """
    grant = require(actor, RIGHT, WithheldCatalogue(agency_id=agency.id, year=year))
    if not FIRST_YEAR <= year <= local_date(utcnow()).year:
        raise Invalid({"year": [_l("请填写已经开始的年份。")]})
    last = newest(agency.id, year)
    if last is not None:
        return last
    made = WithheldCatalogue(
        agency_id=agency.id, year=year, edition=1, state="compiling", version=1, compiled_by=actor.id
    )
    db.session.add(made)
    db.session.flush()
    start_filing_clock(made)
    data = {"agency": agency.code, "year": year}
    audit.record(actor, f"{OBJECT_TYPE}.create", OBJECT_TYPE, made.id, grant=grant, article="认9", data=data)
    return made


def newest(agency_id: str, year: int) -> WithheldCatalogue | None:
    """The last edition of a body and year."""
    query = select(WithheldCatalogue).where(WithheldCatalogue.agency_id == agency_id, WithheldCatalogue.year == year)
    return db.session.scalars(query.order_by(WithheldCatalogue.edition.desc()).limit(1)).first()


def begin_due() -> int:
    """A body with withheld documents of a year has that year's catalogue in hand, its clock running; how many began."""
    have = select(WithheldCatalogue.agency_id, WithheldCatalogue.year)
    wanted = select(WithheldEntry.agency_id, WithheldEntry.year).distinct()
    held = {(row.agency_id, row.year) for row in db.session.execute(have)}
    missing = {(row.agency_id, row.year) for row in db.session.execute(wanted)} - held
    for agency_id, year in sorted(missing):
        compile_year(SYSTEM, db.session.get_one(Agency, agency_id), year)
    return len(missing)


def select_rows(actor: Actor) -> Select[WithheldCatalogue]:
    """What this person may see; the public what is published."""
    return select(WithheldCatalogue).where(visible_catalogues(actor))


def find(actor: Actor, ident: str) -> WithheldCatalogue:
    """One of them; raises NotFound."""
    return found(db.session.scalar(select_rows(actor).where(WithheldCatalogue.id == ident)))


def published(agency: Agency, year: int | None = None) -> list[WithheldCatalogue]:
    """What the public reads of a body, newest year first."""
    query = select(WithheldCatalogue).where(WithheldCatalogue.agency_id == agency.id, visible_catalogues(ANONYMOUS))
    if year is not None:
        query = query.where(WithheldCatalogue.year == year)
    return list(db.session.scalars(query.order_by(WithheldCatalogue.year.desc())))


def published_years() -> dict[str, list[int]]:
    """Agency id → the years of which the public reads its catalogue, newest first."""
    query = select(WithheldCatalogue.agency_id, WithheldCatalogue.year).where(visible_catalogues(ANONYMOUS))
    found: dict[str, list[int]] = {}
    for row in db.session.execute(query.order_by(WithheldCatalogue.year.desc())):
        found.setdefault(row.agency_id, []).append(row.year)
    return found


def lines(catalogue: WithheldCatalogue) -> list[dict[str, Any]]:
    """Its rows as a page shows them: the public title, the ground in words, days as days."""
    return [
        {
            **row,
            "ground": GROUNDS[row["ground"]],
            "formed_on": date.fromisoformat(row["formed_on"]),
            "review_on": date.fromisoformat(row["review_on"]),
        }
        for row in rows_of(catalogue)
    ]


@dataclass(frozen=True)
class Check:
    """A line of the completeness check (管11): a withheld document of the year, its row, or both."""

    title: str
    number: str
    document_id: str | None
    entry: WithheldEntry | None

    @property
    def settled(self) -> bool:
        """True when it is in the catalogue or it is said why not."""
        return self.entry is not None and self.entry.state not in ("listed", "reasoned")


def checklist(catalogue: WithheldCatalogue) -> list[Check]:
    """管11: every withheld document of the year with its row, then rows without one; unsettled ones first."""
    documents = db.session.scalars(documents_of(catalogue.agency_id, catalogue.year)).all()
    held = select(WithheldEntry).where(WithheldEntry.document_id.in_([document.id for document in documents]))
    rows = {row.document_id: row for row in db.session.scalars(held)}
    lines = [Check(one.title, one.number or "", one.id, rows.get(one.id)) for one in documents]
    lines += [
        Check(row.title, row.number, row.document_id, row)
        for row in entries_of(catalogue.agency_id, catalogue.year, ENTRY_STATES)
        if row.document_id not in rows
    ]
    return sorted(lines, key=lambda line: line.settled)


def move(
    actor: Actor,
    row: WithheldCatalogue,
    event: str,
    *,
    reason: str = "",
    version: int | None = None,
    receipt_number: str = "",
    received_on: date | None = None,
) -> WithheldCatalogue:
    """Approve, return, file, accept, publish, supplement; the receipt counts for `accept`.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused: `CATALOGUE_INCOMPLETE`, `OWN_APPROVAL`, `NOT_APPROVED`,
        `RECEIPT_MISSING`, `EDITION_OPEN`, `ORG_UNSTAFFED`.
    """
    params = {"receipt_number": receipt_number, "received_on": received_on}
    CATALOGUE.fire(row, event, actor, reason=reason, version=version, params=params)
    return row
