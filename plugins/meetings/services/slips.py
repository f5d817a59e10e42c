"""Questions and written opinions of representatives (提问、书面意见): handed in by personal link, moderated, answered.

From the opening of the meeting on; written opinions also some working days after it (`meetings.written_opinion_days`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, or_, select, true

from core import audit, permissions, settings
from core.db import db, new_id, utcnow
from core.jurisdictions import current
from core.languages import kept
from core.models import Agency
from core.permissions import Actor, permitted_agencies
from core.refusals import Forbidden, Invalid, NotFound, Refusal, Refused
from core.text import checked
from core.workdays import Calendar, end_of, local_date
from core.workflow import Move
from plugins.meetings.guards import rules_acknowledged
from plugins.meetings.live import idempotency
from plugins.meetings.live.forms import LineIn
from plugins.meetings.models import AgendaApplication, Invitation, Meeting, Slip
from plugins.meetings.services import invitations, live
from plugins.meetings.services.schedule import ON_NOW
from plugins.meetings.services.visibility import public_author
from plugins.meetings.values import DISPOSITIONS, SLIP_KINDS
from plugins.meetings.workflow import SLIP

LONGEST = 2000
MOST = 20
"""How much one representative hands in for one item."""
AFTERWARDS = ("closed", "sealed")
PUBLIC_STATES = ("admitted", "answered", "routed", "replied")
RIGHTS = ("meetings.moderate", "meetings.route_slip", "meetings.reply_slip")


# --- the representative's own way in ------------------------------------------------------------------


def hand_in(invitation: Invitation, kind: str, text: str, *, publish_name: bool = False) -> Slip:
    """A new question or opinion of the invitee on the item attended; inside `write()`.

    Raises:
        Invalid: unknown kind; text blank, too long or unprintable. Refused: RULES_NOT_ACKNOWLEDGED, SLIPS_CLOSED,
        SLIPS_LIMIT (会8).
    """
    if kind not in SLIP_KINDS:
        raise Invalid({"kind": [_l("请选择提问或者书面意见。")]})
    texts = checked({"text": text}, {"text": LONGEST}, ("text",))
    no = obstacle(invitation, kind)
    if no is not None:
        raise Refused(no)
    item, meeting = invitation.application, invitation.meeting
    assert meeting is not None, "the obstacle says so"
    slip = Slip(
        id=new_id(), invitation=invitation, application=item, meeting=meeting, kind=kind, text=texts["text"],
        publish_name=publish_name, public=False, state="handed_in", version=1,
    )  # fmt: skip
    db.session.add(slip)
    db.session.flush()
    author = invitations.as_actor(invitation)
    audit.record(author, "meetings.slip.hand_in", SLIP.object_type, slip.id, article="会8", data={"kind": kind})
    return slip


def obstacle(invitation: Invitation, kind: str) -> Refusal | None:
    """What keeps the invitee from handing in this kind now; None when nothing does."""
    move = Move(invitations.as_actor(invitation), None, "hand_in", "", "handed_in")
    unacknowledged = rules_acknowledged(invitation, move)
    if unacknowledged is not None:
        return unacknowledged
    if not invitations.materials_open(invitation) or not _is_time(invitation.meeting, kind):
        return Refusal("SLIPS_CLOSED", _closed(invitation.meeting, kind), "会8")
    counted = select(func.count()).select_from(Slip).where(Slip.invitation_id == invitation.id)
    if (db.session.scalar(counted) or 0) >= MOST:
        detail = _l("一个议题最多提交 %(count)s 条，您已经提满了。", count=MOST)
        return Refusal("SLIPS_LIMIT", detail, "会8")
    return None


def until(meeting: Meeting) -> datetime | None:
    """The exclusive end of the time for written opinions, once the meeting is closed."""
    if meeting.closed_at is None:
        return None
    days = int(settings.get("meetings.written_opinion_days"))
    return end_of(Calendar(current().lineage).add(local_date(meeting.closed_at), days).due)


def of_invitation(invitation: Invitation) -> Sequence[Slip]:
    """What the invitee handed in, the newest first."""
    query = select(Slip).where(Slip.invitation_id == invitation.id).order_by(Slip.created_at.desc(), Slip.id)
    return db.session.scalars(query).all()


def own(invitation: Invitation, slip_id: str) -> Slip:
    """One slip of this invitee; raises NotFound for anybody else's."""
    found = db.session.scalar(select(Slip).where(Slip.id == slip_id, Slip.invitation_id == invitation.id))
    if found is None:
        raise NotFound
    return found


def withdraw(invitation: Invitation, slip_id: str) -> Slip:
    """The author takes a slip back before it is answered; a second time is harmless.

    Raises:
        NotFound, WrongState: it was answered, routed or returned.
    """
    slip = own(invitation, slip_id)
    if slip.state != "withdrawn":
        SLIP.fire(slip, "withdraw", invitations.as_actor(invitation))
    return slip


# --- staff ---------------------------------------------------------------------------------------------


