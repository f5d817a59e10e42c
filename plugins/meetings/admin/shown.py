"""What several console pages of the plugin show alike: breadcrumbs, a meeting's path, the questions before its acts."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from core.languages import listed
from core.web.admin.acts import acts
from plugins.meetings.models import Meeting
from plugins.meetings.workflow import MEETING

__all__ = ["acts", "meeting_asks", "meeting_crumbs", "meeting_steps"]


def meeting_crumbs(meeting: Meeting, here: str = "") -> list[dict[str, str]]:
    """会议 › this meeting › the page itself."""
    trail = [
        {"label": pgettext("menu", "会议"), "url": url_for("meetings_meetings.index")},
        {"label": meeting.title, "url": url_for("meetings_meetings.show", id=meeting.id)},
    ]
    return [*trail, {"label": here, "url": ""}] if here else trail


def meeting_steps(meeting: Meeting) -> list[dict[str, Any]]:
    """From preparation to the sealed record, with dates."""
    path: list[tuple[str, Any, Any]] = [
        ("preparing", MEETING.label("preparing"), meeting.created_at),
        ("announced", MEETING.label("announced"), meeting.announced_at),
        ("in_session", MEETING.label("in_session"), meeting.opened_at),
        ("closed", MEETING.label("closed"), meeting.closed_at),
        ("sealed", MEETING.label("sealed"), meeting.sealed_at),
    ]
    if meeting.state == "cancelled":
        done = [step for step in path if step[2]]
        path = [*done, ("cancelled", MEETING.label("cancelled"), meeting.cancelled_at)]
    states = [state for state, _label, _at in path]
    now = states.index("in_session" if meeting.state == "paused" else meeting.state)
    ended = MEETING.states[meeting.state].terminal
    return [
        {
            "label": MEETING.label("paused") if n == now and meeting.state == "paused" else label,
            "at": at,
            "state": "done" if n < now or (n == now and ended) else "now" if n == now else "ahead",
        }
        for n, (_state, label, at) in enumerate(path)
    ]


def meeting_asks(meeting: Meeting) -> dict[str, str]:
    """The questions before the grave acts on a meeting; each names it."""
    name = meeting.title
    open_items = [item for item in meeting.agenda if item.state in {"scheduled", "in_session"}]
    titles = str(listed(_("《%(title)s》", title=item.title) for item in open_items))
    seal = _("封存“%(name)s”的记录？封存后不能再更正或撤回，记录摘要随即公布。", name=name)
    close = _("结束“%(name)s”？直播随之结束，会后公开的时限从现在起算。", name=name)
    if titles:
        seal += _("还有没有形成审议结论的议题：%(titles)s；记录会照实写明。", titles=titles)
        close += _("还有没有形成审议结论的议题：%(titles)s。", titles=titles)
    return {
        "announce": _("公告“%(name)s”？公告后会议的时间、地点和议程对公众公开。", name=name),
        "close": close,
        "seal": seal,
        "cancel": _("取消“%(name)s”？议题退回“已批准”，收到邀请的人员会得到通知，取消后不能恢复。", name=name),
    }
