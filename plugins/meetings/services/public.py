"""A meeting as everybody may read it: what lists, panels, pages and calendars show, asked as the public (会4, 会9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from core import clocks, matters, publications
from core.db import utcnow
from core.jurisdictions import current
from core.models import Agency, Clock
from core.permissions import ANONYMOUS
from core.web.locale import language
from plugins.meetings import telling, timing
from plugins.meetings.live import reading
from plugins.meetings.models import AgendaApplication, Meeting, Obligation
from plugins.meetings.services import meetings, obligations
from plugins.meetings.services.schedule import ON_NOW
from plugins.meetings.services.visibility import public_name, public_result, public_state, public_title
from plugins.meetings.timing import Slot
from plugins.meetings.values import CATEGORIES, FORMS, MEETING_KINDS, OBLIGATION_KINDS, RESULTS
from plugins.meetings.workflow import APPLICATION, MEETING, OBLIGATION

TONES = {"announced": "ahead", "in_session": "live", "paused": "paused", "sealed": "done", "cancelled": "stopped"}
ITEM_TONES = {"scheduled": "ahead", "in_session": "live", "deliberated": "ahead"}
RESULT_TONES = {"passed": "done", "passed_in_principle": "done"}


@dataclass(frozen=True)
class Brief:
    """A meeting as a list shows it; `titles` are those of its agenda, closed ones withheld."""

    title: str
    url: str
    kind: Any
    agency: str
    starts_at: datetime
    place: str
    state: str
    label: Any
    tone: str
    titles: tuple[Any, ...]


@dataclass(frozen=True)
class Now:
    """The agenda item that is being dealt with, and its place on the agenda."""

    number: int
    item: str
    title: Any


@dataclass(frozen=True)
class Item:
    """An agenda item; `matter_url` is empty and `agency` unnamed where it is closed."""

    id: str
    title: Any
    withheld: bool
    label: Any
    tone: str
    note: str
    agency: str
    forms: tuple[Any, ...]
    matter_url: str
    slot: Slot | None
    overdue: bool
    """Decided, but neither published nor lawfully withheld when its time was up (会4)."""


@dataclass(frozen=True)
class Duty:
    """One of the three things owed for an item; `url` leads to it once it is public."""

    kind: Any
    label: Any
    tone: str
    url: str
    title: str
    at: datetime | None
    ground: str
    clock: Clock | None
    withdrawn_at: datetime | None
    """When the page that had met it was taken off."""


@dataclass(frozen=True)
class Owed:
    """What is owed for one item, side by side: outcome, policy document, interpretation (会9)."""

    title: Any
    duties: tuple[Duty, ...]


def agency_name(agency: Agency | None) -> str:
    """In the reader's language."""
    if agency is None:
        return ""
    return agency.name_en or agency.name if language() == "en" else agency.name


def brief(meeting: Meeting) -> Brief:
    """The meeting in a few words."""
    return Brief(
        title=meeting.title,
        url=telling.meeting_path(meeting),
        kind=MEETING_KINDS[meeting.kind],
        agency=agency_name(meeting.agency),
        starts_at=meeting.starts_at,
        place=meeting.place,
        state=meeting.state,
        label=state_label(meeting),
        tone=TONES.get(meeting.state, ""),
        titles=tuple(public_title(item, ANONYMOUS) for item in meeting.agenda),
    )


def state_label(meeting: Meeting) -> Any:
    """The meeting's state; 直播中 where everybody may follow."""
    if meeting.state == "in_session" and meeting.audience == "public":
        return _("直播中")
    return MEETING.label(meeting.state)


def now_at(meeting: Meeting) -> Now | None:
    """The item a meeting that is on has come to; None before the first."""
    if meeting.state not in ON_NOW or meeting.audience != "public":
        return None
    current = reading.current_item(reading.of_meeting(meeting.id))
    agenda = enumerate(meeting.agenda, 1)
    return next((Now(n, item.id, public_title(item, ANONYMOUS)) for n, item in agenda if item.id == current), None)


