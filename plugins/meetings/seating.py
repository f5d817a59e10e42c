"""Who gets a seat (名额): the one rule for signing up, waiting and moving up; no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Terms:
    """Seats in all, and those kept for a category."""

    seats: int
    quotas: Mapping[str, int] = field(default_factory=dict)


def seat_free(terms: Terms, taken: Mapping[str, int], category: str, *, reserved: bool) -> bool:
    """May somebody of this category sit down? `taken`: category → seats held.

    `reserved`: seats kept for other categories stay empty; afterwards whatever is left is anybody's.
    """
    total = sum(taken.values())
    if total >= terms.seats:
        return False
    if is_short(terms, taken, category):
        return True
    kept = sum(max(0, quota - taken.get(name, 0)) for name, quota in terms.quotas.items()) if reserved else 0
    return total + kept < terms.seats


def next_up(terms: Terms, taken: Mapping[str, int], waiting: Iterable[tuple[str, str]], *, reserved: bool) -> str:
    """Who moves up: the first waiting of a category that lacks its kept seats, else the first for whom one is free.

    `waiting`: (id, category) in their order. Returns the id, "" for nobody.
    """
    free = [pair for pair in waiting if seat_free(terms, taken, pair[1], reserved=reserved)]
    short = [pair for pair in free if is_short(terms, taken, pair[1])]
    return (short or free or [("", "")])[0][0]


def is_short(terms: Terms, taken: Mapping[str, int], category: str) -> bool:
    """True while seats kept for the category are empty."""
    return taken.get(category, 0) < terms.quotas.get(category, 0)
