"""Substitution (代为列席) in the console: proposals decided, and taken down for whoever telephones."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core.db import write
from core.refusals import Forbidden, Invalid, Refused
from core.web.admin import expose
from core.web.admin.forms import problems
from core.web.requests import actor
from plugins.meetings import values
from plugins.meetings.admin import shown
from plugins.meetings.models import Substitution
from plugins.meetings.services import substitutions
from plugins.meetings.workflow import SUBSTITUTION

LABELS: dict[str, Any] = {"reason": _l("理由")}


class SubstitutionActs:
    """A part of `MeetingsView`: whom invitees propose in their place."""

    @expose("/substitutions/<one>/")
    def substitution(self, one: str) -> Response:
        """One proposal with what may be decided."""
        return _page(substitutions.find(actor(), one))

    @expose("/substitutions/<one>/move", methods=["POST"])
    def substitution_move(self, one: str) -> Response:
        """Accept, refuse or take back."""
        substitutions.find(actor(), one)
        form = request.form
        try:
            with write():
                row = substitutions.find(actor(), one)
                version = form.get("version", -1, type=int)
                substitutions.move(actor(), row, form.get("event", ""), reason=form.get("reason", ""), version=version)
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _page(substitutions.find(actor(), one), no)
        row = substitutions.find(actor(), one)
        if row.state == "accepted":
            flash(_("已采纳。名单变更后，议题回到审批，批准后再向接替人发出邀请。"), "soon")
        else:
            flash(_("%(name)s：%(state)s。", name=row.name, state=SUBSTITUTION.label(row.state)), "done")
        return make_response(redirect(url_for(".substitution", one=one)))


def _page(row: Substitution, no: Refused | Invalid | None = None) -> Response:
    invitation = row.invitation
    meeting = invitation.meeting
    crumbs = shown.meeting_crumbs(meeting, _("代为列席")) if meeting else []
    ask = _(
        "由%(new)s接替%(old)s？%(old)s的个人链接和签到码立即失效，议题回到审批。", new=row.name, old=invitation.name
    )
    page = render_template(
        "meetings/console/substitution.html",
        crumbs=crumbs,
        row=row,
        invitation=invitation,
        state=SUBSTITUTION.states[row.state],
        events=shown.acts(SUBSTITUTION, row, asks={"accept": ask}),
        words=values,
        typed=request.form,
        problems=problems(no, LABELS) if no else [],
    )
    return make_response(page, no.status if no else 200)
