"""Public content (公开内容) in the console: what is public and what was withdrawn; withdrawing with a public note."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import publications, versions
from core.db import db, write
from core.models import Moved, Publication
from core.permissions import can
from core.refusals import Invalid
from core.web.admin.base import ConsoleView, expose
from core.web.requests import actor, whole_number

SHOWN = 30


class PublicationsView(ConsoleView):
    """For those who may take something off."""

    @expose("/")
    def index(self) -> Response:
        """What is public, newest first, and the last ones withdrawn."""
        return self._page()

    @expose("/<id>/withdraw", methods=["POST"])
    def withdraw(self, id: str) -> Response:  # noqa: A002 — the address part
        """Take one off: the reason stays here, the note is read at its address."""
        form = request.form
        try:
            with write():
                row = publications.find(actor(), id)
                publications.withdraw(
                    actor(), row, form.get("reason", ""), public_note=form.get("public_note", ""),
                    version=form.get("version", type=whole_number),
                )  # fmt: skip
        except Invalid as wrong:
            return self._page(id, wrong.errors)
        flash(_("已撤下。原地址会说明它已撤下，附件同时停止下载。"), "done")
        return redirect(url_for("published.index"))

    def _page(self, wrong: str = "", errors: dict[str, list[Any]] | None = None) -> Response:
        page = publications.released(after=request.args.get("after", ""), limit=SHOWN)
        rows = list(page.items)
        if wrong and wrong not in {row.id for row in rows}:
            rows.insert(0, publications.find(actor(), wrong))
        text = self.render(
            "console/publications.html",
            rows=[(row, can(actor(), "core.withdraw", row) is not None) for row in rows],
            withdrawn=_withdrawn(),
            kinds=publications.KINDS,
            address=publications.address,
            next_url=url_for("published.index", after=page.next) if page.next else "",
            wrong=wrong,
            errors=errors or {},
            typed=request.form,
        )
        return make_response(text, 422 if errors else 200)


def _withdrawn() -> list[Publication]:
    replaced = select(Moved.old_id).where(Moved.kind == versions.KIND)
    query = select(Publication).where(
        publications.visible(actor()), Publication.state == "withdrawn", Publication.id.not_in(replaced)
    )
    return list(db.session.scalars(query.order_by(Publication.withdrawn_at.desc()).limit(SHOWN)))
