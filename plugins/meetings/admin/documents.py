"""Documents (文档) in the console: files and print pages of a meeting, its sealed record made in the background."""

from __future__ import annotations

import io
from typing import Any

from flask import render_template, send_file, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from core.db import write
from core.refusals import NotFound, Refused
from core.web.admin import expose
from core.web.admin.forms import problems
from core.web.admin.jobs import page_of
from core.web.requests import actor
from plugins.meetings.admin import meeting_page
from plugins.meetings.documents import application_form as form
from plugins.meetings.documents.papers import PAPERS
from plugins.meetings.services import meetings, paper_files, papers, record_jobs


class DocumentActs:
    """What one takes away from a meeting (mixed into MeetingsView)."""

    @expose("/<id>/documents/<name>")
    def document(self, id: str, name: str) -> Response:  # noqa: A002 — the address part
        """One file: `agenda.docx`, `invited.xlsx`."""
        return download("meeting", name, meetings.find(actor(), id))

    @expose("/<id>/print/<paper>")
    def printed(self, id: str, paper: str) -> str:  # noqa: A002
        """The same as a page to print."""
        meeting = meetings.find(actor(), id)
        return print_page("meeting", paper, meeting, {"url": url_for(".show", id=id), "label": _("回到会议")})

    @expose("/<id>/record/<kind>", methods=["POST"])
    def record(self, id: str, kind: str) -> Response:  # noqa: A002
        """Have the sealed record made; the job's page follows it."""
        try:
            with write():
                job = record_jobs.ask(actor(), meetings.find(actor(), id), kind)
        except Refused as no:
            return meeting_page.page(meetings.find(actor(), id), problems=problems(no, {}), status=no.status)
        return page_of(job)


def print_page(about: str, key: str, subject: Any, back: dict[str, str]) -> str:
    """A document of a "meeting" or an "application" that the reader has found already; raises NotFound, Forbidden."""
    if key not in PAPERS or PAPERS[key].about != about:
        raise NotFound
    with force_locale("zh_Hans_CN"):  # an official document, whatever language its reader has
        found = papers.content(actor(), PAPERS[key], subject)
        body = render_template("meetings/console/_paper.html", found=found, key=key, v=found.values, form=form)
    title = f"{PAPERS[key].title} · {subject.title}"
    text = Markup(body)  # noqa: S704 — our own template
    sheet = url_for("meetings.static", filename="console/papers.css")
    return render_template("layout/paper.html", title=title, body=text, key=key, back=back, sheet=sheet)


def download(about: str, name: str, subject: Any) -> Response:
    """A document as a file of its own name."""
    file = paper_files.make(actor(), about, name, subject)
    return send_file(io.BytesIO(file.content), file.media_type, as_attachment=True, download_name=file.name)
