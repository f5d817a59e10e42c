"""Documents (文档) of a meeting in the console: the sealed record as a file, made in the background."""

from __future__ import annotations

from werkzeug.wrappers import Response

from core.db import write
from core.refusals import Refused
from core.web.admin import expose
from core.web.admin.forms import problems
from core.web.admin.jobs import page_of
from core.web.requests import actor
from plugins.meetings.admin import meeting_page
from plugins.meetings.services import meetings, record_jobs


class DocumentActs:
    """What one takes away from a meeting (mixed into MeetingsView)."""

    @expose("/<id>/record/<kind>", methods=["POST"])
    def record(self, id: str, kind: str) -> Response:  # noqa: A002 — the address part
        """Have the sealed record made; the job's page follows it."""
        try:
            with write():
                job = record_jobs.ask(actor(), meetings.find(actor(), id), kind)
        except Refused as no:
            return meeting_page.page(meetings.find(actor(), id), problems=problems(no, {}), status=no.status)
        return page_of(job)
