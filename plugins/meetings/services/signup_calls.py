"""Sign-up calls (公众报名) of the organisers: set up, publish, decide, hand over to the invited list (会3, 会7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select

from core import audit, permissions, settings
from core.db import db, new_id, utcnow, write
from core.jurisdictions import current
from core.permissions import ANONYMOUS, SYSTEM, Actor
from core.refusals import Invalid, NotFound, Refusal, Refused, Stale, WrongState
from core.workdays import Calendar, end_of, local_date
from core.workflow import Move
from plugins.meetings.content import is_approved
from plugins.meetings.eligibility import list_free_of_recused
from plugins.meetings.models import AgendaApplication, Invitation, Meeting, Signup, SignupCall
from plugins.meetings.services import invitations
from plugins.meetings.services.visibility import visible_calls
from plugins.meetings.values import CATEGORIES
from plugins.meetings.workflow import APPLICATION, INVITATION, SIGNUP_CALL
from plugins.meetings.workflow.plans import Invitee

FIELDS = ("method", "seats", "quotas", "categories", "audience", "opens_at", "closes_at")
DECIDED = ("drawn", "settled")
TAKES_CALLS = ("draft", "approved", "scheduled")
"""States of an item in which a call may be set up."""
REASON = "公众报名产生的列席人员列入名单"


def find(actor: Actor, call_id: str) -> SignupCall:
    """One call the actor may see; raises NotFound."""
    found = db.session.scalar(select(SignupCall).where(SignupCall.id == call_id, visible_calls(actor)))
    if found is None:
        raise NotFound
    return found


def public_of(meeting: Meeting) -> list[SignupCall]:
    """The published calls for the items of a meeting, in the order of its agenda."""
    query = (
        select(SignupCall)
        .join(AgendaApplication, AgendaApplication.id == SignupCall.application_id)
        .where(AgendaApplication.meeting_id == meeting.id, visible_calls(ANONYMOUS))
        .order_by(AgendaApplication.position, SignupCall.created_at)
    )
    return list(db.session.scalars(query))


def running() -> Sequence[SignupCall]:
    """Calls the public can still sign up for, the next deadline first."""
    query = select(SignupCall).where(
        visible_calls(ANONYMOUS), SignupCall.state.in_(("planned", "open")), SignupCall.closes_at > utcnow()
    )
    return db.session.scalars(query.order_by(SignupCall.closes_at, SignupCall.id).limit(20)).all()


def proposed(item: AgendaApplication) -> dict[str, Any]:
    """The values a new call begins with, from the local rules; without a meeting there is no deadline yet."""
    drawn = settings.get("meetings.selection") == "draw"
    return {
        "method": "draw" if drawn else "order",
        "seats": max(1, settings.get("meetings.seats_min") or 5),
        "quotas": {},
        "categories": ["public", "stakeholder"],
        "audience": "",
        "opens_at": utcnow().replace(second=0, microsecond=0) + timedelta(minutes=5),
        "closes_at": deadline(item.meeting) if item.meeting else None,
    }


def deadline(meeting: Meeting) -> datetime:
    """24:00 of the working day that lies `meetings.application_days` working days before the meeting."""
    calendar, day = Calendar(current().lineage), local_date(meeting.starts_at)
    left = settings.get("meetings.application_days")
    while left > 0:
        day -= timedelta(days=1)
        left -= calendar.day(day).works
    return end_of(day)


def create(actor: Actor, item: AgendaApplication, values: Mapping[str, Any]) -> SignupCall:
    """A draft of a call; `values` holds FIELDS, missing ones as `proposed`. While the item is a draft the call becomes
    part of its plan and is approved with it (会7).

    Raises:
        Forbidden. WrongState: the item takes none any more. Refused: SIGNUP_EXISTS, ALREADY_DRAWN. Invalid.
    """
    grant = permissions.require(actor, "meetings.signups", item)
    if item.state not in TAKES_CALLS:
        raise WrongState(APPLICATION.label(item.state))
    if any(call.decided_at for call in item.signup_calls):
        raise Refused(Refusal("ALREADY_DRAWN", _l("这个议题的报名已经抽签或确定名单，不能再来一次。"), "会3"))
    if any(call.state != "cancelled" for call in item.signup_calls):
        raise Refused(Refusal("SIGNUP_EXISTS", _l("这个议题已经有公众报名。要改内容，请修改或取消原来的报名。"), "会3"))
    given = proposed(item) | dict(values)
    call = SignupCall(
        id=new_id(), application=item, state="draft", version=1, created_by=actor.id, in_plan=item.state == "draft",
        seed="", salt="", commitment="", entries=[], list_digest="", results=[], cancel_reason="",
    )  # fmt: skip
    _write(call, given)
    db.session.add(call)
    _plan_changed(call)
    audit.record(
        actor, "meetings.signup_call.create", SIGNUP_CALL.object_type, call.id, grant=grant, article="会3",
        data={"in_plan": call.in_plan},
    )  # fmt: skip
    return call


def edit(actor: Actor, call: SignupCall, values: Mapping[str, Any], *, version: int | None = None) -> SignupCall:
    """Change a call nobody has seen yet; the terms of one that belongs to an approved plan stay (会7).

    Raises:
        Forbidden, WrongState, Stale, Invalid. Refused: PLAN_FIXED.
    """
    grant = permissions.require(actor, "meetings.signups", call)
    if call.state != "draft":
        raise WrongState(SIGNUP_CALL.label(call.state))
    if version is not None and version != call.version:
        raise Stale(call.version)
    before = {name: getattr(call, name) for name in FIELDS}
    _write(call, values)
    terms = [name for name in FIELDS[:5] if getattr(call, name) != before[name]]
    if terms and call.in_plan and call.application.state != "draft":
        detail = _l("名额、类别和产生方式已随参与方案报批，不能单独修改。报名的起止时间可以改。")
        raise Refused(Refusal("PLAN_FIXED", detail, "会7", tuple(terms)))
    call.version += 1
    _plan_changed(call)
    audit.record(
        actor, "meetings.signup_call.edit", SIGNUP_CALL.object_type, call.id, grant=grant,
        data={"fields": sorted(values)},
    )  # fmt: skip
    return call


def move(actor: Actor, call: SignupCall, event: str, *, reason: str = "", version: int | None = None) -> Move:
    """Carry out an event of `SIGNUP_CALL`.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused: as `core.workflow.Machine.fire`.
    """
    return SIGNUP_CALL.fire(call, event, actor, reason=reason, version=version)


def keep_time() -> int:
    """Open and close what is due by the server's clock, each in its own transaction; returns how many moved."""
    now, moved = utcnow(), 0
    late = or_(
        and_(SignupCall.state == "planned", SignupCall.opens_at <= now),
        and_(SignupCall.state == "open", SignupCall.closes_at <= now),
    )
    for ident in db.session.scalars(select(SignupCall.id).where(late)).all():
        with write() as session:
            call = session.get_one(SignupCall, ident, with_for_update=True, populate_existing=True)
            for state, due, event in (("planned", call.opens_at, "open"), ("open", call.closes_at, "close")):
                if call.state == state and due <= now:
                    SIGNUP_CALL.fire(call, event, SYSTEM)
                    moved += 1
    return moved


