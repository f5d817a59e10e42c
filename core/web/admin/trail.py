"""The audit trail (审计留痕): read by the audit administrator, verified at a press."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import audit
from core.db import db
from core.languages import listed
from core.models import AuditEntry
from core.web.admin.base import ConsoleView, expose
from core.web.requests import whole_number

PAGE = 50


class AuditView(ConsoleView):
    """The chain of the current jurisdiction, newest first."""

    @expose("/")
    def index(self) -> str:
        """A page of entries, older ones by `before`."""
        query = select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(PAGE + 1)
        before, object_id = request.args.get("before", type=whole_number), request.args.get("object", "")
        if before:
            query = query.where(AuditEntry.seq < before)
        if object_id:
            query = query.where(AuditEntry.object_id == object_id)
        rows = db.session.scalars(query).all()
        older = url_for("audit.index", before=rows[PAGE - 1].seq, object=object_id or None) if len(rows) > PAGE else ""
        return self.render("console/audit.html", entries=rows[:PAGE], older=older, object_id=object_id)

    @expose("/verify", methods=["POST"])
    def verify(self) -> Response:
        """Walk the chain and say what was found."""
        faults = list(audit.verify())
        if faults:
            flash(_("留痕链有问题：%(faults)s", faults=listed(faults[:5])), "problem")
        else:
            flash(_("留痕链完整，没有改动、缺失或截断。"), "done")
        return redirect(url_for("audit.index"))
