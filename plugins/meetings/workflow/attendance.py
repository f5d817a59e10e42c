"""Who was in the room when (到场), from all passages together: a pure function, so no order of arrival matters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Passage:
    """Somebody came "in" or went "out"; `key` was made with the act."""

    key: str
    event: str
    at: datetime


@dataclass(frozen=True)
class Stay:
    """A stretch in the room; `until` is empty while it lasts."""

    since: datetime
    until: datetime | None = None

    def meets(self, start: datetime, end: datetime | None) -> bool:
        """Did it overlap with [start, end), open at the end where that is empty?"""
        return (end is None or self.since < end) and (self.until is None or self.until > start)


@dataclass(frozen=True)
class Account:
    """What the passages of one person come to: the stays, and the keys of those that said nothing new."""

    stays: tuple[Stay, ...] = ()
    idle: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """Empty where the person never came, else "in" or "out"."""
        if not self.stays:
            return ""
        return "in" if self.stays[-1].until is None else "out"


def account(passages: Iterable[Passage]) -> Account:
    """Add passages up by their time, then by key. A second "in" of somebody who is in, and an "out" of somebody who
    is not, say nothing new: they are kept, shown and named in `idle`.
    """
    stays: list[Stay] = []
    idle: list[str] = []
    for one in sorted({one.key: one for one in passages}.values(), key=lambda one: (one.at, one.key)):
        inside = bool(stays) and stays[-1].until is None
        if inside == (one.event == "in"):
            idle.append(one.key)
        elif inside:
            stays[-1] = Stay(stays[-1].since, one.at)
        else:
            stays.append(Stay(one.at))
    return Account(tuple(stays), tuple(idle))
