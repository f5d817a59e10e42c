"""The path of an application as its readers see it: what was done by whom, where it stands, what comes next."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from plugins.meetings.models import AgendaApplication


def next_step(item: AgendaApplication) -> str:
    """What happens next and who does it; empty where nothing more comes."""
    match item.state:
        case "scheduled" if item.meeting:
            return str(_("等待上会：%(meeting)s", meeting=item.meeting.title))
        case "pending" if item.returns_to:
            return str(_("等分管领导审批变更后的参与方案"))
    return str(_NEXT.get(item.state, lambda: "")())


_NEXT: dict[str, Any] = {
    "draft": lambda: _("补齐内容后申报"),
    "pending": lambda: _("等分管领导审批"),
    "pending_leader": lambda: _("等主要领导审批"),
    "approved": lambda: _("等召集单位安排上会"),
    "in_session": lambda: _("会议正在审议"),
    "deliberated": lambda: _("等召集单位公布结果"),
    "discharging": lambda: _("会后应公开的内容办理中"),
}
