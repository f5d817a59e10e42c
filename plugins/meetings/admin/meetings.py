"""Meetings (会议) in the console: the list, a new one, the page of one, its acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext
from sqlalchemy import select, tuple_
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from core import agencies, permissions
from core.db import db, write
from core.paging import cursor_of, read_cursor
from core.permissions import permitted_agencies
from core.refusals import Forbidden, Invalid, Refused, Stale
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import problems
from core.web.once import FIELD, new_key, once
from core.web.requests import actor
from plugins.meetings import values
from plugins.meetings.admin import meeting_form, meeting_page, shown
from plugins.meetings.admin.agenda import AgendaActs
from plugins.meetings.admin.calendar_replies import CalendarReplyActs
from plugins.meetings.admin.documents import DocumentActs
from plugins.meetings.admin.door import DoorActs
from plugins.meetings.admin.invitations import InvitationActs
from plugins.meetings.admin.substitutions import SubstitutionActs
from plugins.meetings.admin.tellings import TellingActs
from plugins.meetings.forms import MeetingIn, MeetingPatch
from plugins.meetings.models import Meeting
from plugins.meetings.services import meetings
from plugins.meetings.services.visibility import visible_meetings
from plugins.meetings.workflow import MEETING

PAGE = 30
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_l("正在进行"), ("in_session", "paused")),
    (_l("已公告"), ("announced",)),
    (_l("筹备中"), ("preparing",)),
    (_l("已结束，记录待封存"), ("closed",)),
)
PAST = ("sealed", "cancelled")


class MeetingsView(
    AgendaActs, CalendarReplyActs, InvitationActs, SubstitutionActs, TellingActs, DoorActs, DocumentActs, ConsoleView
):
    """From preparation to the sealed record."""

    @expose("/")
    def index(self) -> str:
        """Those under way in groups; past ones page by page."""
        past, older = _past(request.args.get("after", ""))
        return self.render(
            "meetings/console/meetings.html",
            groups=[(title, _in_states(states)) for title, states in GROUPS],
            past=past,
            older=older,
            machine=MEETING,
            words=values,
            may_convene=permissions.can(actor(), "meetings.convene") is not None,
        )

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> Response:
        """A meeting and its agenda in one transaction; the same form sent twice makes one meeting."""
        permissions.require(actor(), "meetings.convene")
        if request.method == "GET":
            return _new_page({FIELD: new_key(), "kind": "executive", "open_to_public": "yes"})
        typed = request.form.to_dict()
        try:
            body = meeting_form.read(MeetingIn, meeting_form.new_values(request.form))
            ident = once(actor(), typed.get(FIELD, ""), lambda: meetings.create(actor(), body.values()).id)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _new_page(typed, no)
        flash(_("会议已建立。"), "done")
        return redirect(url_for(".show", id=ident))

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """One meeting."""
        return meeting_page.page(meetings.find(actor(), id))

    @expose("/<id>/edit", methods=["GET", "POST"])
    def edit(self, id: str) -> Response:  # noqa: A002
        """Time, place, title before it begins; a stale form shows both versions and keeps what was typed."""
        meeting = meetings.find(actor(), id)
        permissions.require(actor(), "meetings.convene", meeting)
        if request.method == "GET":
            return _edit_page(meeting, meeting_form.typed_of(meeting))
        typed = request.form.to_dict()
        version = request.form.get("version", -1, type=int)
        try:
            body = meeting_form.read(MeetingPatch, meeting_form.changes(request.form))
            with write():
                meetings.edit(actor(), meetings.find(actor(), id), body.values(), version=version)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _edit_page(meetings.find(actor(), id), typed, no)
        flash(_("已保存。时间或地点有变的，已通知受邀人员。"), "done")
        return redirect(url_for(".show", id=id))

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """An event of the meeting; from the stenographer's page it goes back there."""
        form, back = request.form, "meetings_live.show" if request.args.get("back") == "live" else ".show"
        meeting = meetings.find(actor(), id)
        try:
            with write():
                meeting = meetings.find(actor(), id)
                reason, version = form.get("reason", ""), form.get("version", -1, type=int)
                meetings.move(actor(), meeting, form.get("event", ""), reason=reason, version=version)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            found = problems(no, {"reason": _("理由")})
            return meeting_page.page(meetings.find(actor(), id), problems=found, typed=form, status=no.status)
        flash(_moved(meetings.find(actor(), id), form.get("event", "")), "done")
        return redirect(url_for(back, id=id))


def _moved(meeting: Meeting, event: str) -> Any:
    left = [item for item in meeting.agenda if item.state in {"scheduled", "in_session"}]
    if event == "seal" and left:
        return _("记录已封存。有 %(count)s 个议题没有形成审议结论。", count=len(left))
    return _("已办理：“%(title)s”现在是“%(state)s”。", title=meeting.title, state=MEETING.label(meeting.state))


def _in_states(states: tuple[str, ...]) -> Sequence[Meeting]:
    query = select(Meeting).where(visible_meetings(actor()), Meeting.state.in_(states)).options(*_LOADED)
    return db.session.scalars(query.order_by(Meeting.starts_at, Meeting.id).limit(100)).all()


def _past(after: str) -> tuple[list[Meeting], str]:
    query = select(Meeting).where(visible_meetings(actor()), Meeting.state.in_(PAST)).options(*_LOADED)
    if after:
        query = query.where(tuple_(Meeting.starts_at, Meeting.id) < tuple_(*read_cursor(after)))
    newest = query.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(PAGE + 1)
    rows = list(db.session.scalars(newest))
    if len(rows) <= PAGE:
        return rows, ""
    last = rows[PAGE - 1]
    return rows[:PAGE], url_for(".index", after=cursor_of(last.starts_at, last.id))


_LOADED = selectinload(Meeting.agenda), selectinload(Meeting.agency), selectinload(Meeting.obligations)


def _agencies() -> dict[str, str]:
    """The bodies the actor may convene for."""
    own = permitted_agencies(actor(), "meetings.convene")
    return {row.id: row.name for row in agencies.here() if not row.abolished_at and (own is None or row.id in own)}


def _new_page(typed: Mapping[str, Any], no: Invalid | Refused | None = None) -> Response:
    return _form_page(
        "meetings/console/meeting_new.html",
        typed,
        no,
        crumbs=[{"label": pgettext("menu", "会议"), "url": url_for(".index")}, {"label": _("新建会议"), "url": ""}],
        ready=meeting_page.ready_items(),
        agencies=_agencies(),
    )


def _edit_page(meeting: Meeting, typed: Mapping[str, Any], no: Invalid | Refused | None = None) -> Response:
    stale = isinstance(no, Stale)
    return _form_page(
        "meetings/console/meeting_edit.html",
        {**typed, "version": meeting.version} if stale else {"version": meeting.version, **typed},
        no,
        crumbs=shown.meeting_crumbs(meeting, _("修改")),
        meeting=meeting,
        differences=meeting_form.differences(meeting, typed) if stale else [],
    )


def _form_page(template: str, typed: Mapping[str, Any], no: Invalid | Refused | None, **more: Any) -> Response:
    errors = no.errors if isinstance(no, Invalid) else {}
    page = render_template(
        template,
        form={"typed": typed, "errors": errors},
        problems=problems(no, meeting_form.LABELS) if no else [],
        words=values,
        **more,
    )
    return make_response(page, no.status if no else 200)
