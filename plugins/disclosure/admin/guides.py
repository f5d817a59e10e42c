"""The guides (公开指南, 管8) in the console: which bodies want a new edition, its texts, its way to the public."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.db import db
from core.models import Agency
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import parse
from core.web.requests import actor
from plugins.disclosure.admin.acting import No, answer, bodies_for, carry_out, events_of, sent, version
from plugins.disclosure.forms.withheld import GuideIn, MoveIn
from plugins.disclosure.models import Guide
from plugins.disclosure.models.guides import GUIDE_TEXTS
from plugins.disclosure.services import bodies, guides
from plugins.disclosure.services.visibility import page_address
from plugins.disclosure.workflow import GUIDE
from plugins.disclosure.workflow.guides import LABELS, RIGHT

NAMES: dict[str, Any] = {**LABELS, "agency": _l("单位"), "reason": _l("理由")}
ONWARD = ("submit", "approve", "publish")


class GuidesView(ConsoleView):
    """编写、审核、发布、更新提醒."""

    @expose("/")
    def index(self) -> Response:
        """Every body at work: the edition the public reads, the one under way, and why a new one is wanted."""
        return _index()

    @expose("/begin", methods=["POST"])
    def begin(self) -> Response:
        """A new edition from the texts of the one before."""

        def act() -> str:
            return guides.begin(actor(), bodies.by_code(request.form.get("agency", ""))).id

        return carry_out(act, _index, _("新版本已经开始编写。"))

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """One edition: its texts, the contact data it tells, and what may be done."""
        return _page(guides.find(actor(), id))

    @expose("/<id>/save", methods=["POST"])
    def save(self, id: str) -> Response:  # noqa: A002
        """Its texts; the contact data are taken anew from the body."""

        def act() -> str:
            body = parse(GuideIn, {name: request.form.get(name, "") for name in GUIDE_TEXTS})
            guide = guides.find(actor(), id)
            return guides.save(actor(), guide, body.values(), version=version()).id

        return carry_out(act, lambda no: _page(guides.find(actor(), id), no), _("已保存。"))

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """Submit, return, approve, publish."""

        def act() -> str:
            body = parse(MoveIn, sent("event", "reason"))
            guide = guides.find(actor(), id)
            return guides.move(actor(), guide, body.event, reason=body.reason, version=version()).id

        return carry_out(act, lambda no: _page(guides.find(actor(), id), no))


def _index(no: No = None) -> Response:
    rows = db.session.scalars(guides.select_rows(actor()).order_by(Guide.edition)).all()
    public = {row.agency_id: row for row in rows if row.state == "published"}
    begun = {row.agency_id: row for row in rows if row.state in guides.UNDER_WAY}
    query = select(Agency).where(Agency.abolished_at.is_(None)).order_by(Agency.code)
    return answer(
        "disclosure/console/guides.html",
        no,
        NAMES,
        agencies=db.session.scalars(query).all(),
        public=public,
        begun=begun,
        outdated=guides.outdated(),
        own=bodies_for(actor(), RIGHT),
        states=GUIDE.states,
    )


def _page(guide: Guide, no: No = None) -> Response:
    events = events_of(GUIDE, guide)
    edit = events.pop("edit", None)
    stands = {name: getattr(guide, name) for name in GUIDE_TEXTS}
    again = no is not None and "classification" in request.form
    return answer(
        "disclosure/console/guide.html",
        no,
        NAMES,
        crumbs=[{"label": _("公开指南"), "url": url_for(".index")}, {"label": guide.agency.name, "url": ""}],
        row=guide,
        state=GUIDE.states[guide.state],
        told=LABELS,
        texts=GUIDE_TEXTS,
        typed=request.form if again else stands,
        stands=stands if again else {},
        may_edit=bool(edit and edit["allowed"]),
        acts=list(events.values()),
        primary=next((name for name in ONWARD if name in events and events[name]["allowed"]), ""),
        out_of_date=guides.out_of_date(guide.agency) if guide.state == "published" else "",
        page_url=page_address(guide.publication) if guide.state == "published" else "",
        may_staff=bodies.may_change(actor(), guide.agency),
    )