def visible(actor: Actor) -> ColumnElement[bool]:
    """THE filter of slips: those who moderate or route them, and the unit they are routed to."""
    bodies = [permitted_agencies(actor, right) for right in RIGHTS]
    if None in bodies:
        return true()
    mine = sorted(frozenset().union(*(body or frozenset() for body in bodies[:2])))
    units = sorted(bodies[2] or frozenset())
    items = select(AgendaApplication.id).where(AgendaApplication.agency_id.in_(mine))
    convened = select(Meeting.id).where(Meeting.agency_id.in_(mine))
    return or_(Slip.application_id.in_(items), Slip.meeting_id.in_(convened), Slip.unit_id.in_(units))


def find(actor: Actor, slip_id: str) -> Slip:
    """One slip, for staff who have to do with it; raises NotFound."""
    found = db.session.scalar(select(Slip).where(Slip.id == slip_id, visible(actor)))
    if found is None:
        raise NotFound
    return found


def move(
    actor: Actor,
    slip: Slip,
    event: str,
    *,
    reason: str = "",
    version: int | None = None,
    params: Mapping[str, Any] | None = None,
) -> Move:
    """Carry out an event of `SLIP`. admit: `publish` · answer: `answer`, `answered_by`, `on_record` (question and
    answer become lines of the live text) · route: `unit` (id or code) · reply: `disposition`, `reply`.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused: REASON_MISSING (会6); on_record also as `services.live.publish`.
    """
    SLIP.require_right(slip, event, actor)
    given = _shaped(event, dict(params or {}))
    done = SLIP.fire(slip, event, actor, reason=reason, version=version, params=given)
    if event == "answer" and slip.on_record:
        _put_on_record(actor, slip)
    return done


def published(meeting: Meeting) -> Sequence[Slip]:
    """What everybody reads on the meeting's page: admitted for publication, of no closed item, of a public session."""
    if not meeting.is_public or meeting.audience != "public":
        return []
    query = (
        select(Slip)
        .join(AgendaApplication, AgendaApplication.id == Slip.application_id)
        .where(
            Slip.meeting_id == meeting.id,
            Slip.public,
            Slip.state.in_(PUBLIC_STATES),
            AgendaApplication.openness != "closed",
        )
        .order_by(AgendaApplication.position, Slip.created_at, Slip.id)
    )
    return db.session.scalars(query).all()


# --- inside --------------------------------------------------------------------------------------------


def _is_time(meeting: Meeting | None, kind: str) -> bool:
    if meeting is None:
        return False
    if meeting.state in ON_NOW:
        return True
    ends = until(meeting)
    return kind == "opinion" and meeting.state in AFTERWARDS and ends is not None and utcnow() < ends


def _closed(meeting: Meeting | None, kind: str) -> Any:
    if kind == "question" and meeting is not None and meeting.state in AFTERWARDS:
        return _l("会议已经结束，不能再提问。会后期限内可以提交书面意见。")
    if meeting is None or meeting.state not in AFTERWARDS:
        return _l("现在不能提交：会议开始后才可以提问和提交书面意见。")
    return _l("提交书面意见的期限已过。您可以在决定公开后提出意见。")


def _shaped(event: str, given: dict[str, Any]) -> dict[str, Any]:
    """Check the values an event brings."""
    if event == "answer":
        texts = {"answer": given.get("answer") or "", "answered_by": given.get("answered_by") or ""}
        return given | checked(texts, {"answer": LONGEST, "answered_by": 100}, ("answer",))
    if event == "route":
        return {"unit": _unit(str(given.get("unit") or ""))}
    if event == "reply":
        return given | disposed(given.get("disposition"), given.get("reply") or "")
    return given


def disposed(disposition: Any, reply: str) -> dict[str, str]:
    """A disposition and its words, checked; raises Invalid."""
    if disposition not in DISPOSITIONS:
        raise Invalid({"disposition": [_l("请选择采纳、部分采纳或者不采纳。")]})
    return {"disposition": str(disposition), **checked({"reply": reply}, {"reply": LONGEST})}


def _unit(named: str) -> Agency:
    known = or_(Agency.id == named, Agency.code == named)
    found = db.session.scalar(select(Agency).where(known, Agency.abolished_at.is_(None)))
    if found is None:
        raise Invalid({"unit": [_l("请选择承办单位。")]})
    return found


def _put_on_record(actor: Actor, slip: Slip) -> None:
    """Question and answer as two lines of the live text, so that they stand in the sealed record."""
    if slip.application.openness == "closed":
        raise Refused(Refusal("ITEM_CLOSED", _l("不开放议题的提问和答复不能记入图文直播。"), "会2"))
    if not permissions.can(actor, live.WRITE):
        raise Forbidden(_l("您没有记入图文直播的权限，请速录员办理。"))
    for who, text in ((public_author(slip), slip.text), (slip.answered_by, slip.answer)):
        line = LineIn(type="speech", text=text, item=slip.application_id, speaker=kept(who) or None, role=None)
        asked = idempotency.request(actor, new_id(), f"POST {slip.id}", text)
        live.publish(actor, slip.meeting_id, line, asked)
