"""Atom of a column (栏目, 管7): the newest information of one of the groups of 条例第二十条."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, url_for
from werkzeug.wrappers import Response

from core import publications, settings
from core.db import db
from core.refusals import NotFound
from core.web.portal import cacheable, feeds
from plugins.disclosure.models import CatalogueRow
from plugins.disclosure.services.public_rows import public_rows
from plugins.disclosure.values import GENRES
from plugins.disclosure.values_items import COLUMNS

IN_FEED = 50


def add_routes(bp: Blueprint) -> None:
    """`disclosure/columns/<column>/feed.atom`."""
    bp.add_url_rule("/columns/<column>/feed.atom", "column_feed", column_feed)


def columns() -> dict[str, Any]:
    """The columns of this place by key: those of the law and what a local rule adds."""
    added: dict[str, Any] = settings.get("disclosure.columns")
    return COLUMNS | added


def column_feed(column: str) -> Response:
    """The newest of a column.

    Raises:
        NotFound: there is no such column here.
    """
    label = columns().get(column)
    if label is None:
        raise NotFound
    rows = db.session.scalars(public_rows().where(CatalogueRow.column_key == column).limit(IN_FEED)).all()
    news = feeds.feed(label, url_for("disclosure.downloads"), [_entry(row) for row in rows])
    return cacheable(make_response(news))


def _entry(row: CatalogueRow) -> feeds.Entry:
    return feeds.Entry(
        row.publication_id, row.title, publications.address(row.publication), row.released_at, row.released_at,
        row.genre, GENRES.get(row.genre, row.genre), row.agency.name if row.agency else "", row.summary,
    )  # fmt: skip
