"""The sealed record (会议记录): as a page, as Word and PDF documents, and with the program that checks it offline."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from flask import Blueprint, make_response, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.db import write
from core.jurisdictions import current
from core.permissions import ANONYMOUS, SYSTEM
from core.refusals import NotFound
from core.web.portal import cacheable
from core.web.portal.pages import everybodys, private
from plugins.meetings.documents import record_files, verify_record
from plugins.meetings.live import changes, reading
from plugins.meetings.live.models import LiveSession
from plugins.meetings.live.words import words
from plugins.meetings.models import Meeting
from plugins.meetings.portal.common import crumbs, lead, shared
from plugins.meetings.services import meetings, record_jobs
from plugins.meetings.services import public as shown


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/meetings/<id>/record/`, `record.docx`, `record.pdf`, and `verify_record.py` beside the list."""
    bp.add_url_rule("/<meeting_id>/record/", "record", page)
    bp.add_url_rule("/<meeting_id>/record.docx", "record_docx", docx)
    bp.add_url_rule("/<meeting_id>/record.pdf", "record_pdf", pdf)
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
        changes=changes.changes(session, lines),
        share=shared(_("会议记录：%(title)s", title=meeting.title), lead(meeting), "record", meeting.id),
        attendees=shown.attendees(meeting),
        record_json=f"/api/v1/{current().slug}/meetings/{meeting.id}/record.json",
    )


def docx(meeting_id: str) -> Response:
    """The same as a Word document."""
    return _file(meeting_id, "docx")


def pdf(meeting_id: str) -> Response:
    """The same as a tagged PDF."""
    return _file(meeting_id, "pdf")


def _file(meeting_id: str, kind: str) -> Response:
    """Made anew only when the record changed; a long one is made in the background while a page says so."""
    meeting, session = _sealed(meeting_id)
    path = record_files.ready(meeting, session, kind)
    if path is None:
        return _being_made(meeting, kind)
    name = record_files.filename(meeting, kind)
    answer = send_file(
        path, record_files.media_type(kind), as_attachment=True, download_name=name, etag=path.stem, conditional=True
    )
    return cacheable(answer)


def _being_made(meeting: Meeting, kind: str) -> Response:
    title, ident = meeting.title, meeting.id
    with write():
        record_jobs.ask(SYSTEM, meetings.find(ANONYMOUS, ident), kind)
    way = crumbs((title, url_for("meetings.meeting", meeting_id=ident)), (_("会议记录"), ""))
    page = render_template("meetings/portal/record_making.html", crumbs=way, title=title, meeting_id=ident, kind=kind)
    answer = private(make_response(page, 202))
    answer.headers["Retry-After"] = "5"
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
