"""The sealed record (会议记录): as a page, as a Word document, and with the program that checks it offline."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from flask import Blueprint, make_response, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.jurisdictions import current
from core.permissions import ANONYMOUS
from core.refusals import NotFound
from core.storage import safe_name
from plugins.meetings.documents import sealed, verify_record
from plugins.meetings.live import reading
from plugins.meetings.live.models import LiveSession
from plugins.meetings.live.words import words
from plugins.meetings.models import Meeting
from plugins.meetings.portal.common import crumbs, everybodys
from plugins.meetings.services import meetings
from plugins.meetings.services import public as shown

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/meetings/<id>/record/`, `record.docx`, and `verify_record.py` beside the list."""
    bp.add_url_rule("/<meeting_id>/record/", "record", page)
    bp.add_url_rule("/<meeting_id>/record.docx", "record_docx", docx)
    bp.add_url_rule("/verify_record.py", "verify_record", verifier)


@everybodys
def page(meeting_id: str) -> str:
    """All lines by agenda item with corrections and tombstones, the digest and how to check it."""
    meeting, session = _sealed(meeting_id)
    agenda = shown.agenda(meeting)
    lines = reading.lines(session)
    return render_template(
        "meetings/portal/record.html",
        crumbs=crumbs((meeting.title, url_for("meetings.meeting", meeting_id=meeting.id)), (_("会议记录"), "")),
        meeting=meeting,
        shown=shown.brief(meeting),
        session=session,
        agenda=agenda,
        parts=_parts(lines, {item.id: (number, item.title) for number, item in enumerate(agenda, 1)}),
        words=words(),
        counts=_counts(lines),
        attendees=shown.attendees(meeting),
        record_json=f"/api/v1/{current().slug}/meetings/{meeting.id}/record.json",
    )


@everybodys
def docx(meeting_id: str) -> Response:
    """The same as a Word document; made anew only when the record changed."""
    meeting, session = _sealed(meeting_id)
    known = make_response("")
    known.set_etag(reading.etag(session))
    known.make_conditional(request)
    if known.status_code == 304:
        return known
    answer = make_response(sealed.as_docx(meeting, session))
    answer.content_type = WORD
    name = safe_name(f"{meeting.title}会议记录.docx")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.set_etag(reading.etag(session))
    return answer


@everybodys
def verifier() -> Response:
    """The program itself, so that nobody has to trust this site."""
    path = Path(verify_record.__file__)
    return send_file(path, mimetype="text/x-python", as_attachment=True, download_name=path.name)


def _sealed(meeting_id: str) -> tuple[Meeting, LiveSession]:
    """A sealed public record, read as of one moment; raises NotFound."""
    reading.one_moment()
    meeting = meetings.find(ANONYMOUS, meeting_id)
    session = reading.of_meeting(meeting.id)
    if session.state != "sealed" or session.audience != "public":
        raise NotFound
    return meeting, session


def _parts(lines: list[dict[str, Any]], items: dict[str, tuple[int, Any]]) -> list[dict[str, Any]]:
    """Lines in their order, parted wherever the item changes; `again` when an item was taken up before."""
    parts: list[dict[str, Any]] = []
    seen: set[str] = set()
    for item, found in groupby(lines, key=lambda line: line.get("item") if line.get("item") in items else None):
        number, title = items.get(item or "", (0, ""))
        parts.append({"number": number, "title": title, "again": item in seen, "lines": list(found)})
        seen |= {item} if item else set()
    return parts


def _counts(lines: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "lines": len(lines),
        "corrected": sum(bool(line["corrections"]) for line in lines),
        "gone": sum(line["state"] == "retracted" for line in lines),
    }
