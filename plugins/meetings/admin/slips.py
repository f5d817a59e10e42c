"""Questions and written opinions of representatives (代表意见) in the console: moderate, answer, route, reply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core import clocks, exports
from core.db import db, write
from core.models import Agency, Clock
from core.refusals import Forbidden, Invalid, NotFound, Refused
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import parse, problems
from core.web.requests import actor
from plugins.meetings import telling, values
from plugins.meetings.admin import shown
from plugins.meetings.forms import SlipMove
from plugins.meetings.models import Meeting, Slip
from plugins.meetings.services import meetings, slips
from plugins.meetings.services.visibility import public_author
from plugins.meetings.workflow import SLIP

MOST = 300
OPEN = ("handed_in", "admitted", "routed")
WITH_FORMS = ("admit", "answer", "route", "reply")
"""Events with values of their own: the page has a form for each."""
LABELS: dict[str, Any] = {
    "reason": _l("理由"),
    "answer": _l("答复内容"),
    "answered_by": _l("答复人"),
    "unit": _l("承办单位"),
    "disposition": _l("办理结果"),
    "reply": _l("答复内容"),
}


class SlipsView(ConsoleView):
    """The queue of moderation, and what the units still owe an answer to."""

    @expose("/")
    def index(self) -> str:
        """What is open here, or everything of one meeting."""
        meeting = _asked_meeting()
        rows = _rows(meeting)
        return self.render(
            "meetings/console/slips.html",
            crumbs=shown.meeting_crumbs(meeting, _("代表意见")) if meeting else [],
            meeting=meeting,
            rows=rows,
            clocks=_clocks(rows),
            machine=SLIP,
            words=values,
        )

    @expose("/export")
    def export(self) -> Response:
        """The same list as a workbook."""
        meeting = _asked_meeting()
        header = (
            _("议题"), _("类别"), _("姓名"), _("代表类别"), _("内容"), _("状态"), _("提交时间"), _("会上答复"),
            _("承办单位"), _("办理结果"), _("答复内容"),
        )  # fmt: skip
        content = exports.xlsx_bytes(header, map(_line, _rows(meeting)), title=_("代表意见"))
        answer = make_response(content)
        answer.headers["Content-Type"] = exports.XLSX_TYPE
        answer.headers["Content-Disposition"] = 'attachment; filename="slips.xlsx"'
        return answer

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """One slip and what to do with it."""
        return _page(slips.find(actor(), id))

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Any:  # noqa: A002
        """Carry out an event; what was typed stays when it is refused."""
        found = slips.find(actor(), id)
        form = request.form
        SLIP.require_right(found, form.get("event", ""), actor())
        names = ("event", "reason", "answer", "answered_by", "unit", "disposition", "reply")
        given: dict[str, Any] = {name: form[name] for name in names if form.get(name)}
        given |= {"publish": "publish" in form, "on_record": "on_record" in form}
        try:
            body = parse(SlipMove, given)
            version = form.get("version", -1, type=int)
            with write():
                row = slips.find(actor(), id)
                slips.move(actor(), row, body.event, reason=body.reason, version=version, params=body.values())
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _page(slips.find(actor(), id), no)
        return _moved(id)


def _moved(ident: str) -> Any:
    """Back to the slip; to the list when it now is another unit's."""
    try:
        row = slips.find(actor(), ident)
    except NotFound:
        flash(_("已办理。"), "done")
        return redirect(url_for(".index"))
    flash(_("现在是“%(state)s”。", state=SLIP.label(row.state)), "done")
    return redirect(url_for(".show", id=ident))


def _asked_meeting() -> Meeting | None:
    asked = request.args.get("meeting", "")
    return meetings.find(actor(), asked) if asked else None


def _rows(meeting: Meeting | None) -> Sequence[Slip]:
    wanted = Slip.meeting_id == meeting.id if meeting else Slip.state.in_(OPEN)
    query = select(Slip).where(slips.visible(actor()), wanted).order_by(Slip.created_at, Slip.id).limit(MOST)
    loaded = (Slip.application, Slip.invitation, Slip.meeting, Slip.unit)
    return db.session.scalars(query.options(*(selectinload(one) for one in loaded))).all()


def _clocks(rows: Sequence[Slip]) -> dict[str, Clock]:
    found = clocks.of(SLIP.object_type, [row.id for row in rows])
    return {ident: running[-1] for ident, running in found.items() if running}


def _line(row: Slip) -> tuple[Any, ...]:
    return (
        row.application.title, values.SLIP_KINDS[row.kind], row.invitation.name,
        values.CATEGORIES[row.invitation.category], row.text, SLIP.label(row.state), row.created_at, row.answer,
        row.unit.name if row.unit else "", values.DISPOSITIONS[row.disposition] if row.disposition else "", row.reply,
    )  # fmt: skip


def _page(row: Slip, no: Invalid | Refused | None = None) -> Response:
    events = {view["event"]: view for view in shown.acts(SLIP, row) if view["code"] != "FORBIDDEN"}
    query = select(Agency).where(Agency.abolished_at.is_(None)).order_by(Agency.code)
    page = render_template(
        "meetings/console/slip.html",
        crumbs=shown.meeting_crumbs(row.meeting, values.SLIP_KINDS[row.kind]),
        row=row,
        kind=values.SLIP_KINDS[row.kind],
        author=public_author(row),
        item_url=telling.desk_path(row.application),
        state=SLIP.states[row.state],
        clocks=clocks.of(SLIP.object_type, [row.id])[row.id],
        events=events,
        acts_shown=[view for name, view in events.items() if name not in WITH_FORMS],
        on_record=row.meeting.state == "in_session" and row.application.openness != "closed",
        units={unit.id: unit.name for unit in db.session.scalars(query)},
        words=values,
        form={"typed": request.form, "errors": no.errors if isinstance(no, Invalid) else {}},
        problems=problems(no, LABELS) if no else [],
    )
    return make_response(page, no.status if no else 200)
