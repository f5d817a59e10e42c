"""Keyset pages (翻页): stable under inserts, no count per request."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from flask_babel import lazy_gettext as _l

from core.refusals import Invalid

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; `next` is the cursor of the following page, empty on the last one."""

    items: tuple[T, ...]
    next: str = ""


def cursor_of(at: datetime | None, row_id: str) -> str:
    """An opaque cursor behind a row sorted by (moment, id)."""
    assert at is not None, "the list is sorted by a moment that every row has"
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{row_id}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, str]:
    """What `cursor_of` wrote.

    Raises:
        Invalid: it was made up.
    """
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, _, row_id = text.partition("|")
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError("naive")
    except (ValueError, binascii.Error) as error:
        raise Invalid({"after": [_l("页码无效，请从第一页重新打开。")]}) from error
    return at, row_id
