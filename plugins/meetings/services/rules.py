"""The local open-meeting rules (会8): versioned, the newest in force; a new version asks every invitee again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import audit, permissions
from core.db import db
from core.permissions import SYSTEM, Actor
from core.refusals import Stale
from core.text import checked
from plugins.meetings import telling
from plugins.meetings.guards import rules_in_force
from plugins.meetings.models import Invitation, RuleText

PARTS = ("attendance", "duties", "agenda_rules", "discipline")
FIRST_VERSION = {
    "attendance": "年满18周岁、与议题有利害关系或关心该议题的公众，以及受邀的专家学者、媒体记者、"
    "党代表、人大代表、政协委员，可以列席开放的会议。名额、类别和产生方式以会议公告为准。",
    "duties": "列席人员可以查阅所列席议题的会议材料，经主持人同意发言，"
    "并可在会后规定期限内提交书面意见，意见的采纳情况会得到答复。列席人员应当如实表明身份，客观反映意见，对会上要求保密的内容负有保密责任。",
    "agenda_rules": "会议议程由召集单位确定并事先公告。列席人员在所列席议题开始前入场，议题结束后退场；"
    "议程有调整的，召集单位及时告知。",
    "discipline": "按时签到，将通讯工具调至静音；未经允许不录音、录像，不打断发言，不随意走动。"
    "违反纪律且不听劝阻的，主持人可以请其退场。",
}
"""A neutral first version, so that nobody is invited under no rules; each jurisdiction replaces it by its own."""


def in_force() -> RuleText | None:
    """The version in force; None before the first one."""
    return rules_in_force()


def history() -> Sequence[RuleText]:
    """All versions, the newest first."""
    return db.session.scalars(select(RuleText).order_by(RuleText.version.desc())).all()


def ensure_first_version() -> RuleText:
    """The version in force, made from the neutral text where there is none; inside `write()`."""
    return in_force() or _add(SYSTEM, FIRST_VERSION)


def issue(actor: Actor, texts: Mapping[str, str], *, version: int | None = None) -> RuleText:
    """A new version with all four PARTS; who acknowledged the old one and has not attended yet is asked again.
    `version` is the one it was written from.

    Raises:
        Forbidden, Stale, Invalid: a part is blank.
    """
    permissions.require(actor, "meetings.rules")
    latest = in_force()
    if version is not None and version != (latest.version if latest else 0):
        raise Stale(latest.version if latest else 0)
    given = {name: texts.get(name, "") for name in PARTS}
    rule = _add(actor, checked(given, dict.fromkeys(PARTS, 20_000), PARTS))
    for invitation in db.session.scalars(select(Invitation).where(Invitation.state == "acknowledged")):
        sentence = _l("会议开放规则有了新版本，请在会前通过您的个人链接重新阅读并承诺。")
        telling.rows(invitation.application, [invitation], f"rules:{rule.version}", sentence)
    return rule


def _add(actor: Actor, texts: Mapping[str, str]) -> RuleText:
    latest = in_force()
    rule = RuleText(version=latest.version + 1 if latest else 1, created_by=actor.id, **texts)
    db.session.add(rule)
    db.session.flush()
    audit.record(
        actor, "meetings.rules.issue", "meetings.rules", rule.id, article="会8", data={"version": rule.version}
    )
    return rule
