"""The open-meeting rules in force (会议开放规则, 会8), for everyone to read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.refusals import NotFound
from core.web.portal.pages import everybodys
from plugins.meetings.models import RuleText
from plugins.meetings.portal.common import crumbs
from plugins.meetings.services import rules

PARTS: dict[str, Any] = {
    "attendance": _l("谁可以列席"),
    "duties": _l("权利和义务"),
    "agenda_rules": _l("议程怎么定"),
    "discipline": _l("会议纪律"),
}


def add_routes(bp: Blueprint) -> None:
    """`/<jurisdiction>/meetings/rules/`."""
    bp.add_url_rule("/rules/", "rules", page)


@everybodys
def page() -> str:
    """The newest version; 404 before the first one."""
    rule = rules.in_force()
    if rule is None:
        raise NotFound
    way = crumbs((_("会议开放规则"), ""))
    return render_template("meetings/portal/rules.html", crumbs=way, rule=rule, parts=parts(rule))


def parts(rule: RuleText) -> list[tuple[Any, str]]:
    """The four parts with their headings."""
    return [(label, getattr(rule, name)) for name, label in PARTS.items()]
