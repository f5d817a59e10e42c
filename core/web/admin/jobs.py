"""Background jobs (后台任务): those I asked for, how far each is, what came of it."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core import jobs
from core.db import write
from core.models import Job
from core.refusals import WrongState
from core.web.admin.base import ConsoleView, expose
from core.web.admin.system import flash_refusal
from core.web.requests import actor

TONES = {"waiting": "ahead", "running": "now", "done": "done", "failed": "overdue", "cancelled": "stopped"}


class JobsView(ConsoleView):
    """My jobs; each page follows its job by itself, without script by its reload link."""

    @expose("/")
    def index(self) -> str:
        """Newest first."""
        return self.render("console/jobs.html", jobs=jobs.mine(actor()), labels=jobs.STATES, tones=TONES)

    @expose("/<id>")
    def show(self, id: str) -> str:  # noqa: A002 — the address part
        """One job."""
        job = jobs.find(actor(), id)
        return self.render("console/job.html", job=job, label=jobs.STATES[job.state], tone=TONES[job.state])

    @expose("/<id>/cancel", methods=["POST"])
    def cancel(self, id: str) -> Response:  # noqa: A002
        """Stop it."""
        try:
            with write():
                jobs.cancel(actor(), jobs.find(actor(), id))
        except WrongState as ended:
            flash_refusal(ended)
        else:
            flash(_("任务已取消，没有留下任何改动。"), "done")
        return redirect(url_for("jobs.show", id=id))


def page_of(job: Job) -> Response:
    """Where a console view sends whoever just started a job."""
    return redirect(url_for("jobs.show", id=job.id))
