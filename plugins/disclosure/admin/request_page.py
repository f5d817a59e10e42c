"""The page of one request: what it says, its dates, who was asked, the reply, what may be done and why not."""

from __future__ import annotations

from typing import Any

from flask import make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import agencies, clocks
from core.db import db
from core.models import AuditEntry
from core.permissions import can
from core.refusals import Invalid, Refused
from core.web.admin.acts import acts
from core.web.admin.forms import problems
from core.web.requests import actor
from plugins.disclosure import values_requests as words
from plugins.disclosure.admin.request_asks import ASKS, BY_ROW, GRAVE, LABELS, ONWARD, OTHERWISE
from plugins.disclosure.models import AccessRequest
from plugins.disclosure.services import letters, redactions, request_files, request_register, requests
from plugins.disclosure.workflow import REDACTION, REQUEST
from plugins.disclosure.workflow import request_clocks as limits
from plugins.disclosure.workflow.requests import HANDLE

ACTIONS: dict[str, Any] = {
    "register": _l("登记"), "transfer": _l("转送"), "note": _l("公开登记"), "challenge": _l("登记复议、诉讼、投诉"),
    "challenge_closed": _l("登记案件结果"), "purge_identity": _l("销毁身份证明"), "files": _l("增加材料"),
}  # fmt: skip
"""What stands in the trail beside the events of the machine."""


def crumbs(*more: tuple[Any, str]) -> list[dict[str, Any]]:
    """From the list to a page."""
    steps = ((_("依申请公开"), url_for("disclosure_requests.index")), *more)
    return [{"label": label, "url": url} for label, url in steps]


def page(row: AccessRequest, no: Invalid | Refused | None = None) -> Response:
    """The page, or the page again with what was typed and why it was refused."""
    who = actor()
    events = [one for one in acts(REQUEST, row, grave=GRAVE) if one["code"] != "FORBIDDEN"]
    person = requests.sees_person(who, row)
    text = render_template(
        "disclosure/console/request.html",
        crumbs=crumbs((row.number, "")),
        row=row,
        state=REQUEST.states[row.state],
        person=person,
        events=[one for one in events if one["event"] not in (*BY_ROW, *OTHERWISE)],
        by_event={one["event"]: one for one in events},
        asks=ASKS,
        onward=ONWARD,
        clocks=clocks.of(limits.REQUEST_TYPE, [row.id])[row.id],
        asked=_asked(row),
        files=[one for one in request_files.of(row) if person or one.subject_type not in request_files.PRIVATE],
        kinds=request_files.KINDS,
        letters=[(one, letters.title(one)) for one in letters.of(row)],
        draft=letters.has_draft(row),
        copies=redactions.of_subject(who, limits.REQUEST_TYPE, row.id),
        copy_states=REDACTION.states,
        bodies={one.id: one.name for one in agencies.here() if one.id != row.agency_id},
        may_handle=can(who, HANDLE, row) is not None,
        noted=row.state in request_register.SHOWN,
        trail=_trail(row),
        words=words,
        typed=request.form if no else {},
        errors=no.errors if isinstance(no, Invalid) else {},
        problems=problems(no, LABELS) if no else [],
    )
    return make_response(text, no.status if no else 200)


def _asked(row: AccessRequest) -> list[tuple[Any, Any]]:
    """Third parties and co-authors with the limit they were given."""
    running = clocks.of(limits.CONSULTATION_TYPE, [one.id for one in row.consultations])
    return [(one, running[one.id][-1] if running[one.id] else None) for one in row.consultations]


def _trail(row: AccessRequest) -> list[dict[str, Any]]:
    """Who did what, oldest first; the applicant under no name."""
    query = select(AuditEntry).where(AuditEntry.object_type == limits.REQUEST_TYPE, AuditEntry.object_id == row.id)
    labels = {transition.event: transition.label for transition in REQUEST.rows} | ACTIONS
    return [
        {
            "at": one.at, "title": labels.get(one.action.rpartition(".")[2], one.action), "text": one.reason,
            "by": _("申请人") if one.actor_id == row.id else one.actor_name or ("" if one.actor_id else _("系统")),
        }
        for one in db.session.scalars(query.order_by(AuditEntry.seq))
    ]  # fmt: skip
