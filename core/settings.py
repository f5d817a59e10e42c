"""Local rules (本地规则): registered with a default, overridden per jurisdiction, nearest ancestor wins."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, cast

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import audit
from core.contracts import JurisdictionRef, Setting
from core.db import db
from core.jurisdictions import current
from core.models import SettingValue
from core.permissions import Actor, require
from core.refusals import Invalid, NotFound

SOON = "core.soon_days"
CORE_SETTINGS = (
    Setting("core.video_hosts", _l("可以链接的视频网站（域名列表；空着不限）"), [], list, "", _l("本地规则")),
    Setting(SOON, _l("到期前提醒并显示“将到期”的工作日数（1–20）"), 2, int, "", _l("通行做法")),
)  # fmt: skip


def init_app(app: Flask, settings: Iterable[Setting]) -> None:
    """Register the core's settings and those of the plugins."""
    app.extensions["mingtang.settings"] = {item.key: item for item in (*CORE_SETTINGS, *settings)}


def soon_days(jurisdiction: JurisdictionRef | None = None) -> int:
    """How many working days before its last day a deadline is reminded of and shown in yellow."""
    return max(1, min(int(get(SOON, jurisdiction)), 20))


def registered() -> dict[str, Setting]:
    """All settings by key."""
    return cast(dict[str, Setting], current_app.extensions["mingtang.settings"])


def get(key: str, jurisdiction: JurisdictionRef | None = None) -> Any:
    """The value in force here: own row, else the nearest ancestor's, else the default."""
    setting, place = registered()[key], jurisdiction or current()
    rows = db.session.scalars(
        select(SettingValue).where(SettingValue.key == key, SettingValue.jurisdiction_id.in_(place.lineage))
    ).all()
    by_place = {row.jurisdiction_id: row.value for row in rows}
    return next((by_place[there] for there in place.lineage if there in by_place), setting.default)


def put(actor: Actor, key: str, text: str) -> None:
    """Set a local rule here from what was typed; an empty text goes back to the inherited value.

    Raises:
        Forbidden: not the system administrator. Invalid: not a value of the setting's kind. NotFound: no such setting.
    """
    if key not in registered():
        raise NotFound
    grant = require(actor, "core.system")
    setting, here = registered()[key], current()
    row = db.session.scalar(
        select(SettingValue).where(SettingValue.key == key, SettingValue.jurisdiction_id == here.id)
    )
    before = row.value if row else None
    if not text.strip():
        if row is not None:
            db.session.delete(row)
        value = None
    else:
        value = _parse(setting, text.strip())
        row = row or SettingValue(jurisdiction_id=here.id, key=key)
        row.value = value
        db.session.add(row)
    db.session.flush()
    data = {"key": key, "before": before, "after": value}
    audit.record(actor, "core.setting.change", "core.setting", here.id, grant=grant, article=setting.article, data=data)


def _parse(setting: Setting, text: str) -> Any:
    """The typed text as a value of the setting's kind."""
    try:
        if setting.kind is bool:
            return {"1": True, "true": True, "是": True, "0": False, "false": False, "否": False}[text.lower()]
        if setting.kind in (dict, list):
            value = json.loads(text)
            if not isinstance(value, setting.kind):
                raise ValueError(text)
            return value
        value = setting.kind(text)
        if isinstance(value, int) and value < 0:
            raise ValueError(text)
    except (ValueError, KeyError):
        raise Invalid({setting.key: [_l("这一项的值不合适，请参照默认值填写。")]}) from None
    return value
