"""Publication items (公开事项) in the console: what waits, what is missing and until when, and every step of 5.2."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, BinaryIO, cast

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select, true
from werkzeug.wrappers import Response

from core import clocks, permissions, publications, storage
from core.db import db, write
from core.models import Agency
from core.permissions import can, permitted_agencies
from core.refusals import Forbidden, Invalid, Refused, Stale, WrongState
from core.web.admin import ConsoleView, expose
from core.web.admin.acts import acts
from core.web.admin.forms import parse, problems
from core.web.once import FIELD, new_key, once
from core.web.requests import actor
from core.workdays import LOCAL
from plugins.disclosure import item_findings, values_items
from plugins.disclosure.admin.acting import other_bodies
from plugins.disclosure.forms.items import ItemIn, ItemMove, ItemPatch, PlacementIn
from plugins.disclosure.genres import genres
from plugins.disclosure.item_content import SUBJECT, files
from plugins.disclosure.models import Confirmation, Item
from plugins.disclosure.services import items
from plugins.disclosure.workflow import ITEM
from plugins.disclosure.workflow.items import PUBLIC, UNFINISHED

MOST = 200
TEXTS = (
    "title", "summary", "text", "genre", "number", "keywords", "origin", "source", "carrier", "urgency", "column",
    "days_basis", "note",
)  # fmt: skip
DATES = ("formed_on", "valid_until", "days")
LABELS: dict[str, Any] = {
    "title": _l("标题"), "text": _l("正文"), "source": _l("信息来源"), "column": _l("重点领域栏目"),
    "agencies": _l("涉及的其他机关"), "formed_on": _l("形成日期"), "days": _l("另定的工作日数"),
    "days_basis": _l("另定期限的依据"), "files": _l("附件"), "reason": _l("理由"), "placed_on": _l("公开日期"),
    "kind": _l("公开渠道"), "at": _l("发布时间"), "cleared": _l("疑似个人信息"),
}  # fmt: skip
LISTS: dict[str, Any] = {"open": _l("在办"), "asked": _l("待本机关确认"), "public": _l("已公开"), "all": _l("全部")}
OWN_FORM = ("edit", "approve", "approve_on_duty", "schedule", "withdraw", "withdraw_now", "confirm", "object")
"""Events with a form of their own on the page, or a page of their own."""
ONWARD = ("submit", "confirm", "approve", "release")


class ItemsView(ConsoleView):
    """Prepare, confirm, approve, release, correct, withdraw."""

    @expose("/")
    def index(self) -> str:
        """What is on its way, what waits for this agency's word, what is public."""
        shown = request.args.get("list", "") if request.args.get("list", "") in LISTS else "open"
        query = items.select_items(actor()).where(_within(shown)).order_by(Item.updated_at.desc(), Item.id).limit(MOST)
        rows = db.session.scalars(query).all()
        found = clocks.of(SUBJECT, [row.id for row in rows])
        return self.render(
            "disclosure/console/items.html", rows=rows, shown=shown, lists=LISTS, states=ITEM.states,
            due={ident: next((one for one in some if one.state in clocks.OPEN), None) for ident, some in found.items()},
            may_create=can(actor(), items.RIGHT) is not None,
        )  # fmt: skip

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> Response:
        """What comes from no official document (参照)."""
        permissions.require(actor(), items.RIGHT)
        if request.method == "GET":
            first = {"origin": "made", "carrier": "text", "urgency": "none", "genre": "other", "agencies": []}
            return self._form(None, first)
        try:
            body = parse(ItemIn, _body())
            added = _uploads(None)
            key = request.form.get(FIELD, "")
            ident = once(actor(), key, lambda: items.create(actor(), body.values() | added).id)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return self._form(None, _typed(), no)
        flash(_("已保存。"), "done")
        return redirect(url_for(".show", id=ident))

    @expose("/<id>/edit", methods=["GET", "POST"])
    def edit(self, id: str) -> Response:  # noqa: A002 — the address part
        """Change what is not public yet; confirmations and approvals fall away, and the page says so."""
        row = items.find(actor(), id)
        permissions.require(actor(), items.RIGHT, row)
        if request.method == "GET":
            return self._form(row, typed_of(row))
        try:
            body = parse(ItemPatch, _body())
            added = _uploads(row)
            with write():
                found = items.find(actor(), id)
                items.edit(actor(), found, body.values() | added, version=request.form.get("version", -1, type=int))
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return self._form(items.find(actor(), id), _typed(), no)
        flash(_("已保存。"), "done")
        return redirect(url_for(".show", id=id))

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002
        """The item, what is still missing and until when, and what may be done."""
        return self._page(items.find(actor(), id))

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """One step of table 5.2."""
        form = request.form
        event, reason = form.get("event", ""), form.get("reason", "")
        try:
            given = parse(ItemMove, _params(event)).given()
            with write():
                row = items.find(actor(), id)
                version = form.get("version", -1, type=int)
                items.move(actor(), row, event, reason=reason, version=version, params=given)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return self._page(items.find(actor(), id), no, event)
        flash(_("已办理。"), "done")
        return redirect(url_for(".show", id=id))

    @expose("/<id>/placements", methods=["POST"])
    def placements(self, id: str) -> Response:  # noqa: A002
        """Plan a place, or say that it was done and when (管7)."""
        form = request.form
        sent = {name: form[name] for name in ("id", "kind", "place", "planned_on", "placed_on") if form.get(name)}
        try:
            body = parse(PlacementIn, {**sent, **({"required": True} if form.get("required") else {})})
            with write():
                row = items.find(actor(), id)
                items.place(actor(), row, body.values(), version=form.get("version", -1, type=int))
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return self._page(items.find(actor(), id), no)
        flash(_("已办理。"), "done")
        return redirect(url_for(".show", id=id))

    def _form(self, row: Item | None, typed: Mapping[str, Any], no: Invalid | Refused | None = None) -> Response:
        stale = isinstance(no, (Stale, WrongState))
        text = self.render(
            "disclosure/console/item_form.html", row=row, typed=typed, words=values_items, genres=genres(),
            columns=items.columns(), bodies=other_bodies(row), attached=files(row) if row else [],
            errors=no.errors if isinstance(no, Invalid) else {},
            problems=problems(no, LABELS) if no else [], now=typed_of(row) if stale and row else None,
            version=request.form.get("version") or (row.version if row else 0),
            form_key=request.form.get(FIELD) or new_key(),
        )  # fmt: skip
        return make_response(text, no.status if no else 200)

    def _page(self, row: Item, no: Invalid | Refused | None = None, event: str = "") -> Response:
        asks = {"release": _("发布后公众立即可以看到。确定发布吗？")}
        events = [one for one in acts(ITEM, row, asks=asks) if one["code"] != "FORBIDDEN"]
        own = {one["event"]: one for one in events if one["event"] in OWN_FORM and _offered(one)}
        text = self.render(
            "disclosure/console/item.html", row=row, state=ITEM.states[row.state], words=values_items,
            plain=[one for one in events if (one["event"] not in own and one["event"] not in ("edit", "clear")) or
                   (one["event"] == "clear" and row.cleared_hash != row.content_hash)],
            own=own, primary=next((one["event"] for one in events if one["allowed"] and one["event"] in ONWARD), ""),
            may_edit=row.state in UNFINISHED and can(actor(), items.RIGHT, row) is not None,
            may_place=can(actor(), items.PLACE, row) is not None, speaks_for=items.speaks_for(actor(), row),
            missing=items.missing(row), clocks=clocks.of(SUBJECT, [row.id])[row.id], files=files(row),
            finding_kinds=item_findings.KINDS, columns=items.columns(), names=_names(),
            places={key: word for key, word in values_items.PLACEMENTS.items() if key not in values_items.OF_ITSELF},
            address=publications.address(row.publication) if row.public and row.publication else "",
            problems=problems(no, LABELS) if no else [],
            kept={"event": event, "reason": request.form.get("reason", "")} if no else {}, typed=request.form,
        )  # fmt: skip
        return make_response(text, no.status if no else 200)


