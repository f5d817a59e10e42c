"""Public reading: publications, life-lines of matters, search, feed and files. Always as the public sees it.

Every page comes through the gates of `core.publications` and `core.matters`, asked as `ANONYMOUS`: a signed-in person
sees drafts in the console, never here, so a page can be kept by a shared cache.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import agencies as agency_list
from core import clocks, jurisdictions, matters, publications, search, storage
from core.db import db, utcnow
from core.jurisdictions import current
from core.models import Agency, AttachmentLink, Publication
from core.permissions import ANONYMOUS
from core.refusals import NotFound
from core.web import requests
from core.web.locale import language
from core.web.portal import feeds
from core.web.portal.shell import place_name

PER_PAGE = 20
IN_FEED = 50
LONGEST_QUERY = 100


def add_routes(bp: Blueprint) -> None:
    """The addresses of the core that never die, and what leads to them."""
    bp.add_url_rule("/<jurisdiction>/publications/", "publications", publication_list)
    bp.add_url_rule("/<jurisdiction>/publications/<publication_id>/", "publication", publication)
    bp.add_url_rule("/<jurisdiction>/matters/<matter_id>/", "matter", matter)
    bp.add_url_rule("/<jurisdiction>/search", "search", search_page)
    bp.add_url_rule("/<jurisdiction>/matters/<matter_id>/feed.atom", "matter_feed", matter_feed)
    bp.add_url_rule("/<jurisdiction>/feed.atom", "feed", feed)
    bp.add_url_rule("/<jurisdiction>/agencies/<agency_id>/feed.atom", "agency_feed", agency_feed)
    bp.add_url_rule("/<jurisdiction>/files/<file_id>", "file", file)


def publication_list() -> str:
    """Released publications, newest first, optionally of one kind or agency."""
    kind, agency = request.args.get("kind", ""), _agency(request.args.get("agency", ""))
    kinds = (kind,) if kind in publications.KINDS else ()
    page = publications.released(
        kinds=kinds, agency_id=agency.id if agency else None, after=request.args.get("after", ""), limit=PER_PAGE
    )  # fmt: skip
    chosen: dict[str, Any] = {"agency": agency.id if agency else None}
    return render_template(
        "portal/publications.html",
        rows=[(row, publications.KINDS[row.kind], publications.address(row)) for row in page.items],
        agencies=agency_names(row.agency_id for row in page.items),
        kinds=publications.KINDS,
        kind=kinds[0] if kinds else "",
        agency=agency,
        agency_name=agency_list.both_names(agency, english=language() == "en") if agency else "",
        chosen=chosen,
        next_url=url_for("portal.publications", kind=kind or None, after=page.next, **chosen) if page.next else "",
    )


def publication(publication_id: str) -> str:
    """One publication with its facts, its files, its counterpart and the way to its matter."""
    row = publications.find(ANONYMOUS, publication_id)
    related = publications.related(row)
    return render_template(
        "portal/publication.html",
        row=row,
        kind=publications.KINDS[row.kind],
        agency=agency_names([row.agency_id]).get(row.agency_id or "", ""),
        files=[_file(link) for link in publications.files(row)],
        parts=row.parts,
        hosts={part["url"]: urlsplit(part["url"]).hostname for part in row.parts if "url" in part},
        related=[(other, publications.KINDS[other.kind], publications.address(other)) for other in related],
        matter=_public_matter(row.matter_id),
    )


def matter(matter_id: str) -> str:
    """The life-line of a matter: every public step, who is responsible, and what comes next."""
    found = matters.at(ANONYMOUS, matter_id)
    steps, gaps = matters.timeline(found.id)
    now = utcnow()
    past = [step for step in steps if step.at <= now and not step.owed]
    return render_template(
        "portal/matter.html",
        matter=found,
        agency=agency_names([found.agency_id]).get(found.agency_id or "", ""),
        past=past,
        ahead=[(step, step.at - timedelta(seconds=1)) for step in steps if step.at > now or step.owed],
        now=now,
        clocks=clocks.by_ids([step.clock_id for step in steps if step.clock_id]),
        latest=past[-1] if past else None,
        merged=matters.merged_into(ANONYMOUS, found.id),
        gaps=gaps,
    )


def search_page() -> str:
    """What holds every word of `q`, here or (`where=all`) in the whole city; 100 characters are looked at."""
    query, everywhere = request.args.get("q", "").strip()[:LONGEST_QUERY], request.args.get("where") == "all"
    places = jurisdictions.everywhere()
    page = search.find(query, places if everywhere else None, limit=PER_PAGE, after=request.args.get("after", ""))
    where = "all" if everywhere else None
    return render_template(
        "portal/search.html",
        query=query,
        everywhere=everywhere,
        hits=page.items,
        names={place.id: place_name(place) for place in places} if everywhere else {},
        next_url=url_for("portal.search", q=query, where=where, after=page.next) if page.next else "",
        wider_url="" if everywhere else url_for("portal.search", q=query, where="all"),
    )


def feed() -> Response:
    """The newest publications as Atom, with the jurisdiction as its author."""
    title = _("%(place)s政务公开", place=current().name)
    return feeds.feed(title, url_for("portal.home"), _news(publications.released(limit=IN_FEED).items))


def agency_feed(agency_id: str) -> Response:
    """The newest publications of one agency as Atom.

    Raises:
        NotFound: no such agency here.
    """
    agency = _agency(agency_id)
    if agency is None:
        raise NotFound
    rows = publications.released(agency_id=agency.id, limit=IN_FEED).items
    return feeds.feed(agency.name, url_for("portal.publications", agency=agency.id), _news(rows))


def matter_feed(matter_id: str) -> Response:
    """The steps a matter has taken, as Atom; what is still owed is no news."""
    found = matters.at(ANONYMOUS, matter_id)
    steps, _gaps = matters.timeline(found.id)
    page, now = url_for("portal.matter", matter_id=found.id), utcnow()
    entries = [
        feeds.Entry(
            step.key, f"{step.label}：{step.title}" if step.title else step.label, step.url or page, step.at, step.at,
            author=step.unit,
        )
        for step in steps
        if step.at <= now and not step.owed
    ]  # fmt: skip
    return feeds.feed(found.title, page, entries)


def file(file_id: str) -> Response:
    """A download; the only answer here that depends on who asks, and `storage` says so in its headers."""
    return storage.respond(storage.open_for(requests.actor(), file_id))


def agency_names(ids: Iterable[str | None]) -> dict[str, str]:
    """Names of agencies by id, asked once for a whole list; of an abolished one its successor's too (管5)."""
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    rows = db.session.scalars(select(Agency).where(Agency.id.in_(wanted)))
    return {row.id: agency_list.both_names(row, english=language() == "en") for row in rows}


def _news(rows: Sequence[Publication]) -> list[feeds.Entry]:
    names = agency_names(row.agency_id for row in rows)
    return [
        feeds.Entry(
            row.id, row.title, publications.address(row), row.released_at, row.released_at,
            row.kind, publications.KINDS[row.kind], names.get(row.agency_id or "", ""), row.summary,
        )
        for row in rows
        if row.released_at is not None
    ]  # fmt: skip


def _agency(ident: str) -> Agency | None:
    return db.session.scalar(select(Agency).where(Agency.id == ident)) if ident else None


def _file(link: AttachmentLink) -> dict[str, object]:
    name = link.attachment.filename
    return {
        "title": link.title or name,
        "url": url_for("portal.file", file_id=link.attachment_id),
        "kind": name.rpartition(".")[2].upper() if "." in name else "",
        "size": link.attachment.file.size,
    }


def _public_matter(matter_id: str | None) -> object:
    try:
        return matters.find(ANONYMOUS, matter_id) if matter_id else None
    except NotFound:
        return None
