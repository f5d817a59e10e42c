"""Annual reports (年度报告) in the console: tables, text with its checks, review, publication, files."""

from __future__ import annotations

import io
from typing import Any

from flask import request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import clocks
from core.refusals import Invalid
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import parse
from core.web.requests import actor
from plugins.disclosure import guards
from plugins.disclosure.admin.acting import No, answer, bodies_for, carry_out, events_of, sent, version
from plugins.disclosure.documents.report_blocks import figure, grids
from plugins.disclosure.forms.reports import NewReportIn, ReportIn
from plugins.disclosure.forms.withheld import MoveIn
from plugins.disclosure.models import AnnualReport
from plugins.disclosure.services import bodies, reports
from plugins.disclosure.services.visibility import page_address
from plugins.disclosure.values_reports import FIGURES, MONEY, PARTS
from plugins.disclosure.workflow import REPORT
from plugins.disclosure.workflow.report_tables import tables_of
from plugins.disclosure.workflow.reports import OBJECT_TYPE, RIGHT, mismatches, title, waiting

NAMES: dict[str, Any] = {**PARTS, "agency": _l("单位"), "year": _l("年份"), "reason": _l("理由")}
NAMES |= {f"figures.{key}": label for key, (_what, label) in FIGURES.items()}
KINDS: dict[str, Any] = {"body": _l("本单位"), "government": _l("本级政府")}
ONWARD = ("review", "publish")


class ReportsView(ConsoleView):
    """编写、核对、审核、发布."""

    @expose("/")
    def index(self) -> Response:
        """Every report one may see, and where to begin another."""
        return _index()

    @expose("/begin", methods=["POST"])
    def begin(self) -> Response:
        """The report of a year, or the one that is there."""

        def act() -> str:
            body = parse(NewReportIn, sent("agency", "year", "kind"))
            return reports.begin(actor(), bodies.by_code(body.agency), body.year, body.kind).id

        return carry_out(act, _index, _("年度报告已经开始编写。"))

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """One report: its tables, its text, what does not agree, and what may be done."""
        return _page(reports.find(actor(), id))

    @expose("/<id>/save", methods=["POST"])
    def save(self, id: str) -> Response:  # noqa: A002
        """Its text and the figures of table two."""

        def act() -> str:
            body = parse(ReportIn, {name: request.form.get(name, "") for name in PARTS} | {"figures": _figures()})
            report = reports.find(actor(), id)
            return reports.save(actor(), report, body.values("figures"), body.figures, version=version()).id

        return carry_out(act, lambda no: _page(reports.find(actor(), id), no), _("已保存。"))

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """Review, return, publish, correct."""

        def act() -> str:
            body = parse(MoveIn, sent("event", "reason"))
            report = reports.find(actor(), id)
            return reports.move(actor(), report, body.event, reason=body.reason, version=version()).id

        return carry_out(act, lambda no: _page(reports.find(actor(), id), no))

    @expose("/<id>/files/<kind>")
    def file(self, id: str, kind: str) -> Response:  # noqa: A002
        """docx, pdf or xlsx."""
        made = reports.file(reports.find(actor(), id), kind)
        return send_file(io.BytesIO(made.content), made.media_type, as_attachment=True, download_name=made.name)


def _figures() -> dict[str, int | None]:
    """An empty field lets the figure come from the plugins; fees are typed in 万元."""
    found: dict[str, int | None] = {}
    for key in FIGURES:
        typed = request.form.get(f"figures.{key}", "").strip()
        try:
            found[key] = reports.read_figure(key, typed) if typed else None
        except ValueError:
            raise Invalid({f"figures.{key}": [_l("请填写不小于 0 的整数。")]}) from None
    return found


def _index(no: No = None) -> Response:
    own, supervising = bodies_for(actor(), RIGHT), guards.supervising()
    return answer(
        "disclosure/console/reports.html", no, NAMES, rows=reports.recent(actor()), title=title, states=REPORT.states,
        own=own, kinds=KINDS if supervising and supervising.id in own else {}, years=reports.years(),
    )  # fmt: skip


def _page(report: AnnualReport, no: No = None) -> Response:
    events = events_of(REPORT, report)
    edit = events.pop("edit", None)
    again = no is not None and "overview" in request.form
    tables = tables_of(report)
    stands = {name: getattr(report, name) for name in PARTS}
    stands |= {f"figures.{key}": figure(key, value) for key, value in report.figures.items()}
    return answer(
        "disclosure/console/report.html", no, NAMES,
        crumbs=[{"label": _("年度报告"), "url": url_for(".index")}, {"label": title(report), "url": ""}],
        row=report, heading=title(report), state=REPORT.states[report.state], parts=PARTS, grids=grids(tables),
        figures=FIGURES, money=MONEY, typed=request.form if again else stands, stands=stands if again else {},
        may_edit=bool(edit and edit["allowed"]), acts=list(events.values()),
        primary=next((name for name in ONWARD if name in events and events[name]["allowed"]), ""),
        differing=mismatches(report), waiting=waiting(report), page_url=page_address(report.publication),
        clocks=clocks.of(OBJECT_TYPE, [report.id])[report.id],
    )  # fmt: skip
