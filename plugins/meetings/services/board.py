"""The board of what is owed after meetings (会9): filters, counts, what was on time, and who may be named for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload

from core import matters, settings
from core.db import db, utcnow
from core.jurisdictions import current
from core.models import Account, Agency, Clock, RoleGrant
from core.permissions import Actor, registered
from core.refusals import Invalid
from core.workdays import Calendar, end_of, local_date
from plugins.meetings.models import AgendaApplication, Meeting, Obligation
from plugins.meetings.services.visibility import sees_closed_items, visible_meetings
from plugins.meetings.workflow import OBLIGATION

OPEN = ("owed", "exemption_requested")
SHOWN: dict[str, Any] = {
    "open": _l("未办结"),
    "overdue": _l("已超期"),
    "soon": _l("将到期"),
    "settled": _l("已办结"),
    "all": _l("全部"),
}


@dataclass(frozen=True)
class Filter:
    """What the board shows; empty values leave a side open."""

    shown: str = "open"
    meeting: str = ""
    agency: str = ""
    """Id of the convening body."""
    mine: bool = False
    """Only those the viewer was named for."""
    matter: str = ""


@dataclass(frozen=True)
class Rate:
    """How a body kept its deadlines; `percent` is None before the first one came to its end."""

    agency_id: str | None
    agency: str
    on_time: int
    late: int
    running: int

    @property
    def percent(self) -> int | None:
        """On time, of all that were due or done."""
        ended = self.on_time + self.late
        return round(100 * self.on_time / ended) if ended else None


def select_rows(viewer: Actor, wanted: Filter) -> Select[Obligation]:
    """The duties of meetings this viewer may see that fit; not sorted yet."""
    query = (
        select(Obligation)
        .join(Meeting, Meeting.id == Obligation.meeting_id)
        .where(visible_meetings(viewer), *_conditions(viewer, wanted))
        .options(joinedload(Obligation.meeting).joinedload(Meeting.agency), joinedload(Obligation.application))
    )
    return query.where(_shown(wanted.shown))


def counts(viewer: Actor, wanted: Filter) -> dict[str, int]:
    """How many there are under each of `SHOWN`, the other filters kept."""
    sums = [func.coalesce(func.sum(case((_shown(name), 1), else_=0)), 0) for name in SHOWN]
    query = (
        select(*sums)
        .select_from(Obligation)
        .join(Meeting, Meeting.id == Obligation.meeting_id)
        .where(visible_meetings(viewer), *_conditions(viewer, wanted))
    )
    return dict(zip(SHOWN, map(int, db.session.execute(query).one()), strict=True))


def on_time(viewer: Actor) -> list[Rate]:
    """Per convening body: duties met in time, met late or overdue, and those still running; exempted ones not."""
    now = utcnow()
    late = or_(
        and_(Clock.state == "met", Clock.met_at >= Clock.due_at), and_(Clock.state == "running", Clock.due_at <= now)
    )
    kinds = (
        and_(Clock.state == "met", Clock.met_at < Clock.due_at),
        late,
        and_(Clock.state == "running", Clock.due_at > now),
    )
    query = (
        select(Meeting.agency_id, Agency.name, *(func.sum(case((kind, 1), else_=0)) for kind in kinds))
        .select_from(Clock)
        .join(Obligation, Obligation.id == Clock.subject_id)
        .join(Meeting, Meeting.id == Obligation.meeting_id)
        .outerjoin(Agency, Agency.id == Meeting.agency_id)
        .where(Clock.subject_type == OBLIGATION.object_type, Clock.state != "cancelled", visible_meetings(viewer))
        .group_by(Meeting.agency_id, Agency.name)
        .order_by(Agency.name)
    )
    return [Rate(row[0], row[1] or "", *map(int, row[2:])) for row in db.session.execute(query)]


def units(viewer: Actor) -> dict[str, str]:
    """The bodies that owe or owed something, for the filter."""
    return {rate.agency_id: rate.agency for rate in on_time(viewer) if rate.agency_id}


def candidates(obligation: Obligation) -> list[Account]:
    """Who may be named for it: active people who may publish for the convening body."""
    roles = registered()["meetings.publish"].roles
    held = exists().where(
        RoleGrant.account_id == Account.id,
        RoleGrant.role.in_(roles),
        RoleGrant.jurisdiction_id == current().id,
        or_(RoleGrant.agency_id.is_(None), RoleGrant.agency_id == obligation.agency_id),
    )
    return list(db.session.scalars(select(Account).where(held, Account.active).order_by(Account.name)))


def owner(obligation: Obligation, login: str) -> Account | None:
    """The person of that user name; None for an empty one: the body as a whole.

    Raises:
        Invalid: nobody of that name may publish for the convening body (会9).
    """
    if not login:
        return None
    found = next((one for one in candidates(obligation) if one.login == login), None)
    if found is None:
        raise Invalid({"owner": [_l("责任人应当是能为召集单位办理公开的人员，请从名单中选择。")]})
    return found


def sorted_rows(rows: Sequence[Obligation], clocks: dict[str, Clock]) -> list[Obligation]:
    """The most urgent first, settled ones last."""

    def urgency(row: Obligation) -> tuple[Any, ...]:
        clock = clocks.get(row.id)
        return (row.settled, clock.due_at.isoformat() if clock else "", row.meeting_id, row.position)

    return sorted(rows, key=urgency)


# --- inside -----------------------------------------------------------------------------------------


def _conditions(viewer: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.meeting:
        found.append(Obligation.meeting_id == wanted.meeting)
    if wanted.agency:
        found.append(Meeting.agency_id == wanted.agency)
    if wanted.mine:
        found.append(Obligation.owner_id == (viewer.id or ""))
    if wanted.matter:
        of_matter = select(AgendaApplication.id).where(AgendaApplication.matter_id.in_(matters.family(wanted.matter)))
        if not sees_closed_items(viewer):
            of_matter = of_matter.where(AgendaApplication.openness != "closed")
        found.append(Obligation.application_id.in_(of_matter))
    return found


def _shown(name: str) -> ColumnElement[bool]:
    """The condition of one of `SHOWN`."""
    now, open_ones = utcnow(), Obligation.state.in_(OPEN)
    if name == "overdue":
        return and_(open_ones, _clock(Clock.due_at <= now))
    if name == "soon":
        horizon = Calendar(current().lineage).add(local_date(now), settings.soon_days()).due
        return and_(open_ones, _clock(Clock.due_at > now, Clock.due_at <= end_of(horizon)))
    return {"open": open_ones, "settled": Obligation.state.not_in(OPEN)}.get(name, Obligation.id.is_not(None))


def _clock(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """One of its running clocks is like that."""
    return exists().where(
        Clock.subject_type == OBLIGATION.object_type,
        Clock.subject_id == Obligation.id,
        Clock.state == "running",
        *conditions,
    )
