"""Catalogue rows and index numbers (索引号), written in the transaction that makes something public (管8)."""

from __future__ import annotations

import re
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import settings
from core.db import db, utcnow
from core.jurisdictions import current
from core.languages import kept
from core.models import Agency, Publication
from core.refusals import Refusal, Refused
from core.workdays import local_date
from plugins.disclosure.models import CatalogueRow, IndexSeries, Item

_PLACES = re.compile(r"\{(code|year|month|serial)(?::0(\d))?\}")


def enter(item: Item, page: Publication) -> CatalogueRow:
    """The row of an item: a new one with the next index number, or its own with the new version."""
    row = db.session.scalar(select(CatalogueRow).where(CatalogueRow.item_id == item.id))
    if row is None:
        row = _numbered(page, item.agency_id)
        row.item_id = item.id
    row.publication_id, row.released_at = page.id, page.released_at or utcnow()
    for name in ("title", "summary", "genre", "number", "keywords", "source"):
        setattr(row, name, getattr(item, name))
    row.column_key = item.column if item.key_area else ""
    row.formed_on, row.reason, row.expired_on = item.formed_on, page.open_reason, item.valid_until
    db.session.add(row)
    db.session.flush()
    return row


def enter_page(page: Publication, reason: str) -> CatalogueRow:
    """The row of a page that came by another door (会9). Harmless twice."""
    found = db.session.scalar(select(CatalogueRow).where(CatalogueRow.publication_id == page.id))
    if found is not None:
        return found
    row = _numbered(page, page.agency_id)
    agency = db.session.get(Agency, page.agency_id) if page.agency_id else None
    row.title, row.summary, row.reason = page.title, page.summary, reason[:500]
    row.source = agency.name if agency else kept(_l("本级政府"))
    row.formed_on = local_date(page.released_at or utcnow())
    db.session.add(row)
    db.session.flush()
    return row


def stamp(item: Item) -> None:
    """废止、失效: said on the row and on the page."""
    row = db.session.scalar(select(CatalogueRow).where(CatalogueRow.item_id == item.id))
    if row is not None:
        row.expired_on = item.expired_on


def index_number(template: str, code: str, at: datetime, serial: int) -> str:
    """`template` filled: {code}, {year}, {month}, {serial}, figures padded with `:05`."""
    day = local_date(at)
    values = {"code": code, "year": day.year, "month": f"{day:%m}", "serial": serial}
    return _PLACES.sub(lambda hit: str(values[hit[1]]).rjust(int(hit[2] or 0), "0"), template)


def _numbered(page: Publication, agency_id: str | None) -> CatalogueRow:
    """A row with the next number of its agency and year.

    Raises:
        Refused: `INDEX_TEMPLATE`, the local template gives one number twice.
    """
    at = page.released_at or utcnow()
    year = local_date(at).year
    serial = _next(agency_id or current().id, year)
    agency = db.session.get(Agency, agency_id) if agency_id else None
    number = index_number(
        settings.get("disclosure.index_template"), agency.code if agency else current().slug, at, serial
    )
    if db.session.scalar(select(CatalogueRow.id).where(CatalogueRow.index_number == number)):
        detail = _l("按本地规则的格式，索引号 %(number)s 已经用过。请在“本地规则”中改正索引号格式。", number=number)
        raise Refused(Refusal("INDEX_TEMPLATE", detail, "管8"))
    return CatalogueRow(
        publication_id=page.id, agency_id=agency_id, year=year, serial=serial, index_number=number, released_at=at,
    )  # fmt: skip


def _next(owner: str, year: int) -> int:
    """The row of the series is locked until the commit: two at once wait for each other, a rollback gives it back."""
    query = select(IndexSeries).where(IndexSeries.owner == owner, IndexSeries.year == year).with_for_update()
    series = db.session.scalar(query)
    if series is None:
        try:
            with db.session.begin_nested():
                db.session.add(IndexSeries(owner=owner, year=year, last=0))
        except IntegrityError:  # the year's first one elsewhere in this very moment (PostgreSQL)
            db.session.expire_all()
        series = db.session.scalars(query).one()
    series.last += 1
    db.session.flush()
    return series.last
