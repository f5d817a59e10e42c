"""Bodies (公开机构, 管3, 管4) in the console: who works on disclosure in each, and what keeps a body from review."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import agencies
from core.db import write
from core.models import Agency
from core.refusals import Forbidden, Invalid, Refused
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import parse, problems
from core.web.requests import actor
from plugins.disclosure.forms.withheld import BodyIn
from plugins.disclosure.guards import POSTS
from plugins.disclosure.services import bodies

LABELS: dict[str, Any] = {
    "office_name": _l("公开工作机构"),
    "deputy_name": _l("分管领导"),
    "address": _l("地址"),
    "phone": _l("电话"),
    "fax": _l("传真"),
    "hours": _l("办公时间"),
    "mail": _l("电子邮箱"),
    "website": _l("网址"),
}


class BodiesView(ConsoleView):
    """The bodies of the place and their posts."""

    @expose("/")
    def index(self) -> str:
        """Public bodies (参照执行) last; whoever may change one gets to its form."""
        rows = [(row, bodies.may_change(actor(), row.agency)) for row in bodies.here()]
        return self.render("disclosure/console/bodies.html", rows=rows, posts=POSTS, kinds=agencies.KINDS)

    @expose("/<id>/", methods=["GET", "POST"])
    def edit(self, id: str) -> Response:  # noqa: A002 — the address part
        """Working office, deputy leader, and what the guide tells of the body."""
        agency = agencies.find(id)
        if not bodies.may_change(actor(), agency):
            raise Forbidden
        if request.method == "GET":
            return self._page(agency)
        try:
            sent = parse(BodyIn, {name: request.form.get(name, "") for name in LABELS})
            values = sent.model_dump(include=set(LABELS))
            with write():
                row = agencies.find(id)
                bodies.save(actor(), row, values, version=request.form.get("version", -1, type=int))
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return self._page(agencies.find(id), no)
        flash(_("已保存。"), "done")
        return redirect(url_for(".index"))

    def _page(self, agency: Agency, no: Invalid | Refused | None = None) -> Response:
        body = bodies.of(agency)
        stands = {name: getattr(body, name) if body else "" for name in LABELS}
        text = self.render(
            "disclosure/console/body.html",
            agency=agency,
            posts=bodies.posts(agency),
            labels=LABELS,
            vacant=[POSTS[name] for name in bodies.posts(agency).vacant],
            typed=request.form if no else stands,
            stands=stands if no else {},
            version=body.version if body else 0,
            errors=no.errors if isinstance(no, Invalid) else {},
            problems=problems(no, LABELS) if no else [],
        )
        return make_response(text, no.status if no else 200)
