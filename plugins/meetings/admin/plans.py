"""The participation plan after approval: every change leads back to approval (会7)."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import permissions
from core.db import write
from core.refusals import Forbidden, Invalid, Refused, Stale, WrongState
from core.web.admin import expose
from core.web.requests import actor
from plugins.meetings import values
from plugins.meetings.admin import typed as forms
from plugins.meetings.admin import words
from plugins.meetings.admin.load import load
from plugins.meetings.admin.typed import Typed
from plugins.meetings.models import AgendaApplication
from plugins.meetings.services import applications, representatives
from plugins.meetings.workflow import APPLICATION


class Plans:
    """Change of plan (mixed into ApplicationsView)."""

    @expose("/<id>/plan", methods=["GET", "POST"])
    def plan(self, id: str) -> Response:  # noqa: A002 — the address part
        """Change the plan of an approved application: a reason and the new plan, which goes back to approval."""
        item = load(id)
        permissions.require(actor(), "meetings.change_plan", item)
        if request.method == "GET":
            return _plan_page(item, forms.of_item(item))
        sent = forms.from_request(request.form, item=item)
        typed = forms.of_item(item) | {name: sent[name] for name in forms.PLAN}
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


def _plan_page(item: AgendaApplication, typed: Typed, status: int = 200, **more: Any) -> Response:
    text = render_template(
        "meetings/console/plan.html",
        item=item,
        typed=typed,
        invitees=forms.rows_to_show(typed, more=request.form.get("act") == "more_invitees"),
        tally=forms.tally(typed),
        may_pool=permissions.can(actor(), representatives.RIGHT) is not None,
        reason=request.form.get("reason", ""),
        words=values,
        takes=item.state in {"approved", "scheduled"},
        state=APPLICATION.label(item.state),
        crumbs=crumbs(item, _l("变更参与方案")),
        **{"errors": {}, "faults": [], "both": None, "said": "", "unsaved": status != 200} | more,
    )
    return make_response(text, status)


def crumbs(item: AgendaApplication, here: Any) -> list[dict[str, Any]]:
    """The list of applications › this one › the page itself."""
    first = {"label": _l("议题申报"), "url": url_for(".index")}
    return [first, {"label": item.title, "url": url_for(".show", id=item.id)}, {"label": here}]
