"""Tables over the API: what a file would do, or a job that takes it in."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from pydantic import BaseModel

from core import imports, storage
from core.contracts import ImportKind, ImportReport
from core.refusals import Invalid
from core.tables import MOST_BYTES
from core.web.api.answers import Answer
from core.web.api.blueprint import Api
from core.web.api.edge import parse_query
from core.web.api.jobs import job_json
from core.web.api.tables import faulty_rows
from core.web.api.uploads import uploaded
from core.web.requests import actor


class ImportQuery(BaseModel):
    """`dry_run` shows what would happen; `skip_faulty` takes the sound rows of a file that has faulty ones, which is
    refused without it. `columns` says which heading fills which field, `values` what holds for every row: both are
    JSON objects by field, e.g. `{"attribute": "voluntary"}`.
    """

    dry_run: bool = False
    skip_faulty: bool = False
    columns: str = "{}"
    values: str = "{}"


class ImportKindOut(BaseModel):
    """A kind of table you may take in here, with its fields."""

    key: str
    label: str
    fields: list[dict[str, Any]]


class ImportKindsOut(BaseModel):
    """All kinds."""

    items: list[ImportKindOut]


class ImportLookOut(BaseModel):
    """What a table would do: rows by outcome, its first rows, its faults."""

    dry_run: bool
    counts: dict[str, int]
    rows: list[dict[str, Any]]
    errors: list[dict[str, Any]]


@dataclass(frozen=True)
class Given:
    """An uploaded table as it was looked at."""

    name: str
    content: bytes
    staged: storage.Staged | None


def declare(api: Api) -> None:
    """Add the endpoints to the core's API."""
    api.get("/imports", permission="core.staff", answer=ImportKindsOut, summary="Tables you may take in")(import_kinds)
    api.post(
        "/imports/<id>", load=_find, query=ImportQuery, prepare=_upload, multipart=("file",), answer=ImportLookOut,
        may_be_job=True,
        summary="Look at a table (dry_run), or have it taken in by a job (202)",
    )(import_take)  # fmt: skip


def import_kinds() -> Answer:
    """By key, with the values of fields that have few."""
    return Answer({"items": [_kind(one) for one in imports.kinds(actor()).values()]})


def import_take(kind: ImportKind, query: ImportQuery, given: Given) -> Answer:
    """The same file twice changes nothing."""
    chosen = imports.choice(actor(), kind, _mapping("columns", query.columns), _mapping("values", query.values))
    found = imports.run(kind, given.content, given.name, chosen, dry_run=True)
    if query.dry_run:
        return Answer({"dry_run": True, **_report(found)})
    if found.faults and not query.skip_faulty:
        raise faulty_rows(found.faults)
    assert given.staged is not None
    file = imports.keep(actor(), given.staged)
    rows = sum(found.counts.values())
    return Answer(job_json(imports.start(actor(), kind, file, chosen, skip=query.skip_faulty, rows=rows)), status=202)


def _find(key: str) -> ImportKind:
    return imports.find(actor(), key)


def _upload() -> Given:
    query = parse_query(ImportQuery)
    assert isinstance(query, ImportQuery)
    upload = uploaded("file")
    content, name = upload.stream.read(MOST_BYTES + 1), upload.filename or ""
    return Given(name, content, None if query.dry_run else storage.stage(io.BytesIO(content), name))


def _mapping(name: str, text: str) -> Mapping[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise Invalid({name: [_l('请写成 JSON 对象，例如 {"title": "标题"}。')]})
    return found


def _kind(kind: ImportKind) -> dict[str, Any]:
    fields = [
        {"name": one.name, "label": one.label, "whole_file": one.whole_file, "choices": one.choices and one.choices()}
        for one in kind.fields
    ]
    return {"key": kind.key, "label": kind.label, "fields": fields}


def _report(found: ImportReport) -> dict[str, Any]:
    rows = [
        {"row": row.number, "status": row.outcome, "cells": row.cells, "note": str(row.note)} for row in found.shown
    ]
    return {"counts": found.counts, "rows": rows, "errors": imports.faults_json(found.faults)}
