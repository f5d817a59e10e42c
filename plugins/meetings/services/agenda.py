"""The agenda (议程) of a meeting before it begins: which items, in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from core import audit, permissions
from core.db import db
from core.permissions import Actor
from core.refusals import Invalid, NotFound, Stale, WrongState
from plugins.meetings import timing
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.services import applications
from plugins.meetings.workflow import MEETING

BEFORE = frozenset({"preparing", "announced"})


def items(actor: Actor, ids: Sequence[str]) -> list[AgendaApplication]:
    """The applications somebody names for an agenda, in this order.

    Raises:
        Invalid: `agenda[n]` there is none that he may see; `agenda` one is named twice.
    """
    found: list[AgendaApplication] = []
    faults: dict[str, list[Any]] = {}
    for n, ident in enumerate(ids):
        try:
            found.append(applications.find(actor, ident))
        except NotFound:
            faults[f"agenda[{n}]"] = [_l("没有这个议题。")]
    if len(set(ids)) != len(ids):
        faults["agenda"] = [_l("同一议题只能安排一次。")]
    if faults:
        raise Invalid(faults)
    return found


def add(actor: Actor, meeting: Meeting, ids: Sequence[str]) -> int:
    """Put approved items behind those on the agenda, all or none (会5, 会6); returns how many are new.

    Raises:
        Forbidden, Invalid, Refused: as `applications.schedule_all`.
    """
    new = [item for item in items(actor, ids) if item.meeting_id != meeting.id]
    if not new:
        permissions.require(actor, "meetings.convene", meeting)
        return 0
    applications.schedule_all(actor, meeting, new)
    return len(new)


def arrange(
    actor: Actor, meeting: Meeting, order: Sequence[str], minutes: Mapping[str, int], *, version: int | None = None
) -> bool:
    """Give the whole agenda its order and its items the minutes they may take; False when both stood so already.

    `order` names every item once; items not in `minutes` keep theirs.

    Raises:
        Forbidden. WrongState: the meeting has begun. Stale. Invalid: `agenda` is not this agenda's items, `agenda[n]`
        minutes outside 1 … 600.
    """
    grant = permissions.require(actor, "meetings.convene", meeting)
    if meeting.state not in BEFORE:
        raise WrongState(MEETING.label(meeting.state))
    if version is not None and version != meeting.version:
        raise Stale(meeting.version)
    rows = {item.id: item for item in meeting.agenda}
    if sorted(order) != sorted(rows):
        raise Invalid({"agenda": [_l("议程上的每个议题都要列出，且只列一次。")]})
    faults = {
        f"agenda[{n}]": [_l("时长请填 1 至 %(most)s 分钟。", most=timing.LONGEST)]
        for n, ident in enumerate(order)
        if not 1 <= minutes.get(ident, rows[ident].minutes) <= timing.LONGEST
    }
    if faults:
        raise Invalid(faults)
    before = _plan(meeting)
    for position, ident in enumerate(order, 1):
        rows[ident].position, rows[ident].minutes = position, minutes.get(ident, rows[ident].minutes)
    if before == _plan(meeting):
        return False
    meeting.version += 1
    db.session.flush()
    db.session.expire(meeting, ["agenda"])
    data = {"agenda": [[ident, rows[ident].minutes] for ident in order]}
    audit.record(actor, "meetings.meeting.arrange", MEETING.object_type, meeting.id, grant=grant, data=data)
    return True


def _plan(meeting: Meeting) -> list[tuple[int, str, int]]:
    return sorted((item.position, item.id, item.minutes) for item in meeting.agenda)


def shift(actor: Actor, meeting: Meeting, item_id: str, step: int, *, version: int | None = None) -> None:
    """Move an item one place up (-1) or down (1); at the end of the agenda nothing happens. Places stay 1 … n.

    Raises:
        Forbidden, NotFound: the item is not on this agenda. WrongState: the meeting has begun. Stale.
    """
    grant = permissions.require(actor, "meetings.convene", meeting)
    order = sorted(meeting.agenda, key=lambda item: item.position)
    place = next((n for n, item in enumerate(order) if item.id == item_id), None)
    if place is None:
        raise NotFound
    if meeting.state not in BEFORE:
        raise WrongState(MEETING.label(meeting.state))
    if version is not None and version != meeting.version:
        raise Stale(meeting.version)
    other = place + (1 if step > 0 else -1)
    if not 0 <= other < len(order):
        return
    order[place], order[other] = order[other], order[place]
    for position, item in enumerate(order, 1):
        item.position = position
    meeting.version += 1
    db.session.flush()
    db.session.expire(meeting, ["agenda"])
    data = {"item": item_id, "from": place + 1, "to": other + 1}
    audit.record(actor, "meetings.meeting.reorder", MEETING.object_type, meeting.id, grant=grant, data=data)
