"""Meetings (会议): create with an agenda, edit before it begins, move along the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import audit, permissions
from core.db import db, new_id
from core.permissions import Actor
from core.refusals import Invalid, NotFound, Stale, WrongState
from core.workdays import local_date
from core.workflow import Move
from plugins.meetings import telling
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.services import agenda, applications, findable, live_follow
from plugins.meetings.services.agencies import acting_for
from plugins.meetings.services.visibility import visible_meetings
from plugins.meetings.values import DECIDING_KINDS, MEETING_KINDS
from plugins.meetings.workflow import MEETING

FIELDS = ("title", "starts_at", "place", "open_to_public", "openness_note")


def find(actor: Actor, meeting_id: str) -> Meeting:
    """One meeting the actor may see; raises NotFound."""
    found = db.session.scalar(select(Meeting).where(Meeting.id == meeting_id, visible_meetings(actor)))
    if found is None:
        raise NotFound
    return found


def create(actor: Actor, values: Mapping[str, Any]) -> Meeting:
    """A meeting in preparation. `values`: kind, starts_at, and place, title, agency, agenda (application ids),
    open_to_public and openness_note (of a special meeting, 会4). The agenda is scheduled in the same transaction.

    Raises:
        Forbidden: no organiser of the convening body. Invalid: unknown item. Refused: an item is not ready (会5, 会6).
    """
    meeting = Meeting(
        id=new_id(), kind=values["kind"], starts_at=values["starts_at"], place=values.get("place", ""),
        title=values.get("title") or _title(values),
        agency_id=acting_for(actor, "meetings.convene", values.get("agency")),
        open_to_public=values.get("open_to_public", True), openness_note=values.get("openness_note", ""),
        state="preparing", version=1, created_by=actor.id,
    )  # fmt: skip
    grant = permissions.require(actor, "meetings.convene", meeting)
    _check_openness(meeting)
    items = agenda.items(actor, values.get("agenda", ()))
    db.session.add(meeting)
    db.session.flush()
    audit.record(actor, "meetings.meeting.create", MEETING.object_type, meeting.id, grant=grant, article="会4")
    live_follow.refresh_audience(meeting)
    if items:
        applications.schedule_all(actor, meeting, items)
    return meeting


def edit(actor: Actor, meeting: Meeting, values: Mapping[str, Any], *, version: int | None = None) -> Meeting:
    """Change title, time, place or openness before the meeting begins; those invited hear of a new time or place.

    Raises:
        Forbidden, WrongState, Stale, Invalid.
    """
    grant = permissions.require(actor, "meetings.convene", meeting)
    if meeting.state not in agenda.BEFORE:
        raise WrongState(MEETING.label(meeting.state))
    if version is not None and version != meeting.version:
        raise Stale(meeting.version)
    before = (meeting.starts_at, meeting.place)
    for name in FIELDS:
        if name in values:
            setattr(meeting, name, values[name])
    _check_openness(meeting)
    meeting.version += 1
    db.session.flush()
    if before != (meeting.starts_at, meeting.place):
        for item in meeting.agenda:
            telling.invitees(item, f"moved:{meeting.version}", telling.when_and_where(meeting))
    live_follow.refresh_audience(meeting)
    findable.refresh(meeting)
    data = {"fields": sorted(values)}
    audit.record(actor, "meetings.meeting.edit", MEETING.object_type, meeting.id, grant=grant, data=data)
    return meeting


def move(actor: Actor, meeting: Meeting, event: str, *, reason: str = "", version: int | None = None) -> Move:
    """Carry out an event of `MEETING`; the live text follows in the same transaction.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused: as `core.workflow.Machine.fire`.
    """
    done = MEETING.fire(meeting, event, actor, reason=reason, version=version)
    live_follow.follow(actor, meeting, reason)
    findable.refresh(meeting)
    if event == "close":
        for item in meeting.agenda:
            applications.discharge_if_settled(item)
    return done


def undisclosed(meeting: Meeting) -> list[AgendaApplication]:
    """会4: decided items of the first three kinds whose outcome is neither published nor lawfully exempted."""
    settled = {row.application_id for row in meeting.obligations if row.kind == "outcome" and row.settled}
    if meeting.kind not in DECIDING_KINDS or meeting.closed_at is None:
        return []
    return [item for item in meeting.agenda if item.result is not None and item.id not in settled]


def _check_openness(meeting: Meeting) -> None:
    if not meeting.open_to_public and meeting.kind != "special":
        raise Invalid({"open_to_public": [_l("只有专题会议由召集单位决定是否开放（会4）。")]})


def _title(values: Mapping[str, Any]) -> str:
    on = local_date(values["starts_at"])
    with force_locale("zh_Hans_CN"):  # stored: it must not depend on the language of whoever created it
        return f"{on.year}年{on.month}月{on.day}日{MEETING_KINDS[values['kind']]}"
