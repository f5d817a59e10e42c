"""The participation plan after approval, and invited lists from files: both lead back to approval (会7)."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import flash, make_response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel
from werkzeug.wrappers import Response

from core import permissions
from core.db import write
from core.filetypes import MEDIA_TYPES
from core.refusals import Forbidden, Invalid, Refused, Stale, WrongState
from core.web.admin import expose
from core.web.api import bodies
from core.web.requests import actor
from plugins.meetings import invitee_files, values
from plugins.meetings.admin import typed as forms
from plugins.meetings.admin import words
from plugins.meetings.admin.load import load
from plugins.meetings.admin.typed import Typed
from plugins.meetings.forms import People
from plugins.meetings.models import AgendaApplication
from plugins.meetings.services import applications, invitations
from plugins.meetings.tables import TableError
from plugins.meetings.workflow import APPLICATION
from plugins.meetings.workflow.plans import Invitee

TAKES_LISTS = frozenset({"draft", "approved", "scheduled"})


class NewPeople(BaseModel):
    """The people of a previewed file, on their way from the preview to the list."""

    people: People


class Plans:
    """Change of plan and import of lists (mixed into ApplicationsView)."""

    @expose("/<id>/plan", methods=["GET", "POST"])
    def plan(self, id: str) -> Response:  # noqa: A002 — the address part
        """Change the plan of an approved application: a reason and the new plan, which goes back to approval."""
        item = load(id)
        permissions.require(actor(), "meetings.change_plan", item)
        if request.method == "GET":
            return _plan_page(item, forms.of_item(item))
        typed = forms.of_item(item) | {name: forms.from_request(request.form)[name] for name in forms.PLAN}
        if request.form.get("act") == "more_invitees":
            return _plan_page(item, typed, unsaved=True)
        try:
            move = forms.plan_model(typed, request.form.get("reason", ""))
            with write():
                item = load(id)
                version = request.form.get("version", -1, type=int)
                applications.move(
                    actor(), item, "change_plan", reason=move.reason, version=version, params=move.values()
                )
        except Forbidden:
            raise
        except Invalid as wrong:
            return _plan_page(item, typed, 422, errors=wrong.errors, faults=words.faults(wrong.errors))
        except (Stale, WrongState) as no:
            item = load(id)
            both = words.differences(typed, forms.of_item(item), {})
            return _plan_page(item, typed, no.status, both=both, said=no.refusals[0].detail)
        except Refused as no:
            return _plan_page(load(id), typed, no.status, faults=words.missing(no.refusals))
        flash(_("《%(title)s》的参与方案已变更，重新报批。", title=item.title), "done")
        return redirect(url_for(".show", id=id))

    @expose("/template.xlsx")
    def template(self) -> Response:
        """An empty list to fill in."""
        file = io.BytesIO(invitee_files.template())
        return send_file(file, MEDIA_TYPES["xlsx"], as_attachment=True, download_name="邀请人员名单.xlsx")

    @expose("/<id>/invitees", methods=["GET", "POST"])
    def invitees(self, id: str) -> Response:  # noqa: A002
        """Add people from .xlsx or .csv: first what the file would do, then the doing.

        The same file twice changes nothing. Nothing is stored in between: the preview carries the people it shows.
        """
        item = load(id)
        invitations.require_list_right(actor(), item)
        if request.method == "GET":
            return _list_page(item)
        return _add(item) if request.form.get("act") == "add" else _preview(item)


# --- change of plan ---------------------------------------------------------------------------------


def _plan_page(item: AgendaApplication, typed: Typed, status: int = 200, **more: Any) -> Response:
    text = render_template(
        "meetings/console/plan.html",
        item=item,
        typed=typed,
        invitees=forms.rows_to_show(typed, more=request.form.get("act") == "more_invitees"),
        reason=request.form.get("reason", ""),
        words=values,
        takes=item.state in {"approved", "scheduled"},
        state=APPLICATION.label(item.state),
        crumbs=_crumbs(item, _l("变更参与方案")),
        **{"errors": {}, "faults": [], "both": None, "said": "", "unsaved": status != 200} | more,
    )
    return make_response(text, status)


# --- lists from files -------------------------------------------------------------------------------


def _preview(item: AgendaApplication) -> Response:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _list_page(item, 422, fault=_("请选择一个 .xlsx 或 .csv 文件。"))
    try:
        read = invitee_files.read(upload.stream.read(), upload.filename)
    except TableError as no:
        return _list_page(item, 422, fault=_("“%(name)s”：%(fault)s", name=upload.filename[:80], fault=no.args[0]))
    if len(read.invitees) > forms.MOST_ROWS:
        return _list_page(item, 422, fault=_("一个议题的名单最多 %(most)s 人。", most=forms.MOST_ROWS))
    people = {row.row: Invitee(**row.values()) for row in read.invitees}
    return _list_page(item, wrong=read.faults, filename=upload.filename[:80], **_shown(item, people))


def _shown(item: AgendaApplication, people: Mapping[int, Invitee]) -> dict[str, Any]:
    """The rows of a preview, each with whether it is on the list already, and what the form carries on."""
    known = {person.key for person in invitations.compare(item, list(people.values())).known}
    return {
        "rows": [(number, person, person.key in known) for number, person in people.items()],
        "new": sum(person.key not in known for person in people.values()),
        "carried": json.dumps({"people": [asdict(person) for person in people.values()]}, ensure_ascii=False),
    }


def _add(item: AgendaApplication) -> Response:
    reason = request.form.get("reason", "").strip()
    try:
        sent = bodies.validate(NewPeople, bodies.load(request.form.get("people", "").encode()))
        people = [one.person() for one in sent.people]
        if item.state != "draft" and not reason:
            fault = _("名单已经批准，增加人员要写明理由。")
            return _list_page(item, 422, fault=fault, **_shown(item, dict(enumerate(people, 1))))
        with write():
            item = load(item.id)
            change = invitations.add_people(actor(), item, people, reason)
    except Invalid as wrong:
        return _list_page(item, 422, fault=" ".join(str(one) for found in wrong.errors.values() for one in found))
    except Forbidden:
        raise
    except Refused as no:
        return _list_page(load(item.id), no.status, fault=no.refusals[0].detail)
    if change.new:
        flash(_("已增加 %(count)s 人。", count=len(change.new)), "done")
    else:
        flash(_("文件里的人都已在名单中，没有变化。"), "done")
    return redirect(url_for(".edit" if item.state == "draft" else ".show", id=item.id))


def _list_page(item: AgendaApplication, status: int = 200, **more: Any) -> Response:
    text = render_template(
        "meetings/console/invitees.html",
        item=item,
        takes=item.state in TAKES_LISTS,
        state=APPLICATION.label(item.state),
        words=values,
        crumbs=_crumbs(item, _l("导入邀请名单")),
        **{"fault": "", "rows": None, "wrong": (), "new": 0, "filename": "", "carried": ""} | more,
    )
    return make_response(text, status)


def _crumbs(item: AgendaApplication, here: Any) -> list[dict[str, Any]]:
    first = {"label": _l("议题申报"), "url": url_for(".index")}
    return [first, {"label": item.title, "url": url_for(".show", id=item.id)}, {"label": here}]
