"""The path of an application as its readers see it: what was done by whom, where it stands, what comes next."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.db import db
from core.models import Account
from plugins.meetings.models import AgendaApplication, Approval
from plugins.meetings.values import RESULTS, VITAL_CLASSES

NEXT: dict[str, Any] = {
    "draft": _l("补齐内容后申报"),
    "pending": _l("等分管领导审批"),
    "pending_leader": _l("等主要领导审批"),
    "approved": _l("等召集单位安排上会"),
    "in_session": _l("会议正在审议"),
    "deliberated": _l("等召集单位公布结果"),
    "discharging": _l("会后应公开的内容办理中"),
}
LABELS: dict[str, Any] = {
    "draft": _l("起草"),
    "clear": _l("保密核签"),
    "pending": _l("分管领导审批"),
    "pending_leader": _l("主要领导审批"),
    "approved": _l("排会"),
    "in_session": _l("审议"),
    "deliberated": _l("公布结果"),
    "discharging": _l("会后公开"),
}
"""The steps, each named by the state in which it is the present one."""

DECISIONS = {
    "clear": ("cleared", "secrecy_reviewer"),
    "pending": ("approved", "deputy_leader"),
    "pending_leader": ("approved", "leader"),
}


def next_step(item: AgendaApplication) -> str:
    """What happens next and who does it; empty where nothing more comes."""
    if item.state == "scheduled" and item.meeting:
        return str(_("等待上会：%(meeting)s", meeting=item.meeting.title))
    if item.state == "pending" and item.returns_to:
        return str(_("等分管领导审批变更后的参与方案"))
    return str(NEXT.get(item.state, ""))


def path(item: AgendaApplication) -> list[dict[str, Any]]:
    """The line of steps for `macros/workflow.html`: {label, state, at, by, note}."""
    keys = [key for key in LABELS if _applies(item, key)]
    now = {"scheduled": "in_session"}.get(item.state, item.state)
    at = keys.index(now) if now in keys else len(keys)
    if item.state == "withdrawn":
        at = _reached(item, keys)
    line = [
        {"label": LABELS[key], "state": "done" if n < at else "now" if n == at else "ahead"} | _facts(item, key)
        for n, key in enumerate(keys)
    ]
    if item.state == "withdrawn":
        line = [*line[:at], {"label": _("已撤回"), "state": "now", "at": item.updated_at}]
    return line


def person(approval: Approval) -> str:
    """Who decided, and for whom under a delegation (授权代理)."""
    if not approval.on_behalf_of:
        return approval.actor_name
    return str(_("%(name)s（代 %(owner)s）", name=approval.actor_name, owner=approval.on_behalf_of))


def _applies(item: AgendaApplication, key: str) -> bool:
    if key == "clear":
        return item.openness != "open" and item.subject_class in VITAL_CLASSES
    return key != "pending_leader" or item.important


def _reached(item: AgendaApplication, keys: list[str]) -> int:
    """How far a withdrawn application had come: the last step with a date."""
    return max((n + 1 for n, key in enumerate(keys) if _facts(item, key).get("at")), default=1)


def _facts(item: AgendaApplication, key: str) -> dict[str, Any]:
    match key:
        case "draft":
            at, by = (item.submitted_at, item.submitted_by) if item.submitted_at else (item.created_at, item.created_by)
            return {"at": at, "by": _name(by)}
        case "clear" | "pending" | "pending_leader":
            return _decision(item, *DECISIONS[key])
        case "approved" if item.meeting:
            return {"note": item.meeting.title}
        case "in_session" if item.meeting:
            when = item.deliberated_at or item.called_at or item.meeting.starts_at
            return {"at": when, "note": RESULTS[item.result] if item.result else ""}
    return {}


def _decision(item: AgendaApplication, decision: str, role: str) -> dict[str, Any]:
    row = _made(item, decision, role)
    return {"at": row.at, "by": person(row)} if row else {}


def _made(item: AgendaApplication, decision: str, role: str) -> Approval | None:
    made = [row for row in item.approvals if row.decision == decision and row.role == role and not row.void]
    return made[-1] if made else None


def _name(account_id: str | None) -> str:
    account = db.session.get(Account, account_id) if account_id else None
    return account.name if account else ""
