"""Seats and quotas of an invited list (名额): how many of each category there are and how many must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import lazy_gettext as _l

from core import settings
from core.languages import listed
from plugins.meetings.models import AgendaApplication
from plugins.meetings.values import CATEGORIES


@dataclass(frozen=True)
class Sum:
    """One category: on the list, wanted at least, and how many of these the local rule wants."""

    category: str
    label: Any
    have: int
    wanted: int
    local: int

    @property
    def short(self) -> int:
        """How many are missing."""
        return max(0, self.wanted - self.have)


@dataclass(frozen=True)
class Tally:
    """A whole list: its categories and its seats, `most` 0 = without limit."""

    sums: tuple[Sum, ...]
    least: int
    most: int
    open_seats: int = 0
    """Seats of the plan's public sign-up that are kept for no category."""

    @property
    def have(self) -> int:
        """Everyone, those to come through the sign-up included."""
        return sum(one.have for one in self.sums) + self.open_seats

    @property
    def short(self) -> tuple[Sum, ...]:
        """The categories that are not met."""
        return tuple(one for one in self.sums if one.short)

    @property
    def seats_kept(self) -> bool:
        """Neither too few nor too many."""
        return self.have >= self.least and (not self.most or self.have <= self.most)

    @property
    def sentences(self) -> list[Any]:
        """What a reader is told: how many there are, and what is missing; static/console/quotas.js says the same."""
        found = [_l("名单共 %(n)s 人。", n=self.have)]
        if self.have < self.least:
            found.append(_l("本级规定至少 %(n)s 人。", n=self.least))
        if self.most and self.have > self.most:
            found.append(_l("本级规定最多 %(n)s 人。", n=self.most))
        if not any(one.wanted for one in self.sums):
            return found
        missing = listed(_l("%(category)s %(n)s 人", category=one.label, n=one.short) for one in self.short)
        return [*found, _l("还差：%(missing)s。", missing=missing) if self.short else _l("各类名额都已满足。")]


def tally(categories: Iterable[str], quotas: Mapping[str, Any]) -> Tally:
    """Count a list, given the category of each person and the item's own quotas (on top of the local rule).

    A quota that is no number (as typed in a form) counts as none; the form's own check names it.
    """
    have, local = Counter(categories), settings.get("meetings.category_quotas")
    sums = tuple(
        Sum(code, label, have[code], max(int(local.get(code, 0)), _number(quotas.get(code))), int(local.get(code, 0)))
        for code, label in CATEGORIES.items()
    )
    return Tally(sums, int(settings.get("meetings.seats_min")), int(settings.get("meetings.seats_max")))


def of_item(item: AgendaApplication) -> Tally:
    """An item's list as it stands; who was recused or otherwise uninvited does not count.

    The seats of a public sign-up that the plan contains count as people to come: they are approved with it (会7).
    """
    named = [row.category for row in item.invitees if row.state != "revoked" and not row.by_signup]
    call = item.planned_signup
    kept = [category for category, count in call.quotas.items() for _ in range(count)] if call else []
    return replace(tally(named + kept, item.quotas), open_seats=call.seats - len(kept) if call else 0)


def _number(value: Any) -> int:
    text = str(value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
