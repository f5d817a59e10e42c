"""Load, check and call plugins. Everything about «which plugins, where» stands here.

Install level: `MINGTANG_PLUGINS`. Run level: `PluginSwitch` rows, nearest ancestor wins, `locked_off` cannot be
undone below. Hooks are called one plugin at a time and only for those switched on (`collect`, `ask`, `announce`).
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pluggy
import structlog
from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from core import audit, hookspecs, permissions
from core.contracts import Collected, Gap, JurisdictionRef, PluginInfo
from core.db import after_commit, db, utcnow
from core.models import Announcement, Clock, PluginSwitch
from core.permissions import Actor
from core.refusals import NotFound, Refusal, Refused

log = structlog.get_logger(__name__)
BUILT_IN = ("meetings", "disclosure", "predisclosure", "messages", "opinion", "assessment")


class PluginError(RuntimeError):
    """A plugin cannot be loaded; the sentence goes to the operator and the start stops."""


class Plugins:
    """The installed plugins of one app."""

    def __init__(self, names: Sequence[str]) -> None:
        self.manager = pluggy.PluginManager("mingtang")
        self.manager.add_hookspecs(hookspecs)
        self.infos: dict[str, PluginInfo] = {}
        for name in names:
            self._load(name)
        try:
            self.manager.check_pending()
        except pluggy.PluginValidationError as error:
            raise PluginError(f"Plugin {error.plugin} uses a hook the core does not have: {error}") from error

    def _load(self, name: str) -> None:
        module = _import_plugin(name)
        try:
            self.manager.register(module, name)
            own_hooks = f"{module.__package__}.hookspecs"
            if importlib.util.find_spec(own_hooks):
                self.manager.add_hookspecs(importlib.import_module(own_hooks))
        except (ValueError, pluggy.PluginValidationError) as error:
            raise PluginError(f"Plugin «{name}» cannot be loaded: {error}") from error
        info = next(iter(self.call_one(name, "describe")), None)
        if not isinstance(info, PluginInfo) or info.name != name:
            raise PluginError(f"Plugin «{name}» does not describe itself as «{name}» (hook `describe`).")
        self.infos[name] = info

    @property
    def names(self) -> tuple[str, ...]:
        """Installed plugins, by name."""
        return tuple(sorted(self.infos))

    def packages(self) -> list[Path]:
        """The folders the plugins lie in, by name; a third party's lies elsewhere."""
        modules = (cast(ModuleType, self.manager.get_plugin(name)) for name in self.names)
        return [Path(str(module.__file__)).parent for module in modules]

    def call_one(self, plugin: str, hook: str, **arguments: Any) -> Iterator[Any]:
        """Call `hook` of one plugin: yields its answer, or nothing where it does not take part."""
        for impl in getattr(self.manager.hook, hook).get_hookimpls():
            if impl.plugin_name == plugin:
                yield impl.function(**{name: arguments[name] for name in impl.argnames})

    def build(self, hook: str, key: str = "key") -> list[tuple[str, Any]]:
        """Ask every installed plugin at build time: (plugin, item) pairs; equal keys stop the start."""
        seen: dict[Any, str] = {}
        found: list[tuple[str, Any]] = []
        for name in self.names:
            for answer in self.call_one(name, hook):
                for item in answer:
                    ident = getattr(item, key, None)
                    if ident is not None and seen.setdefault(ident, name) != name:
                        raise PluginError(f"Plugins «{seen[ident]}» and «{name}» both register {hook} «{ident}».")
                    found.append((name, item))
        return found


def _import_plugin(name: str) -> Any:
    if name in BUILT_IN:
        target = f"plugins.{name}.plugin"
    else:
        points = entry_points(group="mingtang.plugins", name=name)
        if not points:
            raise PluginError(
                f"Unknown plugin «{name}» in MINGTANG_PLUGINS. Built in: {', '.join(BUILT_IN)}; "
                "others need an installed package with an entry point in the group mingtang.plugins."
            )
        target = next(iter(points)).value
    try:
        return importlib.import_module(target)
    except ModuleNotFoundError as error:
        raise PluginError(f"Plugin «{name}» is not in this installation ({error}).") from error


def init_app(app: Flask) -> None:
    """Load the plugins of `MINGTANG_PLUGINS`."""
    app.extensions["mingtang.plugins"] = Plugins(app.config["PLUGINS"])


def installed() -> Plugins:
    """The plugins of the current app."""
    return cast(Plugins, current_app.extensions["mingtang.plugins"])


# --- switches --------------------------------------------------------------------------------------


def enabled(jurisdiction: JurisdictionRef) -> frozenset[str]:
    """The plugins in force in a jurisdiction: read from the rows each time, so a switch works at once."""
    rows = db.session.scalars(select(PluginSwitch).where(PluginSwitch.jurisdiction_id.in_(jurisdiction.lineage))).all()
    by_place = {(row.jurisdiction_id, row.plugin): row.state for row in rows}
    return frozenset(name for name in installed().names if _is_on(name, jurisdiction.lineage, by_place))


