"""Agenda applications (议题申报) in the console: the list, and one application with everything an approver must see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, true, tuple_
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from core import agencies, clocks, permissions, storage
from core.db import db, write
from core.models import AuditEntry, Clock
from core.paging import cursor_of, read_cursor
from core.permissions import Actor
from core.refusals import Forbidden, Invalid, Refused, Stale, WrongState
from core.web.admin import ConsoleView, expose
from core.web.api import bodies
from core.web.requests import actor
from plugins.meetings import values
from plugins.meetings.admin import words
from plugins.meetings.admin.acts import acts, scheduling
from plugins.meetings.admin.documents import download, print_page
from plugins.meetings.admin.drafts import Drafts
from plugins.meetings.admin.lists import TAKES_LISTS, Lists
from plugins.meetings.admin.load import load
from plugins.meetings.admin.plans import Plans
from plugins.meetings.admin.steps import next_step, path, person
from plugins.meetings.content import content_hash, is_approved, is_cleared
from plugins.meetings.forms import ApplicationMove
from plugins.meetings.models import AgendaApplication, Obligation
from plugins.meetings.services import applications, materials, recusals, representatives, signup_calls
from plugins.meetings.services.visibility import sees_contacts, visible_applications
from plugins.meetings.services.waiting import awaiting_approval, started_by
from plugins.meetings.values import CATEGORIES
from plugins.meetings.workflow import APPLICATION, OBLIGATION

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


class ApplicationsView(Drafts, Lists, Plans, ConsoleView):
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
            may_apply=permissions.can(who, "meetings.apply") is not None,
            filtered=bool(_filters()),
            empty=EMPTY,
            next_step=next_step,
        )

    @expose("/<id>")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """One application: path, acts, and item, plan, list and materials as one content (会7)."""
        return _detail(load(id))

    @expose("/<id>/print")
    def printed(self, id: str) -> str:  # noqa: A002
        """会议议题申报表, to print or to keep as PDF."""
        back = {"url": url_for(".show", id=id), "label": _("回到议题")}
        return print_page("application", "application_form", load(id), back)

    @expose("/<id>/documents/<name>")
    def document(self, id: str, name: str) -> Response:  # noqa: A002
        """The form as a Word file, from the jurisdiction's template."""
        return download("application", name, load(id))

    @expose("/<id>/files/<file>")
    def file(self, id: str, file: str) -> Response:  # noqa: A002
        """A material as an invitee gets it; a restricted one bears one's own name: to see that it can be marked."""
        item, opened = load(id), storage.open_for(actor(), file)
        category = item.invitees[0].category if item.invitees else next(iter(CATEGORIES))
        try:
            return storage.respond(opened, materials.for_invitee(item, opened, actor().name, category))
        except Refused as no:
            return _refused(item, no)

    @expose("/<id>/transitions", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """Carry out an event; a refusal says why on the same page and keeps the reason that was written."""
        load(id)
        form = request.form
        try:
            given = {name: form[name] for name in ("event", "reason", "meeting", "content_hash") if form.get(name)}
            sent = bodies.validate(ApplicationMove, bodies.Cleaner().clean(given, 0, ""))
            with write():
                version = form.get("version", -1, type=int)
                applications.move(
                    actor(), load(id), sent.event, reason=sent.reason, version=version, params=sent.values()
                )
        except Invalid as wrong:
            return _detail(load(id), 422, words.faults(wrong.errors))
        except Refused as no:
            return _refused(load(id), no)
        flash(str(DONE.get(sent.event, _l("已办理。"))), "done")
        return redirect(url_for(".show", id=id))


DONE: dict[str, Any] = {
    "submit": _l("已申报，等分管领导审批。"),
    "clear": _l("已对当前内容核签。"),
    "approve": _l("已同意。"),
    "return": _l("已退回申报单位。"),
    "schedule": _l("已安排上会。"),
    "postpone": _l("已推迟，受邀人员会收到消息。"),
    "withdraw": _l("已撤回。"),
}


def _detail(item: AgendaApplication, status: int = 200, problems: Sequence[dict[str, Any]] = ()) -> Response:
    who = actor()
    text = render_template(
        "meetings/console/application.html",
        item=item,
        problems=problems,
        kept=request.form if problems else {},
        steps=path(item),
        next_step=next_step(item),
        acts=acts(item, who),
        scheduling=scheduling(item, who),
        approved=is_approved(item),
        cleared=is_cleared(item),
        by=person,
        may_list=permissions.can(who, "meetings.change_plan", item) and item.state in TAKES_LISTS,
        may_pool=permissions.can(who, representatives.RIGHT) is not None,
        declared=sum(row.state == "declared" for row in recusals.of_item(who, item)),
        owed=_owed(item),
        signup=next((call for call in item.signup_calls if call.state != "cancelled"), None),
        may_sign_up=permissions.can(who, "meetings.signups", item) and item.state in signup_calls.TAKES_CALLS,
        crumbs=[{"label": _l("议题申报"), "url": url_for(".index")}, {"label": item.title}],
        **_content(item),
    )
    return make_response(text, status)


def _content(item: AgendaApplication) -> dict[str, Any]:
    """What is decided on, as the content partial shows it."""
    return {
        "machine": APPLICATION,
        "words": values,
        "contacts": sees_contacts(actor(), item),
        "digest": content_hash(item),
        "partner": applications.partners_of([item]).materials.get(item.matter_id, ()),
    }


def _owed(item: AgendaApplication) -> list[tuple[Obligation, list[Clock]]]:
    """What is owed after the meeting, with its clocks (会9)."""
    query = select(Obligation).where(Obligation.application_id == item.id).order_by(Obligation.position)
    rows = db.session.scalars(query).all()
    by_subject = clocks.of(OBLIGATION.object_type, [row.id for row in rows])
    return [(row, by_subject[row.id]) for row in rows]


def _refused(item: AgendaApplication, no: Refused) -> Response:
    """Why not; but who pressed a button twice is shown what the first press did.

    Raises:
        Forbidden: the act is not this person's.
    """
    if isinstance(no, (Forbidden, Stale, WrongState)) and _sent_twice(item):
        return redirect(url_for(".show", id=item.id))
    if isinstance(no, Forbidden):
        raise no
    return _detail(item, no.status, [{"text": one.detail, "article": one.article} for one in no.refusals])


def _sent_twice(item: AgendaApplication) -> bool:
    """True when this very act was carried out by this person a moment ago: the button was pressed twice."""
    query = select(AuditEntry).where(AuditEntry.object_id == item.id).order_by(AuditEntry.seq.desc()).limit(1)
    last = db.session.scalar(query)
    action = f"{APPLICATION.object_type}.{request.form.get('event')}"
    before = request.form.get("version", -1, type=int) == item.version - 1
    return before and last is not None and (last.action, last.actor_id) == (action, actor().id)


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
