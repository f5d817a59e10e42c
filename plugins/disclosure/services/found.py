"""Unknown, of another county, or hidden from this person: one answer."""

from __future__ import annotations

from typing import TypeVar

from core.refusals import NotFound

T = TypeVar("T")


def found(row: T | None) -> T:
    """`row`; raises NotFound where there is none."""
    if row is None:
        raise NotFound
    return row
