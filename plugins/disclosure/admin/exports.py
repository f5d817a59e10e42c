"""Tables taken away (导出) in the console: short ones at once, long ones as a background job."""

from __future__ import annotations

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from core.db import utcnow, write
from core.web.admin import ConsoleView, expose
from core.web.requests import actor, whole_number
from core.workdays import local_date
from plugins.disclosure.services import exports

YEARS = 10
"""So many years back are offered; the rest is in «all years»."""


class ExportsView(ConsoleView):
    """For staff; each table by its own right."""

    @expose("/", methods=["GET", "POST"])
    def index(self) -> Response:
        """The tables this person may take away, or one of them."""
        if request.method == "POST":
            return _take(request.form.get("table", ""), request.form.get("kind", ""))
        this_year = local_date(utcnow()).year
        return make_response(
            self.render(
                "disclosure/console/exports.html", tables=exports.tables(actor()), kinds=exports.KINDS,
                years=range(this_year, this_year - YEARS, -1),
            )
        )  # fmt: skip


def _take(key: str, kind: str) -> Response:
    year = request.form.get("year", type=whole_number)
    table = exports.find(actor(), key)
    if exports.count(actor(), table, year) > exports.AT_ONCE:
        with write():
            job = exports.start(actor(), table, kind, year).id
        return redirect(url_for("jobs.show", id=job))
    file = exports.part(actor(), key, kind, year=year)
    if table.right:
        with write():
            exports.told(actor(), table, kind, year)
    answer = make_response(file.content)
    answer.content_type = file.media_type
    answer.headers.set("Content-Disposition", "attachment", filename=file.name)
    return answer
