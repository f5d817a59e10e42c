"""The steps a matter goes through at meetings, and what is still owed for it: only what everybody may read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from core import clocks, publications
from core.contracts import TimelineEntry
from core.db import db, utcnow
from core.models import Clock
from core.permissions import ANONYMOUS
from plugins.meetings import telling
from plugins.meetings.live.models import LiveSession
from plugins.meetings.models import AgendaApplication, FollowUp, Meeting, Obligation
from plugins.meetings.services import follow_ups
from plugins.meetings.services.public import agency_name
from plugins.meetings.services.visibility import public_result, visible_meetings
from plugins.meetings.values import RESULTS
from plugins.meetings.workflow import FOLLOW_UP, OBLIGATION
from plugins.meetings.workflow.follow_ups import ANSWER, WINDOW

Step = tuple[str, datetime | None, Any, str]
"""Key, moment (None: has not come to that), label, address."""
OWED = {
    "outcome": _l("公开审议情况"), "policy_document": _l("公开政策文件"), "interpretation": _l("公开解读材料"),
}  # fmt: skip
"""What is owed (会9), as what comes next."""
AWAITED = {WINDOW.key: _l("征求意见截止"), ANSWER.key: _l("集中答复意见")}
"""The clocks of a follow-up (会10), as what comes next."""


def timeline(matter_ids: Sequence[str]) -> dict[str, list[TimelineEntry]]:
    """From the approval of the application to the answers on the decision, and the open duties with their clocks.

    What was published on the way stands there by the core itself. Closed items (会2) have no steps.
    """
    found: dict[str, list[TimelineEntry]] = {matter: [] for matter in matter_ids}
    for item in _items(matter_ids):
        assert item.meeting is not None, "the query joins it"
        found[item.matter_id] += [*_at_meeting(item, item.meeting), *_owed(item, item.meeting), *_follow_up(item)]
    return found


def _items(matter_ids: Sequence[str]) -> Sequence[AgendaApplication]:
    query = (
        select(AgendaApplication)
        .join(Meeting, Meeting.id == AgendaApplication.meeting_id)
        .where(
            AgendaApplication.matter_id.in_(list(matter_ids)),
            AgendaApplication.openness != "closed",
            visible_meetings(ANONYMOUS),
        )
        .options(
            joinedload(AgendaApplication.meeting).joinedload(Meeting.agency), selectinload(AgendaApplication.approvals)
        )
    )
    return db.session.scalars(query).all()


def _at_meeting(item: AgendaApplication, meeting: Meeting) -> Iterator[TimelineEntry]:
    result, url = public_result(item), telling.meeting_path(meeting)
    steps: tuple[Step, ...] = (
        ("announced", meeting.announced_at, _l("列入会议议程"), url),
        ("to_come", _to_come(meeting), _l("将上会审议"), url),
        ("cancelled", meeting.cancelled_at, _l("会议取消"), url),
        ("called", item.called_at, _l("会议审议"), f"{url}#item-{item.id}"),
        ("decided", item.deliberated_at if result else None, _decided(result), f"{url}#item-{item.id}"),
        ("record", _record_at(meeting), _l("会议记录封存"), f"{url}record/"),
    )
    approved = max((row.at for row in item.approvals if row.decision == "approved" and not row.void), default=None)
    if approved is not None:
        yield TimelineEntry(
            f"meetings.approved:{item.id}", approved, _l("议题获准上会"), item.title, unit=agency_name(item.agency)
        )
    for key, at, label, where in steps:
        if at is not None:
            yield TimelineEntry(
                f"meetings.{key}:{item.id}", at, label, meeting.title, where, agency_name(meeting.agency),
            )  # fmt: skip


def _to_come(meeting: Meeting) -> datetime | None:
    """When it will be held; a day that passed without the meeting promises nothing."""
    return meeting.starts_at if meeting.state == "announced" and meeting.starts_at > utcnow() else None


def _record_at(meeting: Meeting) -> datetime | None:
    """When the record was sealed, where everybody may read it."""
    public = select(LiveSession.id).where(
        LiveSession.meeting_id == meeting.id, LiveSession.state == "sealed", LiveSession.audience == "public"
    )
    return meeting.sealed_at if db.session.scalar(public) is not None else None


def _decided(result: str | None) -> str:
    return _("审议结论：%(result)s", result=RESULTS[result]) if result else ""


def _owed(item: AgendaApplication, meeting: Meeting) -> Iterator[TimelineEntry]:
    """会9: what has to be published yet; that an exemption was asked for is nobody's business before it is decided."""
    open_ones = (Obligation.application_id == item.id, Obligation.state.in_(("owed", "exemption_requested")))
    query = select(Obligation).where(*open_ones).order_by(Obligation.position)
    rows = {row.id: row for row in db.session.scalars(query)}
    for ident, clock in _running(OBLIGATION.object_type, list(rows)):
        yield TimelineEntry(
            f"meetings.owed:{ident}", clock.due_at, OWED[rows[ident].kind], "",
            f"{telling.meeting_path(meeting)}#owed", agency_name(meeting.agency), owed=True, clock_id=clock.id,
        )  # fmt: skip


def _follow_up(item: AgendaApplication) -> Iterator[TimelineEntry]:
    """会10: opinions on the decision are taken, then answered together."""
    row = follow_ups.of_item(item)
    if row is None:
        return
    unit = agency_name(item.meeting.agency) if item.meeting else ""
    steps: tuple[Step, ...] = (
        ("opened", row.opened_at, _l("对决定征求意见"), follow_ups.path(row)),
        ("ended", _ended(row), FOLLOW_UP.label("ended"), follow_ups.path(row)),
        ("answered", row.answered_at, _l("答复意见"), follow_ups.path(row)),
    )
    for key, at, label, url in steps:
        if at is not None:
            yield TimelineEntry(f"meetings.follow_up.{key}:{row.id}", at, label, "", url, unit)
    yield from _revised(row, unit)
    for _ident, clock in _running(FOLLOW_UP.object_type, [row.id]):
        key = f"meetings.follow_up.{clock.key}:{row.id}"
        yield TimelineEntry(
            key, clock.due_at, AWAITED[clock.key], "", follow_ups.path(row), unit, owed=True, clock_id=clock.id
        )


def _revised(row: FollowUp, unit: str) -> Iterator[TimelineEntry]:
    """The core would tell of it as of any notice: under the same key, said more exactly."""
    page = row.revised
    if page is not None and page.state == "released" and page.released_at is not None:
        address = publications.address(page)
        yield TimelineEntry(
            f"publication:{page.id}", page.released_at, _l("公布修改后的方案"), page.title, address, unit
        )


def _ended(row: FollowUp) -> datetime | None:
    if row.state != "ended":
        return None
    windows = [clock for clock in clocks.of(FOLLOW_UP.object_type, [row.id])[row.id] if clock.key == WINDOW.key]
    return windows[-1].due_at if windows else row.updated_at


def _running(object_type: str, ids: Sequence[str]) -> Iterator[tuple[str, Clock]]:
    """The open clocks of these objects, by the object's id."""
    for ident, rows in clocks.of(object_type, ids).items():
        yield from ((ident, clock) for clock in rows if clock.state in clocks.OPEN)
