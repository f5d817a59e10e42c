"""Document templates (文档模板) in the console: take one, change it in Word, put it in force; or go back."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, cast

from flask import flash, make_response, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import storage
from core.db import db, write
from core.documents.templates import Templates
from core.filetypes import MEDIA_TYPES
from core.models import Account
from core.refusals import Forbidden, Invalid, NotFound, Refused
from core.web.admin.base import ConsoleView, expose
from core.web.admin.forms import problems
from core.web.requests import actor


class TemplatesView(ConsoleView):
    """One template for each document of a plugin; `about` says what these documents are."""

    def __init__(self, endpoint: str, path: str, templates: Templates, about: Any) -> None:
        super().__init__(endpoint, path, templates.right)
        self.templates, self.about = templates, about

    @expose("/")
    def index(self) -> str:
        """All documents and which template each uses."""
        return self.render(
            "console/templates.html",
            about=self.about,
            rows=[self.templates.standing(key) for key in self.templates.papers],
        )

    @expose("/<paper>/", methods=["GET", "POST"])
    def show(self, paper: str) -> Response:
        """What a template may use, and the form to replace it."""
        self.templates.paper(paper)
        if request.method == "GET":
            return self._page(paper)
        version = request.form.get("version", -1, type=int)
        try:
            if request.form.get("act") == "reset":
                with write():
                    self.templates.reset(actor(), paper, version=version)
                flash(_("已恢复内置模板。"), "done")
            else:
                staged = _staged()
                with write():
                    self.templates.replace(actor(), paper, staged, version=version)
                flash(_("新模板已启用。"), "done")
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return self._page(paper, no)
        return redirect(url_for(".show", paper=paper))

    @expose("/<paper>/file")
    def file(self, paper: str) -> Response:
        """The template in force, or with `?version=` an earlier one, `?version=0` the built-in one."""
        asked = request.args.get("version", "")
        if asked and not asked.isdecimal():
            raise NotFound
        own = self.templates.standing(paper).own if not asked else None
        row = self.templates.version_of(paper, min(int(asked), 1 << 30)) if asked.strip("0") else own
        name = storage.safe_name(f"{self.templates.paper(paper).title}.docx")
        content = io.BytesIO(self.templates.bytes_of(row, paper))
        return send_file(content, MEDIA_TYPES["docx"], as_attachment=True, download_name=name)

    def _page(self, key: str, no: Invalid | Refused | None = None) -> Response:
        found, history = self.templates.standing(key), self.templates.history(key)
        crumbs: list[dict[str, Any]] = [
            {"label": _l("文档模板"), "url": url_for(".index")}, {"label": found.paper.title},
        ]  # fmt: skip
        text = self.render(
            "console/template.html",
            found=found,
            history=history,
            names={row.created_by: _name(row.created_by) for row in history},
            problems=problems(no, {}) if no else [],
            crumbs=crumbs,
        )
        return make_response(text, no.status if no else 200)


def _staged() -> storage.Staged:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Invalid({"file": [_l("请选择一个 Word 文档（.docx）。")]})
    return storage.stage(cast(BinaryIO, upload.stream), upload.filename)


def _name(account_id: str | None) -> str:
    account = db.session.get(Account, account_id) if account_id else None
    return account.name if account else ""
