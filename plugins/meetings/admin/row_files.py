"""Files that come with a form: checked and stored first, so that a refused form does not lose them."""

from __future__ import annotations

import re
from typing import Any, BinaryIO, cast

from flask import request

from core import storage
from core.db import write
from core.models import Attachment
from core.refusals import Invalid
from core.web.requests import actor


def take(pattern: str) -> tuple[dict[int, Attachment], list[Any]]:
    """Keep every file whose field's name matches `pattern` (its first group is a number); answers them by number,
    and one sentence for each file that was refused, which names it.
    """
    staged, refused = {}, []
    for name, upload in request.files.items(multi=True):
        found = re.fullmatch(pattern, name)
        if found and upload.filename:
            try:
                staged[int(found[1])] = storage.stage(cast(BinaryIO, upload.stream), upload.filename)
            except Invalid as no:
                refused += [sentence for sentences in no.errors.values() for sentence in sentences]
    if not staged:
        return {}, refused
    with write():
        kept = {number: storage.keep(actor(), one) for number, one in staged.items()}
    return kept, refused
