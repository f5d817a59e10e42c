"""Rows of the withheld catalogue (管11) in the console: reason, entry, correction, the yearly re-evaluation."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, true
from werkzeug.wrappers import Response

from core import clocks, permissions
from core.db import db
from core.permissions import can
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import parse
from core.web.requests import actor
from plugins.disclosure.admin.acting import No, answer, bodies_for, carry_out, events_of, sent, version
from plugins.disclosure.forms.withheld import EntryIn, EntryMove
from plugins.disclosure.models import WithheldEntry
from plugins.disclosure.services import bodies, catalogues, entries
from plugins.disclosure.values import GROUND_BASIS, GROUNDS, NO_OVERRIDE
from plugins.disclosure.workflow import ENTRY
from plugins.disclosure.workflow.entries import FIELDS, RIGHT

MOST = 300
LABELS: dict[str, Any] = {
    "agency": _l("单位"),
    "title": _l("标题"),
    "title_sensitive": _l("标题本身不能公开"),
    "public_title": _l("公开标题"),
    "number": _l("文号"),
    "code_name": _l("代号"),
    "ground": _l("不予公开的情形"),
    "facts": _l("事实说明"),
    "basis": _l("依据"),
    "formed_on": _l("形成日期"),
    "unit": _l("责任单位"),
    "review_on": _l("再评估日期"),
    "reason": _l("理由"),
    "lifted": _l("解密决定或者变更依据"),
}
CHANGING = ("edit", "reason", "enter", "correct")
"""Events that carry the columns of the row: the buttons of its form."""
MENDED = ("", "REASON_MISSING", "ENTRY_INCOMPLETE", "TITLE_REVEALS", "REVIEW_TOO_LATE")
"""How such an event may stand and still be offered: the form is where it is mended."""
TURNING = ("disclose", "make_requestable")
"""Out of what is withheld: for some grounds with the decision that lifted them."""


class EntriesView(ConsoleView):
    """拟列、说明理由、入目录、更正、再评估."""

    @expose("/")
    def index(self) -> str:
        """What is not decided on, what is to be re-evaluated, or everything."""
        shown = request.args.get("list", "") or "open"
        query = entries.select_rows(actor()).where(_within(shown))
        order = (WithheldEntry.review_on, WithheldEntry.id) if shown == "due" else (WithheldEntry.updated_at.desc(),)
        return self.render(
            "disclosure/console/entries.html",
            rows=db.session.scalars(query.order_by(*order).limit(MOST)).all(),
            shown=shown,
            states=ENTRY.states,
            grounds=GROUNDS,
            may_add=can(actor(), RIGHT),
        )

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> Response:
        """What was withheld without being an official document; the title is asked for, the rest may follow."""
        permissions.require(actor(), RIGHT)
        if request.method == "GET":
            return _form()

        def act() -> str:
            body = parse(EntryIn, sent("agency", *FIELDS) | _boxes())
            return entries.create(actor(), bodies.by_code(body.agency), body.values("agency")).id

        return carry_out(act, _form)

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """One row and what may be done with it."""
        return _page(entries.find(actor(), id))

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """One step; the columns of the form go with those that change them."""

        def act() -> str:
            changes = request.form.get("event", "") in CHANGING
            given = {name: request.form.get(name) or None if name.endswith("_on") else request.form.get(name, "")
                     for name in FIELDS if name != "title_sensitive"} | _boxes() if changes else {}  # fmt: skip
            body = parse(EntryMove, given | sent("event", "reason", "lifted"))
            row = entries.find(actor(), id)
            values = body.values("event", "reason", "lifted")
            entries.move(
                actor(), row, body.event, reason=body.reason, version=version(), values=values, lifted=body.lifted
            )
            return row.id

        return carry_out(act, lambda no: _page(entries.find(actor(), id), no))


def _boxes() -> dict[str, bool]:
    return {"title_sensitive": "title_sensitive" in request.form}


def _within(shown: str) -> ColumnElement[bool]:
    """The filter of a list: open, due (for re-evaluation), anything else: all."""
    return {"open": WithheldEntry.state.in_(entries.OPEN), "due": entries.due_for_review()}.get(shown, true())


def _form(no: No = None) -> Response:
    crumbs = [{"label": _("不予公开目录"), "url": url_for("disclosure_withheld.index")}]
    return answer(
        "disclosure/console/entry_new.html",
        no,
        LABELS,
        crumbs=[*crumbs, {"label": _("登记条目"), "url": ""}],
        own=bodies_for(actor(), RIGHT),
        grounds=GROUNDS,
    )


def _page(row: WithheldEntry, no: No = None) -> Response:
    events = events_of(ENTRY, row)
    changing = [events[name] for name in CHANGING if name in events and events[name]["code"] in MENDED]
    if any(one["event"] == "edit" for one in changing):
        changing = [one for one in changing if one["event"] != "correct"]
    turning = [events[name] for name in TURNING if name in events and events[name]["code"] in {"", "NO_OVERRIDE"}]
    shown = {one["event"] for one in (*changing, *turning)}
    stands = _stands(row)
    catalogue = catalogues.newest(row.agency_id, row.year)
    crumbs = [{"label": _("不予公开目录"), "url": url_for("disclosure_withheld.index")}]
    if catalogue:
        url = url_for("disclosure_withheld.show", id=catalogue.id)
        crumbs.append({"label": _("%(year)s年", year=row.year), "url": url})
    return answer(
        "disclosure/console/entry.html",
        no,
        LABELS,
        crumbs=[*crumbs, {"label": row.title, "url": ""}],
        row=row,
        state=ENTRY.states[row.state],
        grounds=GROUNDS,
        typed={**request.form.to_dict(), **_boxes()} if no and request.form.get("event") in CHANGING else stands,
        stands=stands if no else {},
        clocks=clocks.of(ENTRY.object_type, [row.id])[row.id],
        changing=changing,
        turning=turning,
        asks_lifted=row.ground in NO_OVERRIDE,
        lifted=request.form.get("lifted", "") if no else "",
        acts=[one for name, one in events.items() if name not in shown and name != "correct"],
        bases=GROUND_BASIS,
    )


def _stands(row: WithheldEntry) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in FIELDS}
    return values | {name: str(values[name] or "") for name in ("formed_on", "review_on")}
