"""The minutes (会议纪要) in the console: read whole, written part by part, every version to be compared."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import permissions
from core.db import write
from core.refusals import Forbidden, Invalid, NotFound, Refused, Stale
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import problems
from core.web.requests import actor
from plugins.meetings.admin import shown
from plugins.meetings.comparison import compare
from plugins.meetings.documents.minutes_docx import minutes_docx
from plugins.meetings.models import Minutes, MinutesSection
from plugins.meetings.services import meetings, minutes
from plugins.meetings.workflow import MINUTES

LABELS: dict[str, Any] = {"text": _l("内容"), "reason": _l("理由")}
NEXT_ACT = {"draft": "submit", "checking": "check", "confirming": "confirm"}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class MinutesView(ConsoleView):
    """起草、核对、确认、定稿."""

    @expose("/")
    def index(self) -> Response:
        """Minutes are found through their meeting."""
        return redirect(url_for("meetings_meetings.index"))

    @expose("/begin/<id>", methods=["POST"])
    def begin(self, id: str) -> Response:  # noqa: A002 — the address part
        """Make the draft of a meeting, or go to the one there is."""
        with write():
            made = minutes.begin(actor(), meetings.find(actor(), id)).id
        return redirect(url_for(".show", id=made))

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002
        """All parts, and what comes next."""
        return _page(minutes.find(actor(), id))

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """Submit, check, confirm, return; a refusal keeps the reason typed."""
        form = request.form
        try:
            with write():
                minutes.move(
                    actor(), minutes.find(actor(), id), form.get("event", ""), reason=form.get("reason", ""),
                    version=form.get("version", -1, type=int),
                )  # fmt: skip
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _page(minutes.find(actor(), id), no, form.to_dict())
        flash(_("已办理。"), "done")
        return redirect(url_for(".show", id=id))

    @expose("/<id>/minutes.docx")
    def document(self, id: str) -> Response:  # noqa: A002
        """As a Word document."""
        answer = make_response(minutes_docx(minutes.find(actor(), id)))
        answer.content_type = DOCX
        answer.headers.set("Content-Disposition", "attachment", filename="minutes.docx")
        return answer

    @expose("/parts/<id>/", methods=["GET", "POST"])
    def part(self, id: str) -> Response:  # noqa: A002
        """Write one part; a stale form shows both texts and takes what was made of them."""
        found = minutes.section(actor(), id)
        if request.method == "GET":
            return _form(found, {"text": found.text})
        typed = request.form.to_dict()
        try:
            with write():
                rev = request.form.get("rev", -1, type=int)
                minutes.edit(actor(), minutes.section(actor(), id), typed.get("text", ""), rev=rev)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _form(minutes.section(actor(), id), typed, no)
        flash(_("“%(part)s”已保存。", part=found.heading), "done")
        return redirect(url_for(".show", id=found.minutes_id, _anchor=f"part-{found.id}"))

    @expose("/parts/<id>/history")
    def history(self, id: str) -> str:  # noqa: A002
        """Two versions of a part side by side; without a choice the newest and the one before it."""
        found = minutes.section(actor(), id)
        new = request.args.get("new", found.rev, type=int)
        old = request.args.get("old", max(new - 1, 1), type=int)
        before, after = (minutes.revision(found, rev) for rev in (old, new))
        return self.render(
            "meetings/console/minutes_history.html",
            crumbs=_crumbs(found.minutes, _("修改历史")),
            part=found,
            old=before,
            new=after,
            rows=compare(before.text, after.text),
        )


def _crumbs(found: Minutes, here: str = "") -> list[dict[str, str]]:
    own = {"label": _("会议纪要"), "url": url_for("meetings_minutes.show", id=found.id) if here else ""}
    trail = [*shown.meeting_crumbs(found.meeting), own]
    return [*trail, {"label": here, "url": ""}] if here else trail


def _may_write(found: Minutes) -> bool:
    return found.state == "draft" and permissions.can(actor(), minutes.WRITE, found) is not None


def _steps(found: Minutes) -> list[dict[str, Any]]:
    order = list(MINUTES.states)
    at = order.index(found.state)
    facts: dict[str, dict[str, Any]] = {
        "draft": {"at": found.created_at},
        "checking": {"at": found.checked_at, "by": found.checked_name},
        "confirming": {"at": found.confirmed_at, "by": found.confirmed_name},
    }
    labels = {"draft": _("起草"), "checking": _("核对"), "confirming": _("确认"), "final": _("定稿")}
    ended = found.state == "final"
    return [
        {"label": labels[name], "state": "done" if n < at or ended else "now" if n == at else "ahead"}
        | facts.get(name, {})
        for n, name in enumerate(order)
    ]


def _page(found: Minutes, no: Invalid | Refused | None = None, typed: dict[str, str] | None = None) -> Response:
    asks = {"confirm": _("确认《%(title)s》的纪要定稿？定稿后不能再修改。", title=found.meeting.title)}
    body = render_template(
        "meetings/console/minutes.html",
        crumbs=_crumbs(found),
        minutes=found,
        state=MINUTES.states[found.state],
        steps_of=_steps(found),
        events=shown.acts(MINUTES, found, asks=asks, grave=("confirm",)),
        next_act=NEXT_ACT.get(found.state, ""),
        may_write=_may_write(found),
        problems=problems(no, LABELS) if no else [],
        typed=typed or {},
    )
    return make_response(body, no.status if no else 200)


def _form(found: MinutesSection, typed: dict[str, str], no: Invalid | Refused | None = None) -> Response:
    if not _may_write(found.minutes) and no is None:
        raise NotFound
    stale = isinstance(no, Stale)
    body = render_template(
        "meetings/console/minutes_part.html",
        crumbs=_crumbs(found.minutes, found.heading),
        part=found,
        form={"typed": typed, "errors": no.errors if isinstance(no, Invalid) else {}},
        rows=compare(found.text, typed.get("text", "")) if stale else (),
        stale=stale,
        most=minutes.MOST,
        problems=problems(no, LABELS) if no and not stale else [],
    )
    return make_response(body, no.status if no else 200)
