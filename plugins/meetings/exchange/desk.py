"""What waits on somebody's desk (待办): asked of the rights one holds, in one query per kind of work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from core import clocks, jurisdictions, permissions
from core.contracts import WorkItem
from core.db import db, utcnow
from core.models import Notice
from core.permissions import Actor, permitted_agencies
from core.workdays import end_of, local_date
from plugins.meetings import telling
from plugins.meetings.models import (
    AgendaApplication,
    Approval,
    Delivery,
    Invitation,
    Meeting,
    Obligation,
    Signup,
    SignupCall,
    Substitution,
)
from plugins.meetings.services import recusals, signup_calls
from plugins.meetings.services.deliveries import still_open
from plugins.meetings.services.waiting import awaiting_approval, awaiting_clearance, started_by
from plugins.meetings.values import OBLIGATION_KINDS
from plugins.meetings.workflow import APPLICATION, OBLIGATION

MOST = 50
ANSWERS_WANTED = timedelta(days=3)
"""How long before the meeting an invitation nobody answered is brought up."""
ENDED = tuple(name for name, state in APPLICATION.states.items() if state.terminal)
OPEN_MEETINGS = ("preparing", "announced", "in_session", "paused", "closed")
UNDER_WAY = ("in_session", "paused")
NEXT = {
    "preparing": _l("筹备中，请按时公告"),
    "announced": _l("今天开会，请按时开始"),
    "in_session": _l("会议进行中"),
    "paused": _l("会议已暂停"),
    "closed": _l("会议已结束，请核对并封存记录"),
}
"""What the convening body does next about a meeting."""


def work_items(actor: Actor) -> list[WorkItem]:
    """Everything, each thing once: what waits for this person comes before what he started."""
    waiting = [*_decisions(actor), *_returned(actor), *_results(actor), *_duties(actor), *_exemptions(actor)]
    waiting += [
        *_declarations(actor),
        *_substitutes(actor),
        *_untold(actor),
        *_unsent(actor),
        *_unanswered(actor),
        *_signups(actor),
    ]
    waiting += [*_unscheduled(actor), *_sittings(actor), *_writing(actor)]
    seen = {item.url for item in waiting}
    return [*waiting, *(item for item in _started(actor) if item.url not in seen)]


def open_work() -> int:
    """Applications, meetings and duties that have not come to their end."""
    return sum(
        db.session.scalar(select(func.count()).select_from(model).where(condition)) or 0
        for model, condition in (
            (AgendaApplication, AgendaApplication.state.not_in(ENDED)),
            (Meeting, Meeting.state.in_(OPEN_MEETINGS)),
            (Obligation, Obligation.state.in_(("owed", "exemption_requested"))),
        )
    )


# --- applications -----------------------------------------------------------------------------------


def _decisions(actor: Actor) -> Iterable[WorkItem]:
    """会7, 会2: to approve, also after a change of plan; to clear."""
    clearing = set(db.session.scalars(select(AgendaApplication.id).where(awaiting_clearance(actor))))
    for item in _applications(awaiting_approval(actor)):
        if item.id in clearing:
            yield _item("clear", item, _l("待您保密核签"))
        else:
            yield _item("approve", item, _l("参与方案变更待您审批") if item.returns_to else _l("待您审批"))


def _returned(actor: Actor) -> Iterable[WorkItem]:
    """Came back with a reason, to be mended and submitted again."""
    decisions = select(Approval.decision).where(Approval.application_id == AgendaApplication.id)
    newest = decisions.order_by(Approval.at.desc()).limit(1).scalar_subquery()
    for item in _applications(started_by(actor), AgendaApplication.state == "draft", newest == "returned"):
        yield _item("returned", item, _l("已退回，请修改后重新申报"))


def _results(actor: Actor) -> Iterable[WorkItem]:
    """会9: decided, the result is to be published by the convening body."""
    query = select(Meeting.id).where(_of_bodies(Meeting.agency_id, actor, "meetings.run_item"))
    for item in _applications(AgendaApplication.state == "deliberated", AgendaApplication.meeting_id.in_(query)):
        yield _item("result", item, _l("已审议，请公布结果"))


def _started(actor: Actor) -> Iterable[WorkItem]:
    for item in _applications(started_by(actor), AgendaApplication.state.not_in(ENDED)):
        yield _item("started", item, APPLICATION.label(item.state), group="started")


def _applications(*conditions: ColumnElement[bool]) -> Sequence[AgendaApplication]:
    query = select(AgendaApplication).where(*conditions).order_by(AgendaApplication.updated_at.desc()).limit(MOST)
    return db.session.scalars(query).all()


def _item(kind: str, item: AgendaApplication, what: Any, group: str = "waiting") -> WorkItem:
    return WorkItem(f"meetings.{kind}:{item.id}", item.title, what, telling.desk_path(item), group=group)


# --- duties after the meeting, invitations before it ------------------------------------------------


def _duties(actor: Actor) -> Iterable[WorkItem]:
    """会9: what is still owed, with its clock."""
    return _obligations(actor, "meetings.publish", Obligation.state == "owed", _l("请公开：%(kind)s"))


def _exemptions(actor: Actor) -> Iterable[WorkItem]:
    """会9: requests of other persons to be exempted."""
    asked = and_(Obligation.state == "exemption_requested", Obligation.requested_by.is_distinct_from(actor.id))
    return _obligations(actor, "meetings.approve_exemption", asked, _l("免予公开待您审批：%(kind)s"))


def _obligations(actor: Actor, right: str, condition: ColumnElement[bool], what: Any) -> Iterable[WorkItem]:
    query = (
        select(Obligation)
        .join(Meeting, Meeting.id == Obligation.meeting_id)
        .where(condition, _of_bodies(Meeting.agency_id, actor, right))
        .options(joinedload(Obligation.application), joinedload(Obligation.meeting))
        .order_by(Obligation.created_at)
        .limit(MOST)
    )
    rows = db.session.scalars(query).all()
    running = clocks.of(OBLIGATION.object_type, [row.id for row in rows])
    for row in rows:
        clock = next((one for one in running[row.id] if one.state in clocks.OPEN), None)
        title = row.application.title if row.application else row.meeting.title
        yield WorkItem(
            f"meetings.obligation:{row.id}",
            title,
            str(what) % {"kind": OBLIGATION_KINDS[row.kind]},
            _console(f"obligations/{row.id}/"),
            due_at=clock.due_at if clock else None,
            clock_id=clock.id if clock else None,
        )


def _untold(actor: Actor) -> Iterable[WorkItem]:
    """会3: somebody has not heard of the invitation or of a change; one line per meeting until all are ticked off."""
    query = (
        select(Meeting.id, Meeting.title, func.count(Delivery.id))
        .join(Delivery, Delivery.meeting_id == Meeting.id)
        .join(Invitation, Invitation.id == Delivery.invitation_id)
        .outerjoin(Notice, Notice.id == Delivery.notice_id)
        .where(
            still_open(),
            Meeting.state.in_(("preparing", "announced", "cancelled")),
            Meeting.starts_at > utcnow(),
            _of_bodies(Meeting.agency_id, actor, "meetings.invite"),
        )
        .group_by(Meeting.id, Meeting.title)
        .limit(MOST)
    )
    for ident, title, count in db.session.execute(query):
        what = _("有 %(count)s 条通知没有送达，请打电话或寄信", count=count)
        yield WorkItem(f"meetings.untold:{ident}", title, what, _console(f"{ident}/told/"))


def _substitutes(actor: Actor) -> Iterable[WorkItem]:
    """会7: an invitee proposes somebody in his place."""
    query = (
        select(Substitution)
        .join(Invitation, Invitation.id == Substitution.invitation_id)
        .join(AgendaApplication, AgendaApplication.id == Invitation.application_id)
        .where(Substitution.state == "proposed", _of_bodies(AgendaApplication.agency_id, actor, "meetings.change_plan"))
        .order_by(Substitution.created_at)
        .limit(MOST)
    )
    for row in db.session.scalars(query):
        what = _("%(old)s请%(new)s代为列席，待您决定", old=row.invitation.name, new=row.name)
        path = _console(f"substitutions/{row.id}/")
        yield WorkItem(f"meetings.substitute:{row.id}", row.invitation.application.title, what, path)


def _declarations(actor: Actor) -> Iterable[WorkItem]:
    """会3, 会7: declarations of interest or eligibility that this person may decide."""
    for row in recusals.waiting(actor):
        if not recusals.may_decide(actor, row):
            continue
        what = _("%(name)s的回避或资格申报待您决定", name=row.invitation.name)
        path = _console(f"recusals/{row.id}")
        yield WorkItem(f"meetings.recusal:{row.id}", row.invitation.application.title, what, path)


def _unanswered(actor: Actor) -> Iterable[WorkItem]:
    """会3: the meeting is near and somebody has not said whether he comes."""
    soon = Meeting.starts_at.between(utcnow(), utcnow() + ANSWERS_WANTED)
    return _invitations(actor, "unanswered", "sent", soon, _l("还有 %(count)s 人没有答复邀请"))


def _unsent(actor: Actor) -> Iterable[WorkItem]:
    """会7: the meeting is announced, the plan approved, and somebody has no invitation yet."""
    return _invitations(
        actor, "unsent", "approved", Meeting.state == "announced", _l("还有 %(count)s 人的邀请没有发出")
    )


def _invitations(actor: Actor, kind: str, state: str, condition: ColumnElement[bool], what: Any) -> Iterable[WorkItem]:
    """One line per meeting to come, with the number of its invitations in `state`."""
    query = (
        select(Meeting.id, Meeting.title, Meeting.starts_at, func.count(Invitation.id))
        .join(AgendaApplication, AgendaApplication.meeting_id == Meeting.id)
        .join(Invitation, Invitation.application_id == AgendaApplication.id)
        .where(
            condition,
            Meeting.state.in_(("preparing", "announced")),
            Invitation.state == state,
            Invitation.in_plan,
            _of_bodies(Meeting.agency_id, actor, "meetings.invite"),
        )
        .group_by(Meeting.id, Meeting.title, Meeting.starts_at)
        .limit(MOST)
    )
    for ident, title, starts_at, count in db.session.execute(query):
        path = _console(f"{ident}/invitations/")
        yield WorkItem(f"meetings.{kind}:{ident}", title, str(what) % {"count": count}, path, due_at=starts_at)


def _unscheduled(actor: Actor) -> Iterable[WorkItem]:
    """会5: approved and on no agenda yet; one line for everybody whose body convenes meetings here."""
    if not permissions.can(actor, "meetings.convene"):
        return
    bodies = permitted_agencies(actor, "meetings.convene")
    if bodies is not None and not db.session.scalar(select(Meeting.id).where(Meeting.agency_id.in_(bodies)).limit(1)):
        return
    query = select(func.count()).select_from(AgendaApplication).where(AgendaApplication.state == "approved")
    if count := db.session.scalar(query) or 0:
        what = _("有 %(count)s 个已批准的议题等待安排", count=count)
        yield WorkItem("meetings.ready", _("安排议题上会"), what, _console("applications/?list=ready"))


def _sittings(actor: Actor) -> Iterable[WorkItem]:
    """Meetings of one's own body that want the next act: announce, open, close, seal."""
    for row in _now(_of_bodies(Meeting.agency_id, actor, "meetings.convene"), "preparing", "closed"):
        due_at = row.starts_at if row.state not in ("preparing", "closed") else None
        yield WorkItem(f"meetings.sitting:{row.id}", row.title, NEXT[row.state], _console(f"{row.id}/"), due_at=due_at)


