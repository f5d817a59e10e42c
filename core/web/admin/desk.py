"""The desk (工作台): due today, waiting for me, started by me; notices; the clocks of the jurisdiction."""

from __future__ import annotations

from flask import g, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import clocks, notices, plugins
from core.contracts import WorkItem
from core.db import db, utcnow, write
from core.jurisdictions import current
from core.models import Clock
from core.web.admin.base import ConsoleView, expose
from core.web.requests import actor
from core.workdays import end_of, local_date


class DeskView(ConsoleView):
    """What is on my desk, until when."""

    @expose("/")
    def index(self) -> str:
        """The desk."""
        found = plugins.collect("collect_work_items", current(), actor=actor())
        items: list[WorkItem] = sorted(found.items, key=lambda item: (item.due_at is None, item.due_at or utcnow()))
        tonight = end_of(local_date(utcnow()))
        due = [item for item in items if item.due_at and item.due_at <= tonight]
        rest = [item for item in items if item not in due]
        return self.render(
            "console/desk.html",
            due=due,
            waiting=[item for item in rest if item.group == "waiting"],
            started=[item for item in rest if item.group == "started"],
            gaps=found.gaps,
            clocks=clocks.by_ids([item.clock_id for item in items if item.clock_id]),
        )


class NoticesView(ConsoleView):
    """In-app notices (站内通知)."""

    @expose("/")
    def index(self) -> str:
        """Newest first."""
        return self.render("console/notices.html", notices=notices.inbox(g.account.id))

    @expose("/read", methods=["POST"])
    def read(self) -> Response:
        """Mark one or all as read."""
        with write():
            notices.mark_read(g.account.id, request.form.get("id") or None)
        return redirect(url_for("notices.index"))


class ClocksView(ConsoleView):
    """Every open clock here, the most urgent first; those of switched-off plugins too."""

    @expose("/")
    def index(self) -> str:
        """Open clocks."""
        query = select(Clock).where(Clock.state.in_(("running", "suspended"))).order_by(Clock.due_at).limit(200)
        on = plugins.enabled(current())
        rows = db.session.scalars(query).all()
        return self.render("console/clocks.html", clocks=rows, off={c.plugin for c in rows if c.plugin} - on)
