"""The annual reports (年度报告): begun for a year, written with the figures beside, reviewed, published with files."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from core import audit, publications, storage
from core.db import db, utcnow
from core.filetypes import MEDIA_TYPES
from core.languages import kept
from core.models import Agency
from core.permissions import ANONYMOUS, SYSTEM, Actor, require
from core.refusals import Invalid, NotFound
from core.storage import Opened
from core.text import checked
from core.workdays import local_date
from plugins.disclosure import guards
from plugins.disclosure.documents.report_blocks import Grid, ordered
from plugins.disclosure.documents.report_files import MAKERS, Printed
from plugins.disclosure.models import AnnualReport
from plugins.disclosure.models.reports import REPORT_KINDS
from plugins.disclosure.services.found import found
from plugins.disclosure.services.letters import File
from plugins.disclosure.services.visibility import visible_reports
from plugins.disclosure.values_reports import CENTS, FIGURES, MONEY, PARTS
from plugins.disclosure.workflow.report_tables import reporting_bodies, tables_of
from plugins.disclosure.workflow.reports import ARTICLE, OBJECT_TYPE, REPORT, RIGHT, content, start_clock, title

LIMITS = dict.fromkeys(PARTS, 20_000)
FIRST_YEAR = 2008
MOST = 10**15
REPLACED = _l("本报告已经更正，请看更正后的年度报告。")


def begin(actor: Actor, agency: Agency, year: int, kind: str = "body") -> AnnualReport:
    """The report of a body and year, with its clock; the one there is where it was begun already.

    Raises:
        Forbidden. Invalid: a year to come, no such kind, a government's report by another than the supervising body.
    """
    grant = require(actor, RIGHT, AnnualReport(agency_id=agency.id, year=year))
    if not FIRST_YEAR <= year <= local_date(utcnow()).year:
        raise Invalid({"year": [_l("请填写已经开始的年份。")]})
    supervising = guards.supervising()
    if kind not in REPORT_KINDS:
        raise Invalid({"kind": [_l("请选择一项。")]})
    if kind == "government" and (supervising is None or supervising.id != agency.id):
        raise Invalid({"kind": [_l("本级政府的年度报告由主管部门编写。")]})
    query = select(AnnualReport).where(
        AnnualReport.agency_id == agency.id, AnnualReport.year == year, AnnualReport.kind == kind
    )
    there = db.session.scalar(query)
    if there is not None:
        return there
    made = AnnualReport(
        agency_id=agency.id, year=year, kind=kind, state="draft", version=1, figures={}, written_by=actor.id
    )
    db.session.add(made)
    db.session.flush()
    start_clock(made)
    data = {"agency": agency.code, "year": year, "kind": kind}
    audit.record(actor, f"{OBJECT_TYPE}.create", OBJECT_TYPE, made.id, grant=grant, article=ARTICLE, data=data)
    return made


def begin_due() -> int:
    """After New Year every body has last year's report in hand, and the supervising one the government's; how many."""
    year = local_date(utcnow()).year - 1
    rows = db.session.scalars(select(AnnualReport).where(AnnualReport.year == year))
    there = {(row.agency_id, row.kind) for row in rows}
    wanted = [(body, "body") for body in reporting_bodies()]
    supervising = guards.supervising()
    if supervising is not None:
        wanted.append((supervising, "government"))
    missing = [(body, kind) for body, kind in wanted if (body.id, kind) not in there]
    for body, kind in missing:
        begin(SYSTEM, body, year, kind)
    return len(missing)


def select_rows(actor: Actor) -> Select[AnnualReport]:
    """What this person may see; the public what is published."""
    return select(AnnualReport).where(visible_reports(actor))


def find(actor: Actor, ident: str) -> AnnualReport:
    """One of them; raises NotFound."""
    return found(db.session.scalar(select_rows(actor).where(AnnualReport.id == ident)))


def recent(actor: Actor) -> Sequence[AnnualReport]:
    """The newest year first; the government's before those of the bodies."""
    query = select_rows(actor).order_by(AnnualReport.year.desc(), AnnualReport.kind.desc(), AnnualReport.id)
    return db.session.scalars(query.limit(200)).all()


