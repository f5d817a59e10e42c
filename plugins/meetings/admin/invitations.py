"""Invitations (邀请列席) in the console: lists of a meeting, one person's page, personal links shown once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import segno
from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import permissions
from core.db import write
from core.refusals import Forbidden, Invalid, NotFound, Refused
from core.web.admin import expose
from core.web.admin.forms import parse, problems
from core.web.requests import actor
from plugins.meetings import links, telling, values
from plugins.meetings.admin import meeting_page, shown
from plugins.meetings.admin.tellings import TONES
from plugins.meetings.forms import InvitationMove
from plugins.meetings.models import AgendaApplication, Invitation, Meeting
from plugins.meetings.services import deliveries, invitations, meetings, rules
from plugins.meetings.services.visibility import sees_contacts, sees_invitation
from plugins.meetings.workflow import INVITATION, RECUSAL, SUBSTITUTION

PERSON = ("name", "category", "organisation", "contact", "represents")
LABELS: dict[str, Any] = {
    "reason": _l("理由"),
    "invitee.name": _l("接替人姓名"),
    "invitee.category": _l("接替人类别"),
    "invitee": _l("接替人"),
}
ACTS = ("send", "check_in", "check_out", "come_back", "undo_check_in", "revoke")
PRESENT = ("checked_in", "checked_out")
ACCEPTED = ("accepted", "acknowledged", *PRESENT)


class InvitationActs:
    """A part of `MeetingsView`: who is invited to a meeting, and what is done about it."""

    @expose("/<id>/invitations/")
    def invitations(self, id: str) -> Response:  # noqa: A002 — the address part
        """Everyone by item, with counts by category."""
        return _list_page(meetings.find(actor(), id))

    @expose("/<id>/invitations/send", methods=["POST"])
    def invitations_send(self, id: str) -> Response:  # noqa: A002
        """Send what is approved of one item or of all; answers the letters with their links, this once."""
        wanted = request.form.get("item", "")
        try:
            with write():
                items = [item for item in meetings.find(actor(), id).agenda if wanted in {"", item.id}]
                sent = [pair for item in items for pair in invitations.send_all(actor(), item)]
                letters = [_letter(row, path) for row, path in sent]
        except Forbidden:
            raise
        except Refused as no:
            return _list_page(meetings.find(actor(), id), problems(no), no.status)
        if not letters:
            flash(_("没有新的邀请要发出。"), "soon")
            return make_response(redirect(url_for(".invitations", id=id)))
        return _letters_page(letters, url_for(".invitations", id=id))

    @expose("/invitations/<one>/")
    def invitation(self, one: str) -> Response:
        """One person with everything that happened and may happen."""
        return _person_page(invitations.find(actor(), one))

    @expose("/invitations/<one>/move", methods=["POST"])
    def invitation_move(self, one: str) -> Response:
        """An event of the invitation; after `send` the letter with the link."""
        invitations.find(actor(), one)
        try:
            body = parse(InvitationMove, _move_values(request.form))
            with write():
                row = invitations.find(actor(), one)
                version = request.form.get("version", -1, type=int)
                invitations.move(actor(), row, body.event, reason=body.reason, version=version, params=body.values())
                letters = [_letter(row, links.personal_path(row.fresh_token))] if body.event == "send" else []
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _person_page(invitations.find(actor(), one), no)
        if letters:
            return _letters_page(letters, url_for(".invitation", one=one))
        return _done(invitations.find(actor(), one), body.event)

    @expose("/invitations/<one>/link", methods=["POST"])
    def invitation_link(self, one: str) -> Response:
        """A new personal link, shown once; the old one is dead."""
        invitations.find(actor(), one)
        try:
            with write():
                row = invitations.find(actor(), one)
                letters = [_letter(row, invitations.renew_link(actor(), row))]
        except Forbidden:
            raise
        except Refused as no:
            return _person_page(invitations.find(actor(), one), no)
        return _letters_page(letters, url_for(".invitation", one=one))


def _move_values(form: Mapping[str, str]) -> dict[str, Any]:
    """A form as `InvitationMove` reads it; the person who takes over comes only with `substitute`."""
    given: dict[str, Any] = {"event": form.get("event", ""), "reason": form.get("reason", "").strip()}
    if given["event"] == "substitute":
        given["invitee"] = {name: form.get(f"invitee.{name}", "").strip() for name in PERSON}
    return given


def _done(row: Invitation, event: str) -> Response:
    if event == "substitute":
        flash(_("已替换。名单变更后，议题回到审批，批准后再向接替人发出邀请。"), "soon")
    else:
        flash(_("%(name)s：%(state)s。", name=row.name, state=INVITATION.label(row.state)), "done")
    meeting = row.meeting
    if request.form.get("from") == "list" and meeting is not None:
        return make_response(redirect(url_for(".invitations", id=meeting.id, _anchor=f"i-{row.id}")))
    return make_response(redirect(url_for(".invitation", one=row.id)))


def _list_page(meeting: Meeting, found: Sequence[Mapping[str, Any]] = (), status: int = 200) -> Response:
    people = [row for row in invitations.of_meeting(meeting) if sees_invitation(actor(), row)]
    rule = rules.in_force()
    page = render_template(
        "meetings/console/invitations.html",
        crumbs=shown.meeting_crumbs(meeting, _("邀请列席")),
        meeting=meeting,
        groups=[_group(item, people) for item in meeting_page.in_order(meeting)],
        counts=_counts(row for row in people if row.in_plan),
        rule=rule,
        acknowledged=_acknowledged(people),
        deliveries={row.id: deliveries.summary(row) for row in people},
        tones=TONES,
        open_tellings=sum(one.is_open for row in people for one in row.deliveries),
        may_check_in=permissions.can(actor(), "meetings.check_in", meeting) is not None,
        may_invite=permissions.can(actor(), "meetings.invite", meeting) is not None,
        machine=INVITATION,
        words=values,
        problems=found,
    )
    return make_response(page, status)


def _group(item: AgendaApplication, people: Sequence[Invitation]) -> dict[str, Any]:
    mine = [row for row in people if row.application_id == item.id]
    unsent = [row for row in mine if row.in_plan and row.state in {"proposed", "approved"}]
    views = INVITATION.look(unsent[0], actor()) if unsent else []
    return {
        "item": item,
        "people": mine,
        "unsent": len(unsent),
        "send": next((view for view in views if view.event == "send"), None),
        "contacts": sees_contacts(actor(), item),
        "may_check_in": bool(mine) and permissions.can(actor(), "meetings.check_in", mine[0]) is not None,
    }


def _counts(people: Iterable[Invitation]) -> list[dict[str, Any]]:
    """Per category: on the list, sent, accepted, declined, promised to keep the rules, present."""
    rows = {code: {"label": word, "listed": 0} for code, word in values.CATEGORIES.items()}
    for person in people:
        row = rows[person.category]
        facts = {
            "listed": True, "sent": person.was_told, "accepted": person.state in ACCEPTED,
            "declined": person.state == "declined", "present": person.state in PRESENT,
        }  # fmt: skip
        for name, holds in facts.items():
            row[name] = row.get(name, 0) + holds
    return [row for row in rows.values() if row["listed"]]


def _acknowledged(people: Iterable[Invitation]) -> dict[str, int]:
    """The newest version of the rules each person has promised to keep (会8)."""
    return {row.id: max((done.rule.version for done in row.acknowledgements), default=0) for row in people}


def _person_page(row: Invitation, no: Refused | Invalid | None = None) -> Response:
    meeting = row.meeting
    crumbs = shown.meeting_crumbs(meeting, row.name) if meeting else []
    if meeting:
        crumbs.insert(-1, {"label": _("邀请列席"), "url": url_for(".invitations", id=meeting.id)})
    ask = _("撤销对%(name)s的邀请？个人链接立即失效，已收到邀请的会得到通知。", name=row.name)
    events = {view["event"]: view for view in shown.acts(INVITATION, row, asks={"revoke": ask}, grave=("revoke",))}
    page = render_template(
        "meetings/console/invitation.html",
        crumbs=crumbs,
        row=row,
        state=INVITATION.states[row.state],
        acts_shown=[events[name] for name in ACTS if name in events],
        replies={name: view for name, view in events.items() if name in {"accept", "decline", "acknowledge"}},
        substitute=events.get("substitute"),
        may_renew=row.was_told and permissions.can(actor(), "meetings.invite", row) is not None,
        contacts=sees_contacts(actor(), row.application),
        rule=rules.in_force(),
        tones=TONES,
        advice=deliveries.advice,
        machines={"substitution": SUBSTITUTION},
        item_url=telling.desk_path(row.application),
        words=values,
        recusal=RECUSAL,
        form={"typed": request.form, "errors": no.errors if isinstance(no, Invalid) else {}},
        problems=problems(no, LABELS) if no else [],
    )
    return make_response(page, no.status if no else 200)


def _letter(row: Invitation, path: str) -> dict[str, Any]:
    """What a letter says, read inside the transaction that made its link."""
    if not row.meeting:
        raise NotFound
    link = (current_app.config["PUBLIC_URL"] or request.host_url).rstrip("/") + path
    return {
        "name": row.name,
        "title": row.application.title,
        "meeting": row.meeting.title,
        "starts_at": row.meeting.starts_at,
        "place": row.meeting.place,
        "agency": row.meeting.agency.name if row.meeting.agency else "",
        "mailed": "@" in row.contact,
        "link": link,
        "code": links.spaced(links.code_of(row)),
        "qr": segno.make(link, micro=False).svg_data_uri(scale=4, border=2),
    }


def _letters_page(letters: Sequence[Mapping[str, Any]], back: str) -> Response:
    rule = rules.in_force()
    page = render_template("meetings/console/letters.html", letters=letters, back=back, rule=rule)
    return make_response(page)
