"""What representatives and citizens wait for, on the desks of those who owe it: moderation, replies, answers."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from core import clocks, jurisdictions
from core.contracts import WorkItem
from core.db import db
from core.permissions import Actor, can, permitted_agencies
from plugins.meetings.models import FollowUp, Meeting, Slip
from plugins.meetings.services import follow_ups, slips
from plugins.meetings.workflow import FOLLOW_UP, SLIP

MOST = 50
UNSETTLED = ("handed_in", "routed")


def work_items(actor: Actor) -> list[WorkItem]:
    """To moderate, to reply to, to answer together."""
    return [*_to_moderate(actor), *_to_reply(actor), *_to_answer(actor)]


def open_work() -> int:
    """Slips and follow-ups that have not come to their end."""
    counts = (
        select(func.count()).select_from(Slip).where(Slip.state.in_(UNSETTLED)),
        select(func.count()).select_from(FollowUp).where(FollowUp.state.in_(("open", "answering"))),
    )
    return sum(db.session.scalar(query) or 0 for query in counts)


def _to_moderate(actor: Actor) -> Iterable[WorkItem]:
    """会8: one line per meeting."""
    if not can(actor, "meetings.moderate"):
        return
    query = (
        select(Meeting.id, Meeting.title, func.count(Slip.id))
        .join(Slip, Slip.meeting_id == Meeting.id)
        .where(Slip.state == "handed_in", slips.visible(actor))
        .group_by(Meeting.id, Meeting.title)
        .limit(MOST)
    )
    for ident, title, count in db.session.execute(query):
        what = _("代表的提问和意见待审核：%(count)s 条", count=count)
        yield WorkItem(f"meetings.slips:{ident}", title, what, _console(f"slips/?meeting={ident}"))


def _to_reply(actor: Actor) -> Iterable[WorkItem]:
    """会6: what was routed to one's unit, with its clock."""
    units = permitted_agencies(actor, "meetings.reply_slip")
    mine = Slip.unit_id.is_not(None) if units is None else Slip.unit_id.in_(sorted(units))
    query = select(Slip).where(Slip.state == "routed", mine).order_by(Slip.updated_at).limit(MOST)
    rows = db.session.scalars(query).all()
    running = clocks.of(SLIP.object_type, [row.id for row in rows])
    for row in rows:
        clock = next((one for one in running[row.id] if one.state in clocks.OPEN), None)
        yield WorkItem(
            f"meetings.slip:{row.id}",
            row.application.title,
            _l("请答复代表意见"),
            _console(f"slips/{row.id}/"),
            due_at=clock.due_at if clock else None,
            clock_id=clock.id if clock else None,
        )


def _to_answer(actor: Actor) -> Iterable[WorkItem]:
    """会10: the window is over, the answers are owed."""
    rows = db.session.scalars(follow_ups.visible(actor).where(FollowUp.state == "answering").limit(MOST)).all()
    mine = [row for row in rows if follow_ups.handles(actor, row)]
    running = clocks.of(FOLLOW_UP.object_type, [row.id for row in mine])
    for row in mine:
        clock = next((one for one in running[row.id] if one.state in clocks.OPEN), None)
        yield WorkItem(
            f"meetings.follow_up:{row.id}",
            row.application.title,
            _l("请集中答复对决定的意见"),
            _console(f"follow-ups/{row.id}/"),
            due_at=clock.due_at if clock else None,
            clock_id=clock.id if clock else None,
        )


def _console(path: str) -> str:
    return f"/admin/{jurisdictions.current().slug}/meetings/{path}"
