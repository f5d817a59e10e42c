"""The agenda in the console: items on it, their order before the meeting, their course during and after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.db import write
from core.refusals import Forbidden, Invalid, NotFound, Refused
from core.web.admin import expose
from core.web.admin.forms import parse, problems
from core.web.requests import actor
from plugins.meetings.admin import meeting_page
from plugins.meetings.forms import ApplicationMove
from plugins.meetings.models import Meeting
from plugins.meetings.services import agenda, applications, meetings
from plugins.meetings.workflow import APPLICATION


class AgendaActs:
    """Acts on a meeting's agenda, a part of `MeetingsView`; every one answers with the meeting's page."""

    @expose("/<id>/agenda", methods=["POST"])
    def agenda_add(self, id: str) -> Response:  # noqa: A002 — the address part
        """Approved items behind those on it, all or none."""
        chosen = request.form.getlist("item")
        if not chosen:
            nothing = Invalid({"ready": [_("请先勾选要加入议程的议题。")]})
            return _refused(id, nothing)
        return _act(id, lambda meeting: _added(agenda.add(actor(), meeting, chosen)))

    @expose("/<id>/agenda/order", methods=["POST"])
    def agenda_order(self, id: str) -> Response:  # noqa: A002
        """The whole agenda in the order of the page, with the minutes of each item."""
        order = request.form.getlist("order")
        said = {name: request.form.get(f"minutes-{name}", "") for name in order}
        version = request.form.get("version", -1, type=int)

        def act(meeting: Meeting) -> Any:
            agenda.arrange(actor(), meeting, order, _minutes(said), version=version)
            return _("议程的顺序和时长已保存。")

        return _act(id, act)

    @expose("/<id>/agenda/<item>/shift", methods=["POST"])
    def agenda_shift(self, id: str, item: str) -> Response:  # noqa: A002
        """One place up or down."""
        step = -1 if request.form.get("to") == "up" else 1
        version = request.form.get("version", -1, type=int)

        def act(meeting: Meeting) -> Any:
            agenda.shift(actor(), meeting, item, step, version=version)
            return _("议程顺序已调整。")

        return _act(id, act, anchor=f"item-{item}")

    @expose("/<id>/agenda/<item>/move", methods=["POST"])
    def agenda_move(self, id: str, item: str) -> Response:  # noqa: A002
        """An event of an item: call, deliberate with its result, publish, postpone, withdraw."""
        form = {name: text for name in ("event", "reason", "result", "note") if (text := request.form.get(name))}
        version = request.form.get("version", -1, type=int)

        def act(meeting: Meeting) -> Any:
            found = next((row for row in meeting.agenda if row.id == item), None)
            if found is None:
                raise NotFound
            body = parse(ApplicationMove, {"event": "", **form})
            applications.move(actor(), found, body.event, reason=body.reason, version=version, params=body.values())
            return _("议题“%(title)s”现在是“%(state)s”。", title=found.title, state=APPLICATION.label(found.state))

        return _act(id, act, anchor=f"item-{item}")


def _act(meeting_id: str, act: Callable[[Meeting], Any], anchor: str = "agenda") -> Response:
    try:
        with write():
            said = act(meetings.find(actor(), meeting_id))
    except Forbidden:
        raise
    except (Invalid, Refused) as no:
        return _refused(meeting_id, no)
    flash(said, "done")
    if request.args.get("back") == "live":
        return redirect(url_for("meetings_live.show", id=meeting_id))
    return redirect(url_for("meetings_meetings.show", id=meeting_id, _anchor=anchor))


def _minutes(said: Mapping[str, str]) -> dict[str, int]:
    """What is no number is none that may be: the service says what may."""
    return {ident: int(text) if text.strip().isdecimal() else 0 for ident, text in said.items()}


def _refused(meeting_id: str, no: Invalid | Refused) -> Response:
    """The page as it stands now, with what was sent: an order that came too late is named, and may be sent again."""
    labels = {"result": _("审议结论"), "reason": _("理由"), "agenda": _("议程")}
    sent = request.form.getlist("order")
    places = {f"agenda[{n}]": _("第 %(n)s 项", n=n + 1) for n in range(len(sent))}
    found, typed = problems(no, labels | places), request.form.to_dict() | {"chosen": request.form.getlist("item")}
    typed["order"] = sent
    return meeting_page.page(meetings.find(actor(), meeting_id), problems=found, typed=typed, status=no.status)


def _added(count: int) -> Any:
    return _("已加入议程 %(count)s 项。", count=count) if count else _("这些议题已经在议程上。")
