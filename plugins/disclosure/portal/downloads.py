"""What is public to take away (下载和订阅): the catalogues and answered requests as tables, columns as feeds."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from core.permissions import ANONYMOUS
from core.web.portal import cacheable
from core.web.requests import whole_number
from plugins.disclosure.portal.column_feeds import columns
from plugins.disclosure.services import exports


def add_routes(bp: Blueprint) -> None:
    """`disclosure/downloads/`."""
    bp.add_url_rule("/downloads/", "downloads", downloads)
    bp.add_url_rule("/downloads/<name>.<kind>", "download", download)


def downloads() -> Response:
    """What there is, in which formats."""
    tables = exports.tables(ANONYMOUS)
    page = render_template(
        "disclosure/portal/downloads.html", tables=tables, kinds=exports.KINDS, most=exports.AT_ONCE, columns=columns()
    )
    return cacheable(make_response(page))


def download(name: str, kind: str) -> Response:
    """One part of a table, of `year` where it is named; the header `Link` names the next part."""
    year, number = request.args.get("year", type=whole_number), request.args.get("part", 1, type=whole_number)
    file = exports.part(ANONYMOUS, name, kind, year=year, number=number)
    answer = make_response(file.content)
    answer.content_type = file.media_type
    answer.headers.set("Content-Disposition", "attachment", filename=file.name)
    if file.more:
        following = url_for("disclosure.download", name=name, kind=kind, year=year, part=number + 1)
        answer.headers.set("Link", f'<{following}>; rel="next"')
    answer.add_etag()
    return cacheable(answer).make_conditional(request)
