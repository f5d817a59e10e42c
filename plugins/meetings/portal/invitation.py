"""The invitee's own page behind the personal link: answer, read and acknowledge the rules, materials, live text.

No account is needed; the secret in the address is enough, for this invitation and nothing else. A link that is
unknown, expired or revoked answers the same page, so that nothing can be learned from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps
from typing import Any

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import audit, settings, storage
from core.db import utcnow, write
from core.refusals import Invalid, NotFound, Refused
from core.text import checked
from core.web import prefs
from core.web.attempts import attempts
from core.web.portal.pages import View, one_persons, problems
from plugins.meetings import links, telling, timing
from plugins.meetings.documents import appointment
from plugins.meetings.models import Invitation
from plugins.meetings.portal import calendars, rules
from plugins.meetings.services import applications, invitations, live_access, materials, substitutions
from plugins.meetings.services import rules as rule_texts
from plugins.meetings.services.public import agency_name
from plugins.meetings.services.schedule import PAST
from plugins.meetings.values import CATEGORIES, RECUSAL_KINDS
from plugins.meetings.workflow import INVITATION, RECUSAL

LABELS: dict[str, Any] = {
    "sent": _l("请您答复"),
    "accepted": _l("您已接受"),
    "declined": _l("您不参加"),
    "acknowledged": _l("您已承诺遵守规则"),
    "checked_in": _l("您已签到"),
    "checked_out": _l("您已退席"),
}
"""Where the invitation stands, said to the one invited; other states have no link."""
TONES = {"sent": "now", "declined": "stopped"}
ACCEPTED = ("accepted", "acknowledged", "checked_in", "checked_out")
SAME_AGAIN = {"accept": ACCEPTED, "decline": ("declined",)}
"""States in which the act has been done already: sending the form twice does nothing twice."""


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/meetings/invitations/<token>/` and what hangs on it."""
    bp.add_url_rule("/invitations/<token>/", "invitation", page)
    bp.add_url_rule("/invitations/<token>/", "invitation_reply", reply, methods=["POST"])
    bp.add_url_rule("/invitations/<token>/substitute", "invitation_substitute", substitute, methods=["POST"])
    bp.add_url_rule("/invitations/<token>/files/<file_id>", "invitation_file", file)
    bp.add_url_rule("/invitations/<token>/meeting.ics", "invitation_ics", ics)


def by_link(view: View) -> View:
    """Give the view the invitation behind the link; a dead link answers one and the same page, 404."""

    @one_persons
    @wraps(view)
    def shown(token: str, **values: Any) -> Any:
        attempts().refuse_crowd()
        try:
            invitation = invitations.by_token(token)
        except NotFound:
            attempts().failed()
            return render_template("meetings/portal/link_dead.html", ui=prefs.ui(here="/")), 404
        return view(token=token, invitation=invitation, **values)

    return shown


@by_link
def page(token: str, invitation: Invitation) -> str:
    """Everything the invitee needs, the next thing to do marked; this browser may follow the session from now on."""
    live_access.remember(token)
    return render(token, invitation)


@by_link
def reply(token: str, invitation: Invitation) -> Any:
    """Accept, decline or acknowledge; what was typed stays when it is refused."""
    form = request.form
    try:
        if not _done_before(invitation, form):
            _answer(token, form)
    except (Invalid, Refused) as no:
        return render(token, invitations.by_token(token), problems(no), form.get("note", "")), no.status
    flash(_said(form.get("event", "")), "done")
    return redirect(url_for("meetings.invitation", token=token), 303)


@by_link
def substitute(token: str, invitation: Invitation) -> Any:
    """Propose somebody in one's place, or take the proposal back."""
    form = request.form
    waiting = substitutions.proposed(invitation)
    try:
        with write():
            row = invitations.by_token(token)
            waiting = substitutions.proposed(row)
            if form.get("act") != "withdraw":
                substitutions.propose(invitations.as_actor(row), row, form.to_dict())
            elif waiting is not None:
                substitutions.move(invitations.as_actor(row), waiting, "withdraw")
    except (Invalid, Refused) as no:
        return render(token, invitations.by_token(token), problems(no), typed=form), no.status
    if form.get("act") == "withdraw":
        flash(_("已收回。您仍是受邀人。"), "done")
    else:
        flash(_("已提出。批准之前，您仍是受邀人；批准后另发邀请给接替人。"), "done")
    return redirect(url_for("meetings.invitation", token=token), 303)


@by_link
def file(token: str, invitation: Invitation, file_id: str) -> Response:
    """A material of the item; open once the rules in force were acknowledged (会8). A restricted one bears the name."""
    assert token
    opened, reader = storage.open_for(invitations.as_actor(invitation), file_id), invitations.as_actor(invitation)
    marked = materials.for_invitee(invitation.application, opened, invitation.name, invitation.category)
    if marked is None:
        return storage.respond(opened)
    with write():
        audit.record(
            reader, "meetings.material.open", "meetings.application", invitation.application_id, data={"file": file_id}
        )
    return storage.respond(opened, marked)


@by_link
def ics(token: str, invitation: Invitation) -> Response:
    """The meeting for the invitee's calendar, with a reminder the day before."""
    assert token
    if invitation.meeting is None:
        raise NotFound
    cancelled = invitation.meeting.state == "cancelled"
    return calendars.answer(appointment.written(invitation, cancelled=cancelled))


# --- inside -----------------------------------------------------------------------------------------


def _done_before(invitation: Invitation, form: Mapping[str, str]) -> bool:
    return invitation.state in SAME_AGAIN.get(form.get("event", ""), ())


