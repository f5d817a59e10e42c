"""The sample plugin's hooks."""

from __future__ import annotations

import pluggy

from core.contracts import Mount, Permission, PluginInfo
from sample.api import api, portal

impl = pluggy.HookimplMarker("mingtang")


@impl
def describe() -> PluginInfo:
    return PluginInfo("sample", "样例")


@impl
def register_permissions() -> list[Permission]:
    return [
        Permission("sample.edit", "编辑样例", ("organiser",)),
        Permission("sample.approve", "审批样例", ("leader",)),
    ]


@impl
def register_blueprints() -> list[Mount]:
    return [Mount("api", api), Mount("portal", portal)]
