"""Files that come with a console form: kept before the form is judged, so that a refusal loses none of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO, cast

from flask import request

from core import storage
from core.db import write
from core.refusals import Invalid, NotFound
from core.web.requests import actor


def kept(field: str, errors: dict[str, list[Any]]) -> list[dict[str, str]]:
    """The files of a form: those kept by an earlier try and still ticked, then the new ones, as id and name.

    A file that is not taken goes into `errors` under the field's name; the others are kept all the same.
    """
    found = [_earlier(ident) for ident in request.form.getlist(f"{field}-kept")]
    staged = []
    for upload in request.files.getlist(field):
        if not upload.filename:
            continue
        try:
            staged.append(storage.stage(cast(BinaryIO, upload.stream), upload.filename))
        except Invalid as no:
            errors.setdefault(field, []).extend(f"{upload.filename}：{said}" for said in _sentences(no))
    if staged:
        with write():
            found += [{"id": row.id, "name": row.filename} for row in (storage.keep(actor(), one) for one in staged)]
    return [file for file in found if file]


def _earlier(ident: str) -> dict[str, str]:
    try:
        opened = storage.open_for(actor(), ident)
    except NotFound:
        return {}
    return {"id": ident, "name": opened.attachment.filename}


def _sentences(no: Invalid) -> Sequence[str]:
    return [str(said) for sentences in no.errors.values() for said in sentences]
