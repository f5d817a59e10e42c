"""The site map (sitemaps.org) and robots.txt: whatever the search finds, the public matters, the homes and the lists.

The whole installation has one map: an index, and parts that stay far below the 50,000 addresses a part may hold.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import Blueprint, make_response, render_template, request
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from core import jurisdictions, matters, search
from core.db import all_jurisdictions, db
from core.models import Jurisdiction, Matter
from core.refusals import NotFound
from core.web.portal import shell
from core.web.requests import origin

IN_PART = 10_000
"""Addresses of a part: below the 50,000 of the protocol, so that one answer keeps nobody waiting."""
Line = tuple[str, datetime | None]
_PART = re.compile(r"(content|matters)-([1-9]\d{0,5})")


def add_routes(bp: Blueprint) -> None:
    """`/robots.txt`, `/sitemap.xml`, `/sitemap-<part>.xml`."""
    bp.add_url_rule("/robots.txt", "robots", robots)
    bp.add_url_rule("/sitemap.xml", "sitemap", sitemap)
    bp.add_url_rule("/sitemap-<part>.xml", "sitemap_part", sitemap_part)


def robots() -> Response:
    """Where the map is; console, choices and result lists are nothing for a search engine."""
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /-/", "Disallow: /*/search", "", f"Sitemap: {_map()}", ""]
    return _answer("\n".join(lines), "text/plain; charset=utf-8")


def sitemap() -> Response:
    """The index of the parts."""
    with all_jurisdictions("how much is public, for the site map"):
        counts = {"content": search.count(), "matters": _public_matters()}
    parts = ["pages"]
    parts += [f"{name}-{number + 1}" for name, count in counts.items() for number in range(math.ceil(count / IN_PART))]
    return _answer(render_template("portal/sitemap_index.xml", base=origin(), parts=parts))


def sitemap_part(part: str) -> Response:
    """One part.

    Raises:
        NotFound: there is none of this name, or none so far out.
    """
    lines: Iterable[Line] = _pages() if part == "pages" else _numbered(part)
    return _answer(render_template("portal/sitemap.xml", base=origin(), lines=lines))


def _numbered(part: str) -> Sequence[Line]:
    match = _PART.fullmatch(part)
    if match is None:
        raise NotFound
    lines = {"content": _content, "matters": _matters}[match[1]]
    return lines(IN_PART * (int(match[2]) - 1))


def _pages() -> list[Line]:
    """Homes and lists, county by county, those of plugins that are off left out."""
    lines: list[Line] = [("/", None)]
    for place in jurisdictions.everywhere():
        with jurisdictions.enter(place):
            lines += [(url, None) for url in shell.addresses(place)]
    return lines


def _content(first: int) -> list[Line]:
    found = {address.partition("#")[0]: at for address, at in search.addresses(first, IN_PART)}
    return list(found.items())


def _matters(first: int) -> list[Line]:
    query = (
        select(Jurisdiction.slug, Matter.id)
        .join(Jurisdiction, Jurisdiction.id == Matter.jurisdiction_id)
        .where(matters.open_to_all())
        .order_by(Matter.id)
    )
    with all_jurisdictions("public matters, for the site map"):
        rows = db.session.execute(query.offset(first).limit(IN_PART)).all()
    if not rows:
        raise NotFound
    return [(f"/{slug}/matters/{ident}/", None) for slug, ident in rows]


def _public_matters() -> int:
    return db.session.scalar(select(func.count()).select_from(Matter).where(matters.open_to_all())) or 0


def _map() -> str:
    return f"{origin()}/sitemap.xml"


def _answer(text: str, media_type: str = "application/xml; charset=utf-8") -> Response:
    answer = make_response(text)
    answer.content_type = media_type
    answer.add_etag()
    return answer.make_conditional(request)
