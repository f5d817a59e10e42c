"""A table that is looked at before it is taken: kept at the first look, read again from the keeping at the second."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import request
from flask_babel import lazy_gettext as _l

from core import imports, storage
from core.db import write
from core.refusals import Invalid, NotFound
from core.tables import MOST_BYTES, TableError
from core.web.requests import actor

T = TypeVar("T")
MOST_SHOWN = 200
"""Rows a preview shows; the rest is counted."""
SAY_SO = _l("文件里有问题的行。请勾选“有问题的行不导入”，或者改好文件重新上传。")


@dataclass(frozen=True)
class KeptFile:
    """A file of the form: the id it is kept under, and its name."""

    id: str
    name: str


def take(read: Callable[[bytes, str], T]) -> tuple[KeptFile, T]:
    """The file of the form as `read` understands it: the uploaded one (`file`), kept from now on, or the one kept at
    the first look (`kept`).

    Raises:
        TableError: none was chosen, or it cannot be read; one sentence.
    """
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        ident = request.form.get("kept", "")
        try:
            name, content = imports.kept_file(actor(), ident)
        except NotFound:
            raise TableError(_l("请选择一个 .xlsx 或 .csv 文件。")) from None
        return KeptFile(ident, name), read(content, name)
    content = upload.stream.read(MOST_BYTES + 1)
    try:
        found = read(content, upload.filename)
        staged = storage.stage(io.BytesIO(content), upload.filename)
    except (TableError, Invalid) as no:
        raise TableError(_l("“%(name)s”：%(fault)s", name=upload.filename[:80], fault=_sentence(no))) from no
    with write():
        file = storage.keep(actor(), staged)
        return KeptFile(file.id, file.filename), found


def _sentence(no: TableError | Invalid) -> Any:
    return no.args[0] if isinstance(no, TableError) else next(iter(no.errors.values()))[0]
