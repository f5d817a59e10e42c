"""The page of one meeting: what, by whom, when, what was decided, what is owed, and how one can take part."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l

from core.permissions import ANONYMOUS
from core.web.portal.pages import everybodys
from plugins.meetings.models import Meeting
from plugins.meetings.portal import signups
from plugins.meetings.portal.common import crumbs, lead, shared
from plugins.meetings.services import meetings, rules, signup_calls, voices
from plugins.meetings.services import public as shown
from plugins.meetings.values import FORMS

HOW: dict[str, Any] = {
    "invitation": _l("召集单位按会议开放规则邀请代表列席。"),
    "internet": _l("会议期间在本站逐条公开，不用登录，会后保留全部记录。"),
    "television": _l("由电视播出，时间以播出单位公布的为准。"),
    "radio": _l("由广播播出，时间以播出单位公布的为准。"),
    "new_media": _l("在本级政务新媒体账号上公开。"),
}


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/meetings/<id>/`."""
    bp.add_url_rule("/<meeting_id>/", "meeting", page)


@everybodys
def page(meeting_id: str) -> str:
    """One announced meeting, always as the public sees it."""
    meeting = meetings.find(ANONYMOUS, meeting_id)
    owed = shown.owed(meeting)
    return render_template(
        "meetings/portal/meeting.html",
        crumbs=crumbs((meeting.title, "")),
        meeting=meeting,
        shown=shown.brief(meeting),
        lead=lead(meeting),
        share=shared(meeting.title, lead(meeting), "meeting", meeting.id),
        now=shown.now_at(meeting),
        agenda=shown.agenda(meeting),
        owed=owed,
        due=shown.next_due(owed),
        forms=_forms(meeting),
        attendees=shown.attendees(meeting),
        calls=[signups.brief(call) for call in signup_calls.public_of(meeting)],
        slips=voices.slips(meeting),
        follow_ups=voices.follow_ups(meeting),
        rule=rules.in_force(),
        followable=meeting.audience == "public" and meeting.state != "cancelled",
    )


def _forms(meeting: Meeting) -> list[tuple[Any, Any]]:
    """In which forms the public takes part (会3), each with a sentence."""
    chosen = {name for item in meeting.agenda if item.openness != "closed" for name in item.forms}
    if meeting.audience != "public":
        chosen.discard("internet")
    return [(label, HOW[name]) for name, label in FORMS.items() if name in chosen]
