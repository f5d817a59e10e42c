"""Check-in in the console: the door's page, which works without network; who was present, corrected by the clerk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import permissions
from core.db import new_id, write
from core.refusals import Forbidden, Invalid, Refused
from core.web.admin import expose
from core.web.admin.forms import problems
from core.web.once import FIELD, new_key
from core.web.requests import actor
from core.workdays import LOCAL
from plugins.meetings import values
from plugins.meetings.admin import meeting_page, shown
from plugins.meetings.admin.door_worker import CAMERA, DoorWorkerActs, api_base
from plugins.meetings.models import Invitation, Meeting
from plugins.meetings.services import attendance, doors, invitations, meetings, rules
from plugins.meetings.services.attendance import Act

LABELS: dict[str, Any] = {"reason": _l("理由"), "note": _l("更正的依据"), "at": _l("时间"), "person": _l("姓名")}
PRESENT = {"yes": True, "no": False, "noted": None}


class DoorActs(DoorWorkerActs):
    """A part of `MeetingsView`: the door and what it noted."""

    @expose("/<id>/door/")
    def door(self, id: str) -> Response:  # noqa: A002 — the address part
        """The check-in desk on a telephone; loaded once it needs no network."""
        meeting = meetings.find(actor(), id)
        data = doors.listed(actor(), meeting)
        page = render_template(
            "meetings/console/door.html",
            crumbs=_crumbs(meeting, _("签到台")),
            meeting=meeting,
            data={**data, "at": data["at"].isoformat()},
            base=api_base(meeting.id),
            rule=rules.in_force(),
        )
        answer = make_response(page)
        answer.headers["Permissions-Policy"] = CAMERA
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    @expose("/<id>/door/sheet")
    def door_sheet(self, id: str) -> Response:  # noqa: A002
        """The list on paper, with room for signatures and times."""
        meeting = meetings.find(actor(), id)
        permissions.require(actor(), "meetings.check_in", meeting)
        groups = [(item, _expected(meeting, item.id)) for item in meeting_page.in_order(meeting)]
        return make_response(
            render_template("meetings/console/door_sheet.html", meeting=meeting, groups=groups, words=values)
        )

    @expose("/<id>/attendance/", methods=["GET", "POST"])
    def attendance(self, id: str) -> Response:  # noqa: A002
        """Who was present at which item; passages from paper are entered here."""
        meeting = meetings.find(actor(), id)
        permissions.require(actor(), "meetings.check_in", meeting)
        if request.method == "GET":
            return _page(meeting)
        try:
            act = _from_paper(request.form)
            with write():
                taken = attendance.take(actor(), meetings.find(actor(), id), "", [act])[0]
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _page(meetings.find(actor(), id), problems(no, LABELS), request.form, no.status)
        if taken.result in ("recorded", "known"):
            flash(_("已登记：%(name)s。", name=taken.name), "done")
        else:
            flash(taken.detail, "soon")
        return make_response(redirect(url_for(".attendance", id=id)))

    @expose("/invitations/<one>/presence", methods=["POST"])
    def presence(self, one: str) -> Response:
        """Correct who was present."""
        form = request.form

        def act(row: Invitation) -> None:
            attendance.correct(actor(), row, PRESENT.get(form.get("present", "noted")), form.get("note", ""))

        return _act(invitations.find(actor(), one), lambda: act(invitations.find(actor(), one)))

    @expose("/attendance/<one>/void", methods=["POST"])
    def passage_void(self, one: str) -> Response:
        """Take a wrong passage out of the count."""
        row = attendance.find_passage(actor(), one).invitation
        reason = request.form.get("reason", "")
        return _act(row, lambda: attendance.void(actor(), attendance.find_passage(actor(), one), reason))


def _act(row: Invitation, act: Any) -> Response:
    meeting, name = row.meeting, row.name
    try:
        with write():
            act()
    except Forbidden:
        raise
    except (Invalid, Refused) as no:
        if meeting is None:
            raise
        return _page(meeting, problems(no, LABELS), request.form, no.status)
    flash(_("已更正：%(name)s。", name=name), "done")
    if meeting is None:
        return make_response(redirect(url_for(".invitation", one=row.id)))
    return make_response(redirect(url_for(".attendance", id=meeting.id)))


def _page(
    meeting: Meeting,
    found: Sequence[Mapping[str, Any]] = (),
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    rows = [row for row in attendance.invited(actor(), meeting) if row.state in attendance.EXPECTED or row.passages]
    page = render_template(
        "meetings/console/attendance.html",
        crumbs=_crumbs(meeting, _("到场情况")),
        meeting=meeting,
        groups=[
            (item, [row for row in rows if row.application_id == item.id]) for item in meeting_page.in_order(meeting)
        ],
        rows=rows,
        objections=[(row, no) for row in rows if (no := attendance.objection(row))],
        passages=[one for one in attendance.passages_of(meeting) if one.invitation in rows],
        service=attendance,
        form_key=new_key(),
        words=values,
        problems=found,
        typed=typed or {},
    )
    return make_response(page, status)


def _expected(meeting: Meeting, item_id: str) -> list[Invitation]:
    people = attendance.invited(actor(), meeting)
    return [row for row in people if row.application_id == item_id and row.state in attendance.EXPECTED]


def _from_paper(form: Mapping[str, str]) -> Act:
    faults: dict[str, list[Any]] = {}
    try:
        at = datetime.fromisoformat(form.get("at", "")).replace(tzinfo=LOCAL)
    except ValueError:
        at, faults["at"] = datetime.now(LOCAL), [_l("请填写签到表上的时间。")]
    if not form.get("person"):
        faults["person"] = [_l("请选择人员。")]
    if faults:
        raise Invalid(faults)
    event = "out" if form.get("event") == "out" else "in"
    key = form.get(FIELD) or new_id()
    return Act(key[:64], event, at, "paper", person=form["person"], promised=form.get("promised") == "1")


def _crumbs(meeting: Meeting, here: str) -> list[dict[str, str]]:
    crumbs = shown.meeting_crumbs(meeting, here)
    crumbs.insert(-1, {"label": _("邀请列席"), "url": url_for(".invitations", id=meeting.id)})
    return crumbs
