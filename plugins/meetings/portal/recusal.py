"""Recusal and eligibility (回避与资格申报) on the invitee's own page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from core.db import write
from core.refusals import Invalid, Refused
from core.web.admin.forms import parse
from core.web.portal.pages import problems
from plugins.meetings.models import Invitation
from plugins.meetings.pool_forms import RecusalIn
from plugins.meetings.portal import invitation as personal
from plugins.meetings.services import invitations, recusals


def add_routes(bp: Blueprint) -> None:
    """Below the personal link."""
    bp.add_url_rule("/invitations/<token>/recusal", "invitation_recusal", declare, methods=["POST"])


@personal.by_link
def declare(token: str, invitation: Invitation) -> Any:
    """Declare an interest or a change of eligibility; what was typed stays when it is refused."""
    assert invitation
    typed = {name: request.form.get(name, "").strip() for name in ("kind", "statement")}
    try:
        body = parse(RecusalIn, {name: text for name, text in typed.items() if text})
        with write():
            recusals.declare_own(invitations.by_token(token), body.kind, body.statement)
    except (Invalid, Refused) as no:
        again = invitations.by_token(token)
        return personal.render(token, again, problems(no), declaring=typed), no.status
    flash(_("已收到您的申报，决定后会告诉您。"), "done")
    return redirect(url_for("meetings.invitation", token=token, _anchor="recusal"), 303)
