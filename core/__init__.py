"""Mingtang's core (明堂内核): the public API for plugin authors, and the only core name a third party imports.

Everything named here is kept stable; see docs/writing-plugins.md. Names are fetched on first use, because the serving
process must patch sockets and threads before anything else is imported.
"""

from __future__ import annotations

import importlib
from typing import Any

import pluggy

hook = pluggy.HookimplMarker("mingtang")
"""Marks a plugin's function as the implementation of the hook of the same name."""

_HOME = {
    "core.contracts": (
        "Blocker", "ImportFault", "ImportKind", "ImportReport", "JobKind", "JurisdictionRef", "MeetingMaterial",
        "MenuEntry", "Mount", "OutgoingNotice", "Panel", "Permission", "PluginInfo", "PublicDate", "Schedule",
        "Setting", "SocketNamespace", "TimelineEntry", "WorkItem",
    ),
    "core.db": (
        "Base", "HasId", "JurisdictionScoped", "UtcDateTime", "after_commit", "all_jurisdictions", "new_id",
        "session", "utcnow", "write",
    ),
    "core.clocks": ("ClockRule",),
    "core.jurisdictions": ("current", "enter"),
    "core.languages": ("kept", "listed", "said"),
    "core.permissions": ("Actor", "can", "require"),
    "core.plugins": ("announce", "ask", "collect", "collect_by_key"),
    "core.refusals": ("Forbidden", "Invalid", "NotFound", "Refusal", "Refused", "Stale", "WrongState"),
    "core.web.api": (
        "Answer", "Api", "Moved", "Page", "PageQuery", "Problem", "TransitionIn", "clocks_json", "events_json",
        "if_match", "moved", "page", "transition", "uploaded",
    ),
    "core.web.portal": ("cacheable",),
    "core.web.requests": ("actor",),
    "core.workflow": ("Machine", "Move", "State", "Transition"),
}  # fmt: skip
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}
__all__ = ["hook", *_MODULE_OF]  # noqa: PLE0604 — names of the table above


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"core has no public name {name!r}")
    return getattr(importlib.import_module(_MODULE_OF[name]), name)
