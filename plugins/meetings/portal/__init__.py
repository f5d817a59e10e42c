"""The public pages of the meetings plugin, and its templates and browser files for portal and console."""

from __future__ import annotations

from flask import Blueprint

from plugins.meetings.portal import (
    calendars,
    follow_ups,
    invitation,
    listing,
    live,
    live_more,
    meeting,
    record,
    recusal,
    rules,
    signups,
    voice,
)

blueprint = Blueprint("meetings", __name__, template_folder="../templates", static_folder="../static")
calendar = Blueprint("meetings_calendar", __name__)
"""Mounted at /<jurisdiction>/meetings.ics."""

for page in (
    listing, rules, invitation, recusal, signups, voice, follow_ups, meeting, live, live_more, record,
):  # fmt: skip
    page.add_routes(blueprint)
calendars.add_routes(blueprint, calendar)
