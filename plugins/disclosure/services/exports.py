"""Tables taken away (导出) as CSV, XLSX or JSON: short ones at once, long ones by a background job."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from core import audit, exports, jobs, permissions, storage
from core.contracts import JobKind
from core.db import db
from core.filetypes import MEDIA_TYPES
from core.jurisdictions import current
from core.models import Job
from core.permissions import Actor
from core.refusals import NotFound
from core.storage import safe_name
from core.workdays import LOCAL
from plugins.disclosure.services.export_tables import TABLES, Table

KINDS = ("csv", "xlsx", "json")
AT_ONCE = 2_000
"""Rows that are written while the browser waits, and rows of one part for the public; staff have more by a job."""
BATCH = 500
JOB = "disclosure.export"


@dataclass(frozen=True)
class File:
    """What is sent, and whether there is a part after it."""

    name: str
    media_type: str
    content: bytes
    more: bool = False


def tables(actor: Actor) -> list[Table]:
    """What this person may take away, in the order of work."""
    return [table for table in TABLES.values() if not table.right or permissions.can(actor, table.right)]


def find(actor: Actor, key: str) -> Table:
    """One of them; raises NotFound."""
    for table in tables(actor):
        if table.key == key:
            return table
    raise NotFound


def count(actor: Actor, table: Table, year: int | None) -> int:
    """How many rows there are of it for this person."""
    return db.session.scalar(select(func.count()).select_from(table.rows(actor, year).subquery())) or 0


def part(actor: Actor, key: str, kind: str, *, year: int | None = None, number: int = 1) -> File:
    """Part `number` of a table, `AT_ONCE` rows each.

    Raises:
        NotFound: no such table for this person, no such format, or no such part.
    """
    table = find(actor, key)
    if kind not in KINDS or number < 1:
        raise NotFound
    query = table.rows(actor, year).offset(AT_ONCE * (number - 1)).limit(AT_ONCE + 1)
    found = list(db.session.scalars(query))
    if not found and number > 1:
        raise NotFound
    more = len(found) > AT_ONCE
    rows = [_cells(table, line, kind) for row in found[:AT_ONCE] for line in table.lines(row)]
    name = _name(table, year, kind, number if more or number > 1 else 0)
    return File(name, _media(kind), _written(table, rows, kind), more)


def start(actor: Actor, table: Table, kind: str, year: int | None) -> Job:
    """Have the worker write a whole table, inside `write()`; raises NotFound for an unknown format."""
    if kind not in KINDS:
        raise NotFound
    given = {"kind": kind, "year": year}
    return jobs.start(
        actor, JOB, title=_l("导出%(what)s", what=table.title), subject=table.key, arguments=given,
        total=count(actor, table, year),
    )  # fmt: skip


def run(work: jobs.Work) -> jobs.Result:
    """Write it as whoever asked may see it now; changes nothing before the end."""
    table, kind, year = find(work.actor, work.subject), work.arguments["kind"], work.arguments["year"]
    rows = list(_all(work, table, kind, year))
    staged = storage.stage(io.BytesIO(_written(table, rows, kind)), _name(table, year, kind, 0))
    return jobs.Result(_("已导出 %(count)s 行。", count=len(rows)), staged)


def told(actor: Actor, table: Table, kind: str, year: int | None) -> None:
    """Staff took rows away that are not public: said in the audit trail, inside `write()`."""
    data = {"table": table.key, "format": kind, "year": year}
    audit.record(actor, "disclosure.export", "core.jurisdiction", current().id, data=data)


def _all(work: jobs.Work, table: Table, kind: str, year: int | None) -> Iterator[list[Any]]:
    total = count(work.actor, table, year)
    query = table.rows(work.actor, year).execution_options(yield_per=BATCH)
    for number, row in enumerate(db.session.scalars(query)):
        yield from (_cells(table, line, kind) for line in table.lines(row))
        db.session.expunge(row)
        if number % BATCH == 0:
            work.step(number, total)


def _cells(table: Table, line: Any, kind: str) -> list[Any]:
    """The values of a line: for people as labels, for programs as codes."""
    found = [column.of(line) for column in table.columns]
    if kind == "json":
        return found
    labelled = zip(table.columns, found, strict=True)
    return [str(column.words.get(value, value)) if column.words and value else value for column, value in labelled]


def _written(table: Table, rows: list[list[Any]], kind: str) -> bytes:
    if kind == "json":
        names = [column.name for column in table.columns]
        items = [dict(zip(names, row, strict=True)) for row in rows]
        return json.dumps({"items": items}, ensure_ascii=False, default=_plain).encode()
    heads = [str(column.label) for column in table.columns]
    return exports.xlsx_bytes(heads, rows, title=str(table.title)) if kind == "xlsx" else exports.csv_bytes(heads, rows)


def _plain(value: date | datetime) -> str:
    return value.astimezone(LOCAL).isoformat() if isinstance(value, datetime) else value.isoformat()


def _media(kind: str) -> str:
    return {"csv": exports.CSV_TYPE, "xlsx": exports.XLSX_TYPE}.get(kind, MEDIA_TYPES["json"])


def _name(table: Table, year: int | None, kind: str, number: int) -> str:
    parts = [current().name, str(table.title), str(year or ""), str(number or "")]
    return safe_name("-".join(part for part in parts if part) + f".{kind}")


JOBS = (JobKind(JOB, _l("导出表格"), run),)