def _signups(actor: Actor) -> Iterable[WorkItem]:
    """会3: a deadline has passed and the list wants its draw; people have seats and are on no list yet."""
    items = select(AgendaApplication.id).where(_of_bodies(AgendaApplication.agency_id, actor, "meetings.signups"))
    seated = select(Signup.call_id).where(Signup.state == "selected", Signup.invitation_id.is_(None))
    decided = and_(SignupCall.state.in_(signup_calls.DECIDED), SignupCall.id.in_(seated))
    query = select(SignupCall).where(SignupCall.application_id.in_(items), or_(SignupCall.state == "closed", decided))
    for call in db.session.scalars(query.order_by(SignupCall.closes_at).limit(MOST)):
        what = _l("入选人员待列入邀请名单")
        if call.state == "closed":
            what = _l("报名已截止，今天请抽签") if call.method == "draw" else _l("报名已截止，请确定名单")
        due_at = end_of(local_date(call.closes_at)) if call.state == "closed" else None
        url = _console(f"signups/{call.id}/")
        yield WorkItem(f"meetings.signup:{call.id}", call.application.title, what, url, due_at=due_at)


def _writing(actor: Actor) -> Iterable[WorkItem]:
    """Whoever writes the live text without convening: meetings under way, and those of today."""
    if permissions.can(actor, "meetings.convene") or not permissions.can(actor, "meetings.live_write"):
        return
    for row in _now(true()):
        what = _l("今天开会，请准备记录") if row.state == "announced" else _l("会议进行中，请到速录台记录")
        path = _console(f"live/{row.id}/")
        yield WorkItem(f"meetings.writing:{row.id}", row.title, what, path, due_at=row.starts_at)


def _now(condition: ColumnElement[bool], *states: str) -> Sequence[Meeting]:
    """Meetings under way, those announced for today or earlier, and those in `states`."""
    today = and_(Meeting.state == "announced", Meeting.starts_at < end_of(local_date(utcnow())))
    query = select(Meeting).where(condition, or_(today, Meeting.state.in_((*UNDER_WAY, *states))))
    return db.session.scalars(query.order_by(Meeting.starts_at, Meeting.id).limit(MOST)).all()


def _of_bodies(column: InstrumentedAttribute[str | None], actor: Actor, right: str) -> ColumnElement[bool]:
    """Rows of the bodies for which `actor` holds `right`."""
    agencies = permitted_agencies(actor, right)
    if agencies is None:
        return true()
    return column.in_(sorted(agencies)) if agencies else false()


def _console(path: str) -> str:
    return f"/admin/{jurisdictions.current().slug}/meetings/{path}"
