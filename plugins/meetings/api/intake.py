"""Tables over the API: what a file with faulty rows is answered."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from core.web.problems import Problem
from plugins.meetings.row_reader import Fault


def faulty_rows(faults: Sequence[Fault]) -> Problem:
    """422: nothing was taken; every fault by row and column."""
    detail = _l("文件里有问题的行，没有导入。请改好，或者用 skip_faulty=true 只导入其余的行。")
    errors = [
        {
            "code": "INVALID", "field": f"rows[{fault.row}]", "row": fault.row, "column": fault.column,
            "detail": fault.detail,
        }
        for fault in faults
    ]  # fmt: skip
    return Problem(422, "FAULTY_ROWS", detail, errors=errors)
