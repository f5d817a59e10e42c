"""发文处理签 in the console: as a page to print and as a Word file."""

from __future__ import annotations

import io

from flask import render_template, send_file, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from core.filetypes import MEDIA_TYPES
from core.web.admin import expose
from core.web.requests import actor
from plugins.disclosure.documents import processing_sheet
from plugins.disclosure.services import documents, sheets


class SheetActs:
    """The sheet of one document (mixed into DocumentsView)."""

    @expose("/<id>/sheet")
    def sheet(self, id: str) -> str:  # noqa: A002 — the address part
        """To print."""
        found = sheets.of(documents.find(actor(), id))
        text = render_template("disclosure/console/_sheet.html", sheet=found, form=processing_sheet)
        return render_template(
            "layout/paper.html", title=f"{_('发文处理签')} · {found.subject}", key="sheet",
            body=Markup(text), back={"url": url_for(".show", id=id), "label": _("回到公文")},  # noqa: S704 — our own template
        )  # fmt: skip

    @expose("/<id>/sheet.docx")
    def sheet_file(self, id: str) -> Response:  # noqa: A002
        """To file away."""
        name, content = sheets.as_file(documents.find(actor(), id))
        return send_file(io.BytesIO(content), MEDIA_TYPES["docx"], as_attachment=True, download_name=name)
