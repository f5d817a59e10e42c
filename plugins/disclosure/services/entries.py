"""Rows of the withheld catalogue (管11): by hand, their reasons, their yearly re-evaluation. A row is never deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, select

from core import audit
from core.db import db, utcnow
from core.models import Agency
from core.permissions import Actor, require
from core.refusals import Invalid
from core.workdays import local_date
from plugins.disclosure.models import WithheldEntry
from plugins.disclosure.services.found import found
from plugins.disclosure.services.visibility import visible_entries
from plugins.disclosure.workflow.entries import ENTRY, FIELDS, OBJECT_TYPE, RIGHT, basis_of, next_review

OPEN = ("listed", "reasoned")
"""Rows not yet decided on."""
BROUGHT_UP = timedelta(days=30)
"""So long before its day a re-evaluation is brought up."""


def create(actor: Actor, agency: Agency, values: Mapping[str, Any]) -> WithheldEntry:
    """A row by hand: what was withheld without being an official document. `title` is asked for, the rest may follow.

    Raises:
        Forbidden. Invalid: no title, a year that does not fit the date.
    """
    given = {name: values[name] for name in FIELDS if name in values and values[name] is not None}
    formed = given.get("formed_on") or local_date(utcnow())
    row = WithheldEntry(agency_id=agency.id, year=formed.year, state="listed", version=1, created_by=actor.id)
    for name, value in _usual(agency, given).items():
        setattr(row, name, value)
    grant = require(actor, RIGHT, row)
    if not row.title.strip():
        raise Invalid({"title": [_l("请填写标题。")]})
    db.session.add(row)
    db.session.flush()
    audit.record(actor, f"{OBJECT_TYPE}.create", OBJECT_TYPE, row.id, grant=grant, article="管11")
    return row


def _usual(agency: Agency, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is taken where nothing was given; a title that is not sensitive is its own public title."""
    usual: dict[str, Any] = {"unit": agency.name, "review_on": next_review(utcnow()), "title": ""}
    usual["basis"] = basis_of(given.get("ground", ""))
    if not given.get("title_sensitive"):
        usual["public_title"] = given.get("title", "")
    return usual | {name: value for name, value in given.items() if value != ""}


def due_for_review() -> ColumnElement[bool]:
    """条例第十八条: rows of the catalogue whose day of re-evaluation is near or over."""
    return and_(WithheldEntry.state == "entered", WithheldEntry.review_on <= local_date(utcnow()) + BROUGHT_UP)


def select_rows(actor: Actor) -> Select[WithheldEntry]:
    """What this person may see."""
    return select(WithheldEntry).where(visible_entries(actor))


def find(actor: Actor, ident: str) -> WithheldEntry:
    """One of them; raises NotFound."""
    return found(db.session.scalar(select_rows(actor).where(WithheldEntry.id == ident)))


def move(
    actor: Actor,
    row: WithheldEntry,
    event: str,
    *,
    reason: str = "",
    version: int | None = None,
    values: Mapping[str, Any] | None = None,
    lifted: str = "",
) -> WithheldEntry:
    """Any event of the machine; `values` are columns that change with it, `lifted` the decision that declassified it.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused: `REASON_MISSING`, `ENTRY_INCOMPLETE`, `TITLE_REVEALS`,
        `ROW_ON_FILE`, `REVIEW_TOO_LATE`, `NO_OVERRIDE`, `ORG_UNSTAFFED`.
    """
    fields = {name: value for name, value in (values or {}).items() if name in FIELDS}
    if "title" in fields and not str(fields["title"]).strip():
        raise Invalid({"title": [_l("请填写标题。")]})
    ENTRY.fire(row, event, actor, reason=reason, version=version, params={"fields": fields, "lifted": lifted})
    return row
