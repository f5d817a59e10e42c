"""The live text for readers (图文直播): complete without script, which goes on from exactly where the page stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from core.jurisdictions import current
from core.permissions import ANONYMOUS
from core.refusals import Forbidden, NotFound
from core.web.portal import cacheable
from core.web.portal.pages import private
from plugins.meetings.live import arrivals, reading
from plugins.meetings.live.models import LiveSession
from plugins.meetings.live.words import STATE_TONES, states, words
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.portal.common import crumbs, lead, shared
from plugins.meetings.services import live_access, meetings
from plugins.meetings.services.live_access import Readable, Reader
from plugins.meetings.services.visibility import public_title

NEWEST = 50
FEWEST = 10
OCTETS = 30_000
"""Of text on the first page, so that page, script and styles stay under 150 KB on a cheap phone."""
Line = dict[str, Any]


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/meetings/<id>/live/`."""
    bp.add_url_rule("/<meeting_id>/live/", "live", page)


def page(meeting_id: str) -> Response:
    """The newest lines; with `before=<seq>` older ones, with `item=<id>` or `speaker=<name>` only those.

    A browser that saves data is sent to the light page, which leads back by `full=1`.
    """
    if request.headers.get("Save-Data", "").lower() == "on" and not request.args:
        answer = cacheable(make_response(redirect(url_for("meetings.live_lite", meeting_id=meeting_id))))
    else:
        answer = gated(meeting_id, _render)
    answer.vary.add("Save-Data")
    return answer


def gated(meeting_id: str, render: Callable[[Readable, Reader], str]) -> Response:
    """A page of a live text for who may read it, everything on it of one moment.

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
    answer = make_response(render(found, reader))
    return cacheable(answer) if found.public else private(answer)


def live_crumbs(meeting: Meeting, *more: tuple[str, str]) -> list[dict[str, str]]:
    """The way to a page of this meeting's live text."""
    steps = ((meeting.title, url_for("meetings.meeting", meeting_id=meeting.id)),)
    return crumbs(*steps, (_("图文直播"), url_for("meetings.live", meeting_id=meeting.id) if more else ""), *more)


def titles_for(meeting: Meeting, reader: Reader) -> dict[str, str]:
    """Agenda item → its title for this reader, in the order of the agenda."""
    return {item.id: str(_title(item, reader)) for item in meeting.agenda}


def number(text: str) -> int | None:
    """A seq out of an address, None when it is none."""
    return int(text[:9]) if text.isascii() and text.isdigit() else None


# --- inside -----------------------------------------------------------------------------------------


def _only_invited(meeting_id: str) -> str:
    meeting = meetings.find(ANONYMOUS, meeting_id)
    return render_template("meetings/portal/live_invited.html", crumbs=live_crumbs(meeting), meeting=meeting)


def _render(found: Readable, reader: Reader) -> str:
    meeting, session = found.meeting, found.live
    titles, before = titles_for(meeting, reader), number(request.args.get("before", ""))
    which = _which(titles)
    lines = reading.light_lines(session, NEWEST, OCTETS, FEWEST, before=before, **which)
    item = reading.current_item(session)
    return render_template(
        "meetings/portal/live.html",
        crumbs=live_crumbs(meeting),
        meeting=meeting,
        session=session,
        public=found.public,
        titles=titles,
        current=item,
        speakers=reading.speakers(session),
        lines=_with_turns(lines),
        words=words(),
        state=(states()[session.state], STATE_TONES[session.state]),
        now=_now(lines, item, titles),
        pinned=reading.pinned_line(session),
        older=_older(session, lines, which),
        which=titles.get(which.get("item", "")) or which.get("speaker"),
        before=before,
        share=shared(meeting.title, lead(meeting), "live", meeting.id) if found.public else None,
        data=None if before or which else _data(meeting, session, titles),
    )


def _title(item: AgendaApplication, reader: Reader) -> Any:
    """Who is invited to an item may know what it is called."""
    invited = any(invitation.application_id == item.id for invitation in reader.invitations)
    return item.title if invited else public_title(item, ANONYMOUS)


def _which(titles: dict[str, str]) -> dict[str, str]:
    """The item or the speaker asked for; raises NotFound for another meeting's item."""
    item, speaker = request.args.get("item", ""), request.args.get("speaker", "")[:100]
    if item and item not in titles:
        raise NotFound
    return {"item": item} if item else {"speaker": speaker} if speaker else {}


def _with_turns(lines: list[Line]) -> list[Line]:
    """Lines, with `turn` on the first of each agenda item: where a jump to the item leads."""
    befores: list[Line] = [{}, *lines]
    return [
        line | {"turn": line.get("item") != before.get("item")} for before, line in zip(befores, lines, strict=False)
    ]


def _older(session: LiveSession, lines: list[Line], which: dict[str, str]) -> dict[str, Any] | None:
    """The query that leads to older lines of the same kind, None where there are none."""
    if not lines or not reading.lines(session, newest=1, before=lines[0]["seq"], **which):
        return None
    return which | {"before": lines[0]["seq"]}


def _now(lines: list[Line], item: str | None, titles: dict[str, str]) -> dict[str, Any]:
    """What the meeting has come to and who spoke last."""
    headings = [line["text"] for line in lines if line["type"] == "item" and line["text"]]
    speakers = [line["speaker"] for line in lines if line.get("speaker")]
    title = titles.get(item or "") or (headings[-1] if headings else "")
    place = list(titles).index(item) + 1 if item in titles else 0
    return {"item": title, "number": place, "speaker": speakers[-1] if speakers else ""}


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
        "pinned": reading.pinned(session),
        "titles": titles,
        "words": words(),
        "audience": session.audience,
        "follow": session.state in {"open", "paused"},
    }
