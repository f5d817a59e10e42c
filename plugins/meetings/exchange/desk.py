"""What waits on somebody's desk (待办): asked of the rights one holds, in one query per kind of work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, false, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from core import clocks, jurisdictions
from core.contracts import WorkItem
from core.db import db, utcnow
from core.permissions import Actor, permitted_agencies
from plugins.meetings import telling
from plugins.meetings.models import AgendaApplication, Approval, Invitation, Meeting, Obligation
from plugins.meetings.services.waiting import awaiting_approval, awaiting_clearance, started_by
from plugins.meetings.values import OBLIGATION_KINDS
from plugins.meetings.workflow import APPLICATION, OBLIGATION

MOST = 50
ANSWERS_WANTED = timedelta(days=3)
"""How long before the meeting an invitation nobody answered is brought up."""
ENDED = tuple(name for name, state in APPLICATION.states.items() if state.terminal)
OPEN_MEETINGS = ("preparing", "announced", "in_session", "paused", "closed")


def work_items(actor: Actor) -> list[WorkItem]:
    """Everything, each thing once: what waits for this person comes before what he started."""
    waiting = [*_decisions(actor), *_returned(actor), *_results(actor), *_duties(actor), *_exemptions(actor)]
    waiting += _unanswered(actor)
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


def _unanswered(actor: Actor) -> Iterable[WorkItem]:
    """会3: the meeting is near and somebody has not said whether he comes."""
    soon = Meeting.starts_at.between(utcnow(), utcnow() + ANSWERS_WANTED)
    query = (
        select(Meeting.id, Meeting.title, Meeting.starts_at, func.count(Invitation.id))
        .join(AgendaApplication, AgendaApplication.meeting_id == Meeting.id)
        .join(Invitation, Invitation.application_id == AgendaApplication.id)
        .where(
            soon,
            Meeting.state.in_(("preparing", "announced")),
            Invitation.state == "sent",
            Invitation.in_plan,
            _of_bodies(Meeting.agency_id, actor, "meetings.invite"),
        )
        .group_by(Meeting.id, Meeting.title, Meeting.starts_at)
        .limit(MOST)
    )
    for ident, title, starts_at, count in db.session.execute(query):
        what = _("还有 %(count)s 人没有答复邀请", count=count)
        yield WorkItem(f"meetings.unanswered:{ident}", title, what, _console(f"{ident}/invitations/"), due_at=starts_at)


def _of_bodies(column: InstrumentedAttribute[str | None], actor: Actor, right: str) -> ColumnElement[bool]:
    """Rows of the bodies for which `actor` holds `right`."""
    agencies = permitted_agencies(actor, right)
    if agencies is None:
        return true()
    return column.in_(sorted(agencies)) if agencies else false()


def _console(path: str) -> str:
    return f"/admin/{jurisdictions.current().slug}/meetings/{path}"
