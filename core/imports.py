"""Tables taken in through the console, the API and the command line (表格导入): one road for every plugin's kinds.

A file is kept when it is first looked at and read again from the keeping when it is taken; long ones are jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import jobs, permissions, plugins, storage
from core.contracts import ImportChoice, ImportFault, ImportKind, ImportReport, JobKind
from core.db import db
from core.jurisdictions import current
from core.models import Attachment, Job
from core.permissions import Actor
from core.refusals import Invalid, NotFound
from core.tables import TableError, sheet

AT_ONCE = 200
"""Rows that are taken in while the browser waits; more of them are a job."""
MOST_SHOWN = 50


def kinds(actor: Actor) -> dict[str, ImportKind]:
    """The kinds that have a page here for this person, by key."""
    on = plugins.enabled(current())
    found = plugins.installed().build("register_importers")
    return {
        kind.key: kind
        for plugin, kind in found
        if plugin in on and kind.fields and permissions.can(actor, kind.permission)
    }


def find(actor: Actor, key: str) -> ImportKind:
    """One kind this person may use; raises NotFound."""
    try:
        return kinds(actor)[key]
    except KeyError:
        raise NotFound from None


def headings(content: bytes, filename: str) -> list[str]:
    """What stands in the first row that is not blank: what a person chooses columns from.

    Raises:
        TableError: the file cannot be read.
    """
    for _number, cells in sheet(content, filename):
        if any(cell.text for cell in cells):
            return [cell.text for cell in cells if cell.text]
    raise TableError(_l("文件是空的。"))


def choice(actor: Actor, kind: ImportKind, columns: Mapping[str, str], values: Mapping[str, str]) -> ImportChoice:
    """What was chosen, checked: `columns` and `values` by field; empty ones count as not chosen.

    Raises:
        Invalid: no such field, or none of its values.
    """
    fields = {one.name: one for one in kind.fields}
    errors: dict[str, list[Any]] = {}
    for name in {*columns, *values} - set(fields):
        errors[name] = [_l("没有“%(field)s”这一项。", field=name)]
    for name, value in values.items():
        one = fields.get(name)
        known = one.choices() if one and one.choices else {}
        if value and one and (not one.whole_file or (known and value not in known)):
            errors[name] = [_l("“%(value)s”不能选作整个文件的%(field)s。", value=value, field=one.label)]
    if errors:
        raise Invalid(errors)
    kept = [{name: text for name, text in given.items() if text} for given in (columns, values)]
    return ImportChoice(actor, *kept)


def keep(actor: Actor, staged: storage.Staged) -> str:
    """The id of this person's file with these bytes, kept from now on where it is new; inside `write()`.

    Sent again while its job waits or runs it is the same file, so that `jobs.start` answers the same job.
    """
    same = select(Attachment.id).where(
        Attachment.uploaded_by == actor.id, Attachment.sha256 == staged.sha256, Attachment.filename == staged.filename
    )
    return db.session.scalar(same.order_by(Attachment.uploaded_at).limit(1)) or storage.keep(actor, staged).id


def kept_file(actor: Actor, ident: str) -> tuple[str, bytes]:
    """Name and bytes of a file this person kept; raises NotFound."""
    file = storage.open_for(actor, ident).attachment
    return file.filename, storage.path_of(file.sha256).read_bytes()


def run(
    kind: ImportKind,
    content: bytes,
    filename: str,
    given: ImportChoice,
    *,
    dry_run: bool,
    tick: Callable[[int], None] = lambda _done: None,
) -> ImportReport:
    """Look at a table, or take it in.

    Raises:
        Invalid: it cannot be read; one sentence under `file`.
    """
    try:
        return kind.run(content, filename, dry_run=dry_run, tick=tick, choice=given)
    except TableError as no:
        raise Invalid({"file": [no.args[0]]}) from no


def start(actor: Actor, kind: ImportKind, file: str, given: ImportChoice, *, skip: bool, rows: int) -> Job:
    """Have the worker take a kept file in; inside `write()`.

    Raises:
        Forbidden.
    """
    permissions.require(actor, kind.permission)
    arguments = {"file": file, "skip": skip, "columns": dict(given.columns), "values": dict(given.values)}
    return jobs.start(actor, job_key(kind), title=_l("导入%(kind)s", kind=kind.label), arguments=arguments, total=rows)


def job_key(kind: ImportKind) -> str:
    """The key of the job that takes a kind in: `<plugin>.import_<kind>`."""
    return next(key for key in jobs.kinds() if key.endswith(f".import_{kind.key}"))


def job(key: str, kind: ImportKind) -> JobKind:
    """The background job that takes a table of this kind in."""

    def carry_out(work: jobs.Work) -> jobs.Result:
        name, content = kept_file(work.actor, work.arguments["file"])
        given = choice(work.actor, kind, work.arguments["columns"], work.arguments["values"])
        found = run(kind, content, name, given, dry_run=True)
        if found.faults and not work.arguments["skip"]:
            raise Invalid({"file": [_l("文件里有问题的行，没有导入。")]})
        total = sum(found.counts.values())
        done = run(kind, content, name, given, dry_run=False, tick=lambda number: work.step(number, total))
        return jobs.Result(sentence(kind, done), report={**done.counts, "errors": faults_json(done.faults)})

    return JobKind(key, kind.label, carry_out)


def sentence(kind: ImportKind, report: ImportReport) -> str:
    """What came of it: how many rows did what."""
    parts = [
        _("%(what)s %(count)s 行", what=kind.outcomes.get(outcome, outcome), count=count)
        for outcome, count in report.counts.items()
        if count
    ]
    return _("没有可以导入的行。") if not parts else "，".join(parts) + "。"


def faults_json(faults: Any) -> list[dict[str, Any]]:
    """Every fault by row and column, as plain JSON."""
    return [
        {name: value if name == "row" else str(value) for name, value in asdict(fault).items()}
        for fault in faults
        if isinstance(fault, ImportFault)
    ]
