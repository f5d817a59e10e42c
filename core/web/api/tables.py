"""Tables over the API: read before the transaction, refused with their faults by row, or handed to the worker."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from flask import request
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel

from core import storage
from core.imports import AT_ONCE, faults_json
from core.refusals import Invalid
from core.row_reader import Fault
from core.tables import MOST_BYTES, TableError
from core.web.api.edge import parse_query
from core.web.api.uploads import uploaded
from core.web.problems import Problem

TRUE = frozenset({"1", "true", "yes", "on"})


class Read(Protocol):
    """What a reader of tables answers."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What cannot be taken, by row and column."""


__all__ = ["Table", "TakeQuery", "faults_json", "faulty_rows", "table"]
R = TypeVar("R", bound=Read)


class TakeQuery(BaseModel):
    """`dry_run` shows what would happen; `skip_faulty` takes the sound rows of a file that has faulty ones, which is
    refused without it. `background` makes it a job (202) or keeps it in the request; without it more than 200 rows
    are a job.
    """

    dry_run: bool = False
    skip_faulty: bool = False
    background: bool | None = None


@dataclass(frozen=True)
class Table(Generic[R]):
    """A table as read; `staged` where it is for the worker."""

    found: R
    dry_run: bool
    skip: bool
    staged: storage.Staged | None


def table(model: type[TakeQuery], read: Callable[[bytes, str], R], count: Callable[[R], int]) -> Table[R]:
    """The uploaded table, for `prepare`; what the query says may stand in the form as well.

    Raises:
        Invalid: it cannot be read. Problem: rows have faults and the caller did not say to leave them out.
    """
    query = parse_query(model)
    assert isinstance(query, TakeQuery)
    dry_run, skip = query.dry_run or _ticked("dry_run"), query.skip_faulty or _ticked("skip_faulty")
    upload = uploaded("file")
    content, name = upload.stream.read(MOST_BYTES + 1), upload.filename or ""
    try:
        found = read(content, name)
    except TableError as no:
        raise Invalid({"file": [no.args[0]]}) from no
    if found.faults and not (dry_run or skip):
        raise faulty_rows(found.faults)
    late = count(found) > AT_ONCE if query.background is None else query.background
    staged = storage.stage(io.BytesIO(content), name) if late and not dry_run else None
    return Table(found, dry_run, skip, staged)


def faulty_rows(faults: Sequence[Fault]) -> Problem:
    """422: nothing was taken; every fault by row and column."""
    detail = _l("文件里有问题的行，没有导入。请改好，或者用 skip_faulty=true 只导入其余的行。")
    errors = [{"code": "INVALID", "field": f"rows[{one['row']}]", **one} for one in faults_json(faults)]
    return Problem(422, "FAULTY_ROWS", detail, errors=errors)


def _ticked(name: str) -> bool:
    return request.form.get(name, "").lower() in TRUE
