"""Local rules (本地规则): registered with a default, overridden per jurisdiction, nearest ancestor wins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import select

from core.contracts import JurisdictionRef, Setting
from core.db import db
from core.jurisdictions import current
from core.models import SettingValue


def init_app(app: Flask, settings: Iterable[Setting]) -> None:
    """Register the settings of the plugins."""
    app.extensions["mingtang.settings"] = {item.key: item for item in settings}


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
