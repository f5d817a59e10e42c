"""Agenda applications (议题申报) in the console: the list."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, true, tuple_
from sqlalchemy.orm import selectinload

from core import agencies, permissions
from core.db import db
from core.paging import cursor_of, read_cursor
from core.permissions import Actor
from core.web.admin import ConsoleView, expose
from core.web.requests import actor
from plugins.meetings import values
from plugins.meetings.admin.steps import next_step
from plugins.meetings.models import AgendaApplication
from plugins.meetings.services.visibility import visible_applications
from plugins.meetings.services.waiting import awaiting_approval, started_by
from plugins.meetings.workflow import APPLICATION

PAGE = 30
LISTS: dict[str, Any] = {
    "mine": _l("我申报的"),
    "approval": _l("等我审批"),
    "ready": _l("已批准待上会"),
    "all": _l("全部"),
}
FILTERS = {
    "state": AgendaApplication.state,
    "subject_class": AgendaApplication.subject_class,
    "agency": AgendaApplication.agency_id,
}
EMPTY: dict[str, Any] = {
    "mine": _l("您还没有申报过议题。"),
    "approval": _l("现在没有等您审批的议题。"),
    "ready": _l("现在没有已批准待上会的议题。"),
    "all": _l("还没有议题。"),
}


class ApplicationsView(ConsoleView):
    """From the first draft to the agenda."""

    @expose("/")
    def index(self) -> str:
        """The list: one's own, those waiting for one's approval, those ready for a meeting, all one may see."""
        who, asked = actor(), request.args.get("list", "")
        shown = asked if asked in LISTS else _first_list(who)
        rows, more = _page(who, shown)
        return self.render(
            "meetings/console/applications.html",
            rows=rows,
            more=more,
            shown=shown,
            lists=LISTS,
            machine=APPLICATION,
            words=values,
            states=[(code, state.label) for code, state in APPLICATION.states.items()],
            bodies=[(agency.id, agency.name) for agency in agencies.here()],
            chosen=request.args,
            filtered=bool(_filters()),
            empty=EMPTY,
            next_step=next_step,
        )


def _first_list(who: Actor) -> str:
    """What one most likely comes for."""
    if any(permissions.can(who, right) for right in ("meetings.approve", "meetings.approve_leader", "meetings.clear")):
        return "approval"
    return "mine" if permissions.can(who, "meetings.apply") else "all"


def _page(who: Actor, shown: str) -> tuple[list[AgendaApplication], str]:
    order = tuple_(AgendaApplication.created_at, AgendaApplication.id)
    query = select(AgendaApplication).where(visible_applications(who), _within(who, shown), *_filters())
    if after := request.args.get("after", ""):
        query = query.where(order < tuple_(*read_cursor(after)))
    loaded = selectinload(AgendaApplication.agency), selectinload(AgendaApplication.meeting)
    newest = AgendaApplication.created_at.desc(), AgendaApplication.id.desc()
    rows = list(db.session.scalars(query.options(*loaded).order_by(*newest).limit(PAGE + 1)))
    if len(rows) <= PAGE:
        return rows, ""
    last = rows[PAGE - 1]
    kept: dict[str, Any] = request.args.to_dict() | {"list": shown, "after": cursor_of(last.created_at, last.id)}
    return rows[:PAGE], url_for(".index", **kept)


def _within(who: Actor, shown: str) -> ColumnElement[bool]:
    return {
        "mine": started_by(who),
        "approval": awaiting_approval(who),
        "ready": AgendaApplication.state == "approved",
        "all": true(),
    }[shown]


def _filters() -> list[ColumnElement[bool]]:
    """What the reader narrows the list by; a value that does not exist finds nothing."""
    asked = {name: request.args.get(name, "").strip() for name in FILTERS}
    found = [FILTERS[name] == value for name, value in asked.items() if value]
    if words := request.args.get("q", "").strip()[:100]:
        found.append(AgendaApplication.title.contains(words, autoescape=True))
    return found