# --- into the invited list --------------------------------------------------------------------------


def to_hand_over(call: SignupCall) -> list[Signup]:
    """Those who have a seat and are not on the invited list yet, in their order."""
    if call.state not in DECIDED:
        return []
    return sorted((row for row in call.held() if row.invitation_id is None), key=lambda row: row.place)


def hand_over(actor: Actor, call: SignupCall, *, version: int | None = None) -> int:
    """Put those selected on the item's invited list; returns how many are new. Under an approved plan that contains
    the call they join at once; otherwise it is a change of plan and the item goes back to approval (会7).

    Raises:
        Forbidden. WrongState: not decided, or the item takes nobody any more. Stale. Refused: NOT_APPROVED,
        PARTICIPATION_INCOMPLETE where the local rules say so.
    """
    grant = permissions.require(actor, "meetings.signups", call)
    if call.state not in DECIDED:
        raise WrongState(SIGNUP_CALL.label(call.state))
    if version is not None and version != call.version:
        raise Stale(call.version)
    rows = to_hand_over(call)
    if not rows:
        return 0
    if call.in_plan:
        _join(call, rows)
    else:
        people = [_invitee(row) for row in rows]
        invitations.add_people(actor, call.application, people, REASON)
    _link(call, rows)
    call.version += 1
    db.session.flush()
    audit.record(
        actor, "meetings.signup_call.hand_over", SIGNUP_CALL.object_type, call.id, grant=grant, article="会7",
        data={"receipts": [row.receipt for row in rows], "in_plan": call.in_plan},
    )  # fmt: skip
    return len(rows)


def _join(call: SignupCall, rows: Sequence[Signup]) -> None:
    item = call.application
    if item.state not in {"approved", "scheduled"} or not is_approved(item):
        detail = _l("参与方案正在报批，批准之后才能把入选人员列入名单。")
        raise Refused(Refusal("NOT_APPROVED", detail, "会7"))
    refusal = list_free_of_recused(item, ((row.name, row.organisation) for row in rows))
    if refusal:
        raise Refused(refusal)
    there = {row.key for row in item.invitees}
    last = max((row.position for row in item.invitees), default=0)
    for position, person in enumerate((row for row in rows if _invitee(row).key not in there), last + 1):
        invitation = Invitation(
            name=person.name, category=person.category, organisation=person.organisation, contact=person.contact,
            represents="", position=position, in_plan=True, by_signup=True, state="proposed", version=1,
        )  # fmt: skip
        item.invitations.append(invitation)
        db.session.flush()
        INVITATION.fire(invitation, "approve", SYSTEM)


def _link(call: SignupCall, rows: Sequence[Signup]) -> None:
    by_key = {row.key: row for row in call.application.invitees}
    for row in rows:
        invitation = by_key[_invitee(row).key]
        row.invitation_id, invitation.publish_name = invitation.id, row.publish_name
    db.session.flush()


def _invitee(row: Signup) -> Invitee:
    return Invitee(row.name, row.category, row.organisation, row.contact)


# --- inside -----------------------------------------------------------------------------------------


def _write(call: SignupCall, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(call, name, values[name])
    call.categories = [name for name in CATEGORIES if name in call.categories]
    faults: dict[str, list[Any]] = {}
    if call.closes_at is None:
        faults["closes_at"] = [_l("请填写报名截止时间。")]
    elif call.closes_at <= call.opens_at:
        faults["closes_at"] = [_l("截止时间应当晚于开始时间。")]
    if not call.categories:
        faults["categories"] = [_l("请至少选择一类可以报名的人员。")]
    call.quotas = {name: count for name, count in call.quotas.items() if count}
    if set(call.quotas) - set(call.categories):
        faults["quotas"] = [_l("只能给可以报名的类别留名额。")]
    elif sum(call.quotas.values()) > call.seats:
        faults["quotas"] = [_l("各类名额之和不能超过总名额。")]
    if faults:
        raise Invalid(faults)


def _plan_changed(call: SignupCall) -> None:
    """A draft whose plan changed with its call is another draft: who edits or clears it sees so (会2, 会7)."""
    db.session.flush()
    if call.in_plan and call.application.state == "draft":
        call.application.version += 1
        db.session.flush()
