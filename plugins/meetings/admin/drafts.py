"""Drafting an application: one guided page that keeps whatever was typed and says what is missing by which article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from werkzeug.wrappers import Response

from core import agencies, permissions
from core.db import db, write
from core.models import Matter
from core.permissions import Actor, permitted_agencies
from core.refusals import Forbidden, Invalid, Refusal, Refused, Stale, WrongState
from core.web import once
from core.web.admin import expose
from core.web.requests import actor
from plugins.meetings import values
from plugins.meetings.admin import row_files, words
from plugins.meetings.admin import typed as forms
from plugins.meetings.admin.load import load
from plugins.meetings.admin.typed import Typed
from plugins.meetings.content import is_cleared
from plugins.meetings.models import AgendaApplication
from plugins.meetings.services import applications, representatives
from plugins.meetings.workflow import APPLICATION

MOST_MATTERS = 100
UPLOAD = r"materials-(\d{1,4})-upload"


@dataclass
class Page:
    """What the form's page shows."""

    typed: Typed
    item: AgendaApplication | None = None
    key: str = ""
    status: int = 200
    errors: dict[str, list[Any]] = field(default_factory=dict)
    refusals: Sequence[Refusal] = ()
    both: list[dict[str, Any]] | None = None
    """The fields in which what was typed and what stands now differ, after a stale edit."""
    closed: str = ""
    """Why it cannot be saved at all any more."""


class Drafts:
    """The pages of a draft (mixed into ApplicationsView)."""

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> Response:
        """A new application; only title and subject class are needed to keep it."""
        permissions.require(actor(), "meetings.apply")
        if request.method == "GET":
            return _answer(Page(forms.blank() | {"matter": request.args.get("matter", "")}, key=once.new_key()))
        sent = _sent()
        if sent.status != 200 or _more():
            return _answer(sent)
        try:
            given = forms.model(sent.typed).values()
            ident = once.once(actor(), sent.key, lambda: applications.create(actor(), given).id)
        except Invalid as wrong:
            sent.errors, sent.status = wrong.errors, 422
            return _answer(sent)
        return _go_on(load(ident), sent)

    @expose("/<id>/edit", methods=["GET", "POST"])
    def edit(self, id: str) -> Response:  # noqa: A002 — the address part
        """Change a draft; what somebody else saved meanwhile is never overwritten unseen."""
        item = load(id)
        permissions.require(actor(), "meetings.apply", item)
        if request.method == "GET":
            if item.state != "draft":
                return redirect(url_for(".show", id=id))
            return _answer(Page(forms.of_item(item), item))
        sent = _sent(item)
        if sent.status != 200 or _more():
            return _answer(sent)
        try:
            _save(sent)
        except Invalid as wrong:
            sent.errors, sent.status = wrong.errors, 422
            return _answer(sent)
        except (Stale, WrongState) as no:
            return _answer(_beside(sent, no))
        return _go_on(load(id), sent)


def _sent(item: AgendaApplication | None = None) -> Page:
    """What was typed, its files kept already; 422 where a file was refused."""
    files, refused = row_files.take(UPLOAD)
    page = Page(forms.from_request(request.form, files, item), item, request.form.get(once.FIELD, ""))
    if refused:
        page.errors, page.status = {"materials": refused}, 422
    return page


def _more() -> bool:
    """More rows were asked for: the page comes back as it is, nothing is saved."""
    return request.form.get("act", "").startswith("more_")


def _save(sent: Page) -> None:
    """Write the draft, unless it says exactly this already (the same form sent twice)."""
    assert sent.item
    given = forms.model(sent.typed).values()
    with write():
        item = load(sent.item.id)
        if forms.content(forms.of_item(item)) == forms.content(sent.typed):
            return
        applications.edit(actor(), item, given, version=request.form.get("version", -1, type=int))


def _beside(sent: Page, no: Refused) -> Page:
    """Both versions, nothing lost: what was typed stays in the form, what stands now is shown next to it."""
    item = load(sent.item.id) if sent.item else None
    assert item
    sent.item, sent.status = item, no.status
    sent.both = words.differences(sent.typed, forms.of_item(item), dict(_matters(actor(), item)))
    sent.closed = str(no.refusals[0].detail) if isinstance(no, WrongState) else ""
    return sent


def _go_on(item: AgendaApplication, sent: Page) -> Response:
    """After saving: back to the page, or on to the approvers."""
    if request.form.get("act") != "submit":
        flash(_("草稿已保存。"), "done")
        return redirect(url_for(".edit", id=item.id))
    version = item.version
    try:
        with write():
            item = load(item.id)
            if item.state == "draft":
                applications.move(actor(), item, "submit", version=version)
    except Forbidden:
        raise
    except Stale as no:
        sent.item = item
        return _answer(_beside(sent, no))
    except Refused as no:
        item = load(item.id)
        return _answer(Page(forms.of_item(item), item, status=no.status, refusals=no.refusals))
    flash(_("《%(title)s》已申报，等分管领导审批。", title=item.title), "done")
    return redirect(url_for(".show", id=item.id))


def _answer(page: Page) -> Response:
    who, item = actor(), page.item
    still = APPLICATION.obstacles(item, "submit", who) if item and item.state == "draft" else ()
    own = permitted_agencies(who, "meetings.apply")
    text = render_template(
        "meetings/console/application_form.html",
        page=page,
        item=item,
        typed=page.typed,
        errors=page.errors,
        faults=words.faults(page.errors) + words.missing(page.refusals),
        missing=words.missing(still),
        cleared=is_cleared(item) if item else False,
        invitees=forms.rows_to_show(page.typed, more=request.form.get("act") == "more_invitees"),
        tally=forms.tally(page.typed),
        may_pool=permissions.can(who, representatives.RIGHT) is not None,
        slots=forms.slots(page.typed, more=request.form.get("act") == "more_materials"),
        unsaved=_more() or page.status != 200,
        words=values,
        matters=_matters(who, item, page.typed["matter"]),
        bodies=[(a.id, a.name) for a in agencies.here() if not a.abolished_at and (own is None or a.id in own)],
        crumbs=_crumbs(item),
    )
    return make_response(text, page.status)


def _matters(who: Actor, item: AgendaApplication | None, chosen: str = "") -> list[tuple[str, str]]:
    """The newest matters one may name: public ones and those of one's own bodies; the chosen one always."""
    own = permitted_agencies(who, "meetings.apply")
    query = (
        select(Matter.id, Matter.title)
        .where(Matter.state == "open")
        .order_by(Matter.created_at.desc())
        .limit(MOST_MATTERS)
    )
    if own is not None:
        query = query.where(or_(Matter.public, Matter.agency_id.in_(sorted(own)), Matter.id == chosen))
    found = [(ident, title) for ident, title in db.session.execute(query)]
    known = {ident for ident, _title in found}
    return found if item is None or item.matter_id in known else [(item.matter_id, item.matter.title), *found]


def _crumbs(item: AgendaApplication | None) -> list[dict[str, Any]]:
    first = {"label": _l("议题申报"), "url": url_for(".index")}
    if item is None:
        return [first, {"label": _l("申报新议题")}]
    return [first, {"label": item.title, "url": url_for(".show", id=item.id)}, {"label": _l("修改草稿")}]
