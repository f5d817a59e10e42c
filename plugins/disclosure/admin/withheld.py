"""The catalogues of what is withheld (不予公开目录, 管11, 认9) in the console: the years, one edition, its way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from core import clocks
from core.db import db, utcnow
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import parse
from core.web.requests import actor
from core.workdays import local_date
from plugins.disclosure.admin.acting import No, answer, bodies_for, carry_out, events_of, sent, version
from plugins.disclosure.forms.withheld import CatalogueIn, CatalogueMove
from plugins.disclosure.models import WithheldCatalogue, WithheldEntry
from plugins.disclosure.models.withheld import IN_CATALOGUE
from plugins.disclosure.services import bodies, catalogues, entries
from plugins.disclosure.services.visibility import page_address
from plugins.disclosure.values import GROUNDS
from plugins.disclosure.workflow import CATALOGUE, ENTRY
from plugins.disclosure.workflow.catalogues import RIGHT, title

MOST = 200
LABELS: dict[str, Any] = {
    "agency": _l("单位"),
    "year": _l("年度"),
    "reason": _l("理由"),
    "receipt_number": _l("备案号"),
    "received_on": _l("备案日期"),
}
ONWARD = ("approve", "file", "publish")
"""The steps on the straight road: stressed where they are open."""


class WithheldView(ConsoleView):
    """Compile, approve, file, return, accept, publish, supplement."""

    @expose("/")
    def index(self) -> Response:
        """The editions this person may see, the newest year first."""
        return _index()

    @expose("/begin", methods=["POST"])
    def begin(self) -> Response:
        """The catalogue of a body and year: the edition in hand, or a first one."""

        def act() -> str:
            body = parse(CatalogueIn, sent("agency", "year"))
            return catalogues.compile_year(actor(), bodies.by_code(body.agency), body.year).id

        return carry_out(act, _index, _("目录已经开始编制。"))

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """Is the year complete, what the public will read, and what may be done."""
        return _page(catalogues.find(actor(), id))

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """One step of table 5.3."""

        def act() -> str:
            body = parse(CatalogueMove, sent("event", "reason", "receipt_number", "received_on"))
            row = catalogues.find(actor(), id)
            catalogues.move(
                actor(), row, body.event, reason=body.reason, version=version(), receipt_number=body.receipt_number,
                received_on=body.received_on,
            )  # fmt: skip
            return row.id

        return carry_out(act, lambda no: _page(catalogues.find(actor(), id), no))


def _index(no: No = None) -> Response:
    shown = {name: request.args.get(name, "") for name in ("agency", "year")}
    query = catalogues.select_rows(actor())
    if shown["agency"]:
        query = query.where(WithheldCatalogue.agency_id == shown["agency"])
    if re.fullmatch("[0-9]{4}", shown["year"]):
        query = query.where(WithheldCatalogue.year == int(shown["year"]))
    order = (WithheldCatalogue.year.desc(), WithheldCatalogue.agency_id, WithheldCatalogue.edition.desc())
    rows = db.session.scalars(query.order_by(*order).limit(MOST)).all()
    years = db.session.scalars(catalogues.select_rows(actor()).with_only_columns(WithheldCatalogue.year).distinct())
    return answer(
        "disclosure/console/withheld.html",
        no,
        LABELS,
        rows=rows,
        counts=_counts(rows),
        clocks={ident: found[-1] for ident, found in _clocks(rows).items() if found},
        states=CATALOGUE.states,
        shown=shown,
        years=sorted(years, reverse=True),
        known=bodies_for(actor(), "disclosure.see_withheld"),
        own=bodies_for(actor(), RIGHT),
        this_year=local_date(utcnow()).year,
        waiting=_to_decide(),
    )


def _clocks(rows: Sequence[WithheldCatalogue]) -> dict[str, list[Any]]:
    return clocks.of(CATALOGUE.object_type, [row.id for row in rows])


def _counts(rows: Sequence[WithheldCatalogue]) -> dict[str, tuple[int, int]]:
    """Catalogue id → rows in it, rows not yet decided on."""
    entry = WithheldEntry
    query = select(entry.agency_id, entry.year, entry.state, func.count()).where(
        entry.agency_id.in_({row.agency_id for row in rows}), entry.year.in_({row.year for row in rows})
    )
    found: Counter[tuple[str, int, bool]] = Counter()
    for agency, year, state, count in db.session.execute(query.group_by(entry.agency_id, entry.year, entry.state)):
        if state in IN_CATALOGUE or state in entries.OPEN:
            found[agency, year, state in IN_CATALOGUE] += count
    return {
        row.id: (
            found[row.agency_id, row.year, True] if row.state == "compiling" else len(row.rows),
            found[row.agency_id, row.year, False] if row.state == "compiling" else 0,
        )
        for row in rows
    }


def _to_decide() -> int:
    """Rows whose re-evaluation is near or over."""
    rows = entries.select_rows(actor()).where(entries.due_for_review()).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def _page(row: WithheldCatalogue, no: No = None) -> Response:
    events = events_of(CATALOGUE, row)
    accept = events.pop("accept", None)
    others = catalogues.select_rows(actor()).where(
        WithheldCatalogue.agency_id == row.agency_id, WithheldCatalogue.year == row.year, WithheldCatalogue.id != row.id
    )
    crumbs = [{"label": _("不予公开目录"), "url": url_for(".index")}, {"label": title(row), "url": ""}]
    return answer(
        "disclosure/console/withheld_catalogue.html",
        no,
        LABELS,
        crumbs=crumbs,
        row=row,
        heading=title(row),
        state=CATALOGUE.states[row.state],
        states=CATALOGUE.states,
        clocks=_clocks([row])[row.id],
        checks=catalogues.checklist(row),
        entry_states=ENTRY.states,
        lines_shown=catalogues.lines(row),
        grounds=GROUNDS,
        page_url=page_address(row.publication),
        others=db.session.scalars(others.order_by(WithheldCatalogue.edition)).all(),
        acts=list(events.values()),
        accept=accept,
        primary=next((name for name in ONWARD if name in events and events[name]["allowed"]), ""),
        today=local_date(utcnow()).isoformat(),
    )
