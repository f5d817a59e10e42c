"""What surrounds every public page: name, menu, search, feed, contact. Templates ask `portal_shell()`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from core import plugins
from core.contracts import JurisdictionRef, MenuEntry
from core.db import db
from core.jurisdictions import as_ref, current_or_none, enter
from core.models import Agency, Jurisdiction
from core.web.locale import language


@dataclass(frozen=True)
class Shell:
    """The frame of a page: where it is, and where one can go from here. Empty addresses are left out."""

    name: str
    url: str
    menu: tuple[dict[str, Any], ...] = ()
    search_url: str = ""
    search_all: bool = False
    """True on pages of the whole city: the search looks everywhere."""
    feed_url: str = ""
    workdays_url: str = ""
    basis_url: str = ""
    contact: str = ""


def portal_shell() -> Shell:
    """The shell of the current request, made once."""
    shell: Shell | None = request.environ.get("mingtang.shell")
    if shell is None:
        here = current_or_none()
        shell = request.environ["mingtang.shell"] = _city() if here is None else _county(here)
    return shell


def place_name(place: JurisdictionRef) -> str:
    """The name in the reader's language."""
    return place.name_en or place.name if language() == "en" else place.name


def addresses(place: JurisdictionRef) -> list[str]:
    """Home and lists of a county, as its menu leads to them."""
    return list(dict.fromkeys(line["url"] for line in _county(place).menu))


def root() -> JurisdictionRef | None:
    """The city itself; None while the installation is still empty."""
    row = db.session.scalar(select(Jurisdiction).where(Jurisdiction.parent_id.is_(None)))
    return as_ref(row) if row else None


def _city() -> Shell:
    city = root()
    if city is None:
        return Shell(_("明堂"), "/")

    with enter(city):
        contact = _contact()

    def inside(endpoint: str) -> str:
        return url_for(endpoint, jurisdiction=city.slug)

    return Shell(
        place_name(city),
        "/",
        menu=(
            _line(_("首页"), "/", "portal.city"),
            _line(_("市本级"), inside("portal.home"), "portal.home"),
        ),
        search_url=inside("portal.search"),
        search_all=True,
        feed_url=inside("portal.feed"),
        workdays_url=inside("portal.workdays"),
        basis_url=inside("portal.basis"),
        contact=contact,
    )


def _county(here: JurisdictionRef) -> Shell:
    lines = [
        _line(_("首页"), url_for("portal.home"), "portal.home"),
        *(_plugin_line(entry) for entry in _plugin_entries(here)),
        _line(_("公开内容"), url_for("portal.publications"), "portal.publications"),
    ]
    return Shell(
        place_name(here),
        url_for("portal.home"),
        menu=tuple(lines),
        search_url=url_for("portal.search"),
        feed_url=url_for("portal.feed"),
        workdays_url=url_for("portal.workdays"),
        basis_url=url_for("portal.basis"),
        contact=_contact(),
    )


def _plugin_entries(here: JurisdictionRef) -> list[MenuEntry]:
    """Portal menu lines of the plugins that are on here, by `order`, then key."""
    on = plugins.enabled(here)
    entries = [entry for name, entry in _all_entries() if name in on]
    return sorted(entries, key=lambda entry: (entry.order, entry.key))


def _all_entries() -> list[tuple[str, MenuEntry]]:
    """Asked once per app: menus are build-time data."""
    known: list[tuple[str, MenuEntry]] | None = current_app.extensions.get("mingtang.portal_menu")
    if known is None:
        found = plugins.installed().build("register_menu")
        known = [(name, entry) for name, entry in found if entry.area == "portal"]
        current_app.extensions["mingtang.portal_menu"] = known
    return known


def _plugin_line(entry: MenuEntry) -> dict[str, Any]:
    blueprint, _dot, name = entry.endpoint.rpartition(".")
    return _line(entry.label, url_for(entry.endpoint), entry.endpoint, whole=blueprint if name == "index" else "")


def _line(label: Any, url: str, endpoint: str, whole: str = "") -> dict[str, Any]:
    """A menu line; that of a plugin's index stays marked on all pages of its blueprint."""
    current = request.blueprint == whole if whole else request.endpoint == endpoint
    return {"label": label, "url": url, "current": current}


def _contact() -> str:
    """How to reach the government of this jurisdiction: its first agency of that kind with a contact."""
    query = select(Agency).where(Agency.kind == "government", Agency.contact != "", Agency.abolished_at.is_(None))
    agency = db.session.scalars(query.order_by(Agency.code).limit(1)).first()
    return f"{agency.name} {agency.contact}" if agency else ""
