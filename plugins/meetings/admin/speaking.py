"""The queue of requests to speak (请求发言) on the live desk: grant, decline, spoken; refreshed every few seconds."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from core.db import write
from core.permissions import can
from core.refusals import Forbidden, Invalid, Refused
from core.web.admin import ConsoleView, expose
from core.web.requests import actor
from plugins.meetings import values
from plugins.meetings.admin import shown
from plugins.meetings.models import Meeting
from plugins.meetings.services import meetings, speaking
from plugins.meetings.workflow import SPEAKING


class SpeakingView(ConsoleView):
    """A part of the live desk."""

    @expose("/")
    def index(self) -> Any:
        """The queues stand on the live desks."""
        return redirect(url_for("meetings_live.index"))

    @expose("/<meeting>/queue")
    def queue(self, meeting: str) -> str:
        """Who has the floor and who waits."""
        return render_template("meetings/console/_speaking.html", floor=floor_of(meetings.find(actor(), meeting)))

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Any:  # noqa: A002 — the address part
        """Back to the desk, with what stood in the way."""
        found = speaking.find(actor(), id)
        form = request.form
        try:
            with write():
                row = speaking.find(actor(), id)
                speaking.move(actor(), row, form.get("event", ""), reason=form.get("reason", "")[:500])
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            said = no.refusals[0].detail if isinstance(no, Refused) else _("请写明理由。")
            flash(said, "problem")
        return redirect(url_for("meetings_live.show", id=found.meeting_id) + "#floor")


def floor_of(meeting: Meeting) -> dict[str, Any] | None:
    """The queue as the desk shows it; None for those who do not lead it."""
    rows = speaking.queue(meeting)
    if not can(actor(), "meetings.moderate"):
        return None
    return {
        "url": url_for("meetings_speaking.queue", meeting=meeting.id),
        "rows": [
            {
                "row": row,
                "category": values.CATEGORIES[row.invitation.category],
                "state": SPEAKING.states[row.state],
                "label": SPEAKING.label(row.state),
                "acts": shown.acts(SPEAKING, row),
            }
            for row in rows
            if speaking.sees(actor(), row)
        ],
    }
