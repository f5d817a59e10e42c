"""Annual reports (年度报告) over the API: begin, write, review, publish; tables, checks and files."""

from __future__ import annotations

import io
from typing import Any, Literal

from flask import Response, send_file
from pydantic import BaseModel

from core import clocks, publications, storage
from core.permissions import works_here
from core.web.api import Answer, Api, ClockOut, EventOut, Page, PageQuery, events_json, if_match, moved, page
from core.web.api.moves import Moved
from core.web.requests import actor
from plugins.disclosure.forms.reports import NewReportIn, ReportIn
from plugins.disclosure.forms.withheld import MoveIn
from plugins.disclosure.models import AnnualReport
from plugins.disclosure.services import bodies, reports
from plugins.disclosure.values_reports import PARTS
from plugins.disclosure.workflow import REPORT
from plugins.disclosure.workflow.report_tables import tables_of
from plugins.disclosure.workflow.reports import OBJECT_TYPE, mismatches, title, waiting

ONE = "/reports/<id>"


class ReportQuery(PageQuery):
    """Filters."""

    year: int | None = None
    kind: Literal["body", "government"] | None = None


class ReportRow(BaseModel):
    """A report in a list."""

    id: str
    title: str
    agency: str
    agency_name: str
    year: int
    kind: str
    state: str
    state_label: str
    published_at: str | None
    page: str
    etag: str


class ReportOut(ReportRow):
    """One report. `tables`: two by key (fees in 分), three as 25 rows of 7, four by case and result · `differences`:
    figures of the text that are not the tables' · `waiting`: bodies whose report is not reviewed yet.
    """

    overview: str
    problems: str
    other: str
    figures: dict[str, int]
    tables: dict[str, Any]
    differences: list[dict[str, str]]
    waiting: list[str]
    returned_reason: str
    clocks: list[ClockOut]
    events: list[EventOut]


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get("/reports", public=True, query=ReportQuery, answer=Page[ReportRow], summary="Annual reports")(listing)
    api.post(
        "/reports", body=NewReportIn, permission="disclosure.report", status=201, answer=ReportOut,
        summary="Begin the report of a year, or get the one begun already",
    )(begin)  # fmt: skip
    api.get(ONE, load=load, public=True, answer=ReportOut, summary="One report with its tables")(show)
    api.patch(
        ONE, load=load, body=ReportIn, permission="disclosure.report", versioned=True, answer=ReportOut,
        summary="Write its parts, correct figures of table two",
    )(change)  # fmt: skip
    api.post(
        f"{ONE}/transitions", load=load, body=MoveIn, machine=REPORT, answer=Moved,
        summary="Review, return, publish, correct",
    )(move)  # fmt: skip
    api.get(f"{ONE}/files/<kind>", load=load, public=True, summary="The report as docx, pdf or xlsx")(content)


def load(ident: str) -> AnnualReport:
    """One the caller may see; raises NotFound."""
    return reports.find(actor(), ident)


def listing(query: ReportQuery) -> Answer:
    """Published ones for everybody."""
    statement = reports.select_rows(actor())
    if query.year is not None:
        statement = statement.where(AnnualReport.year == query.year)
    if query.kind:
        statement = statement.where(AnnualReport.kind == query.kind)
    return page(statement, query, AnnualReport.created_at, _row, modified=AnnualReport.updated_at)


def begin(body: NewReportIn) -> Answer:
    """Twice it is the same report."""
    return show(reports.begin(actor(), bodies.by_code(body.agency), body.year, body.kind))


def show(report: AnnualReport) -> Answer:
    """Of a draft the tables as they are now."""
    staff = works_here(actor())
    running = clocks.of(OBJECT_TYPE, [report.id])[report.id]
    return Answer(
        {
            **_row(report),
            **{name: getattr(report, name) for name in PARTS},
            "figures": report.figures if staff else {},
            "tables": tables_of(report),
            "differences": [vars(one) for one in mismatches(report)],
            "waiting": waiting(report) if staff else [],
            "returned_reason": report.returned_reason if staff else "",
            "clocks": [clocks.as_json(clock) for clock in running],
            "events": events_json(REPORT, report),
        },
        version=report.version,
    )


def change(report: AnnualReport, body: ReportIn) -> Answer:
    """Only what was sent."""
    texts = body.values("figures")
    return show(reports.save(actor(), report, texts, body.figures, version=if_match(report.version)))


def move(report: AnnualReport, body: MoveIn) -> Answer:
    """Written by one, reviewed by another."""
    reports.move(actor(), report, body.event, reason=body.reason, version=if_match(report.version))
    return moved(REPORT, report)


def content(report: AnnualReport, kind: str) -> Response:
    """As published; of a draft made anew."""
    there = reports.published_file(report, kind)
    if there is not None:
        return storage.respond(there)
    file = reports.file(report, kind)
    return send_file(io.BytesIO(file.content), file.media_type, as_attachment=True, download_name=file.name)


def page_of(report: AnnualReport) -> str:
    """Where the public reads it, "" where it does not."""
    page = report.publication
    return publications.address(page) if page is not None and page.state == "released" else ""


def _row(report: AnnualReport) -> dict[str, Any]:
    return {
        "id": report.id, "title": title(report), "agency": report.agency.code, "agency_name": report.agency.name,
        "year": report.year, "kind": report.kind, "state": report.state, "state_label": REPORT.label(report.state),
        "published_at": report.published_at, "page": page_of(report),
        "etag": str(report.version),
    }  # fmt: skip
