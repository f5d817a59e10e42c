"""The console's shell: Flask-Admin with our layout, the menu, and the desk as its index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, redirect, request, url_for
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from core import imports, jurisdictions, notices, permissions, plugins
from core.contracts import JurisdictionRef, MenuEntry
from core.plugins import Plugins
from core.web.admin.base import no_store, place_views
from core.web.portal.shell import place_name
from core.web.requests import actor, own

CORE_MENU = (
    MenuEntry("desk", _l("工作台"), "desk.index", 1),
    MenuEntry("delegations", _l("授权代理"), "delegations.index", 2),
    MenuEntry("jobs", _l("后台任务"), "jobs.index", 3),
    MenuEntry("imports", _l("表格导入"), "imports.index", 19, "core.import"),
    MenuEntry("clocks", _l("时限"), "clocks.index", 20, "core.clocks"),
    MenuEntry("published", _l("公开内容"), "published.index", 21, "core.withdraw"),
    MenuEntry("matters", _l("事项"), "matters.index", 22, "core.merge_matters"),
    MenuEntry("agencies", _l("机关"), "agencies.index", 30, "core.system"),
    MenuEntry("plugins", _l("插件"), "plugins.index", 31, "core.system"),
    MenuEntry("rules", _l("本地规则"), "rules.index", 32, "core.system"),
    MenuEntry("calendar", _l("工作日历"), "calendar.index", 33, "core.system"),
    MenuEntry("people", _l("账号与角色"), "people.index", 40, "core.people"),
    MenuEntry("audit", _l("审计留痕"), "audit.index", 50, "core.audit"),
)


PERSONAL = frozenset({"desk", "delegations", "jobs"})
"""Lines everybody has, above those of the plugins."""


def init_app(app: Flask, loaded: Plugins) -> None:
    """Register the console with the core's views and those of the plugins."""
    from core.web.admin import views

    desk, *others = views.make()
    placed = [("", desk), *(("", view) for view in others), *loaded.build("register_admin_views", key="endpoint")]
    place_views(placed)
    admin = Admin(
        app,
        name="Mingtang",
        url="/admin/<jurisdiction>",
        index_view=desk,
        theme=Bootstrap4Theme(base_template="layout/console.html"),
    )
    for _plugin, view in placed[1:]:
        admin.add_view(view)
    for plugin, view in placed:
        if plugin:
            own(app, view.blueprint.name, plugin)
    app.extensions["mingtang.menu"] = [("", entry) for entry in CORE_MENU] + loaded.build("register_menu")
    app.add_url_rule("/admin/", "admin_home", _home)
    app.context_processor(_layout)
    app.after_request(_private)


def _home() -> BaseResponse:
    """/admin/: to the desk of the first jurisdiction one works in."""
    if g.get("account") is None:
        return redirect(url_for("login.sign_in"))
    places = _places()
    if not places:
        return redirect(url_for("login.no_role"))
    return redirect(url_for("desk.index", jurisdiction=places[0].slug))


def _places() -> list[JurisdictionRef]:
    held = {grant.jurisdiction_id for grant in actor().grants}
    return [place for place in jurisdictions.everywhere() if place.id in held]


def _layout() -> dict[str, Any]:
    """What layout/console.html needs; nothing outside the console."""
    here = jurisdictions.current_or_none()
    if not _in_console() or here is None or g.get("account") is None:
        return {}
    return {
        "place": {"name": place_name(here), "url": url_for("desk.index")},
        "console_menu": _menu(here),
        "workplaces": [
            {
                "name": place_name(place),
                "url": url_for("desk.index", jurisdiction=place.slug),
                "current": place.id == here.id,
            }
            for place in _places()
        ],
        "signed_in": {"name": g.account.name, "url": url_for("login.password")},
        "notices_url": url_for("notices.index"),
        "notices_count": notices.unread(g.account.id),
        "sign_out_url": url_for("login.sign_out"),
    }


def _menu(here: JurisdictionRef) -> list[dict[str, Any]]:
    on = plugins.enabled(here)
    groups: dict[str, list[tuple[int, MenuEntry]]] = {}
    for plugin, entry in current_app.extensions["mingtang.menu"]:
        shown = entry.area == "console" and (not plugin or plugin in on) and _may_see(entry)
        if shown:
            groups.setdefault(plugin, []).append((entry.order, entry))
    titles = {"": ""} | {name: info.title for name, info in plugins.installed().infos.items()}
    core, *rest = [("", groups.pop("", [])), *sorted(groups.items())]
    desk, administration = _split(core[1])
    ordered: Sequence[tuple[Any, list[MenuEntry]]] = [
        ("", desk),
        *((titles[name], [entry for _, entry in sorted(entries, key=lambda pair: pair[0])]) for name, entries in rest),
        (_l("管理"), administration),
    ]
    return [{"label": label, "items": [_item(entry) for entry in entries]} for label, entries in ordered if entries]


def _split(entries: list[tuple[int, MenuEntry]]) -> tuple[list[MenuEntry], list[MenuEntry]]:
    ordered = [entry for _, entry in sorted(entries, key=lambda pair: pair[0])]
    return [e for e in ordered if e.key in PERSONAL], [e for e in ordered if e.key not in PERSONAL]


def _may_see(entry: MenuEntry) -> bool:
    if entry.permission == "core.people":
        return any(permissions.can(actor(), right) for right in ("core.accounts", "core.roles"))
    if entry.permission == "core.import":
        return bool(imports.kinds(actor()))
    return entry.permission is None or permissions.can(actor(), entry.permission) is not None


def _item(entry: MenuEntry) -> dict[str, Any]:
    blueprint = entry.endpoint.rpartition(".")[0]
    return {"label": entry.label, "url": url_for(entry.endpoint), "current": request.blueprint == blueprint}


def _private(response: Response) -> Response:
    return no_store(response) if _in_console() else response


def _in_console() -> bool:
    return has_request_context() and request.path.startswith(("/admin/", "/account/"))
