"""Kinds of tables for `./mingtang import` and the console's imports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import imports
from core.contracts import ImportChoice, ImportField, ImportKind, ImportReport, ImportRow
from core.db import db
from core.models import Agency
from plugins.disclosure import document_files
from plugins.disclosure.genres import genres, label
from plugins.disclosure.services import document_intake
from plugins.disclosure.values import ATTRIBUTES

REPEATED = "repeated"


def agencies() -> Mapping[str, Any]:
    """The bodies of this place that are in being, by id."""
    rows = db.session.scalars(select(Agency).where(Agency.abolished_at.is_(None)).order_by(Agency.code))
    return {agency.id: agency.name for agency in rows}


def take_documents(
    content: bytes, filename: str, *, dry_run: bool, tick: Callable[[int], None], choice: ImportChoice
) -> ImportReport:
    """A table of documents: a row is new, a version of one that is here, here already, or said twice in the file."""
    found = document_files.read(content, filename, choice.columns, choice.values)
    plans = document_intake.plan(found.entries, choice.values)
    faults = (*found.faults, *(plan.fault for plan in plans if plan.fault is not None))
    faults = tuple(sorted(faults, key=lambda fault: fault.row))
    if dry_run:
        counts = Counter(plan.outcome for plan in plans if plan.fault is None)
    else:
        counts = document_intake.take_in(choice.actor, filename, plans, tick)
    counts[REPEATED] = len(found.repeated)
    shown = [_shown(plan) for plan in plans[: imports.MOST_SHOWN] if plan.fault is None] if dry_run else ()
    return ImportReport(dict(counts), faults, shown)


def _shown(plan: document_intake.Plan) -> ImportRow:
    entry = plan.entry
    cells = {
        str(_l("标题")): entry.title,
        str(_l("文号")): entry.number,
        str(_l("成文日期")): str(entry.formed_on or ""),
        str(_l("文种")): str(label(entry.genre)),
        str(_l("公开属性")): str(ATTRIBUTES[entry.attribute]),
    }
    return ImportRow(entry.line, plan.outcome, cells, "；".join(str(note) for note in entry.notes))


FIELDS = (
    ImportField("attribute", _l("公开属性"), lambda: ATTRIBUTES, whole_file=True),
    ImportField("agency", _l("制发机关"), agencies, whole_file=True),
    *(
        ImportField(column.name, column.label)
        for column in document_files.COLUMNS
        if column.name not in {"attribute", "genre"}
    ),
    ImportField("genre", _l("文种"), genres, whole_file=True),
)
DOCUMENTS = ImportKind(
    "documents", _l("历年公文"), take_documents, permission=document_intake.RIGHT, fields=FIELDS,
    outcomes={
        document_intake.NEW: _l("新增"),
        document_intake.VERSION: _l("已有公文的另一版本"),
        document_intake.KNOWN: _l("以前已导入"),
        REPEATED: _l("文件内重复"),
    },
    hint=_l("要有“标题”或“文号”一列；日期、正文、发文机关、公开属性、网址有则读入。同一文件可以重复导入。"),
)  # fmt: skip
IMPORTERS = (DOCUMENTS,)
JOBS = (imports.job("disclosure.import_documents", DOCUMENTS),)
