"""Redacted copies (区分处理) in the console: pages with their marks, drawn on or typed; a name found everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from core import storage
from core.db import write
from core.refusals import Forbidden, Invalid, Refused
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import problems
from core.web.requests import actor
from plugins.disclosure.models import Redaction
from plugins.disclosure.services import redactions
from plugins.disclosure.values import GROUNDS
from plugins.disclosure.workflow import REDACTION

LABELS: dict[str, Any] = {
    "page": _l("页"), "x": _l("左边"), "y": _l("上边"), "width": _l("宽"), "height": _l("高"),
    "ground": _l("不予公开的情形"), "reason": _l("理由"), "text": _l("要查找的字"),
}  # fmt: skip
MEASURES = ("x", "y", "width", "height")


class RedactionsView(ConsoleView):
    """标记、查找、生成、核对."""

    @expose("/")
    def index(self) -> str:
        """What is being marked, the newest first."""
        return self.render(
            "disclosure/console/redactions.html", crumbs=[{"label": _("区分处理"), "url": ""}],
            rows=redactions.recent(actor()), states=REDACTION.states,
        )  # fmt: skip

    @expose("/begin", methods=["POST"])
    def begin(self) -> Response:
        """From the page of a request or document: one of its files."""
        form = request.form
        sizes = redactions.survey(actor(), form.get("file", ""))
        with write():
            made = redactions.begin(
                actor(), form.get("subject_type", ""), form.get("subject_id", ""), form.get("file", ""), sizes
            ).id
        return redirect(url_for(".show", id=made))

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """One page of the file with its marks."""
        return _page(redactions.find(actor(), id))

    @expose("/<id>/pages/<int:page>.png")
    def picture(self, id: str, page: int) -> FlaskResponse:  # noqa: A002
        """The page as an image: as it is while marking, as it will be once the copy was made."""
        found = redactions.find(actor(), id)
        answer = make_response(redactions.picture(found, page, painted=found.state != "marking"))
        answer.content_type = "image/png"
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    @expose("/<id>/regions", methods=["POST"])
    def mark(self, id: str) -> Response:  # noqa: A002
        """One rectangle."""
        form = request.form
        place = {"page": form.get("page", 0, type=int)} | {name: _thousandths(form.get(name, "")) for name in MEASURES}
        return _done(id, lambda found: _marked(found, [place]))

    @expose("/<id>/search", methods=["POST"])
    def search(self, id: str) -> Response:  # noqa: A002
        """Every occurrence of a name."""
        try:
            places = redactions.search(redactions.find(actor(), id), request.form.get("text", ""))
        except (Invalid, Refused) as no:
            return _page(redactions.find(actor(), id), no, request.form.to_dict())
        form = request.form
        return _done(
            id,
            lambda found: _told(redactions.mark_found(
                actor(), found, places, ground=form.get("ground", ""), reason=form.get("reason", "")
            )),
        )  # fmt: skip

    @expose("/<id>/regions/<region>/remove", methods=["POST"])
    def unmark(self, id: str, region: str) -> Response:  # noqa: A002
        """Take one away."""
        return _done(id, lambda found: redactions.unmark(actor(), found, region))

    @expose("/<id>/make", methods=["POST"])
    def make(self, id: str) -> Response:  # noqa: A002
        """Start the work and show how far it is."""
        try:
            with write():
                found = redactions.find(actor(), id)
                redactions.ask(actor(), found, version=request.form.get("version", -1, type=int))
        except Forbidden:
            raise
        except Refused as no:
            return _page(redactions.find(actor(), id), no)
        flash(_("正在生成公开件，完成后会显示在“后台任务”和本页。"), "done")
        return redirect(url_for(".show", id=id))

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """Mark anew, or drop."""
        form = request.form
        version = form.get("version", -1, type=int)
        return _done(id, lambda found: redactions.move(actor(), found, form.get("event", ""), version=version))

    @expose("/<id>/copy.pdf")
    def copy(self, id: str) -> FlaskResponse:  # noqa: A002
        """The finished copy."""
        return storage.respond(redactions.made_copy(actor(), redactions.find(actor(), id)))


def _marked(found: Redaction, places: list[dict[str, int]]) -> None:
    form = request.form
    redactions.mark(actor(), found, places, ground=form.get("ground", ""), reason=form.get("reason", ""))


def _told(added: list[Any]) -> None:
    flash(ngettext("已标记 %(num)s 处。", "已标记 %(num)s 处。", len(added)), "done")


def _done(redaction_id: str, act: Callable[[Redaction], Any]) -> Response:
    """Carry it out, or show the page again with what was typed."""
    try:
        with write():
            act(redactions.find(actor(), redaction_id))
    except Forbidden:
        raise
    except (Invalid, Refused) as no:
        return _page(redactions.find(actor(), redaction_id), no, request.form.to_dict())
    return redirect(url_for(".show", id=redaction_id, page=request.form.get("page", 1, type=int)))


def _thousandths(percent: str) -> int:
    """12.5 → 125; what is no number lies off the page."""
    try:
        return round(float(percent) * 10)
    except (ValueError, OverflowError):
        return -1


def _page(found: Redaction, no: Invalid | Refused | None = None, typed: dict[str, str] | None = None) -> Response:
    asked = request.values.get("page", 1, type=int)
    page = min(max(asked, 1), len(found.sizes))
    width, height = found.sizes[page - 1]
    body = render_template(
        "disclosure/console/redaction.html",
        crumbs=[{"label": _("区分处理"), "url": url_for(".index")}, {"label": found.source.filename, "url": ""}],
        found=found,
        state=REDACTION.states[found.state],
        page=page,
        tall=round(height / width * 1000),
        here=[one for one in found.regions if one.page == page],
        counts={n: sum(one.page == n for one in found.regions) for n in range(1, len(found.sizes) + 1)},
        grounds=GROUNDS,
        typed=typed or {},
        errors=no.errors if isinstance(no, Invalid) else {},
        problems=problems(no, LABELS) if no else [],
    )
    return make_response(body, no.status if no else 200)
