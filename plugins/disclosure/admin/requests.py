"""Requests for information (依申请公开, 管12) in the console: the list, entering by proxy, the page, every step."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select, tuple_
from sqlalchemy.orm import selectinload
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from core import clocks, permissions
from core.db import db, write
from core.models import Agency, AuditEntry
from core.paging import cursor_of, read_cursor
from core.permissions import can
from core.refusals import Forbidden, Invalid, Refused, Stale, WrongState
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import parse, problems
from core.web.once import FIELD, new_key, once
from core.web.requests import actor
from plugins.disclosure import values_requests as words
from plugins.disclosure.admin import request_asks, request_page
from plugins.disclosure.admin.request_more import MoreOfRequests
from plugins.disclosure.forms import request_form
from plugins.disclosure.forms.requests import RequestMove
from plugins.disclosure.models import AccessRequest
from plugins.disclosure.services import request_lists, requests
from plugins.disclosure.services.request_files import Upload
from plugins.disclosure.services.request_lists import DUE, WHOSE, Wanted
from plugins.disclosure.workflow import REQUEST
from plugins.disclosure.workflow import request_clocks as limits
from plugins.disclosure.workflow.requests import HANDLE

PAGE = 50


class RequestsView(MoreOfRequests, ConsoleView):
    """From the registration to the archive."""

    @expose("/")
    def index(self) -> str:
        """What waits for me first; filters for state, date, whose, words."""
        asked = request.args
        whose = asked["whose"] if asked.get("whose") in WHOSE else "waiting"
        state = asked["state"] if asked.get("state") in REQUEST.states else ""
        wanted = Wanted(whose, state, asked.get("due", ""), asked.get("words", "")[:100])
        rows, more = _page(wanted)
        running = clocks.of(limits.REQUEST_TYPE, [row.id for row in rows])
        return self.render(
            "disclosure/console/requests.html",
            crumbs=[{"label": _("依申请公开"), "url": ""}],
            rows=[(row, _next_due(running[row.id])) for row in rows],
            more=more,
            wanted=wanted,
            filtered=bool(state or wanted.due or wanted.words),
            whose=WHOSE,
            due=DUE,
            states=REQUEST.states,
            words=words,
            may_enter=can(actor(), HANDLE) is not None,
        )

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> Response:
        """What came over the counter, by letter or fax; its receipt is handed to the applicant."""
        permissions.require(actor(), HANDLE)
        typed = request.form
        if request.method == "GET":
            return self._entry(MultiDict({"channel": "counter", "arrived_on": limits.today().isoformat()}), [])
        uploads, faults = request_form.chosen(typed, request.files)

        def make() -> str:
            day = body.arrived_on or limits.today()
            made, secret = requests.enter(actor(), body.agency, body.entry(), body.channel, day, uploads)
            return f"{made.id} {secret}"

        try:
            more = {name: typed[name] for name in ("channel", "arrived_on") if typed.get(name)}
            body = request_form.read(typed, uploads, faults, whole=False, **more)
            ident, _blank, secret = once(actor(), typed.get(FIELD, ""), make).partition(" ")
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return self._entry(typed, uploads, no)
        row = requests.find(actor(), ident)
        page = self.render(
            "disclosure/console/request_receipt.html",
            crumbs=request_page.crumbs((row.number, "")), row=row, secret=secret, words=words,
        )  # fmt: skip
        return make_response(page)

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """All of one request that this person may see, and what may be done."""
        return request_page.page(requests.find(actor(), id))

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """One step of table 5.4; pressed twice it is done once."""
        event, form = request.form.get("event", ""), request.form
        try:
            sent = parse(RequestMove, request_asks.sent(event, form))
            with write():
                requests.move(
                    actor(), requests.find(actor(), id), event, reason=sent.reason,
                    version=form.get("version", -1, type=int), params=sent.values(),
                )  # fmt: skip
        except (Invalid, Refused) as no:
            return _refused(id, event, no)
        flash(_("已办理。"), "done")
        return redirect(url_for(".show", id=id))

    def _entry(
        self, typed: MultiDict[str, str], uploads: list[Upload], no: Invalid | Refused | None = None
    ) -> Response:
        bodies = _own_bodies()
        text = self.render(
            "disclosure/console/request_new.html",
            crumbs=request_page.crumbs((_("登记申请"), "")),
            f={"typed": typed, "errors": no.errors if isinstance(no, Invalid) else {}},
            agency=typed.get("agency") or (bodies[0][0] if len(bodies) == 1 else ""),
            bodies=bodies,
            kept=request_form.shown(uploads),
            problems=problems(no, request_form.LABELS) if no else [],
            limits=requests.LIMITS,
            channels={code: word for code, word in words.CHANNELS.items() if code != "web"},
            form_key=typed.get(FIELD) or new_key(),
            words=words,
        )
        return make_response(text, no.status if no else 200)


def _refused(ident: str, event: str, no: Invalid | Refused) -> Response:
    """Why not; but who pressed a button twice is shown what the first press did.

    Raises:
        Forbidden: the act is not this person's.
    """
    row = requests.find(actor(), ident)
    if isinstance(no, (Forbidden, Stale, WrongState)) and _sent_twice(row, event):
        return redirect(url_for(".show", id=ident))
    if isinstance(no, Forbidden):
        raise no
    return request_page.page(row, no)


def _sent_twice(row: AccessRequest, event: str) -> bool:
    query = select(AuditEntry).where(AuditEntry.object_id == row.id).order_by(AuditEntry.seq.desc()).limit(1)
    last = db.session.scalar(query)
    before = request.form.get("version", -1, type=int) == row.version - 1
    return (
        before and last is not None and (last.action, last.actor_id) == (f"{REQUEST.object_type}.{event}", actor().id)
    )


def _page(wanted: Wanted) -> tuple[list[AccessRequest], str]:
    order = tuple_(AccessRequest.created_at, AccessRequest.id)
    query = request_lists.listed(actor(), wanted)
    if after := request.args.get("after", ""):
        query = query.where(order < tuple_(*read_cursor(after)))
    loaded = selectinload(AccessRequest.agency), selectinload(AccessRequest.handler)
    newest = AccessRequest.created_at.desc(), AccessRequest.id.desc()
    rows = list(db.session.scalars(query.options(*loaded).order_by(*newest).limit(PAGE + 1)))
    if len(rows) <= PAGE:
        return rows, ""
    last = rows[PAGE - 1]
    kept: dict[str, Any] = {
        name: request.args[name] for name in ("whose", "state", "due", "words") if request.args.get(name)
    }
    return rows[:PAGE], url_for(".index", **kept, after=cursor_of(last.created_at, last.id))


def _next_due(running: list[Any]) -> Any:
    """The limit that comes first."""
    return min((one for one in running if one.state in clocks.OPEN), key=lambda one: one.due_at, default=None)


def _own_bodies() -> list[tuple[str, str]]:
    bodies = permissions.permitted_agencies(actor(), HANDLE)
    query = select(Agency).where(Agency.abolished_at.is_(None)).order_by(Agency.code)
    return [(one.id, one.name) for one in db.session.scalars(query) if bodies is None or one.id in bodies]
