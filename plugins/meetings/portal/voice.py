"""What a representative says by the personal link: questions, written opinions, the floor, and what became of it (会8).

Works without script; with it, the place in the queue and the states refresh by themselves (static/voice/poll.js).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from core import clocks
from core.db import write
from core.refusals import Invalid, Refused, WrongState
from core.web.once import FIELD, new_key, once
from core.web.portal.pages import problems
from plugins.meetings import telling
from plugins.meetings.models import Invitation
from plugins.meetings.portal.invitation import by_link
from plugins.meetings.services import invitations, slips, speaking
from plugins.meetings.services.public import agency_name
from plugins.meetings.values import CATEGORIES, DISPOSITIONS, SLIP_KINDS
from plugins.meetings.workflow import SLIP, SPEAKING

TONES = {"handed_in": "now", "returned": "stopped", "withdrawn": "", "admitted": "now", "routed": "now"}
FLOOR_TONES = {"waiting": "now", "granted": "live", "declined": "stopped", "withdrawn": "", "spoken": "done"}


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/meetings/invitations/<token>/voice/`."""
    bp.add_url_rule("/invitations/<token>/voice/", "voice", page)
    bp.add_url_rule("/invitations/<token>/voice/", "voice_hand_in", hand_in, methods=["POST"])
    bp.add_url_rule("/invitations/<token>/voice/withdraw", "voice_withdraw", withdraw, methods=["POST"])
    bp.add_url_rule("/invitations/<token>/voice/floor", "voice_floor", floor_part)
    bp.add_url_rule("/invitations/<token>/voice/floor", "voice_ask", ask, methods=["POST"])
    bp.add_url_rule("/invitations/<token>/voice/slips", "voice_slips", slips_part)


@by_link
def page(token: str, invitation: Invitation) -> str:
    """Ask for the floor, hand something in, and see what became of it."""
    return _render(token, invitation)


@by_link
def hand_in(token: str, invitation: Invitation) -> Any:
    """Sent twice it stands once; what was typed stays when it is refused."""
    form = request.form

    def make() -> str:
        own = invitations.by_token(token)
        return slips.hand_in(
            own, form.get("kind", ""), form.get("text", ""), publish_name=bool(form.get("publish_name"))
        ).id

    try:
        once(invitations.as_actor(invitation), form.get(FIELD, ""), make)
    except (Invalid, Refused) as no:
        return _render(token, invitations.by_token(token), no, form), no.status
    flash(_("已提交。提交后不能修改，答复之前可以撤回。"), "done")
    return redirect(url_for("meetings.voice", token=token), 303)


@by_link
def withdraw(token: str, invitation: Invitation) -> Any:
    """Take back what is not answered yet."""
    assert invitation
    try:
        with write():
            slips.withdraw(invitations.by_token(token), request.form.get("slip", ""))
    except WrongState as no:
        return _render(token, invitations.by_token(token), no), no.status
    flash(_("已撤回。"), "done")
    return redirect(url_for("meetings.voice", token=token), 303)


@by_link
def ask(token: str, invitation: Invitation) -> Any:
    """Ask for the floor, or leave the queue; twice is the same as once."""
    assert invitation
    act = speaking.withdraw if request.form.get("event") == "withdraw" else speaking.ask
    try:
        with write():
            act(invitations.by_token(token))
    except Refused as no:
        return _render(token, invitations.by_token(token), no), no.status
    return redirect(url_for("meetings.voice", token=token) + "#floor", 303)


@by_link
def floor_part(token: str, invitation: Invitation) -> str:
    """The part of the page that says whose turn it is."""
    return render_template("meetings/portal/_floor.html", token=token, floor=_floor(invitation))


@by_link
def slips_part(token: str, invitation: Invitation) -> str:
    """The part of the page that says what became of everything."""
    return render_template("meetings/portal/_own_slips.html", token=token, slips=_slips(invitation))


def _render(
    token: str,
    invitation: Invitation,
    no: Invalid | Refused | None = None,
    typed: Mapping[str, str] | None = None,
) -> str:
    item, meeting = invitation.application, invitation.meeting
    ends = slips.until(meeting) if meeting else None
    kinds = {kind: slips.obstacle(invitation, kind) for kind in SLIP_KINDS}
    allowed = [kind for kind, refusal in kinds.items() if refusal is None]
    form = typed or {"publish_name": "1" if invitation.publish_name else "", "kind": allowed[0] if allowed else ""}
    return render_template(
        "meetings/portal/voice.html",
        token=token,
        item=item,
        meeting=meeting,
        category=CATEGORIES[invitation.category],
        kinds=[(kind, SLIP_KINDS[kind]) for kind in allowed],
        closed=next((refusal for refusal in kinds.values() if refusal), None),
        until=telling.until(ends) if ends else "",
        longest=slips.LONGEST,
        form_key=new_key(),
        form=form,
        errors=no.errors if isinstance(no, Invalid) else {},
        problems=problems(no),
        floor=_floor(invitation),
        slips=_slips(invitation),
    )


def _floor(invitation: Invitation) -> dict[str, Any]:
    """Where the newest request stands, and whether one may ask."""
    request_ = speaking.of_invitation(invitation)
    standing = request_ is not None and request_.state in speaking.STANDING
    return {
        "request": request_,
        "label": SPEAKING.label(request_.state) if request_ else "",
        "tone": FLOOR_TONES[request_.state] if request_ else "",
        "place": speaking.place(request_) if request_ else 0,
        "standing": standing,
        "obstacle": None if standing else speaking.obstacle(invitation),
    }


def _slips(invitation: Invitation) -> list[dict[str, Any]]:
    rows = slips.of_invitation(invitation)
    running = clocks.of(SLIP.object_type, [row.id for row in rows])
    return [
        {
            "row": row,
            "kind": SLIP_KINDS[row.kind],
            "label": SLIP.label(row.state),
            "tone": TONES.get(row.state, "done"),
            "unit": agency_name(row.unit),
            "word": DISPOSITIONS[row.disposition] if row.disposition else "",
            "clock": next((one for one in running[row.id] if one.state in clocks.OPEN), None),
            "may_withdraw": row.state in {"handed_in", "admitted"},
        }
        for row in rows
    ]
