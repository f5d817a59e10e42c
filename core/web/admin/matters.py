"""Matters (事项) in the console: find one, see what belongs to it, merge it into another one, part them again."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import matters, plugins, publications
from core.contracts import Gap, MatterUse
from core.db import db, write
from core.jurisdictions import current
from core.models import Matter, Publication
from core.permissions import can, permitted_agencies
from core.refusals import Invalid, NotFound, Refused, Stale
from core.web.admin.base import ConsoleView, expose
from core.web.requests import actor, whole_number

SHOWN = 50


class MattersView(ConsoleView):
    """For those who may merge them."""

    @expose("/")
    def index(self) -> str:
        """The newest ones, or those whose title holds what was typed."""
        query = request.args.get("q", "").strip()[:100]
        return self.render("console/matters.html", rows=_rows(query), query=query, states=matters.MACHINE.states)

    @expose("/<id>/")
    def matter(self, id: str) -> Response:  # noqa: A002 — the address part
        """One matter with all that belongs to it."""
        return self._page(matters.own(actor(), id))

    @expose("/<id>/transitions", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002 — the address part
        """Merge or part."""
        form = request.form
        version = form.get("version", type=whole_number)
        try:
            with write():
                row = matters.own(actor(), id)
                if form.get("event") == "part":
                    matters.part(actor(), row, form.get("reason", ""), version=version)
                else:
                    _merge(row, version)
        except Stale:
            raise
        except (Invalid, Refused) as no:
            return self._page(matters.own(actor(), id), no)
        flash(_("已办理。两个地址都继续有效。"), "done")
        return redirect(url_for("matters.matter", id=id))

    def _page(self, row: Matter, no: Invalid | Refused | None = None) -> Response:
        uses, gaps = _uses(row)
        text = self.render(
            "console/matter.html",
            row=row,
            state=matters.MACHINE.states[row.state],
            whole=matters.find(actor(), row.id),
            merged=matters.merged_into(actor(), row.id),
            uses=uses,
            gaps=gaps,
            others=[other for other in _rows(request.args.get("q", "").strip()[:100]) if _may_take(other, row)],
            query=request.args.get("q", ""),
            may=can(actor(), "core.merge_matters", row) is not None,
            errors=no.errors if isinstance(no, Invalid) else {},
            refusals=no.refusals if isinstance(no, Refused) else (),
            typed=request.form,
        )
        return make_response(text, no.status if no else 200)


def _merge(row: Matter, version: int | None) -> None:
    form = request.form
    if not form.get("into"):
        raise Invalid({"into": [_("请选择并入哪个事项。")]})
    try:
        matters.merge(
            actor(), row, form["into"], form.get("reason", ""), public_note=form.get("public_note", ""), version=version
        )
    except NotFound:
        raise Invalid({"into": [_("没有这个事项，请重新选择。")]}) from None


def _rows(query: str) -> list[Matter]:
    found = select(Matter).order_by(Matter.created_at.desc(), Matter.id)
    agencies = permitted_agencies(actor(), "core.merge_matters")
    if agencies is not None:
        found = found.where(Matter.agency_id.in_(sorted(agencies)))
    if query:
        found = found.where(Matter.title.contains(query, autoescape=True))
    return list(db.session.scalars(found.limit(SHOWN)))


def _may_take(other: Matter, row: Matter) -> bool:
    return other.id != row.id and other.state == "open" and (other.public or not row.public)


def _uses(row: Matter) -> tuple[list[MatterUse], tuple[Gap, ...]]:
    """Publications and what the plugins know, of the matter and all merged into it."""
    ids = matters.family(row.id)
    query = select(Publication).where(Publication.matter_id.in_(ids), publications.visible(actor()))
    own = [
        MatterUse(publications.KINDS[one.kind], one.title, publications.address(one) if one.released_at else "")
        for one in db.session.scalars(query.order_by(Publication.created_at, Publication.id))
    ]
    found: Any = plugins.collect("collect_matter_uses", current(), actor=actor(), matter_ids=ids)
    return [*found.items, *own], found.gaps
