"""督办 (管4) in the console: what the supervising department wants done by when, and the answers."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import clocks, permissions
from core.db import db
from core.permissions import can
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import parse
from core.web.requests import actor
from plugins.disclosure.admin.acting import No, answer, bodies_for, carry_out, events_of, sent, version
from plugins.disclosure.forms.withheld import MoveIn, UrgingIn
from plugins.disclosure.models import Urging
from plugins.disclosure.services import bodies, urgings
from plugins.disclosure.workflow import URGING
from plugins.disclosure.workflow.urgings import URGE

MOST = 300
LABELS: dict[str, Any] = {
    "agency": _l("单位"),
    "title": _l("标题"),
    "demand": _l("督办要求"),
    "due_on": _l("限期"),
    "reason": _l("理由"),
}


class UrgingsView(ConsoleView):
    """督办、报告、退回、销号."""

    @expose("/")
    def index(self) -> str:
        """What is open, or everything; what is due first comes first."""
        shown = request.args.get("list", "") or "open"
        query = urgings.select_rows(actor())
        if shown == "open":
            query = query.where(Urging.state != "closed")
        rows = db.session.scalars(query.order_by(Urging.due_on, Urging.id).limit(MOST)).all()
        return self.render(
            "disclosure/console/urgings.html",
            rows=rows,
            clocks={ident: found[-1] for ident, found in _clocks(*rows).items() if found},
            shown=shown,
            states=URGING.states,
            may_urge=can(actor(), URGE),
        )

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> Response:
        """On the desk of the body at once."""
        permissions.require(actor(), URGE)
        if request.method == "GET":
            return _form()

        def act() -> str:
            body = parse(UrgingIn, sent("agency", "title", "demand", "due_on"))
            agency = bodies.by_code(body.agency)
            return urgings.urge(actor(), agency, title=body.title, demand=body.demand, due_on=body.due_on).id

        return carry_out(act, _form, _("督办已经发出。"))

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """What is wanted, until when, and the answer."""
        return _page(urgings.find(actor(), id))

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """Answer, return, close."""

        def act() -> str:
            body = parse(MoveIn, sent("event", "reason"))
            row = urgings.find(actor(), id)
            return urgings.move(actor(), row, body.event, reason=body.reason, version=version()).id

        return carry_out(act, lambda no: _page(urgings.find(actor(), id), no))


def _clocks(*rows: Urging) -> dict[str, list[Any]]:
    return clocks.of(URGING.object_type, [row.id for row in rows])


def _form(no: No = None) -> Response:
    return answer(
        "disclosure/console/urging_new.html",
        no,
        LABELS,
        crumbs=[{"label": _("督办"), "url": url_for(".index")}, {"label": _("发出督办"), "url": ""}],
        agencies=bodies_for(actor(), URGE),
    )


def _page(row: Urging, no: No = None) -> Response:
    events = events_of(URGING, row)
    return answer(
        "disclosure/console/urging.html",
        no,
        LABELS,
        crumbs=[{"label": _("督办"), "url": url_for(".index")}, {"label": row.title, "url": ""}],
        row=row,
        state=URGING.states[row.state],
        clocks=_clocks(row)[row.id],
        acts=list(events.values()),
        primary=next((name for name in ("answer", "close") if name in events and events[name]["allowed"]), ""),
    )
