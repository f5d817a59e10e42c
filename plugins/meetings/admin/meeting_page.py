"""One meeting as its organisers see it: path, acts, agenda; shown again with the reason when an act was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import make_response, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import permissions
from core.db import db, utcnow
from core.refusals import NotFound
from core.web.requests import actor
from plugins.meetings import telling, timing, values
from plugins.meetings.admin import shown
from plugins.meetings.live import reading
from plugins.meetings.live.models import LiveSession
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.services import agenda, meetings, minutes, paper_files
from plugins.meetings.services.visibility import visible_applications
from plugins.meetings.workflow import APPLICATION, MEETING

NEXT_ACT = {"preparing": "announce", "announced": "open", "paused": "resume", "in_session": "", "closed": "seal"}
ITEM_ACTS = ("call", "deliberate", "publish", "postpone", "withdraw")


def page(
    meeting: Meeting,
    *,
    problems: Sequence[Mapping[str, Any]] = (),
    typed: Mapping[str, Any] | None = None,
    status: int = 200,
) -> Response:
    """The page of a meeting; `typed` is the form that was refused."""
    sent = [ident for ident in (typed or {}).get("order", ()) if ident in {item.id for item in meeting.agenda}]
    may_convene = permissions.can(actor(), "meetings.convene", meeting) is not None
    may_change = may_convene and meeting.state in agenda.BEFORE
    undisclosed = {item.id for item in meetings.undisclosed(meeting)}
    body = render_template(
        "meetings/console/meeting.html",
        crumbs=shown.meeting_crumbs(meeting),
        meeting=meeting,
        state=MEETING.states[meeting.state],
        steps_of=shown.meeting_steps(meeting),
        events=shown.acts(
            MEETING, meeting, asks=shown.meeting_asks(meeting), grave=("cancel", "close", "seal"), reasons=("cancel",)
        ),
        next_item=_next_item(meeting),
        next_act=NEXT_ACT.get(meeting.state, ""),
        items=[item_of(item, undisclosed=item.id in undisclosed) for item in in_order(meeting, sent)],
        standing=[item.title for item in in_order(meeting)] if sent else [],
        slots=timing.slots(meeting, utcnow()),
        longest=timing.LONGEST,
        ready=ready_items() if may_change else [],
        may_change=may_change,
        live=live_of(meeting),
        documents=paper_files.listed(actor(), "meeting", meeting),
        may_write=permissions.can(actor(), "meetings.live_write", meeting) is not None,
        minutes=minutes.of_meeting(actor(), meeting),
        may_minute=meeting.state in minutes.READY and permissions.can(actor(), minutes.WRITE, meeting) is not None,
        owed=sum(not row.settled for row in meeting.obligations),
        public_url=telling.meeting_path(meeting) if meeting.is_public else "",
        words=values,
        problems=problems,
        typed=typed or {},
    )
    return make_response(body, status)


def _next_item(meeting: Meeting) -> str:
    """The item to call next; none while one is being dealt with."""
    if any(item.state == "in_session" for item in meeting.agenda):
        return ""
    return next((item.id for item in in_order(meeting) if item.state == "scheduled"), "")


def in_order(meeting: Meeting, sent: Sequence[str] = ()) -> list[AgendaApplication]:
    """The agenda by its places, or as somebody has just arranged it."""
    return sorted(meeting.agenda, key=lambda item: (sent.index(item.id) if item.id in sent else 0, item.position))


def ready_items() -> list[AgendaApplication]:
    """Approved applications that wait for a meeting, the oldest first."""
    query = select(AgendaApplication).where(AgendaApplication.state == "approved", visible_applications(actor()))
    return list(db.session.scalars(query.order_by(AgendaApplication.created_at, AgendaApplication.id).limit(200)))


def live_of(meeting: Meeting) -> LiveSession | None:
    """The live text of the meeting, once there is one."""
    try:
        return reading.of_meeting(meeting.id)
    except NotFound:
        return None


def item_of(item: AgendaApplication, *, undisclosed: bool = False, back: str | None = None) -> dict[str, Any]:
    """An item of an agenda with its acts; `back` names the page they go back to."""
    events = {view["event"]: view for view in shown.acts(APPLICATION, item)}
    return {
        "row": item,
        "state": APPLICATION.states[item.state],
        "url": telling.desk_path(item),
        "acts": {name: events[name] for name in ITEM_ACTS if name in events},
        "undisclosed": undisclosed,
        "move_url": url_for("meetings_meetings.agenda_move", id=item.meeting_id, item=item.id, back=back),
    }
