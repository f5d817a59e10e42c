"""Answers from calendar programs in the console: upload or paste, see what would change, take down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import permissions
from core.db import write
from core.refusals import Forbidden, Invalid, Refused
from core.web.admin import expose
from core.web.admin.forms import problems
from core.web.requests import actor
from plugins.meetings.admin import shown
from plugins.meetings.models import Meeting
from plugins.meetings.services import calendar_replies, meetings
from plugins.meetings.services.calendar_replies import Reading

MOST = 400_000
"""Octets of uploaded replies read at once."""
LABELS: dict[str, Any] = {"calendar": _l("日历答复")}
ANSWERS = {"accept": _l("接受"), "decline": _l("谢绝")}
TONES = {"new": "done", "same": ""}


class CalendarReplyActs:
    """A part of `MeetingsView`."""

    @expose("/<id>/calendar-replies/", methods=["GET", "POST"])
    def calendar_replies(self, id: str) -> Response:  # noqa: A002 — the address part
        """First what the replies would change; taken down when that was seen and confirmed."""
        meeting = meetings.find(actor(), id)
        permissions.require(actor(), "meetings.reply", meeting)
        text, taken = _given(), request.form.get("act") == "take"
        if request.method == "GET":
            return _page(meeting, "")
        try:
            if not taken:
                return _page(meeting, text, calendar_replies.read(actor(), text))
            with write():
                count = sum(one.result == "new" for one in calendar_replies.take(actor(), text))
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _page(meeting, text, no=no)
        if count:
            flash(_("已登记 %(count)s 份答复。", count=count), "done")
        else:
            flash(_("没有新的答复要登记。"), "soon")
        return make_response(redirect(url_for(".invitations", id=id)))


def _given() -> str:
    """What was pasted and what was uploaded, one after the other; broken characters do not stop the reading."""
    texts = [request.form.get("calendar", "")]
    texts += [file.stream.read(MOST).decode("utf-8-sig", "replace") for file in request.files.getlist("file")]
    return "\n".join(text for text in texts if text.strip())[:MOST]


def _page(
    meeting: Meeting, text: str, readings: Sequence[Reading] = (), no: Invalid | Refused | None = None
) -> Response:
    crumbs = shown.meeting_crumbs(meeting, _("登记日历答复"))
    crumbs.insert(-1, {"label": _("邀请列席"), "url": url_for(".invitations", id=meeting.id)})
    page = render_template(
        "meetings/console/calendar_replies.html",
        crumbs=crumbs,
        meeting=meeting,
        text=text,
        readings=readings,
        new=sum(one.result == "new" for one in readings),
        answers=ANSWERS,
        tones=TONES,
        problems=problems(no, LABELS) if no else [],
    )
    return make_response(page, no.status if no else 200)