def _answer(token: str, form: Mapping[str, str]) -> None:
    event, version = form.get("event", ""), form.get("rule_version", "")
    note = checked({"note": form.get("note", "")}, {"note": 500})["note"]
    if event == "acknowledge" and not form.get("agree"):
        raise Invalid({"agree": [_("请先阅读规则，并勾选“我已阅读并承诺遵守”。")]})
    with write():
        invitations.answer(
            invitations.by_token(token),
            event,
            note=note,
            rule_version=int(version) if version.isascii() and version.isdigit() else None,
            publish_name=bool(form.get("publish_name")) if event == "acknowledge" else None,
        )


def _said(event: str) -> str:
    sentences: dict[str, str] = {
        "accept": _("已记录：您接受邀请。"),
        "decline": _("已记录：您这次不能参加。"),
        "acknowledge": _("已记录：您承诺遵守会议开放规则。"),
    }
    return sentences[event]


def render(
    token: str,
    invitation: Invitation,
    faults: list[dict[str, Any]] | None = None,
    note: str = "",
    typed: Mapping[str, str] | None = None,
    declaring: Mapping[str, str] | None = None,
) -> str:
    """The page; `faults`, `note`, `typed` (substitution) and `declaring` (recusal) are those of a refused form."""
    item, meeting, rule = invitation.application, invitation.meeting, rule_texts.in_force()
    is_open = invitations.materials_open(invitation)
    allowed = {view.event for view in INVITATION.look(invitation, invitations.as_actor(invitation)) if view.allowed}
    over = item.state == "withdrawn" or (meeting is not None and meeting.state in PAST)
    return render_template(
        "meetings/portal/invitation.html",
        token=token,
        invitation=invitation,
        category=CATEGORIES[invitation.category],
        label=LABELS[invitation.state],
        tone=TONES.get(invitation.state, "done"),
        item=item,
        meeting=meeting,
        agency=agency_name(meeting.agency if meeting else item.agency),
        meeting_url=telling.meeting_path(meeting) if meeting and meeting.is_public else "",
        live_url=_live_url(invitation),
        rule=rule,
        parts=rules.parts(rule) if rule else [],
        acknowledged=invitations.has_acknowledged(invitation),
        asks_name=settings.get("meetings.publish_names") == "consent",
        materials=_materials(token, invitation) if is_open else [],
        is_open=is_open,
        count=sum(row.attachment is not None for row in item.materials),
        allowed=allowed - ({"accept", "decline"} if over else set()),
        over=over,
        slot=timing.slots(meeting, utcnow()).get(item.id) if meeting else None,
        steps=_steps(invitation),
        pass_=_pass(invitation) if not over else {},
        proposal=substitutions.proposed(invitation),
        refused=_last_refusal(invitation),
        may_substitute=substitutions.may_propose(invitation) and not over,
        typed=typed or {},
        problems=faults or [],
        note=note or invitation.reply_note,
        recusal_kinds=RECUSAL_KINDS,
        recusal_machine=RECUSAL,
        declaring=declaring or {},
    )


def _pass(invitation: Invitation) -> dict[str, str]:
    """The check-in code and its picture, once the invitee comes; the door verifies it without network."""
    code = links.code_of(invitation)
    if invitation.meeting is None or not code or invitation.state not in ACCEPTED:
        return {}
    return {"code": links.spaced(code), "qr": segno.make(code, micro=False).svg_data_uri(scale=6, border=3)}


def _last_refusal(invitation: Invitation) -> Any:
    last = invitation.substitutions[-1] if invitation.substitutions else None
    return last if last is not None and last.state == "refused" else None


def _live_url(invitation: Invitation) -> str:
    """Where to follow; opening the personal link has let this browser in also where only those invited may."""
    meeting = invitation.meeting
    if meeting is None or not meeting.is_public or meeting.state == "cancelled" or invitation.state == "declined":
        return ""
    return url_for("meetings.live", meeting_id=meeting.id)


def _materials(token: str, invitation: Invitation) -> list[dict[str, Any]]:
    """The item's files, and the addresses other plugins give for its matter."""
    item = invitation.application
    own = [
        {
            "title": row.title,
            "url": url_for("meetings.invitation_file", token=token, file_id=row.attachment_id),
            "kind": row.attachment.filename.rpartition(".")[2].upper(),
            "size": row.attachment.file.size,
            "note": _("限制传阅，每页印有您的姓名") if row.restricted else "",
        }
        for row in item.materials
        if row.attachment is not None
    ]
    partners = applications.partners_of([item]).materials.get(item.matter_id, ())
    return own + [{"title": one.title, "url": one.url} for one in partners if one.url]


def _steps(invitation: Invitation) -> list[dict[str, Any]]:
    """Answer, rules, materials, meeting: what is done, what is next."""
    replied, meeting = invitation.state in ACCEPTED, invitation.meeting
    attended = invitation.checked_in_at is not None
    acknowledged = invitations.has_acknowledged(invitation)
    done = (replied, acknowledged, acknowledged and attended, attended)
    labels = (_("答复邀请"), _("承诺遵守规则"), _("阅读材料"), _("列席会议"))
    dates = (invitation.replied_at, None, None, meeting.starts_at if meeting else None)
    following = done.index(False) if False in done else len(done)
    return [
        {"label": label, "at": at, "state": "done" if was else "now" if n == following else "ahead"}
        for n, (label, at, was) in enumerate(zip(labels, dates, done, strict=True))
    ]
