"""The register of rectifications (整改台账, 认10) in the console: order, report with its outcome, verify."""

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
from plugins.disclosure.forms.withheld import RectificationIn, RectificationMove
from plugins.disclosure.models import Rectification
from plugins.disclosure.services import bodies, rectifications
from plugins.disclosure.values import OUTCOMES, SEVERITIES
from plugins.disclosure.workflow import RECTIFICATION
from plugins.disclosure.workflow.rectifications import VERIFY, usual_day

MOST = 300
LABELS: dict[str, Any] = {
    "agency": _l("责任单位"),
    "title": _l("事项"),
    "ordered_by": _l("责令机关"),
    "finding": _l("发现的问题"),
    "severity": _l("程度"),
    "due_on": _l("整改限期"),
    "measures": _l("整改措施"),
    "outcome": _l("整改结果"),
    "reason": _l("理由"),
}


class RectificationsView(ConsoleView):
    """责令整改、报告、退回、核验; nothing is deleted."""

    @expose("/")
    def index(self) -> str:
        """The register: what is open, or everything."""
        shown = request.args.get("list", "") or "open"
        query = rectifications.select_rows(actor())
        if shown == "open":
            query = query.where(Rectification.state != "verified")
        rows = db.session.scalars(query.order_by(Rectification.due_on, Rectification.id).limit(MOST)).all()
        return self.render(
            "disclosure/console/rectifications.html",
            rows=rows,
            clocks={ident: found[-1] for ident, found in _clocks(*rows).items() if found},
            shown=shown,
            states=RECTIFICATION.states,
            severities=SEVERITIES,
            outcomes=OUTCOMES,
            may_order=can(actor(), VERIFY),
        )

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> Response:
        """Ordered by hand; a withdrawal opens a record by itself."""
        permissions.require(actor(), VERIFY)
        if request.method == "GET":
            return _form()

        def act() -> str:
            names = ("agency", "title", "ordered_by", "finding", "severity", "due_on")
            body = parse(RectificationIn, sent(*names))
            return rectifications.record(actor(), bodies.by_code(body.agency), **body.values("agency")).id

        return carry_out(act, _form, _("已登记。"))

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """Who ordered what until when, what was done, who verified it."""
        return _page(rectifications.find(actor(), id))

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """Report, return, verify."""

        def act() -> str:
            body = parse(RectificationMove, sent("event", "reason", "measures", "outcome"))
            row = rectifications.find(actor(), id)
            rectifications.move(
                actor(), row, body.event, reason=body.reason, version=version(), measures=body.measures,
                outcome=body.outcome,
            )  # fmt: skip
            return row.id

        return carry_out(act, lambda no: _page(rectifications.find(actor(), id), no))


def _clocks(*rows: Rectification) -> dict[str, list[Any]]:
    return clocks.of(RECTIFICATION.object_type, [row.id for row in rows])


def _form(no: No = None) -> Response:
    return answer(
        "disclosure/console/rectification_new.html",
        no,
        LABELS,
        crumbs=[{"label": _("整改台账"), "url": url_for(".index")}, {"label": _("责令整改"), "url": ""}],
        agencies=bodies_for(actor(), VERIFY),
        severities=SEVERITIES,
        usual=usual_day(),
    )


def _page(row: Rectification, no: No = None) -> Response:
    events = events_of(RECTIFICATION, row)
    report = events.pop("report", None)
    return answer(
        "disclosure/console/rectification.html",
        no,
        LABELS,
        crumbs=[{"label": _("整改台账"), "url": url_for(".index")}, {"label": row.title, "url": ""}],
        row=row,
        state=RECTIFICATION.states[row.state],
        severities=SEVERITIES,
        outcomes=OUTCOMES,
        clocks=_clocks(row)[row.id],
        report=report,
        acts=list(events.values()),
        primary="verify" if events.get("verify", {}).get("allowed") else "",
    )
