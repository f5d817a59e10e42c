"""Requests to speak (请求发言): raised by personal link, one at a time; the queue keeps the order of raising."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, func, or_, select

from core import audit
from core.db import db, new_id, utcnow
from core.permissions import Actor, can
from core.refusals import NotFound, Refusal, Refused
from core.workflow import Move
from plugins.meetings.guards import rules_acknowledged
from plugins.meetings.models import Invitation, Meeting, SpeakingRequest
from plugins.meetings.services import invitations
from plugins.meetings.services.schedule import ON_NOW
from plugins.meetings.workflow import SPEAKING

STANDING = ("waiting", "granted")
OVER = ("deliberated", "discharging", "done", "withdrawn")
"""States of an item on which nobody speaks any more."""


def obstacle(invitation: Invitation) -> Refusal | None:
    """What keeps the invitee from asking for the floor now; None when nothing does."""
    move = Move(invitations.as_actor(invitation), None, "raise", "", "waiting")
    unacknowledged = rules_acknowledged(invitation, move)
    if unacknowledged is not None:
        return unacknowledged
    meeting, item = invitation.meeting, invitation.application
    there = invitations.materials_open(invitation) and invitation.state != "checked_out"
    if there and meeting is not None and meeting.state in ON_NOW and item.state not in OVER:
        return None
    return Refusal("SPEAKING_CLOSED", _l("现在不能请求发言：会议进行中、本议题还没有结论时才可以。"), "会8")


def ask(invitation: Invitation) -> SpeakingRequest:
    """Ask for the floor; whoever is in the queue already keeps his place. Inside `write()`.

    Raises:
        Refused: RULES_NOT_ACKNOWLEDGED, SPEAKING_CLOSED (会8).
    """
    standing = of_invitation(invitation)
    if standing is not None and standing.state in STANDING:
        return standing
    no = obstacle(invitation)
    if no is not None:
        raise Refused(no)
    request = SpeakingRequest(
        id=new_id(), invitation=invitation, application=invitation.application, meeting=invitation.meeting,
        state="waiting", version=1, raised_at=utcnow(),
    )  # fmt: skip
    db.session.add(request)
    db.session.flush()
    author = invitations.as_actor(invitation)
    audit.record(author, "meetings.speaking_request.ask", SPEAKING.object_type, request.id, article="会8")
    return request


def withdraw(invitation: Invitation) -> SpeakingRequest | None:
    """Leave the queue; harmless when one does not stand in it."""
    standing = of_invitation(invitation)
    if standing is not None and standing.state in STANDING:
        SPEAKING.fire(standing, "withdraw", invitations.as_actor(invitation))
    return standing


def of_invitation(invitation: Invitation) -> SpeakingRequest | None:
    """The invitee's newest request."""
    query = select(SpeakingRequest).where(SpeakingRequest.invitation_id == invitation.id)
    return db.session.scalar(query.order_by(SpeakingRequest.raised_at.desc(), SpeakingRequest.id.desc()).limit(1))


def place(request: SpeakingRequest) -> int:
    """The place in the queue, from 1; 0 when it does not wait."""
    if request.state != "waiting":
        return 0
    same = and_(SpeakingRequest.raised_at == request.raised_at, SpeakingRequest.id < request.id)
    earlier = or_(SpeakingRequest.raised_at < request.raised_at, same)
    query = select(func.count()).select_from(SpeakingRequest).where(*_waiting(request.meeting_id), earlier)
    return 1 + (db.session.scalar(query) or 0)


def queue(meeting: Meeting) -> Sequence[SpeakingRequest]:
    """Who has the floor, then who waits, in the order of raising."""
    query = (
        select(SpeakingRequest)
        .where(SpeakingRequest.meeting_id == meeting.id, SpeakingRequest.state.in_(STANDING))
        .order_by(SpeakingRequest.state, SpeakingRequest.raised_at, SpeakingRequest.id)
    )
    return db.session.scalars(query).all()


def of_meeting(actor: Actor, meeting: Meeting) -> Sequence[SpeakingRequest]:
    """Every request of the meeting this person may decide on, by time."""
    query = select(SpeakingRequest).where(SpeakingRequest.meeting_id == meeting.id)
    rows = db.session.scalars(query.order_by(SpeakingRequest.raised_at, SpeakingRequest.id))
    return [row for row in rows if sees(actor, row)]


def find(actor: Actor, request_id: str) -> SpeakingRequest:
    """One request, for the chair's desk; raises NotFound."""
    found = db.session.get(SpeakingRequest, request_id)
    if found is None or not sees(actor, found):
        raise NotFound
    return found


def sees(actor: Actor, request: SpeakingRequest) -> bool:
    """True for those who lead the queue."""
    return can(actor, "meetings.moderate", request) is not None


def move(actor: Actor, request: SpeakingRequest, event: str, *, reason: str = "", version: int | None = None) -> Move:
    """Carry out an event of `SPEAKING`.

    Raises:
        Forbidden, Invalid (decline wants a reason), WrongState, Stale.
    """
    return SPEAKING.fire(request, event, actor, reason=reason, version=version)


def _waiting(meeting_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return SpeakingRequest.meeting_id == meeting_id, SpeakingRequest.state == "waiting"
