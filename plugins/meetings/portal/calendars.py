"""Meetings for everybody's calendar: all of a jurisdiction to subscribe to, or one to keep."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, make_response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.db import utcnow
from core.permissions import ANONYMOUS
from core.web.locale import moment
from core.web.portal import feeds
from core.web.portal.pages import everybodys
from core.web.portal.shell import portal_shell
from plugins.meetings import telling
from plugins.meetings.documents import icalendar
from plugins.meetings.models import Meeting
from plugins.meetings.portal.common import absolute
from plugins.meetings.services import meetings, schedule
from plugins.meetings.services.public import Brief, brief

IN_FEED = 50
KEPT = timedelta(days=180)
"""How long a past meeting stays in the subscribed calendar."""


def add_routes(bp: Blueprint, calendar: Blueprint) -> None:
    """`/<jurisdiction>/meetings.ics`, and below `meetings/` `feed.atom` and `<id>/meeting.ics`."""
    bp.add_url_rule("/feed.atom", "feed", feed)
    calendar.add_url_rule("", "all", everything)
    bp.add_url_rule("/<meeting_id>/meeting.ics", "meeting_ics", one)


@everybodys
def everything() -> Response:
    """Every public meeting to come and of the last half year, or what changed since; cancelled ones say so."""
    since = feeds.modified_since()
    found = [row for row in schedule.since(utcnow() - KEPT) if since is None or row.updated_at >= since]
    name = _("%(place)s政务会议", place=portal_shell().name)
    answer = as_calendar(name, [event(meeting) for meeting in found])
    answer.add_etag()
    return answer.make_conditional(request)


@everybodys
def feed() -> Response:
    """Meetings announced, changed, held and cancelled, as Atom: one entry a meeting, new with every change."""
    found = sorted(schedule.since(utcnow() - KEPT), key=lambda row: row.updated_at, reverse=True)[:IN_FEED]
    entries = [_entry(row, brief(row)) for row in found]
    return feeds.feed(_("%(place)s政务会议", place=portal_shell().name), url_for("meetings.index"), entries)


def _entry(row: Meeting, shown: Brief) -> feeds.Entry:
    titles = "；".join(str(title) for title in shown.titles)
    return feeds.Entry(
        row.id, _("%(title)s（%(state)s）", title=row.title, state=shown.label), shown.url,
        row.announced_at or row.updated_at, row.updated_at, row.state, shown.label, shown.agency,
        " · ".join(filter(None, (moment(row.starts_at), row.place, titles))),
    )  # fmt: skip


@everybodys
def one(meeting_id: str) -> Response:
    """One meeting."""
    meeting = meetings.find(ANONYMOUS, meeting_id)
    return as_calendar(meeting.title, [event(meeting)])


def as_calendar(name: str, events: list[icalendar.Event]) -> Response:
    """The answer a calendar program takes."""
    return answer(icalendar.calendar(name, events))


def answer(text: str) -> Response:
    """A calendar as a file to open."""
    answer = make_response(text)
    answer.content_type = icalendar.MEDIA_TYPE
    answer.headers.set("Content-Disposition", "inline", filename="meetings.ics")
    return answer


def event(meeting: Meeting) -> icalendar.Event:
    """The meeting as an appointment, titles as the public may read them."""
    shown = brief(meeting)
    titles = [f"{number}. {title}" for number, title in enumerate(shown.titles, 1)]
    return icalendar.Event(
        uid=f"{meeting.id}@meetings.mingtang",
        sequence=meeting.version,
        starts_at=meeting.starts_at,
        ends_at=meeting.closed_at,
        summary=meeting.title,
        place=meeting.place,
        description="\n".join([shown.agency, *titles]).strip(),
        url=absolute(telling.meeting_path(meeting)) if meeting.is_public else "",
        changed_at=meeting.updated_at,
        cancelled=meeting.state == "cancelled",
    )
