"""The tables of an annual report from what is in the database: requests, contests, and what other plugins give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from core import plugins
from core.contracts import Gap
from core.db import db
from core.jurisdictions import current
from core.models import Agency
from plugins.disclosure.models import AccessRequest, AnnualReport, Challenge, Reply
from plugins.disclosure.report_figures import Case, Contest, table_four, table_three, total
from plugins.disclosure.values_reports import FIGURES


@dataclass(frozen=True)
class Given:
    """What plugins give for table two, by body, and which of them could not answer."""

    figures: dict[str, Counter[str]]
    gaps: tuple[Gap, ...]


def tables_of(report: AnnualReport) -> dict[str, Any]:
    """As reviewed; of a draft as they are now."""
    return report.tables if report.state != "draft" else tables_now(report)


def tables_now(report: AnnualReport) -> dict[str, Any]:
    """A body's from its cases, the government's as the sum of all bodies' reports."""
    if report.kind == "body":
        return _of_body(report.agency_id, report.year, report, given([report.agency_id], report.year))
    bodies = reporting_bodies()
    reports = reports_of(report.year)
    told = given([body.id for body in bodies], report.year)
    return total([_standing(body.id, report.year, reports.get(body.id), told) for body in bodies])


def given(agency_ids: Sequence[str], year: int) -> Given:
    """Ask the plugins that are on here."""
    answer = plugins.collect("collect_report_tables", current(), year=year, agency_ids=tuple(agency_ids))
    found: dict[str, Counter[str]] = {ident: Counter() for ident in agency_ids}
    for figure in answer.items:
        if figure.agency_id in found and figure.key in FIGURES:
            found[figure.agency_id][figure.key] += figure.value
    return Given(found, answer.gaps)


def reporting_bodies() -> Sequence[Agency]:
    """The bodies whose reports make the government's: all at work but the public ones (管3)."""
    query = select(Agency).where(Agency.abolished_at.is_(None), Agency.kind != "public_body").order_by(Agency.code)
    return db.session.scalars(query).all()


def reports_of(year: int) -> dict[str, AnnualReport]:
    """The bodies' reports of a year."""
    query = select(AnnualReport).where(AnnualReport.year == year, AnnualReport.kind == "body")
    return {row.agency_id: row for row in db.session.scalars(query)}


def _standing(agency_id: str, year: int, report: AnnualReport | None, told: Given) -> dict[str, Any]:
    if report is not None and report.state != "draft":
        return report.tables
    return _of_body(agency_id, year, report, told)


def _of_body(agency_id: str, year: int, report: AnnualReport | None, told: Given) -> dict[str, Any]:
    typed = report.figures if report else {}
    return {
        "two": {key: typed.get(key, told.figures[agency_id][key]) for key in FIGURES},
        "three": table_three(cases(agency_id, year), year),
        "four": table_four(_contests(agency_id, year), year),
    }


def cases(agency_id: str, year: int) -> list[Case]:
    """Every request received by the end of the year, with its first result: that of the first reply that was delivered.

    A request that was taken up again after a ruling stays counted where it was; one not yet received is not counted.
    """
    mine = select(AccessRequest.id).where(
        AccessRequest.agency_id == agency_id, AccessRequest.received_on <= date(year, 12, 31)
    )
    delivered = (
        select(Reply.request_id, Reply.result, Reply.delivered_on)
        .where(Reply.request_id.in_(mine), Reply.state == "delivered")
        .order_by(Reply.number.desc())
    )
    first = {row.request_id: (row.result, row.delivered_on) for row in db.session.execute(delivered)}
    query = select(
        AccessRequest.id, AccessRequest.applicant_kind, AccessRequest.received_on, AccessRequest.result,
        AccessRequest.closed_on,
    ).where(AccessRequest.id.in_(mine))  # fmt: skip
    return [
        Case(row.applicant_kind, row.received_on, *first.get(row.id, (row.result, row.closed_on)))
        for row in db.session.execute(query)
    ]


def _contests(agency_id: str, year: int) -> list[Contest]:
    query = (
        select(Challenge.kind, Challenge.opened_on, Challenge.result, Challenge.closed_on)
        .join(AccessRequest, AccessRequest.id == Challenge.request_id)
        .where(AccessRequest.agency_id == agency_id, Challenge.opened_on <= date(year, 12, 31))
    )
    return [Contest(*row) for row in db.session.execute(query)]