def typed_of(row: Item) -> dict[str, Any]:
    """The form as the item stands."""
    flags = {"key_area": "yes" if row.key_area else "no", "concerns_nobody": "yes" if row.concerns_nobody else ""}
    return {
        **{name: getattr(row, name) for name in TEXTS},
        **{name: str(getattr(row, name) if getattr(row, name) is not None else "") for name in DATES},
        **flags,
        "agencies": list(row.agencies),
    }


def _offered(one: Mapping[str, Any]) -> bool:
    """Open, or open but for what the form itself asks for."""
    return bool(one["allowed"]) or one["code"] in ("PERSONAL_DATA", "NOT_ASKED")


def _within(shown: str) -> ColumnElement[bool]:
    if shown == "asked":
        own = permitted_agencies(actor(), "disclosure.confirm")
        asked = select(Confirmation.item_id).where(Confirmation.state == "pending")
        return Item.id.in_(asked if own is None else asked.where(Confirmation.agency_id.in_(sorted(own))))
    if shown == "all":
        return true()
    if shown == "public":
        return Item.state.in_(PUBLIC)
    return or_(Item.state.in_(UNFINISHED), Item.emergency & Item.withdrawal_confirmed_at.is_(None))


def _names() -> dict[str, str]:
    return {agency.id: agency.name for agency in db.session.scalars(select(Agency))}


def _typed() -> dict[str, Any]:
    return {**request.form.to_dict(), "agencies": request.form.getlist("agencies")}


def _body() -> dict[str, Any]:
    """The form as the API's own model takes it."""
    form = request.form
    body: dict[str, Any] = {name: form.get(name, "") for name in TEXTS}
    body |= {name: form.get(name) or None for name in DATES}
    return body | {
        "key_area": form.get("key_area") == "yes",
        "concerns_nobody": form.get("concerns_nobody") == "yes",
        "agencies": form.getlist("agencies"),
    }


def _uploads(row: Item | None) -> dict[str, Any]:
    """The chosen files beside those that hang on it and were left ticked."""
    chosen = [upload for upload in request.files.getlist("files") if upload.filename]
    left = set(request.form.getlist("keep"))
    before = [{"file": one.attachment_id, "title": one.title} for one in files(row)] if row else []
    stay = [one for one in before if one["file"] in left]
    if not chosen and len(stay) == len(before):
        return {}
    staged = [storage.stage(cast(BinaryIO, upload.stream), upload.filename or "") for upload in chosen]
    with write():
        kept = [storage.keep(actor(), one) for one in staged]
        return {"files": [*stay, *({"file": one.id, "title": one.filename[:200]} for one in kept)]}


def _params(event: str) -> dict[str, Any]:
    """The event's own values as the API's model takes them."""
    form = request.form
    sent: dict[str, Any] = {"event": event, "reason": form.get("reason", "")}
    for name in ("agency", "content_hash", "public_note"):
        if form.get(name, "").strip():
            sent[name] = form[name]
    if form.getlist("cleared"):
        sent["cleared"] = form.getlist("cleared")
    if form.get("not_public"):
        sent["not_public"] = True
    if event == "schedule":
        sent["at"] = _moment(form.get("at", ""))
    return sent


def _moment(typed: str) -> str:
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=LOCAL).isoformat()
    except ValueError:
        raise Invalid({"at": [_l("请填写发布时间，例如 2026-01-05 09:00。")]}) from None
