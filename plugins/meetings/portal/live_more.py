"""Beside the live text: the light page (极简版), the list of corrections, and the code that leads a phone here."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import segno
from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from core.permissions import ANONYMOUS
from core.refusals import NotFound
from core.web.portal.pages import everybodys
from plugins.meetings.live import changes, reading
from plugins.meetings.live.words import states, words
from plugins.meetings.portal.common import absolute
from plugins.meetings.portal.live import gated, live_crumbs, number, titles_for
from plugins.meetings.services import meetings
from plugins.meetings.services.live_access import Readable, Reader

NEWEST = 50
OCTETS = 9_000
"""Of text on the light page, which weighs less than 15 KB in all."""
PLACES = ("live", "record", "meeting")


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/meetings/<id>/live/lite/`, `…/live/corrections/` and `…/qr.svg`."""
    bp.add_url_rule("/<meeting_id>/live/lite/", "live_lite", lite)
    bp.add_url_rule("/<meeting_id>/live/corrections/", "live_corrections", corrections)
    bp.add_url_rule("/<meeting_id>/qr.svg", "qr", qr)


def lite(meeting_id: str) -> Response:
    """The newest lines without script, styles and pictures; `before=<seq>` for older ones."""
    return gated(meeting_id, _lite)


def corrections(meeting_id: str) -> Response:
    """Every correction with its difference, every retraction without its text."""
    return gated(meeting_id, _corrections)


@everybodys
def qr(meeting_id: str) -> Response:
    """The address of the live text, of the record or of the meeting (`of`) as a QR code."""
    meeting = meetings.find(ANONYMOUS, meeting_id)
    place = request.args.get("of", "live")
    if place not in PLACES:
        raise NotFound
    address = absolute(url_for(f"meetings.{place}", meeting_id=meeting.id))
    image = BytesIO()
    segno.make(address, micro=False).save(image, kind="svg", scale=4, border=4, light="#fff", xmldecl=False)
    answer = make_response(image.getvalue())
    answer.content_type = "image/svg+xml"
    return answer


# --- inside -----------------------------------------------------------------------------------------


def _lite(found: Readable, reader: Reader) -> str:
    session, before = found.live, number(request.args.get("before", ""))
    lines = reading.light_lines(session, NEWEST, OCTETS, before=before)
    titles = titles_for(found.meeting, reader)
    return render_template(
        "meetings/portal/lite.html",
        meeting=found.meeting,
        session=session,
        state=states()[session.state],
        words=words(),
        titles=titles,
        numbers={item: place for place, item in enumerate(titles, 1)},
        current=reading.current_item(session),
        lines=lines,
        before=before,
        older=bool(lines and reading.lines(session, newest=1, before=lines[0]["seq"])),
    )


def _corrections(found: Readable, _reader: Reader) -> str:
    meeting: Any = found.meeting
    return render_template(
        "meetings/portal/corrections.html",
        crumbs=live_crumbs(meeting, (_("更正和撤回"), "")),
        meeting=meeting,
        public=found.public,
        changes=changes.changes(found.live),
    )
