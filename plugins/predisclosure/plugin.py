"""Hook implementations of the predisclosure plugin (重大行政决策预公开): thin, everything is done elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l

from core import hook
from core.contracts import (
    Blocker,
    JurisdictionRef,
    MeetingMaterial,
    MenuEntry,
    Mount,
    Permission,
    PluginInfo,
    Schedule,
    Setting,
    TimelineEntry,
)
from core.permissions import Actor
from plugins.predisclosure import demo, exchange, models, workflow
from plugins.predisclosure.api import apis
from plugins.predisclosure.permissions import PERMISSIONS
from plugins.predisclosure.portal import blueprint
from plugins.predisclosure.settings import SETTINGS
from plugins.predisclosure.tasks import SCHEDULES

__all__ = ["models", "workflow"]


@hook
def describe() -> PluginInfo:
    """重大行政决策预公开."""
    return PluginInfo("predisclosure", _l("决策预公开"), ("predisclosure",), _l("重大行政决策公开征求意见"))


@hook
def register_blueprints() -> Sequence[Mount]:
    """Where the plugin answers."""
    return [Mount("portal", blueprint), *(Mount("api", api) for api in apis)]


@hook
def register_menu() -> Sequence[MenuEntry]:
    """The line of the portal."""
    return [MenuEntry("predisclosure", _l("征求意见"), "predisclosure.index", 30, area="portal")]


@hook
def register_permissions() -> Sequence[Permission]:
    """Who drafts, approves, handles opinions."""
    return PERMISSIONS


@hook
def register_settings() -> Sequence[Setting]:
    """Local rules."""
    return SETTINGS


@hook
def register_schedules() -> Sequence[Schedule]:
    """Work that comes round by itself."""
    return SCHEDULES


@hook
def decision_blockers(matter_ids: Sequence[str]) -> Mapping[str, Sequence[Blocker]]:
    """预2: no meeting and no issue before the public was asked."""
    return exchange.blockers(matter_ids)


@hook
def collect_meeting_materials(matter_ids: Sequence[str]) -> Mapping[str, Sequence[MeetingMaterial]]:
    """会5: the adoption summary comes along by itself."""
    return exchange.materials(matter_ids)


@hook
def collect_timeline(matter_ids: Sequence[str]) -> Mapping[str, Sequence[TimelineEntry]]:
    """Steps of the life-line."""
    return exchange.timeline(matter_ids)


@hook
def fill_demo(jurisdiction: JurisdictionRef, people: Mapping[str, Actor]) -> None:
    """A consultation that is open."""
    demo.fill(jurisdiction, people)
