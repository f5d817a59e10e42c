"""Life of an annual report (条例第四十九条、第五十条): written, reviewed as it stands, published before its day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l

from core import clocks, settings
from core.db import utcnow
from core.jurisdictions import current
from core.languages import kept, listed
from core.refusals import Refusal
from core.workdays import LOCAL, local_date
from core.workflow import Machine, Move, State, Transition
from plugins.disclosure import guards
from plugins.disclosure.digests import digest
from plugins.disclosure.models import AnnualReport
from plugins.disclosure.report_narrative import differences
from plugins.disclosure.values_reports import PARTS
from plugins.disclosure.workflow.report_tables import given, reporting_bodies, reports_of, tables_now, tables_of

OBJECT_TYPE = "disclosure.annual_report"
ARTICLE = "管12"
RIGHT, APPROVE = "disclosure.report", "disclosure.approve_report"
USUAL_DAY = {"body": (1, 31), "government": (3, 31)}


def content(report: AnnualReport) -> dict[str, Any]:
    """What is reviewed."""
    return {name: getattr(report, name) for name in PARTS} | {"tables": tables_of(report)}


def title(report: AnnualReport) -> str:
    """As it is published."""
    name = report.agency.name if report.kind == "body" else current().name + "人民政府"
    return kept(_l("%(name)s%(year)s年政府信息公开工作年度报告", name=name, year=report.year))


# --- the day ----------------------------------------------------------------------------------------


def due_day(kind: str, year: int) -> date:
    """Until when the report of `year` is to be public; the local rule is MM-DD, a wrong one counts as the national."""
    try:
        month, day = map(int, str(settings.get(f"disclosure.{kind}_report_day")).split("-"))
        return date(year + 1, month, day)
    except ValueError:
        return date(year + 1, *USUAL_DAY[kind])


def start_clock(report: AnnualReport) -> None:
    """Counted from the last day of its year."""
    rule = clocks.ClockRule(
        "annual_report", ARTICLE, _l("发布政府信息公开工作年度报告"), "CD",
        (due_day(report.kind, report.year) - date(report.year, 12, 31)).days, _l("政府信息公开条例第四十九条"),
    )  # fmt: skip
    end = datetime.combine(date(report.year, 12, 31), time(12), LOCAL).astimezone(UTC)
    clocks.start(OBJECT_TYPE, report, rule, at=end)


# --- guards -----------------------------------------------------------------------------------------


def _no(code: str, detail: Any, missing: tuple[str, ...] = ()) -> Refusal:
    return Refusal(code, detail, ARTICLE, missing)


def year_over(report: AnnualReport, _move: Move) -> Refusal | None:
    """条例第四十九条: the year is over, so that its figures do not move any more."""
    if local_date(utcnow()).year > report.year:
        return None
    return _no("YEAR_RUNNING", _l("%(year)s 年还没有结束，年度报告等年度结束后再审核。", year=report.year))


def written(report: AnnualReport, _move: Move) -> Refusal | None:
    """条例第五十条: six parts; three of them are written."""
    missing = tuple(name for name in PARTS if not getattr(report, name).strip())
    if not missing:
        return None
    names = listed(PARTS[name] for name in missing)
    return _no("REPORT_INCOMPLETE", _l("年度报告还缺：%(names)s。没有内容的，请写明“无”。", names=names), missing)


def figures_agree(report: AnnualReport, _move: Move) -> list[Refusal]:
    """What the text quotes is what the tables say."""
    return [
        _no(
            "FIGURES_DIFFER",
            _l("正文写“%(words)s”，统计表是 %(table)s，请改成一致。", words=one.words, table=one.table),
        )
        for one in mismatches(report)
    ]  # fmt: skip


def mismatches(report: AnnualReport) -> Any:
    """Figures of the text that are not the tables'."""
    return differences([getattr(report, name) for name in PARTS], tables_of(report))


def sources_answer(report: AnnualReport, _move: Move) -> list[Refusal]:
    """A plugin that could not answer leaves no silent nought."""
    bodies = [report.agency_id] if report.kind == "body" else [body.id for body in reporting_bodies()]
    return [_no("REPORT_SOURCE_FAILED", gap.message) for gap in given(bodies, report.year).gaps]


def all_reviewed(report: AnnualReport, _move: Move) -> Refusal | None:
    """条例第四十九条: the government's report rests on those of its departments."""
    missing = waiting(report)
    if not missing:
        return None
    detail = _l("还有单位的年度报告没有审核：%(names)s。", names=listed(missing))
    return _no("REPORTS_MISSING", detail)


def waiting(report: AnnualReport) -> list[str]:
    """Bodies whose report of the year is not reviewed yet; asked of the government's report alone."""
    if report.kind == "body":
        return []
    ready = {ident for ident, row in reports_of(report.year).items() if row.state != "draft"}
    return [body.name for body in reporting_bodies() if body.id not in ready]


def by_another(report: AnnualReport, move: Move) -> Refusal | None:
    """管6: who wrote it does not review it."""
    stands_for = move.grant.on_behalf_of_id if move.grant else ""
    if report.written_by is None or report.written_by not in {move.actor.id, stands_for}:
        return None
    return Refusal("OWN_APPROVAL", _l("年度报告由另一人审核，编写人不能审核自己写的报告。"), "管6")


def as_approved(report: AnnualReport, _move: Move) -> Refusal | None:
    """管6: exactly what was reviewed goes out."""
    if report.approved_hash and digest(content(report)) == report.approved_hash:
        return None
    return Refusal("NOT_APPROVED", _l("审核以后内容有改动，请退回，重新审核后再发布。"), "管6")


# --- effects ----------------------------------------------------------------------------------------


def _edit(report: AnnualReport, move: Move) -> None:
    for name, value in move.params.get("fields", {}).items():
        setattr(report, name, value)
    report.written_by = move.actor.id


def _review(report: AnnualReport, move: Move) -> None:
    report.tables = tables_now(report)
    report.content_hash = report.approved_hash = digest(
        {name: getattr(report, name) for name in PARTS} | {"tables": report.tables}
    )
    report.approved_name, report.returned_reason = move.actor.name, ""


def _reopen(report: AnnualReport, move: Move) -> None:
    report.tables, report.content_hash, report.approved_hash = {}, "", None
    report.approved_name, report.returned_reason = "", move.reason


def _publish(report: AnnualReport, move: Move) -> None:
    report.published_at = move.at


def rows() -> Iterator[Transition]:
    """The table, in the order of work."""
    yield Transition("edit", _l("修改"), ("draft",), "draft", RIGHT, ARTICLE, effects=(_edit,))
    yield Transition(
        "review", _l("审核通过"), ("draft",), "reviewed", APPROVE, ARTICLE,
        guards=(guards.staffed, by_another, year_over, written, figures_agree, all_reviewed, sources_answer),
        effects=(_review,),
    )  # fmt: skip
    yield Transition(
        "return", _l("退回"), ("reviewed",), "draft", APPROVE, ARTICLE, needs_reason=True, effects=(_reopen,)
    )
    yield Transition(
        "publish", _l("发布"), ("reviewed",), "published", RIGHT, ARTICLE,
        guards=(as_approved,), effects=(_publish,), meets=("annual_report",),
    )  # fmt: skip
    yield Transition(
        "correct", _l("更正"), ("published",), "draft", APPROVE, ARTICLE, needs_reason=True, effects=(_reopen,)
    )


REPORT = Machine(
    OBJECT_TYPE,
    {
        "draft": State(_l("编写中")),
        "reviewed": State(_l("已审核"), "soon"),
        "published": State(_l("已发布"), "done"),
    },
    tuple(rows()),
)
