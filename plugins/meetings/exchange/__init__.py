"""What the meetings plugin gives to others: panels, public dates, the life-line of matters, the rights on its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core import clocks, publications
from core.contracts import FileUse, Panel, PublicDate, TimelineEntry
from core.db import db
from core.jurisdictions import current
from core.languages import listed
from core.models import Publication
from core.permissions import ANONYMOUS, Actor
from plugins.meetings import telling
from plugins.meetings.live.models import FILE_SUBJECT
from plugins.meetings.models import AgendaApplication, FollowUp, Invitation, Meeting, Obligation
from plugins.meetings.services import follow_ups, invitations, live, schedule
from plugins.meetings.services.materials import SUBJECT
from plugins.meetings.services.public import agency_name, brief, now_at
from plugins.meetings.services.visibility import public_result, visible_applications, visible_meetings
from plugins.meetings.values import OBLIGATION_KINDS, RESULTS
from plugins.meetings.workflow import OBLIGATION
from plugins.meetings.workflow.follow_ups import window

MOST_DATES = 5
OPEN = ("owed", "exemption_requested")
PANEL = "meetings/portal/panel_{}.html"


def panels() -> list[Panel]:
    """The home page: what is on now, what comes next, what was decided last; empty ones are left out."""
    now = [(brief(meeting), now_at(meeting)) for meeting in schedule.on_now()]
    soon = [brief(meeting) for meeting in schedule.coming(limit=MOST_DATES).items]
    decided = _outcomes()
    found = (
        Panel("meetings.live", _l("正在开会"), PANEL.format("live"), {"meetings": now}, order=10),
        Panel("meetings.next", _l("近期会议"), PANEL.format("next"), {"meetings": soon}, order=20),
        Panel("meetings.outcomes", _l("最新审议情况"), PANEL.format("outcomes"), {"outcomes": decided}, order=30),
    )
    return [panel for panel in found if any(panel.data.values())]


def _outcomes() -> list[tuple[Publication, str]]:
    page = publications.released(kinds=("outcome",), limit=MOST_DATES)
    return [(row, publications.address(row)) for row in page.items]


def public_dates() -> list[PublicDate]:
    """What can be followed now or soon, for the city's home page."""
    now = [_date(meeting, live=True) for meeting in schedule.on_now()]
    soon = [_date(meeting, live=False) for meeting in schedule.coming(limit=MOST_DATES).items]
    return (now + soon)[:MOST_DATES]


def _date(meeting: Meeting, *, live: bool) -> PublicDate:
    shown = brief(meeting)
    now = now_at(meeting)
    note = str(listed(shown.titles[:2]))
    if now:
        note = _("正在审议第%(number)s项：%(title)s", number=now.number, title=now.title)
    return PublicDate(
        f"meetings:{meeting.id}", meeting.starts_at, meeting.title, shown.url, live=live, unit=shown.agency, note=note
    )


# --- the life-line of a matter ----------------------------------------------------------------------


def timeline(matter_ids: Sequence[str]) -> dict[str, list[TimelineEntry]]:
    """Announced, to be dealt with, taken up, decided; what is owed and until when; opinions on the decision (会10).

    What was published stands there by the core itself.
    """
    found: dict[str, list[TimelineEntry]] = {matter: [] for matter in matter_ids}
    query = (
        select(AgendaApplication)
        .join(Meeting, Meeting.id == AgendaApplication.meeting_id)
        .where(
            AgendaApplication.matter_id.in_(list(matter_ids)),
            AgendaApplication.openness != "closed",
            visible_meetings(ANONYMOUS),
        )
        .options(joinedload(AgendaApplication.meeting).joinedload(Meeting.agency))
    )
    items = {item.id: item for item in db.session.scalars(query)}
    for item in items.values():
        assert item.meeting is not None, "the query joins it"
        found[item.matter_id] += _steps(item, item.meeting)
    for matter, entry in (*_owed(items), *_followed_up(items)):
        found[matter].append(entry)
    return found


