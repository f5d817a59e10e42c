"""The addresses of OParl: System, bodies, one body, its lists and objects. Readable from any other site."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, make_response, request
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, tuple_
from werkzeug.wrappers import Response

from core import jurisdictions, plugins
from core.contracts import JurisdictionRef
from core.db import db
from core.jurisdictions import current
from core.paging import cursor_of, read_cursor
from core.refusals import Invalid, NotFound
from core.web.portal import cacheable
from plugins.meetings.oparl import urls
from plugins.meetings.oparl.kinds import KINDS, Kind

PER_PAGE = 50
SINCE = {
    "created_since": ("created", False), "created_until": ("created", True),
    "modified_since": ("modified", False), "modified_until": ("modified", True),
}  # fmt: skip
"""Filter → the time it looks at, and whether it is the upper end."""
NAMES = {"agenda-items": "agendaItem", "legislative-terms": "legislativeTermList", "locations": "locationList"}
"""Lists whose name in a body is not the address part without its s."""
blueprint = Blueprint("meetings_oparl", __name__)


def answer(view: Callable[..., dict[str, Any]]) -> Callable[..., Response]:
    """JSON in Chinese whoever asks, with an ETag, kept for seconds, readable by pages of other sites (CORS)."""

    @wraps(view)
    def shown(**parts: str) -> Response:
        with force_locale("zh_Hans_CN"):
            text = json.dumps(view(**parts), ensure_ascii=False)
        made = make_response(text)
        made.content_type = "application/json"
        made.add_etag()
        return cacheable(made).make_conditional(request)

    return shown


@blueprint.after_request
def for_everybody(response: Response) -> Response:
    """Nothing here depends on who asks, so every site may read it."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/")
@answer
def system() -> dict[str, Any]:
    """The entry."""
    values = {
        "oparlVersion": urls.SCHEMA,
        "body": f"{urls.system()}bodies",
        "name": "明堂 Mingtang",
        "website": urls.page("/"),
    }
    return urls.thing("System", urls.system(), values)


@blueprint.get("/bodies")
@answer
def bodies() -> dict[str, Any]:
    """Every jurisdiction that holds open meetings here."""
    found = []
    for place in jurisdictions.everywhere():
        if blueprint_on(place):
            with jurisdictions.enter(place):
                found.append(_body(place))
    here = f"{urls.system()}bodies"
    return {"data": found, "pagination": {"elementsPerPage": len(found)}, "links": {"first": here, "self": here}}


def blueprint_on(place: JurisdictionRef) -> bool:
    """True where the plugin is switched on."""
    return "meetings" in plugins.enabled(place)


@blueprint.get("/<jurisdiction>/")
@answer
def body() -> dict[str, Any]:
    """One jurisdiction."""
    return _body(current())


def _body(place: JurisdictionRef) -> dict[str, Any]:
    lists = {NAMES.get(kind.path, kind.path.removesuffix("s")): urls.listed(kind.path) for kind in KINDS}
    values = {
        "system": urls.system(),
        "name": place.name,
        "shortName": place.slug,
        "website": urls.page(f"/{place.slug}/"),
        "web": urls.page(f"/{place.slug}/meetings/"),
        **lists,
    }
    return urls.thing("Body", urls.body(), values) | {"legislativeTerm": []}


def _listing(kind: Kind) -> Callable[[], dict[str, Any]]:
    def listing() -> dict[str, Any]:
        """Oldest first; what is gone appears only where somebody asks for changes."""
        rows = kind.rows().subquery()
        query = select(rows)
        for name, moment in _asked().items():
            column, upper = SINCE[name]
            query = query.where(rows.c[column] <= moment if upper else rows.c[column] >= moment)
        if "modified_since" not in request.args:
            query = query.where(rows.c.shown)
        if after := request.args.get("after", ""):
            query = query.where(tuple_(rows.c.created, rows.c.ident) > tuple_(*read_cursor(after)))
        found = db.session.execute(query.order_by(rows.c.created, rows.c.ident).limit(PER_PAGE + 1)).all()
        links = {"first": _address(kind), "self": _address(kind, after)}
        if len(found) > PER_PAGE:
            links["next"] = _address(kind, cursor_of(found[PER_PAGE - 1].created, found[PER_PAGE - 1].ident))
        data = [_shown(kind, row) for row in found[:PER_PAGE]]
        return {"data": data, "pagination": {"elementsPerPage": PER_PAGE}, "links": links}

    return listing


def _object(kind: Kind) -> Callable[[str], dict[str, Any]]:
    def one(ident: str) -> dict[str, Any]:
        """One object; what was public and is gone says so."""
        rows = kind.rows().subquery()
        row = db.session.execute(select(rows).where(rows.c.ident == ident)).first()
        if row is None:
            raise NotFound
        return _shown(kind, row)

    return one


def _shown(kind: Kind, row: Any) -> dict[str, Any]:
    if row.shown:
        return kind.show(row.ident)
    return urls.gone(kind.name, urls.of(kind.path, row.ident), row.created, row.modified)


def _asked() -> dict[str, datetime]:
    """The filters by time.

    Raises:
        Invalid: no moment with a zone.
    """
    found, faults = {}, {}
    for name in SINCE:
        text = request.args.get(name, "").replace(" ", "+")
        try:
            moment = datetime.fromisoformat(text) if text else None
        except ValueError:
            moment = None
        if text and (moment is None or moment.tzinfo is None):
            faults[name] = [_l("请写明带时区的时间，例如 2026-11-24T09:00:00+08:00。")]
        elif moment:
            found[name] = moment
    if faults:
        raise Invalid(faults)
    return found


def _address(kind: Kind, after: str = "") -> str:
    """The list with the same filters, from the beginning or from a place on."""
    kept = {name: request.args[name] for name in SINCE if request.args.get(name)}
    query = urlencode(kept | ({"after": after} if after else {}))
    return urls.listed(kind.path) + (f"?{query}" if query else "")


for each in KINDS:
    name = each.path.replace("-", "_")
    blueprint.add_url_rule(f"/<jurisdiction>/{each.path}", f"{name}_list", answer(_listing(each)))
    blueprint.add_url_rule(f"/<jurisdiction>/{each.path}/<ident>", f"{name}_one", answer(_object(each)))
