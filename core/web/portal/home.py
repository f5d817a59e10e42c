"""The homes: the city with all its jurisdictions, one jurisdiction with its panels, and what it all rests on (依据)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template
from markupsafe import Markup
from sqlalchemy import select

from core import jurisdictions, plugins, publications
from core.contracts import JurisdictionRef, Panel, PublicDate
from core.db import db
from core.jurisdictions import current
from core.models import Agency, Jurisdiction, Publication
from core.web.portal.shell import place_name

DATES_SHOWN = 6
NEWS_SHOWN = 6
EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class News:
    """A released publication as the homes list it."""

    title: str
    url: str
    kind: Any
    at: datetime | None
    place: str


@dataclass(frozen=True)
class PlaceDate:
    """A public date together with the place it belongs to."""

    date: PublicDate
    place: str


def add_routes(bp: Blueprint) -> None:
    """`/`, `/<jurisdiction>/` and `/<jurisdiction>/basis/`."""
    bp.add_url_rule("/", "city", city)
    bp.add_url_rule("/<jurisdiction>/", "home", home)
    bp.add_url_rule("/<jurisdiction>/basis/", "basis", basis)


def city() -> str:
    """What is live in the whole city, what comes next, and the way to each jurisdiction."""
    places = jurisdictions.everywhere()
    dates: list[PlaceDate] = []
    news: list[News] = []
    for place in places:
        with jurisdictions.enter(place):
            found = plugins.collect("collect_public_dates", place).items
            dates += [PlaceDate(one, place_name(place)) for one in found]
            news += latest(place, 3)
    dates.sort(key=lambda one: (not one.date.live, one.date.at, one.date.key))
    return render_template(
        "portal/city.html",
        city=next((place for place in places if place.is_root), None),
        places=[(place, place_name(place)) for place in places if not place.is_root],
        live=[one for one in dates if one.date.live],
        upcoming=[one for one in dates if not one.date.live][:DATES_SHOWN],
        news=sorted(news, key=lambda one: one.at or EPOCH, reverse=True)[:NEWS_SHOWN],
    )


def home() -> str:
    """One jurisdiction: the plugins' panels in their order, the latest publications, its bodies and counties."""
    here = current()
    collected = plugins.collect("portal_panels", here)
    panels = sorted(collected.items, key=lambda panel: (panel.order, panel.key))
    return render_template(
        "portal/home.html",
        place_name=place_name(here),
        panels=[(panel, _html(panel)) for panel in panels],
        gaps=collected.gaps,
        news=latest(here, NEWS_SHOWN),
        agencies=_agencies(),
        counties=_counties_below(here),
    )


def basis() -> str:
    """Which regulations are carried out here, by plugin."""
    here = current()
    infos = plugins.installed().infos
    return render_template("portal/basis.html", infos=[infos[name] for name in sorted(plugins.enabled(here))])


def _html(panel: Panel) -> Markup:
    """The panel as its plugin's own template renders it, escaped there."""
    return Markup(render_template(panel.template, **panel.data))  # noqa: S704


def latest(place: JurisdictionRef, count: int) -> list[News]:
    """The newest released publications of the place being entered."""
    return [_news(row, place) for row in publications.released(limit=count).items]


def _news(row: Publication, place: JurisdictionRef) -> News:
    kind = publications.KINDS.get(row.kind, row.kind)
    return News(row.title, publications.address(row), kind, row.released_at, place_name(place))


def _agencies() -> list[Agency]:
    query = select(Agency).where(Agency.abolished_at.is_(None)).order_by(Agency.kind != "government", Agency.code)
    return list(db.session.scalars(query.limit(60)))


def _counties_below(here: JurisdictionRef) -> list[Jurisdiction]:
    query = select(Jurisdiction).where(Jurisdiction.parent_id == here.id)
    return list(db.session.scalars(query.order_by(Jurisdiction.position, Jurisdiction.slug)))