def _owed(items: Mapping[str, AgendaApplication]) -> Iterator[tuple[str, TimelineEntry]]:
    """Outcome, policy document and interpretation that are not public yet (会9), by the clock that runs last."""
    query = select(Obligation).where(Obligation.application_id.in_(items), Obligation.state.in_(OPEN))
    rows = {row.id: row for row in db.session.scalars(query)}
    for ident, running in clocks.of(OBLIGATION.object_type, list(rows)).items():
        row = rows[ident]
        for clock in running[-1:]:
            label, unit = _l("公开%(kind)s", kind=OBLIGATION_KINDS[row.kind]), agency_name(row.meeting.agency)
            url = f"{telling.meeting_path(row.meeting)}#owed"
            matter = items[str(row.application_id)].matter_id
            yield matter, TimelineEntry(f"meetings.owed:{row.id}", clock.due_at, label, "", url, unit, owed=True)


def _followed_up(items: Mapping[str, AgendaApplication]) -> Iterator[tuple[str, TimelineEntry]]:
    """Opinions taken, until when, and what came of them (会10)."""
    query = follow_ups.visible(ANONYMOUS).where(FollowUp.application_id.in_(items))
    for row in db.session.scalars(query):
        item = items[row.application_id]
        url, unit = follow_ups.path(row), agency_name(item.meeting.agency if item.meeting else item.agency)
        steps: list[tuple[str, datetime | None, Any, bool]] = [
            ("opened", row.opened_at, _l("对决定征求意见"), False),
            ("answered", row.answered_at, _l("答复意见，公布改进方案"), False),
        ]
        closes = window(row) if row.state == "open" else None
        if closes is not None:
            steps.append(("closing", closes.due_at, _l("征求意见截止"), True))
        for step, at, label, owed in steps:
            if at is not None:
                key = f"meetings.follow_up.{step}:{row.id}"
                yield item.matter_id, TimelineEntry(key, at, label, item.title, url, unit, owed=owed)


def _steps(item: AgendaApplication, meeting: Meeting) -> list[TimelineEntry]:
    result = public_result(item)
    steps = (
        ("announced", meeting.announced_at, _l("列入会议议程")),
        ("to_come", meeting.starts_at if meeting.state == "announced" else None, _l("将上会审议")),
        ("called", item.called_at, _l("会议审议")),
        ("decided", item.deliberated_at if result else None, _decided(result)),
    )
    url, unit = telling.meeting_path(meeting), agency_name(meeting.agency)
    return [
        TimelineEntry(f"meetings.{step}:{item.id}", at, label, meeting.title, url, unit)
        for step, at, label in steps
        if at is not None
    ]


def _decided(result: str | None) -> str:
    return _("审议结论：%(result)s", result=RESULTS[result]) if result else ""


# --- files ------------------------------------------------------------------------------------------


def may_read_file(actor: Actor, uses: Sequence[FileUse]) -> bool:
    """Materials (会议材料): staff who see the application; those invited to it, once they acknowledged the rules
    in force (会8); everybody where the material was released with an announced item that is not closed. Files of the
    live text: whoever reads the line.
    """
    ids = {use.subject_id for use in uses if use.subject_type == SUBJECT}
    released = {use.subject_id for use in uses if use.subject_type == SUBJECT and use.audience == "public"}
    posts = [use.subject_id for use in uses if use.subject_type == FILE_SUBJECT]
    return (
        _seen_by_staff(actor, ids)
        or _invited_to(actor, ids)
        or _released_with(released)
        or (bool(posts) and live.may_read_file(actor, posts))
    )


def _seen_by_staff(actor: Actor, ids: set[str]) -> bool:
    query = select(AgendaApplication.id).where(AgendaApplication.id.in_(ids), visible_applications(actor))
    return bool(ids) and db.session.scalar(query.limit(1)) is not None


def _invited_to(actor: Actor, ids: set[str]) -> bool:
    if "invitee" not in actor.roles_in(current().id):
        return False
    invitation = db.session.get(Invitation, actor.id)
    return invitation is not None and invitation.application_id in ids and invitations.materials_open(invitation)


def _released_with(ids: set[str]) -> bool:
    query = (
        select(AgendaApplication.id)
        .join(Meeting, Meeting.id == AgendaApplication.meeting_id)
        .where(AgendaApplication.id.in_(ids), AgendaApplication.openness != "closed", visible_meetings(ANONYMOUS))
    )
    return bool(ids) and db.session.scalar(query.limit(1)) is not None
