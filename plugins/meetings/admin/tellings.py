"""Who was told what, in the console: changes ticked off person by person, reminders previewed before they go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from plugins.meetings import values
from plugins.meetings.admin import shown
from plugins.meetings.models import Meeting
from plugins.meetings.services import deliveries, meetings, reminders

LABELS: dict[str, Any] = {"way": _l("方式"), "result": _l("结果"), "note": _l("说明")}
TONES = {
    "ticked": "done",
    "answered": "done",
    "sent": "done",
    "waiting": "soon",
    "failed": "overdue",
    "to_call": "soon",
}


class TellingActs:
    """A part of `MeetingsView`: what invitees were told, and what has not reached them."""

    @expose("/<id>/told/")
    def told(self, id: str) -> Response:  # noqa: A002 — the address part
        """Every occasion with everybody who was to hear of it, open ones first."""
        return _told_page(meetings.find(actor(), id))

    @expose("/deliveries/<one>/tick", methods=["POST"])
    def told_tick(self, one: str) -> Response:
        """Note a call or a letter."""
        meeting = deliveries.find(actor(), one).meeting
        form = {name: request.form.get(name, "").strip() for name in ("way", "result", "note")}
        try:
            with write():
                row = deliveries.find(actor(), one)
                deliveries.tick(actor(), row, form["way"], form["result"], form["note"])
                name, invitation = row.invitation.name, row.invitation_id
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            if meeting is None:
                raise
            return _told_page(meeting, problems(no, LABELS), {"id": one, **form}, no.status)
        flash(_("已登记：%(name)s。", name=name), "done")
        if meeting is None or request.form.get("from") == "person":
            return make_response(redirect(url_for(".invitation", one=invitation)))
        return make_response(redirect(url_for(".told", id=meeting.id, _anchor=f"d-{one}")))

    @expose("/<id>/remind/", methods=["GET", "POST"])
    def remind(self, id: str) -> Response:  # noqa: A002
        """Who would be reminded with which text; sent only to those left ticked."""
        meeting = meetings.find(actor(), id)
        permissions.require(actor(), "meetings.invite", meeting)
        if request.method == "GET":
            return _remind_page(meeting)
        try:
            with write():
                meeting = meetings.find(actor(), id)
                sent = len(reminders.send(actor(), meeting, request.form.getlist("invitation")))
        except Forbidden:
            raise
        except Refused as no:
            return _remind_page(meetings.find(actor(), id), problems(no), no.status)
        if sent:
            flash(_("已催请 %(count)s 人。", count=sent), "done")
        else:
            flash(_("没有发出：没有勾选人员，或者他们一天之内已经催请过。"), "soon")
        return make_response(redirect(url_for(".told" if sent else ".remind", id=id)))


def _told_page(
    meeting: Meeting,
    found: Sequence[Mapping[str, Any]] = (),
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    permissions.require(actor(), "meetings.invite", meeting)
    changes = deliveries.changes(deliveries.of_meeting(actor(), meeting))
    page = render_template(
        "meetings/console/told.html",
        crumbs=_crumbs(meeting, _("通知情况")),
        meeting=meeting,
        changes=changes,
        open=sum(change.open for change in changes),
        advice=deliveries.advice,
        tones=TONES,
        words=values,
        problems=found,
        typed=typed or {},
    )
    return make_response(page, status)


def _remind_page(meeting: Meeting, found: Sequence[Mapping[str, Any]] = (), status: int = 200) -> Response:
    page = render_template(
        "meetings/console/remind.html",
        crumbs=_crumbs(meeting, _("催请答复")),
        meeting=meeting,
        rows=reminders.preview(actor(), meeting),
        is_open=reminders.is_open(meeting),
        words=values,
        problems=found,
    )
    return make_response(page, status)


def _crumbs(meeting: Meeting, here: str) -> list[dict[str, str]]:
    crumbs = shown.meeting_crumbs(meeting, here)
    crumbs.insert(-1, {"label": _("邀请列席"), "url": url_for(".invitations", id=meeting.id)})
    return crumbs
