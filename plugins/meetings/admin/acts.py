"""What a person may do with an application, as `macros/workflow.html` shows it: buttons, or the reason why not."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.db import db
from core.permissions import Actor, can
from plugins.meetings.content import content_hash, is_cleared
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.services.visibility import visible_meetings
from plugins.meetings.workflow import APPLICATION

ELSEWHERE = frozenset({"call", "deliberate", "discharge"})
"""Done from the live console, or by the product itself."""
SHOWN = ("event", "label", "allowed", "needs_reason", "article", "detail")
NOT_MINE = frozenset({"FORBIDDEN", "WRONG_STATE"})
"""Acts of other people and other states say nothing here: the line of steps does."""
GRAVE = frozenset({"withdraw", "postpone"})
QUESTIONS: dict[str, Any] = {
    "approve": _l("同意《%(title)s》，连同参与方案和 %(count)s 人的邀请名单？"),
    "clear": _l("对《%(title)s》的当前内容核签？内容再改动，核签即失效。"),
    "return": _l("把《%(title)s》退回申报单位？"),
    "withdraw": _l("撤回《%(title)s》？撤回后不能恢复，已通知的人会收到消息。"),
    "postpone": _l("推迟《%(title)s》？它会离开本次会议，受邀人员会收到消息。"),
}


def acts(item: AgendaApplication, who: Actor) -> list[dict[str, Any]]:
    """The events as the macro takes them, `schedule` left to its own form."""
    views = [view for view in APPLICATION.look(item, who) if view.event not in ELSEWHERE | {"schedule"}]
    found = [_drafting(item)] if item.state == "draft" and can(who, "meetings.apply", item) else []
    for view in views:
        if view.code in NOT_MINE or (view.event == "clear" and not _wants_clearance(item)):
            continue
        shown = {name: getattr(view, name) for name in SHOWN}
        found.append(shown | _asking(item, view.event))
    return found


def scheduling(item: AgendaApplication, who: Actor) -> dict[str, Any] | None:
    """Putting it on an agenda: {view, meetings} for those who may; None for everybody else."""
    view = next(view for view in APPLICATION.look(item, who) if view.event == "schedule")
    if view.code in NOT_MINE:
        return None
    query = select(Meeting).where(Meeting.state.in_(("preparing", "announced")), visible_meetings(who))
    meetings = db.session.scalars(query.order_by(Meeting.starts_at)).all()
    return {"view": view, "meetings": [row for row in meetings if can(who, "meetings.convene", row)]}


def _drafting(item: AgendaApplication) -> dict[str, Any]:
    return {"event": "edit", "label": _("修改草稿"), "allowed": True, "url": url_for(".edit", id=item.id)}


def _wants_clearance(item: AgendaApplication) -> bool:
    return item.openness != "open" and not is_cleared(item)


def _asking(item: AgendaApplication, event: str) -> dict[str, Any]:
    """The question before a grave act names the thing; an approval carries the content that was seen (会7)."""
    if event == "change_plan":
        return {"url": url_for(".plan", id=item.id)}
    asking: dict[str, Any] = {"grave": event in GRAVE}
    if event == "approve":
        asking["hidden"] = {"content_hash": content_hash(item)}
    if event in QUESTIONS:
        asking["confirm"] = str(QUESTIONS[event]) % {"title": item.title, "count": len(item.invitees)}
    return asking