def _is_on(plugin: str, lineage: Sequence[str], by_place: Mapping[tuple[str, str], str]) -> bool:
    states = [by_place[place, plugin] for place in lineage if (place, plugin) in by_place]
    if "locked_off" in states:
        return False
    return not states or states[0] == "on"


# --- calling ---------------------------------------------------------------------------------------


def collect(hook: str, jurisdiction: JurisdictionRef, **arguments: Any) -> Collected:
    """Ask every plugin that is on; a failing one is logged by name and becomes a `Gap`, in tests it raises."""
    items: list[Any] = []
    gaps: list[Gap] = []
    for name in sorted(enabled(jurisdiction)):
        try:
            for answer in installed().call_one(name, hook, jurisdiction=jurisdiction, **arguments):
                items.extend([answer] if isinstance(answer, Mapping) else answer)
        except Exception:
            if current_app.testing:
                raise
            log.exception("hook failed", hook=hook, plugin=name, jurisdiction=jurisdiction.slug)
            gaps.append(Gap(name, _l("“%(name)s”暂时没有给出内容。", name=installed().infos[name].title)))
    return Collected(tuple(items), tuple(gaps))


def collect_by_key(
    hook: str, jurisdiction: JurisdictionRef, keys: Sequence[str], **arguments: Any
) -> dict[str, list[Any]]:
    """Like `collect`, for hooks that answer a mapping per key (batches): the lists are joined per key."""
    joined: dict[str, list[Any]] = {key: [] for key in keys}
    for mapping in collect(hook, jurisdiction, **arguments).items:
        for key, values in mapping.items():
            joined[key].extend(values)
    return joined


def ask(hook: str, jurisdiction: JurisdictionRef, **arguments: Any) -> Any:
    """The first answer that is not None, plugins in the order of their names; None when nobody answers."""
    for name in sorted(enabled(jurisdiction)):
        for answer in installed().call_one(name, hook, jurisdiction=jurisdiction, **arguments):
            if answer is not None:
                return answer
    return None


def announce(hook: str, jurisdiction: JurisdictionRef, **payload: Any) -> None:
    """Owe a hook call to every plugin that is on: rows in this transaction, called from a task, retried."""
    for name in sorted(enabled(jurisdiction)):
        announce_to(name, hook, jurisdiction, **payload)


def announce_to(plugin: str, hook: str, jurisdiction: JurisdictionRef, **payload: Any) -> None:
    """Owe a hook call to one plugin."""
    from core.tasks import wake

    db.session.add(Announcement(jurisdiction_id=jurisdiction.id, hook=hook, plugin=plugin, payload=payload))
    after_commit(wake)


# --- switching -------------------------------------------------------------------------------------


def open_work(jurisdiction: JurisdictionRef, plugin: str) -> int:
    """How many objects of a plugin are still open here; asked before it is switched off."""
    return sum(installed().call_one(plugin, "open_work", jurisdiction=jurisdiction))


def switch(actor: Actor, jurisdiction: JurisdictionRef, plugin: str, state: str, *, reason: str = "") -> None:
    """Switch a plugin on, off or locked_off here; at once, audited, its rows stay.

    Raises:
        NotFound: no such plugin. Forbidden: no right. Refused: LOCKED_ABOVE, or REASON_MISSING while clocks run.
    """
    if plugin not in installed().names:
        raise NotFound
    grant = permissions.require(actor, "core.system")
    above = _states(plugin, jurisdiction.lineage[1:])
    if "locked_off" in above and state == "on":
        raise Refused(Refusal("LOCKED_ABOVE", _l("上级已将此插件锁定为停用，本级不能启用。")))
    running = db.session.scalar(
        select(func.count()).select_from(Clock).where(Clock.plugin == plugin, Clock.state.in_(("running", "suspended")))
    )
    if state != "on" and running and not reason.strip():
        raise Refused(
            Refusal("REASON_MISSING", _l("还有 %(n)s 个法定时限在走，停用前请写明理由；时限会继续计算。", n=running))
        )
    row = db.session.scalar(
        select(PluginSwitch).where(PluginSwitch.jurisdiction_id == jurisdiction.id, PluginSwitch.plugin == plugin)
    )
    if row is None:
        row = PluginSwitch(jurisdiction_id=jurisdiction.id, plugin=plugin, state=state)
        db.session.add(row)
    row.state, row.reason, row.changed_at = state, reason.strip(), utcnow()
    db.session.flush()
    audit.record(
        actor,
        f"core.plugin.{state}",
        "core.plugin",
        jurisdiction.id,
        grant=grant,
        reason=reason,
        data={"plugin": plugin},
    )
    if state == "on":
        announce_to(plugin, "jurisdiction_enabled", jurisdiction)


def _states(plugin: str, lineage: Sequence[str]) -> list[str]:
    rows = db.session.scalars(
        select(PluginSwitch).where(PluginSwitch.jurisdiction_id.in_(lineage), PluginSwitch.plugin == plugin)
    ).all()
    return [row.state for row in rows]
