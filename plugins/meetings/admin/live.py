"""The stenographer's desk (速录台): static/live/console.js writes; without script a plain form posts a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.db import db, write
from core.jurisdictions import current
from core.refusals import Forbidden, Invalid, Refused
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import parse, problems
from core.web.once import FIELD, new_key
from core.web.requests import actor
from plugins.meetings import values
from plugins.meetings.admin import meeting_page, shown
from plugins.meetings.live import idempotency, reading
from plugins.meetings.live.forms import LineIn
from plugins.meetings.live.models import LiveSession
from plugins.meetings.live.words import STATE_TONES, states, writers_words
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.services import live, meetings, speakers
from plugins.meetings.services.visibility import visible_meetings
from plugins.meetings.workflow import MEETING

SHOWN = ("announced", "in_session", "paused", "closed")
NEWEST = 200
"""Lines on the page; older ones stand on the public page."""
KEYS = 9


class LiveView(ConsoleView):
    """Writing the live text of a meeting."""

    @expose("/")
    def index(self) -> str:
        """The meetings that are announced, under way or not yet sealed."""
        query = select(Meeting).where(visible_meetings(actor()), Meeting.state.in_(SHOWN))
        rows = db.session.scalars(query.order_by(Meeting.starts_at, Meeting.id).limit(100)).all()
        return self.render("meetings/console/live_list.html", meetings=rows, machine=MEETING)

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """The desk of one meeting."""
        reading.one_moment()
        return _page(meetings.find(actor(), id))

    @expose("/<id>/line", methods=["POST"])
    def line(self, id: str) -> Response:  # noqa: A002
        """A line without script; the same form sent twice writes it once."""
        given = {name: text for name in ("type", "text", "item", "speaker") if (text := request.form.get(name, ""))}
        meetings.find(actor(), id)
        try:
            body = parse(LineIn, {"type": "speech", **given})
            asked = idempotency.request(actor(), request.form.get(FIELD, ""), f"POST {id}", given)
            with write():
                live.publish(actor(), id, body, asked)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _page(meetings.find(actor(), id), no)
        flash(_("已发出。"), "done")
        return make_response(redirect(url_for(".show", id=id)))


def _page(meeting: Meeting, no: Invalid | Refused | None = None) -> Response:
    session = reading.of_meeting(meeting.id)
    items = meeting_page.in_order(meeting)
    now = reading.current_item(session)
    current_item = next((item for item in items if item.id == now), None)
    names = list(dict.fromkeys([*speakers.known(session), *speakers.invited(current_item)]))
    lines = reading.lines(session, newest=NEWEST)
    page = render_template(
        "meetings/console/live.html",
        crumbs=shown.meeting_crumbs(meeting, _("速录台")),
        meeting=meeting,
        session=session,
        state=(states()[session.state], STATE_TONES[session.state]),
        items=items,
        now_item=current_item.title if current_item else "",
        now_id=now or "",
        now_speaker=next((line["speaker"] for line in reversed(lines) if line.get("speaker")), ""),
        lines=lines,
        pinned=reading.pinned(session),
        names=names,
        keyed=names[:KEYS],
        words=writers_words(),
        data=_data(meeting, session, items, now),
        events=_events(meeting),
        steps_of=[meeting_page.item_of(item, back="live") for item in items],
        values=values,
        form_key=new_key(),
        typed=request.form,
        problems=problems(no, {"text": _("内容")}) if no else [],
    )
    return make_response(page, no.status if no else 200)


def _events(meeting: Meeting) -> list[dict[str, Any]]:
    """The acts on the meeting that this person may do, or will be able to when something is mended."""
    asks = shown.meeting_asks(meeting)
    found = shown.acts(MEETING, meeting, asks=asks, grave=("close", "seal"))
    return [view for view in found if view["code"] != "FORBIDDEN" and view["event"] != "cancel"]


def _data(
    meeting: Meeting, session: LiveSession, items: Sequence[AgendaApplication], now: str | None
) -> Mapping[str, Any]:
    """What console.js goes on from: the head of this very page."""
    return {
        "base": f"/api/v1/{current().slug}/meetings/{meeting.id}/live",
        "session": session.id,
        "jurisdiction": current().slug,
        "meeting": meeting.id,
        "epoch": session.epoch,
        "head": session.head,
        "state": session.state,
        "item": now,
        "items": [{"id": item.id, "title": item.title} for item in items],
        "titles": {item.id: item.title for item in items},
        "words": writers_words(),
    }
