"""What the plugin gives to others: panels, public dates, rights on its files. Life-lines stand in `life_line`."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import publications
from core.contracts import FileUse, MatterUse, Panel, PublicDate
from core.db import db
from core.jurisdictions import current
from core.languages import listed
from core.models import Publication
from core.permissions import ANONYMOUS, Actor
from plugins.meetings import telling
from plugins.meetings.live.models import FILE_SUBJECT
from plugins.meetings.models import AgendaApplication, FollowUp, Invitation, Meeting
from plugins.meetings.services import invitations, live, schedule
from plugins.meetings.services.materials import SUBJECT
from plugins.meetings.services.public import brief, now_at
from plugins.meetings.services.visibility import visible_applications, visible_meetings

MOST_DATES = 5
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


def matter_uses(actor: Actor, matter_ids: Sequence[str]) -> list[MatterUse]:
    """What `actor` sees of these matters in the console: each application, its meeting, opinions on its decision."""
    query = (
        select(AgendaApplication, Meeting, FollowUp.id)
        .outerjoin(Meeting, Meeting.id == AgendaApplication.meeting_id)
        .outerjoin(FollowUp, FollowUp.application_id == AgendaApplication.id)
        .where(AgendaApplication.matter_id.in_(list(matter_ids)), visible_applications(actor))
        .order_by(AgendaApplication.created_at, AgendaApplication.id)
    )
    found = []
    base = f"/admin/{current().slug}/meetings"
    for item, meeting, follow_up in db.session.execute(query):
        found.append(MatterUse(_l("议题"), item.title, telling.desk_path(item)))
        if meeting is not None:
            found.append(MatterUse(_l("上会"), meeting.title, f"{base}/{meeting.id}/"))
        if follow_up is not None:
            found.append(MatterUse(_l("对决定的意见"), item.title, f"{base}/follow-ups/{follow_up}/"))
    return found


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
