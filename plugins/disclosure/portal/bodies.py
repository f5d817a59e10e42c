"""政府信息公开 for everybody: where to begin, each body's guide (指南, 管8) and what it withholds (管11)."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from core import agencies
from core.models import Agency
from core.web.locale import language
from core.web.portal.pages import everybodys
from plugins.disclosure.portal.common import start_crumbs
from plugins.disclosure.services import bodies, catalogues, guides
from plugins.disclosure.workflow.guides import LABELS


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/disclosure/` and the pages of a body below it."""
    bp.add_url_rule("/", "index", start)
    bp.add_url_rule("/bodies/<code>/guide/", "guide", guide)
    bp.add_url_rule("/bodies/<code>/withheld/", "withheld", withheld)


@everybodys
def start() -> str:
    """What a citizen looks for, then each body with what it owes the public; abolished ones while they show any."""
    told, years = guides.published_bodies(), catalogues.published_years()
    rows = [
        {"agency": agency, "name": _name(agency), "guide": agency.id in told, "year": years.get(agency.id, [0])[0]}
        for agency in agencies.here()
        if agency.abolished_at is None or agency.id in told or agency.id in years
    ]
    return render_template("disclosure/portal/start.html", crumbs=start_crumbs(), rows=rows)


@everybodys
def guide(code: str) -> str:
    """条例第十二条: classification, arrangement, how to obtain, and how the working office is reached."""
    agency = bodies.by_code(code)
    shown = guides.published(agency)
    return render_template(
        "disclosure/portal/guide.html",
        crumbs=start_crumbs((_("公开指南"), "")),
        agency=agency,
        name=_name(agency),
        guide=shown,
        labels=LABELS,
    )


@everybodys
def withheld(code: str) -> str:
    """管11: the rows with their safe titles, of the newest year or the one asked for."""
    agency = bodies.by_code(code)
    found = catalogues.published(agency)
    asked = request.args.get("year", "")
    shown = next((one for one in found if str(one.year) == asked), found[0] if found else None)
    return render_template(
        "disclosure/portal/withheld.html",
        crumbs=start_crumbs((_("不予公开目录"), "")),
        agency=agency,
        name=_name(agency),
        catalogue=shown,
        years=[one.year for one in found],
        rows=catalogues.lines(shown) if shown else [],
    )


def _name(agency: Agency) -> str:
    """Its name, both names where it was abolished (管5)."""
    return agencies.both_names(agency, english=language() == "en")
