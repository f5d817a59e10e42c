"""The stenographer's desk (速录台): static/live/console.js writes; without script a plain form posts a line."""

from __future__ import annotations

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import permissions
from core.db import db, write
from core.refusals import Forbidden, Invalid, Refused
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import parse
from core.web.once import FIELD
from core.web.requests import actor
from plugins.meetings.admin import live_desk
from plugins.meetings.admin.live_acts import LiveActs
from plugins.meetings.live import idempotency, reading
from plugins.meetings.live.forms import LineIn
from plugins.meetings.models import Meeting
from plugins.meetings.services import live, live_access
from plugins.meetings.services.visibility import visible_meetings
from plugins.meetings.workflow import MEETING

SHOWN = ("preparing", "announced", "in_session", "paused", "closed")


class LiveView(LiveActs, ConsoleView):
    """Writing the live text of a meeting, or of its rehearsal."""

    @expose("/")
    def index(self) -> str:
        """The meetings that are prepared, announced, under way or not yet sealed."""
        query = select(Meeting).where(visible_meetings(actor()), Meeting.state.in_(SHOWN))
        rows = db.session.scalars(query.order_by(Meeting.starts_at, Meeting.id).limit(100)).all()
        may_review = permissions.can(actor(), live.REVIEW) is not None
        return self.render("meetings/console/live_list.html", meetings=rows, machine=MEETING, may_review=may_review)

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """The desk of one meeting."""
        reading.one_moment()
        return live_desk.desk(id)

    @expose("/<id>/line", methods=["POST"])
    def line(self, id: str) -> Response:  # noqa: A002
        """A line without script; the same form sent twice writes it once."""
        given = {name: text for name in ("type", "text", "item", "speaker") if (text := request.form.get(name, ""))}
        live_access.meeting_of(actor(), id)
        try:
            body = parse(LineIn, {"type": "speech", **given})
            asked = idempotency.request(actor(), request.form.get(FIELD, ""), f"POST {id}", given)
            with write():
                done = live.publish(actor(), id, body, asked)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return live_desk.desk(id, no)
        flash(_("已送审。") if done.answer.get("state") == "held" else _("已发出。"), "done")
        return make_response(redirect(url_for(".show", id=id)))
