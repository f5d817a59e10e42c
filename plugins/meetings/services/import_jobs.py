"""Large tables taken in by the worker, with progress: an invited list, the representative pool.

The file was kept at the preview and is read again by the job as the person who asked. Everything is written in the one
transaction that ends the job: a killed worker leaves nothing, and the next attempt finds nothing done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l

from core import imports, jobs, permissions
from core.contracts import JobKind
from core.db import write
from core.models import Job
from core.permissions import Actor
from core.refusals import Invalid
from core.row_reader import Fault
from core.tables import TableError
from plugins.meetings import invitee_files, representative_files
from plugins.meetings.models import AgendaApplication
from plugins.meetings.services import applications, invitations, pool_intake, representatives
from plugins.meetings.workflow.plans import Invitee

T = TypeVar("T")
LIST, POOL = "meetings.import_list", "meetings.import_pool"
CHUNK = 100


def import_list(
    actor: Actor, item: AgendaApplication, file: str, people: Sequence[Invitee], *, skip: bool, reason: str = ""
) -> Job:
    """Have a kept file with these people taken into an item's list; inside `write()`.

    Raises:
        Forbidden, WrongState: as the import itself would.
    """
    invitations.preview(actor, item, people)
    title = _l("导入邀请名单：%(title)s", title=item.title)
    given = {"file": file, "skip": skip, "reason": reason}
    return jobs.start(actor, LIST, title=title, subject=item.id, arguments=given, total=len(people))


def import_pool(actor: Actor, file: str, count: int, *, skip: bool) -> Job:
    """Have a kept file taken into the pool; inside `write()`.

    Raises:
        Forbidden.
    """
    permissions.require(actor, representatives.RIGHT)
    return jobs.start(actor, POOL, title=_l("导入代表库"), arguments={"file": file, "skip": skip}, total=count)


def _import_list(work: jobs.Work) -> jobs.Result:
    found = _read(work, invitee_files.read)
    _refuse_faults(work, found.faults)
    people = [Invitee(**row.values()) for row in _steps(work, found.invitees)]
    with write():
        item = applications.find(work.actor, work.subject)
        change = invitations.add_people(work.actor, item, people, work.arguments["reason"])
        said = _l(
            "已增加 %(count)s 人，原来就在名单中的 %(known)s 人。", count=len(change.new), known=len(change.known)
        )
        report = {"created": len(change.new), "unchanged": len(change.known)}
        work.finish(jobs.Result(said, report=report | _faults(found.faults)))
    return jobs.Result()


def _import_pool(work: jobs.Work) -> jobs.Result:
    found = _read(work, representative_files.read)
    _refuse_faults(work, found.faults)
    entries = list(_steps(work, list(found.entries.values())))
    prepared = pool_intake.prepare(work.actor, entries)
    with write():
        counts = pool_intake.take_in(work.actor, entries, prepared)
        said = _l("已增加 %(new)s 人，给 %(more)s 人增加了任期。", new=counts["new"], more=counts["extended"])
        report = {"created": counts["new"], "extended": counts["extended"], "unchanged": counts["unchanged"]}
        work.finish(jobs.Result(said, report=report | _faults(found.faults)))
    return jobs.Result()


def _faults(faults: Sequence[Fault]) -> dict[str, Any]:
    rows = [{"row": fault.row, "column": str(fault.column), "detail": str(fault.detail)} for fault in faults]
    return {"errors": rows}


def _read(work: jobs.Work, read: Any) -> Any:
    name, content = imports.kept_file(work.actor, work.arguments["file"])
    try:
        return read(content, name)
    except TableError as no:
        raise Invalid({"file": [no.args[0]]}) from no


def _refuse_faults(work: jobs.Work, faults: Sequence[Fault]) -> None:
    if faults and not work.arguments["skip"]:
        raise Invalid({"file": [_l("文件里有问题的行，没有导入。")]})


def _steps(work: jobs.Work, rows: Sequence[T]) -> Iterator[T]:
    for number, row in enumerate(rows):
        if number % CHUNK == 0:
            work.step(number, len(rows))
        yield row


JOBS = (JobKind(LIST, _l("导入邀请名单"), _import_list), JobKind(POOL, _l("导入代表库"), _import_pool))
