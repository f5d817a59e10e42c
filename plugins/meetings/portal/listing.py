"""The list of meetings (政务会议): on now, to come, past."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from core.web.portal.pages import everybodys
from plugins.meetings.portal import signups
from plugins.meetings.portal.common import crumbs
from plugins.meetings.services import rules, schedule, signup_calls
from plugins.meetings.services.public import brief, now_at
from plugins.meetings.values import MEETING_KINDS

PER_PAGE = 20


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/meetings/`."""
    bp.add_url_rule("/", "index", index)


@everybodys
def index() -> str:
    """All meetings, optionally of one kind; `later` leads on in those to come, `after` in those past."""
    kind = request.args.get("kind", "")
    kind = kind if kind in MEETING_KINDS else ""
    later, after = request.args.get("later", ""), request.args.get("after", "")
    shown: dict[str, Any] = {"live": [], "coming": [], "past": [], "later_url": "", "older_url": ""}
    if not (later or after):
        shown["live"] = [(brief(meeting), now_at(meeting)) for meeting in schedule.on_now(kind)]
    if not after:
        page = schedule.coming(kind, after=later, limit=PER_PAGE)
        shown["coming"] = [brief(meeting) for meeting in page.items]
        shown["later_url"] = _next(kind, "later", page.next)
    if not later:
        page = schedule.past(kind, after=after, limit=PER_PAGE)
        shown["past"] = [brief(meeting) for meeting in page.items]
        shown["older_url"] = _next(kind, "after", page.next)
    return render_template(
        "meetings/portal/index.html",
        crumbs=crumbs()[:2],
        kinds=MEETING_KINDS,
        kind=kind,
        first=not (later or after),
        has_rules=rules.in_force() is not None,
        calls=[signups.brief(call) for call in signup_calls.running()],
        only="coming" if later else "past" if after else "",
        **shown,
    )


def _next(kind: str, name: str, cursor: str) -> str:
    query: dict[str, Any] = {"kind": kind or None, name: cursor}
    return url_for("meetings.index", **query) if cursor else ""
