"""Hook implementations, thin."""

from __future__ import annotations

from core import MenuEntry, Mount, Panel, Permission, PluginInfo, hook
from mingtang_hotline import models, portal


@hook
def describe() -> PluginInfo:
    """服务热线."""
    return PluginInfo("hotline", "服务热线", summary="公布本地服务电话")


@hook
def register_blueprints() -> list[Mount]:
    """The public page."""
    return [Mount("portal", portal.blueprint)]


@hook
def register_menu() -> list[MenuEntry]:
    """A line of the public menu."""
    return [MenuEntry("hotline", "服务热线", "hotline_portal.index", area="portal")]


@hook
def register_permissions() -> list[Permission]:
    """Who keeps the numbers."""
    return [Permission("hotline.edit", "维护服务电话", ("portal_editor",), agency=None)]


@hook
def portal_panels() -> list[Panel]:
    """Three numbers on the home page."""
    lines = models.lines()
    return [Panel("hotline.lines", "服务热线", "hotline/panel.html", {"lines": lines[:3]})] if lines else []
