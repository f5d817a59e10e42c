"""Where the working-day table comes from: the `holidays` package for announced years, notices by hand.

A year counts as announced when the package knows its make-up weekends (调休上班): for a year without notice it gives
only the statutory days, which would silently be wrong on many dates. Such years stay provisional until imported.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version

import holidays
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import audit, clocks, jurisdictions
from core.contracts import JurisdictionRef
from core.db import db, write
from core.models import CalendarDay
from core.permissions import Actor, require
from core.refusals import Invalid

FIRST_YEAR = 2019
KINDS = {"holiday": "holiday", "bridge": "bridge", "makeup": "makeup"} | {
    "法定假": "holiday", "调休休息": "bridge", "调休上班": "makeup",
}  # fmt: skip
PACKAGE = f"holidays {version('holidays')}"


def ensure() -> int:
    """Fill the announced years that are missing; returns how many days were added. Runs at every set-up."""
    known = {day.year for day in db.session.scalars(select(CalendarDay.day)).all()}
    missing = [day for day in announced(date.today().year + 1) if day[0].year not in known]
    if missing:
        with write() as session:
            session.add_all(CalendarDay(day=day, kind=kind, source=PACKAGE) for day, kind in missing)
    return len(missing)


def announced(last_year: int) -> Iterator[tuple[date, str]]:
    """(day, kind) of every special day of the announced years up to `last_year`."""
    for year in range(FIRST_YEAR, last_year + 1):
        table = holidays.country_holidays("CN", years=year, language="zh_CN")
        makeup = [day for day in table.weekend_workdays if day.year == year]
        if not makeup:
            continue
        yield from ((day, "makeup") for day in makeup)
        yield from ((day, "bridge" if "调休" in name else "holiday") for day, name in table.items() if day.year == year)


def import_notice(actor: Actor, data: bytes, *, source: str) -> tuple[int, int]:
    """Replace the days of the notice's years by its rows and recount all open clocks.

    `data` is CSV with the columns date (YYYY-MM-DD), kind (法定假, 调休休息, 调休上班,
    or holiday, bridge, makeup) and name.
    Returns (days imported, deadlines moved). Not inside `write()`: every jurisdiction is recounted in its own.

    Raises:
        Forbidden: not the system administrator. Invalid: the file's faults by line; nothing is imported then.
    """
    days = _read(data)
    years = {day.year for day in days}
    root = jurisdictions.everywhere()[0]
    with jurisdictions.enter(root), write() as session:
        grant = require(actor, "core.system")
        for row in session.scalars(select(CalendarDay).where(CalendarDay.jurisdiction_id.is_(None))).all():
            if row.day.year in years:
                session.delete(row)
        session.flush()
        session.add_all(CalendarDay(day=day, kind=kind, source=source) for day, kind in days.items())
        audit.record(
            actor,
            "core.calendar.import",
            "core.calendar",
            root.id,
            grant=grant,
            data={"source": source, "days": len(days)},
        )
    return len(days), sum(_recount(place) for place in jurisdictions.everywhere())


def _recount(place: JurisdictionRef) -> int:
    with jurisdictions.enter(place), write():
        return clocks.recount_open()


def _read(data: bytes) -> dict[date, str]:
    errors: list[object] = []
    days: dict[date, str] = {}
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        raise Invalid({"file": [_l("文件不是 UTF-8 编码的 CSV。")]}) from None
    for number, row in enumerate(rows, 1):
        if not any(cell.strip() for cell in row) or (number == 1 and row[0].strip().lower() in {"date", "日期"}):
            continue
        try:
            days[date.fromisoformat(row[0].strip())] = KINDS[row[1].strip()]
        except (ValueError, KeyError, IndexError):
            errors.append(_l("第 %(n)s 行应为“日期,类别,名称”，类别是法定假、调休休息或调休上班。", n=number))
    if errors or not days:
        raise Invalid({"file": errors or [_l("文件里没有一天。")]})
    return days
