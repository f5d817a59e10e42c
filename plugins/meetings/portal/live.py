"""The live text for readers (图文直播): complete without script, which goes on from exactly where the page stands."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from core.jurisdictions import current
from core.permissions import ANONYMOUS
from core.refusals import Forbidden, NotFound
from core.web.portal import cacheable
from plugins.meetings.live import arrivals, reading
from plugins.meetings.live.models import LiveSession
from plugins.meetings.live.words import STATE_TONES, states, words
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.portal.common import crumbs, private
from plugins.meetings.services import live_access, meetings
from plugins.meetings.services.live_access import Readable, Reader
from plugins.meetings.services.visibility import public_title

NEWEST = 60
FEWEST = 10
OCTETS = 30_000
"""Of text on the first page, so that page, script and styles stay under 150 KB on a cheap phone."""
Line = dict[str, Any]


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/meetings/<id>/live/`."""
    bp.add_url_rule("/<meeting_id>/live/", "live", page)


def page(meeting_id: str) -> Response:
    """The newest lines, or with `before=<seq>` older ones.

    A session for those invited opens to who came by the personal link (会7); such a page is kept by no cache.
    """
    reading.one_moment()
    reader = live_access.reader_of(live_access.credentials())
    try:
        found = live_access.open_for(reader, meeting_id)
    except Forbidden:
        return private(make_response(_only_invited(meeting_id), 403))
    if found.meeting.state == "cancelled":
        raise NotFound
    arrivals.tell(current(), meeting_id)
    answer = make_response(_render(found, reader))
    return cacheable(answer) if found.public else private(answer)


def newest(session: LiveSession, before: int | None = None) -> list[Line]:
    """The newest lines that a page may weigh, at least `FEWEST` of them."""
    lines = reading.lines(session, newest=NEWEST, before=before)
    left = OCTETS
    for kept, line in enumerate(reversed(lines)):
        left -= len((line["text"] or "").encode())
        if left < 0 and kept >= FEWEST:
            return lines[-kept:]
    return lines


# --- inside -----------------------------------------------------------------------------------------


def _only_invited(meeting_id: str) -> str:
    meeting = meetings.find(ANONYMOUS, meeting_id)
    return render_template("meetings/portal/live_invited.html", crumbs=_crumbs(meeting), meeting=meeting)


def _render(found: Readable, reader: Reader) -> str:
    meeting, session = found.meeting, found.live
    before = _before(session)
    lines = newest(session, before)
    titles = {item.id: str(_title(item, reader)) for item in meeting.agenda}
    return render_template(
        "meetings/portal/live.html",
        crumbs=_crumbs(meeting),
        meeting=meeting,
        session=session,
        public=found.public,
        titles=list(titles.values()),
        lines=lines,
        words=words(),
        state=(states()[session.state], STATE_TONES[session.state]),
        now=_now(lines, reading.current_item(session), titles),
        pinned=reading.pinned(session),
        older=lines[0]["seq"] if lines and reading.lines(session, newest=1, before=lines[0]["seq"]) else None,
        before=before,
        data=None if before else _data(meeting, session, titles),
    )


def _title(item: AgendaApplication, reader: Reader) -> Any:
    """Who is invited to an item may know what it is called."""
    invited = any(invitation.application_id == item.id for invitation in reader.invitations)
    return item.title if invited else public_title(item, ANONYMOUS)


def _before(session: LiveSession) -> int | None:
    text = request.args.get("before", "")
    return min(int(text[:9]), session.head + 1) if text.isascii() and text.isdigit() else None


def _now(lines: list[Line], item: str | None, titles: dict[str, str]) -> dict[str, str]:
    """What the meeting has come to and who spoke last."""
    headings = [line["text"] for line in lines if line["type"] == "item" and line["text"]]
    speakers = [line["speaker"] for line in lines if line.get("speaker")]
    title = titles.get(item or "") or (headings[-1] if headings else "")
    return {"item": title, "speaker": speakers[-1] if speakers else ""}


def _data(meeting: Meeting, session: LiveSession, titles: dict[str, str]) -> dict[str, Any]:
    """What reader.js goes on from: the head of this very page."""
    return {
        "base": f"/api/v1/{current().slug}/meetings/{meeting.id}/live",
        "jurisdiction": current().slug,
        "meeting": meeting.id,
        "epoch": session.epoch,
        "head": session.head,
        "state": session.state,
        "item": reading.current_item(session),
        "titles": titles,
        "words": words(),
        "audience": session.audience,
        "follow": session.state in {"open", "paused"},
    }


def _crumbs(meeting: Meeting) -> list[dict[str, str]]:
    return crumbs((meeting.title, url_for("meetings.meeting", meeting_id=meeting.id)), (_("图文直播"), ""))