def agenda(meeting: Meeting) -> list[Item]:
    """The items in their order, results once they are published."""
    late = {row.application_id for row in obligations.overdue(meeting.obligations) if row.kind == "outcome"}
    undisclosed = {item.id for item in meetings.undisclosed(meeting)}
    when = timing.slots(meeting, utcnow())
    return [_item(item, when.get(item.id), item.id in undisclosed & late) for item in meeting.agenda]


def _item(item: AgendaApplication, slot: Slot | None, overdue: bool) -> Item:
    withheld, result, state = item.openness == "closed", public_result(item), public_state(item)
    tone = RESULT_TONES.get(result, "now") if result else ITEM_TONES.get(state, "")
    return Item(
        id=item.id,
        title=public_title(item, ANONYMOUS),
        withheld=withheld,
        label=RESULTS[result] if result else _item_label(state),
        tone=tone,
        note=item.result_note if result else "",
        agency="" if withheld else agency_name(item.agency),
        forms=tuple(label for name, label in FORMS.items() if name in item.forms and not withheld),
        matter_url=matter_url(item),
        slot=slot,
        overdue=overdue,
    )


def matter_url(item: AgendaApplication) -> str:
    """The life-line of the item's matter; empty where the item is closed or the matter not public yet."""
    linked = item.matter.public and item.openness != "closed"
    return f"/{current().slug}/matters/{matters.where(item.matter_id)}/" if linked else ""


def attendees(meeting: Meeting) -> list[tuple[str, Any]]:
    """Name and category of the representatives who came and whose names may be published (会8)."""
    people = [row for item in meeting.agenda if item.openness != "closed" for row in item.invitations]
    return list(dict.fromkeys((row.name, CATEGORIES[row.category]) for row in people if public_name(row)))


def _item_label(state: str) -> Any:
    return _("已审议，结果待公布") if state == "deliberated" else APPLICATION.label(state)


def owed(meeting: Meeting) -> list[Owed]:
    """What is owed after the meeting, by item; empty until it is closed."""
    running = clocks.of(OBLIGATION.object_type, [row.id for row in meeting.obligations])
    by_item: dict[str | None, list[Obligation]] = {}
    for row in meeting.obligations:
        by_item.setdefault(row.application_id, []).append(row)
    return [
        Owed(_about(rows[0]), tuple(_duty(row, running[row.id]) for row in sorted(rows, key=_order)))
        for rows in by_item.values()
    ]


def next_due(rows: list[Owed]) -> Clock | None:
    """The clock of what is owed first; None when nothing is owed any more."""
    open_clocks = [duty.clock for row in rows for duty in row.duties if duty.clock]
    return min(open_clocks, key=lambda clock: clock.due_at, default=None)


def _order(row: Obligation) -> int:
    return list(OBLIGATION_KINDS).index(row.kind)


def _about(row: Obligation) -> Any:
    return public_title(row.application, ANONYMOUS) if row.application else row.meeting.title


def _duty(row: Obligation, running: list[Clock]) -> Duty:
    """Who asked for an exemption and why is nobody's business before it is decided."""
    page = row.publication if row.publication and row.publication.state == "released" else None
    state = "owed" if row.state == "exemption_requested" else row.state
    clock = next((one for one in running if one.state in clocks.OPEN), None)
    overdue = state == "owed" and clock is not None and clocks.state_of(clock) == "overdue"
    tone = "overdue" if overdue else {"owed": "ahead", "published": "done"}.get(state, "")
    return Duty(
        kind=OBLIGATION_KINDS[row.kind],
        label=_("应公开而未公开") if overdue else OBLIGATION.label(state),
        tone=tone,
        url=publications.address(page) if page else "",
        title=page.title if page else "",
        at=row.met_at if page else None,
        ground=row.reason if state == "exempted" else "",
        clock=clock if state == "owed" else None,
        withdrawn_at=row.withdrawn_page.withdrawn_at if row.withdrawn_page else None,
    )
