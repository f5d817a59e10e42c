"""What the stenographer's desk and the reviewer's desk show; parts of both are asked for again by their scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core import permissions, settings
from core.jurisdictions import current
from core.refusals import Invalid, Refused
from core.web.admin.forms import problems
from core.web.once import new_key
from core.web.requests import actor
from plugins.meetings import values
from plugins.meetings.admin import meeting_page, shown, speaking
from plugins.meetings.live import reading
from plugins.meetings.live.models import LiveSession
from plugins.meetings.live.words import STATE_TONES, states, writers_words
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.services import live_access, live_review, speakers
from plugins.meetings.services.live import REVIEW
from plugins.meetings.workflow import MEETING

NEWEST = 200
"""Lines on the page; older ones stand on the public page."""
KEYS = 9
No = Invalid | Refused | None


def desk(live_id: str, no: No = None) -> Response:
    """The stenographer's page."""
    meeting, session = _found(live_id)
    items = meeting_page.in_order(meeting)
    now = reading.current_item(session)
    current_item = next((item for item in items if item.id == now), None)
    names = list(dict.fromkeys([*speakers.known(session), *speakers.expected(items, current_item)]))
    lines = reading.lines(session, newest=NEWEST)
    page = render_template(
        "meetings/console/live.html",
        **_frame(meeting, session, _("速录台")),
        now_item=current_item.title if current_item else "",
        now_id=now or "",
        now_speaker=next((line["speaker"] for line in reversed(lines) if line.get("speaker")), ""),
        lines=lines,
        pinned=reading.pinned(session),
        names=names,
        keyed=names[:KEYS],
        templates=templates(),
        words=writers_words(),
        data=_data(session, items, now),
        floor=speaking.floor_of(meeting) if live_id == meeting.id else None,
        form_key=new_key(),
        typed=request.form,
        problems=problems(no, {"text": _("内容")}) if no else [],
        **_aside(meeting, session),
    )
    return make_response(page, no.status if no else 200)


def aside(live_id: str, no: No = None) -> Response:
    """The part beside the lines: confidential item, meeting, agenda, what waits."""
    meeting, session = _found(live_id)
    found = problems(no) if no else []
    frame = _frame(meeting, session, "")
    return make_response(
        render_template("meetings/console/_live_aside.html", said=found, **frame, **_aside(meeting, session)),
        no.status if no else 200,
    )


def review(live_id: str, no: No = None) -> Response:
    """The reviewer's page (审核台)."""
    meeting, session = _found(live_id)
    frame = _frame(meeting, session, _("审核台"))
    page = render_template("meetings/console/live_review.html", **frame, **_queue(meeting, session, no))
    return make_response(page, no.status if no else 200)


def queue(live_id: str, no: No = None) -> Response:
    """The lines that wait and the one key, without the page around them."""
    meeting, session = _found(live_id)
    frame = _frame(meeting, session, "")
    page = render_template("meetings/console/_live_queue.html", **frame, **_queue(meeting, session, no))
    return make_response(page, no.status if no else 200)


def templates() -> list[tuple[str, str]]:
    """The local texts for votes and notices: type and text, nine at most; what is not such a text is passed over."""
    found = settings.get("meetings.line_templates")
    pairs = [
        (kind, text) for kind in ("vote", "notice", "speech") for text in found.get(kind, ()) if isinstance(text, str)
    ]
    return pairs[:KEYS]


# --- inside ----------------------------------------------------------------------------------------


def _found(live_id: str) -> tuple[Meeting, LiveSession]:
    meeting = live_access.meeting_of(actor(), live_id)
    return meeting, reading.of_meeting(live_id)


def _frame(meeting: Meeting, session: LiveSession, here: str) -> dict[str, Any]:
    return {
        "crumbs": shown.meeting_crumbs(meeting, here),
        "meeting": meeting,
        "session": session,
        "live_id": session.meeting_id,
        "standing": live_review.standing(session),
        "state": _state(session),
        "items": meeting_page.in_order(meeting),
        "may_review": permissions.can(actor(), REVIEW) is not None,
        "may_convene": permissions.can(actor(), live_review.CONVENE, meeting) is not None,
        "me": actor().name,
    }


def _state(session: LiveSession) -> tuple[str, str]:
    if session.rehearsal_of is not None and session.state == "open":
        return _("演练中"), "soon"
    return states()[session.state], STATE_TONES[session.state]


def _words(session: LiveSession) -> dict[str, Any]:
    """What the script says; a rehearsal is never called live."""
    words = writers_words()
    if session.rehearsal_of is not None:
        words["states"]["open"] = {"label": _("演练中"), "tone": "soon"}
    return words


def _aside(meeting: Meeting, session: LiveSession) -> dict[str, Any]:
    rehearsed = session.rehearsal_of is not None
    items = meeting_page.in_order(meeting)
    now = reading.current_item(session)
    closed = next((item for item in items if item.id == now and item.openness == "closed"), None)
    found = live_review.queue(actor(), session)
    return {
        "events": [] if rehearsed else _events(meeting),
        "steps_of": [] if rehearsed else [meeting_page.item_of(item, back="live") for item in items],
        "values": values,
        "propose_hold": closed if session.state in {"open", "paused"} and not session.confidential_at else None,
        "held": [*found.lines, *(line for line in found.decided if line["state"] == "refused")],
        "rehearsal": None if rehearsed else live_review.rehearsal_of(meeting),
        "before": live_review.may_rehearse(meeting),
    }


def _queue(meeting: Meeting, session: LiveSession, no: No) -> dict[str, Any]:
    found = live_review.queue(actor(), session)
    return {
        "lines": found.lines,
        "decided": found.decided,
        "titles": {item.id: item.title for item in meeting.agenda},
        "said": problems(no, {"text": _("内容"), "reason": _("理由"), "seconds": _("等待秒数")}) if no else [],
        "typed": request.form if no else {},
        "typed_post": (request.view_args or {}).get("post", "") if no else "",
        "files": url_for("portal.file", file_id=""),
    }


def _events(meeting: Meeting) -> list[dict[str, Any]]:
    """The acts on the meeting that this person may do, or will be able to when something is mended."""
    asks = shown.meeting_asks(meeting)
    found = shown.acts(MEETING, meeting, asks=asks, grave=("close", "seal"))
    return [view for view in found if view["code"] != "FORBIDDEN" and view["event"] != "cancel"]


def _data(session: LiveSession, items: Sequence[AgendaApplication], now: str | None) -> Mapping[str, Any]:
    """What console.js goes on from: the head of this very page."""
    return {
        "base": f"/api/v1/{current().slug}/meetings/{session.meeting_id}/live",
        "uploads": f"/api/v1/{current().slug}/files",
        "aside": url_for(".aside", id=session.meeting_id),
        "session": session.id,
        "jurisdiction": current().slug,
        "meeting": session.meeting_id,
        "epoch": session.epoch,
        "head": session.head,
        "state": session.state,
        "item": now,
        "items": [{"id": item.id, "title": item.title} for item in items],
        "titles": {item.id: item.title for item in items},
        "words": _words(session),
    }
