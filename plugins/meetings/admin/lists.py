"""Adding people to an invited list (邀请人员名单): from a table file, or picked from the representative pool."""

from __future__ import annotations

import io
from typing import Any

from flask import flash, make_response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import imports, permissions
from core.db import db, write
from core.filetypes import MEDIA_TYPES
from core.refusals import Forbidden, Invalid, Refused
from core.tables import TableError
from core.web.admin import expose, kept_files
from core.web.admin.forms import parse, problems
from core.web.admin.jobs import page_of
from core.web.requests import actor
from plugins.meetings import invitee_files, quotas, values
from plugins.meetings.admin import pool_typed
from plugins.meetings.admin.load import load
from plugins.meetings.admin.plans import crumbs
from plugins.meetings.forms import MOST_INVITEES
from plugins.meetings.invitee_files import InviteeFile
from plugins.meetings.models import AgendaApplication, Representative
from plugins.meetings.pool_forms import PickIn
from plugins.meetings.services import import_jobs, invitations, pool, representatives, rotation
from plugins.meetings.services.representatives import SORTS
from plugins.meetings.workflow import APPLICATION
from plugins.meetings.workflow.plans import Invitee

TAKES_LISTS = frozenset({"draft", "approved", "scheduled"})
PAGE = 50


class Lists:
    """Import and picking (mixed into ApplicationsView)."""

    @expose("/template.xlsx")
    def template(self) -> Response:
        """An empty list to fill in."""
        file = io.BytesIO(invitee_files.template())
        return send_file(file, MEDIA_TYPES["xlsx"], as_attachment=True, download_name="邀请人员名单.xlsx")

    @expose("/<id>/invitees", methods=["GET", "POST"])
    def invitees(self, id: str) -> Response:  # noqa: A002 — the address part
        """Add people from .xlsx or .csv: first what the file would do, then the doing; twice changes nothing.

        Faulty rows are left out only when that was ticked.
        """
        item = load(id)
        invitations.require_list_right(actor(), item)
        if request.method == "GET":
            return _file_page(item)
        try:
            file, found = kept_files.take(invitee_files.read)
        except TableError as no:
            return _file_page(item, 422, fault=no.args[0])
        if len(found.invitees) + len(item.invitees) > MOST_INVITEES:
            return _file_page(item, 422, fault=_("一个议题的名单最多 %(most)s 人。", most=MOST_INVITEES))
        if request.form.get("act") != "add":
            return _file_page(item, file=file, found=found)
        if found.faults and not request.form.get("skip"):
            return _file_page(item, 422, file=file, found=found, fault=kept_files.SAY_SO)
        return _add(item, file, found)

    @expose("/<id>/pool", methods=["GET", "POST"])
    def pool(self, id: str) -> Response:  # noqa: A002
        """Pick several people of the pool at once; who is on the list, recused or expired is marked."""
        item = load(id)
        invitations.require_list_right(actor(), item)
        permissions.require(actor(), representatives.RIGHT)
        if request.method == "GET":
            return _pool_page(item)
        try:
            sent = parse(PickIn, {"terms": request.form.getlist("term"), "reason": _reason()})
            if item.state != "draft" and not sent.reason:
                raise Invalid({"reason": [_("名单已经批准，增加人员要写明理由。")]})
            with write():
                item = load(id)
                change = pool.pick(actor(), item, sent.terms, sent.reason)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _pool_page(load(id), no)
        return _done(item, len(change.new))


def _add(item: AgendaApplication, file: kept_files.KeptFile, found: InviteeFile) -> Response:
    if item.state != "draft" and not _reason():
        fault = _("名单已经批准，增加人员要写明理由。")
        return _file_page(item, 422, file=file, found=found, fault=fault)
    try:
        with write():
            item = load(item.id)
            people = _people(found)
            if len(people) > imports.AT_ONCE:
                skip = bool(request.form.get("skip"))
                return page_of(import_jobs.import_list(actor(), item, file.id, people, skip=skip, reason=_reason()))
            change = invitations.add_people(actor(), item, people, _reason())
    except Forbidden:
        raise
    except Refused as no:
        return _file_page(load(item.id), no.status, file=file, found=found, fault=no.refusals[0].detail)
    return _done(item, len(change.new))


def _done(item: AgendaApplication, count: int) -> Response:
    if count:
        flash(_("已增加 %(count)s 人。", count=count), "done")
    else:
        flash(_("这些人都已在名单中，没有变化。"), "done")
    return make_response(redirect(url_for(".edit" if item.state == "draft" else ".show", id=item.id)))


def _people(found: InviteeFile) -> list[Invitee]:
    return [Invitee(**row.values()) for row in found.invitees]


def _reason() -> str:
    return request.form.get("reason", "").strip()


def _file_page(item: AgendaApplication, status: int = 200, **more: Any) -> Response:
    found: InviteeFile | None = more.get("found")
    people = _people(found) if found else []
    known = {person.key for person in invitations.compare(item, people).known}
    numbers = [row.row for row in found.invitees] if found else []
    page = render_template(
        "meetings/console/invitees.html",
        item=item,
        takes=item.state in TAKES_LISTS,
        state=APPLICATION.label(item.state),
        words=values,
        crumbs=crumbs(item, _l("导入邀请名单")),
        rows=[(number, person, person.key in known) for number, person in zip(numbers, people, strict=True)],
        new=len(people) - len(known),
        most=kept_files.MOST_SHOWN,
        reason=_reason(),
        **{"fault": "", "file": None, "found": None} | more,
    )
    return make_response(page, status)


def _pool_page(item: AgendaApplication, no: Invalid | Refused | None = None) -> Response:
    asked = pool_typed.wanted(request.args, sort="recent")
    number = max(1, min(request.args.get("page", 1, type=int), 10_000))
    query = pool.candidates(actor(), asked).limit(PAGE + 1).offset((number - 1) * PAGE)
    people = list(db.session.scalars(query))
    kept = pool_typed.narrowed(request.args)
    page = render_template(
        "meetings/console/pool.html",
        item=item,
        takes=item.state in TAKES_LISTS,
        state=APPLICATION.label(item.state),
        rows=_terms(item, people[:PAGE], asked.category),
        more=url_for(".pool", id=item.id, **kept, page=number + 1) if len(people) > PAGE else "",
        asked=asked,
        regions=[(name, name) for name in representatives.regions(actor())],
        sorts=SORTS,
        words=values,
        tally=quotas.of_item(item),
        ticked=request.form.getlist("term"),
        reason=_reason(),
        crumbs=crumbs(item, _l("从代表库提名")),
        problems=problems(no) if no else [],
    )
    return make_response(page, no.status if no else 200)


def _terms(item: AgendaApplication, people: list[Representative], category: str) -> list[dict[str, Any]]:
    """A row for every term that runs or ran, the newest of a category first: who, which term, what stands against."""
    marks, figures = pool.Marks(item), rotation.figures([person.id for person in people])
    return [
        {"person": person, "term": term, "why": marks(term), "figure": figures.get(person.id)}
        for person in people
        for term in person.terms
        if category in {"", term.category}
    ]
