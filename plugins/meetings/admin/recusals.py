"""Recusal and eligibility (回避与资格申报) in the console: declarations about an item's list, and their decision."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import Field
from werkzeug.wrappers import Response

from core import permissions
from core.db import write
from core.refusals import Forbidden, Invalid, NotFound, Refused
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import parse, problems
from core.web.requests import actor
from plugins.meetings import values
from plugins.meetings.admin import shown
from plugins.meetings.admin.load import load
from plugins.meetings.models import AgendaApplication, Recusal
from plugins.meetings.pool_forms import RecusalIn, RecusalMove
from plugins.meetings.services import recusals
from plugins.meetings.services.visibility import sees_contacts
from plugins.meetings.workflow import RECUSAL

LABELS: dict[str, Any] = {
    "invitation": _l("人员"),
    "kind": _l("申报事项"),
    "statement": _l("申报内容"),
    "reason": _l("理由"),
}


class DeclarationIn(RecusalIn):
    """A declaration made for somebody on the list."""

    invitation: str = Field(max_length=32)


class RecusalsView(ConsoleView):
    """Of one application: the list with a form, and each declaration with its decision."""

    @expose("/")
    def index(self) -> str:
        """What waits for a decision, of all items one may see."""
        rows = recusals.waiting(actor())
        return self.render("meetings/console/recusals_waiting.html", rows=rows, words=values)

    @expose("/applications/<id>", methods=["GET", "POST"])
    def of_item(self, id: str) -> Response:  # noqa: A002 — the address part
        """What was declared about the list; declare for somebody who said so by telephone or letter."""
        item = _item(id)
        if request.method == "GET":
            return _list_page(item)
        try:
            form = {name: request.form.get(name, "").strip() for name in ("invitation", "kind", "statement")}
            body = parse(DeclarationIn, {name: text for name, text in form.items() if text})
            with write():
                item = _item(id)
                invitation = next((row for row in item.invitees if row.id == body.invitation), None)
                if invitation is None:
                    raise Invalid({"invitation": [_l("请选择名单上的人员。")]})
                recusals.declare(actor(), invitation, body.kind, body.statement)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _list_page(_item(id), no)
        flash(_("已登记，等其他组织者或分管领导决定。"), "done")
        return make_response(redirect(url_for(".of_item", id=id)))

    @expose("/<id>")
    def show(self, id: str) -> Response:  # noqa: A002
        """One declaration."""
        return _page(_load(id))

    @expose("/<id>/transitions", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """Decide."""
        _load(id)
        try:
            body = parse(RecusalMove, {name: request.form.get(name, "").strip() for name in ("event", "reason")})
            with write():
                row, version = _load(id), request.form.get("version", -1, type=int)
                recusals.move(actor(), row, body.event, reason=body.reason, version=version)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _page(_load(id), no)
        flash(_("%(name)s：%(state)s。", name=row.invitation.name, state=RECUSAL.label(row.state)), "done")
        return make_response(redirect(url_for(".of_item", id=row.invitation.application_id)))


def _item(ident: str) -> AgendaApplication:
    item = load(ident)
    if not sees_contacts(actor(), item):
        raise Forbidden
    return item


def _load(ident: str) -> Recusal:
    if not ident.isalnum():
        raise NotFound
    return recusals.find(actor(), ident)


def _list_page(item: AgendaApplication, no: Invalid | Refused | None = None) -> Response:
    people = [row for row in item.invitees if row.state not in recusals.ENDED]
    page = render_template(
        "meetings/console/recusals.html",
        item=item,
        rows=recusals.of_item(actor(), item),
        people={
            row.id: _("%(name)s（%(facts)s）", name=row.name, facts=values.CATEGORIES[row.category]) for row in people
        },
        may_declare=bool(people) and permissions.can(actor(), "meetings.declare", people[0]) is not None,
        form={"typed": request.form, "errors": no.errors if isinstance(no, Invalid) else {}},
        machine=RECUSAL,
        words=values,
        crumbs=_crumbs(item, _l("回避与资格申报")),
        problems=problems(no, LABELS) if no else [],
    )
    return make_response(page, no.status if no else 200)


def _page(row: Recusal, no: Invalid | Refused | None = None) -> Response:
    item, name = row.invitation.application, row.invitation.name
    asks = {
        "accept": _(
            "同意%(name)s回避《%(title)s》？邀请随之撤销，已收到邀请的会得到通知。", name=name, title=item.title
        )
    }
    page = render_template(
        "meetings/console/recusal.html",
        row=row,
        item=item,
        state=RECUSAL.states[row.state],
        acts=shown.acts(RECUSAL, row, asks=asks, grave=("accept",)),
        typed=request.form,
        words=values,
        crumbs=_crumbs(item, name),
        problems=problems(no, LABELS) if no else [],
    )
    return make_response(page, no.status if no else 200)


def _crumbs(item: AgendaApplication, here: Any) -> list[dict[str, Any]]:
    trail = [
        {"label": _l("待决定的申报"), "url": url_for(".index")},
        {"label": item.title, "url": url_for("meetings_applications.show", id=item.id)},
    ]
    listed = {"label": _l("回避与资格申报"), "url": url_for(".of_item", id=item.id)}
    return [*trail, listed] if str(here) == str(listed["label"]) else [*trail, listed, {"label": here}]
