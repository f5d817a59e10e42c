"""Life of a meeting (会议): prepared, announced, in session, closed, sealed; or cancelled before it began."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core import matters
from core.permissions import SYSTEM
from core.workflow import Machine, Move, State, Transition
from plugins.meetings import guards, telling
from plugins.meetings.models import Meeting
from plugins.meetings.workflow.applications import APPLICATION, leave_agenda
from plugins.meetings.workflow.obligations import owe


def _announce(meeting: Meeting, move: Move) -> None:
    meeting.announced_at = move.at
    for item in meeting.agenda:
        if item.openness != "closed":
            matters.make_public(item.matter_id)


def _open(meeting: Meeting, move: Move) -> None:
    meeting.opened_at = meeting.opened_at or move.at


def _close(meeting: Meeting, move: Move) -> None:
    meeting.closed_at = move.at
    owe(meeting, move.at)


def _seal(meeting: Meeting, move: Move) -> None:
    meeting.sealed_at = move.at


def _cancel(meeting: Meeting, move: Move) -> None:
    """Its items go back to approved; those whose changed plan waits for approval lose their place only."""
    meeting.cancelled_at, meeting.cancel_reason = move.at, move.reason
    reason = f"会议取消：{move.reason}" if move.reason else "会议取消"  # kept with the item: Chinese
    for item in list(meeting.agenda):
        if item.state == "scheduled":
            APPLICATION.fire(item, "postpone", SYSTEM, reason=reason)
        else:
            telling.invitees(item, "cancelled", reason)
            leave_agenda(item)


MEETING = Machine(
    "meetings.meeting",
    {
        "preparing": State(_l("筹备")),
        "announced": State(_l("已公告"), "soon"),
        "in_session": State(_l("进行中"), "live"),
        "paused": State(_l("暂停"), "soon"),
        "closed": State(_l("已结束")),
        "sealed": State(_l("已封存"), "done", terminal=True),
        "cancelled": State(_l("已取消"), terminal=True),
    },
    (
        Transition(
            "announce", _l("发布公告"), ("preparing",), "announced", "meetings.convene", "会3",
            guards=(guards.place_known,), effects=(_announce,),
        ),
        Transition(
            "open", _l("开始会议"), ("announced",), "in_session", "meetings.convene", "会7",
            guards=(guards.plans_settled,), effects=(_open,),
        ),
        Transition("pause", _l("暂停会议"), ("in_session",), "paused", "meetings.convene", "会4"),
        Transition("resume", _l("恢复会议"), ("paused",), "in_session", "meetings.convene", "会4"),
        Transition(
            "close", _l("结束会议"), ("in_session", "paused"), "closed", "meetings.convene", "会9", effects=(_close,)
        ),
        Transition(
            "seal", _l("封存记录"), ("closed",), "sealed", "meetings.convene", "会9",
            guards=(guards.lines_decided,), effects=(_seal,),
        ),
        Transition(
            "cancel", _l("取消会议"), ("preparing", "announced"), "cancelled", "meetings.convene", "会3",
            effects=(_cancel,),
        ),
    ),
)  # fmt: skip