def save(
    actor: Actor, report: AnnualReport, texts: Mapping[str, str], figures: Mapping[str, int | None] | None = None, *,
    version: int | None = None,
) -> AnnualReport:  # fmt: skip
    """Change the written parts, and figures of table two; None lets a figure come from the plugins again.

    Raises:
        Forbidden, WrongState, Stale. Invalid: too long, an unknown or negative figure.
    """
    REPORT.require_right(report, "edit", actor)
    fields: dict[str, Any] = checked({name: texts[name] for name in PARTS if name in texts}, LIMITS)
    for key, value in (figures or {}).items():
        if key not in FIGURES or not (value is None or 0 <= value <= MOST):
            raise Invalid({f"figures.{key}": [_l("请填写不小于 0 的整数。")]})
    if figures:
        merged = {**report.figures, **figures}
        fields["figures"] = {key: value for key, value in merged.items() if value is not None}
    REPORT.fire(report, "edit", actor, version=version, params={"fields": fields})
    return report


def move(
    actor: Actor, report: AnnualReport, event: str, *, reason: str = "", version: int | None = None
) -> AnnualReport:
    """Review, return, publish, correct; publishing makes the page with its files and replaces an earlier one.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused: as the table says.
    """
    REPORT.fire(report, event, actor, reason=reason, version=version)
    if event == "publish":
        _place(actor, report)
    return report


def _place(actor: Actor, report: AnnualReport) -> None:
    earlier = report.publication
    page = publications.create(
        actor, kind="page", title=title(report), body=_body(report), agency_id=report.agency_id, plugin="disclosure",
        subject_type=OBJECT_TYPE, subject_id=report.id,
    )  # fmt: skip
    for kind in MAKERS:
        made = file(report, kind)
        kept_file = storage.keep(SYSTEM, storage.stage(io.BytesIO(made.content), made.name))
        publications.attach(SYSTEM, page, kept_file.id)
    publications.approve(SYSTEM, page)
    publications.release(actor, page)
    report.publication_id = page.id
    if earlier is not None and earlier.state == "released":
        publications.withdraw(SYSTEM, earlier, kept(REPLACED), public_note=kept(REPLACED))


def file(report: AnnualReport, kind: str) -> File:
    """The report as docx, pdf or xlsx, also of a draft; raises NotFound for another kind."""
    if kind not in MAKERS:
        raise NotFound
    name = title(report)
    texts = {part: getattr(report, part) for part in PARTS}
    printed = Printed(name, report.agency.name, report.published_at or utcnow(), texts, tables_of(report))
    return File(storage.safe_name(f"{name}.{kind}"), MEDIA_TYPES[kind], MAKERS[kind](printed))


def published_file(report: AnnualReport, kind: str) -> Opened | None:
    """The file that hangs on its page, so that no stranger has one made; None while it is not public."""
    page = report.publication if report.state == "published" else None
    if page is None or page.state != "released":
        return None
    named = (link for link in publications.files(page) if link.attachment.filename.endswith(f".{kind}"))
    link = next(named, None)
    return storage.open_for(ANONYMOUS, link.attachment_id) if link else None


def _body(report: AnnualReport) -> str:
    """The parts as paragraphs; of the tables the lines that are not all nought."""
    said = content(report)
    lines: list[str] = []
    for heading, part in ordered(said, said["tables"]):
        lines.append(kept(heading))
        lines += _rows(part) if isinstance(part, Grid) else [part]
    return "\n\n".join(lines)


def _rows(grid: Grid) -> list[str]:
    rows = [row for row in grid.rows if str(row[-1]) != "0"]
    said = [f"{'，'.join(map(kept, row[: grid.labels]))}：{kept(row[-1])}" for row in rows]
    return [*said, kept(_l("完整的表格见附件。"))] if said else [kept(_l("本年度各项均为 0，完整的表格见附件。"))]


def read_figure(key: str, typed: str) -> int:
    """What somebody typed: a count, or money in 万元 as 分; raises ValueError."""
    try:
        number = Decimal(unicodedata.normalize("NFKC", typed).replace(",", "")) * (CENTS if key in MONEY else 1)
        whole = int(number)
    except ArithmeticError:
        raise ValueError(typed) from None
    if number != whole or not 0 <= whole <= MOST:
        raise ValueError(typed)
    return whole


def years() -> list[int]:
    """Years a report may be begun for, the usual one first."""
    now = local_date(utcnow()).year
    return [now - 1, now, *range(now - 2, now - 6, -1)]
