"""Hook implementations of the disclosure plugin (政府信息公开): thin, everything is done elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l

from core import hook
from core.contracts import (
    Blocker,
    FileUse,
    ImportKind,
    JobKind,
    JurisdictionRef,
    MenuEntry,
    Mount,
    Permission,
    PluginInfo,
    Schedule,
    Setting,
    WorkItem,
)
from core.db import write
from core.permissions import Actor
from core.web.admin import ConsoleView
from plugins.disclosure import admin, demo, exchange, models, workflow
from plugins.disclosure.api import apis
from plugins.disclosure.commands import IMPORTERS, JOBS
from plugins.disclosure.exchange import document_desk, duties, request_desk
from plugins.disclosure.permissions import PERMISSIONS
from plugins.disclosure.portal import blueprint
from plugins.disclosure.services import exports, item_pages, redactions
from plugins.disclosure.settings import SETTINGS
from plugins.disclosure.tasks import SCHEDULES

__all__ = ["models", "workflow"]


@hook
def describe() -> PluginInfo:
    """政府信息公开管理、公文公开属性源头认定."""
    return PluginInfo(
        "disclosure", _l("政府信息公开"), ("disclosure", "attribution"), _l("公文属性认定、主动公开、依申请公开"),
    )  # fmt: skip


@hook
def register_blueprints() -> Sequence[Mount]:
    """Where the plugin answers."""
    return [Mount("portal", blueprint), *(Mount("api", api) for api in apis)]


@hook
def register_admin_views() -> Sequence[ConsoleView]:
    """The pages of the console."""
    return admin.views()


@hook
def register_menu() -> Sequence[MenuEntry]:
    """Lines of the console's menu."""
    return [
        MenuEntry("disclosure.documents", _l("公文"), "disclosure_documents.index", 10, "core.staff"),
        MenuEntry("disclosure.requests", _l("依申请公开"), "disclosure_requests.index", 30, "core.staff"),
        MenuEntry("disclosure.portal", _l("政府信息公开"), "disclosure.index", 20, area="portal"),
        MenuEntry(
            "disclosure.withheld", _l("不予公开目录"), "disclosure_withheld.index", 60, "disclosure.see_withheld"
        ),
        MenuEntry("disclosure.guides", _l("公开指南"), "disclosure_guides.index", 65, "core.staff"),
        MenuEntry("disclosure.urgings", _l("督办"), "disclosure_urgings.index", 70, "core.staff"),
        MenuEntry("disclosure.rectifications", _l("整改台账"), "disclosure_rectifications.index", 75, "core.staff"),
        MenuEntry("disclosure.bodies", _l("公开机构"), "disclosure_bodies.index", 80, "disclosure.bodies"),
        MenuEntry("disclosure.exports", _l("导出"), "disclosure_exports.index", 90, "core.staff"),
        MenuEntry("disclosure.items", _l("公开事项"), "disclosure_items.index", 15, "core.staff"),
        MenuEntry("disclosure.redactions", _l("区分处理"), "disclosure_redactions.index", 40, "disclosure.requests"),
        MenuEntry("disclosure.reports", _l("年度报告"), "disclosure_reports.index", 62, "core.staff"),
        MenuEntry("disclosure.templates", _l("文档模板"), "disclosure_templates.index", 90, "disclosure.templates"),
    ]


@hook
def register_permissions() -> Sequence[Permission]:
    """Who drafts, reviews, approves, issues, publishes, answers."""
    return PERMISSIONS


@hook
def register_settings() -> Sequence[Setting]:
    """Local rules."""
    return SETTINGS


@hook
def register_importers() -> Sequence[ImportKind]:
    """`import documents`."""
    return IMPORTERS


@hook
def register_jobs() -> Sequence[JobKind]:
    """Long work that people start and watch."""
    return (*JOBS, *redactions.JOBS, *exports.JOBS)


@hook
def may_read_file(actor: Actor, uses: Sequence[FileUse]) -> bool:
    """Files of documents and requests: whoever works on them."""
    return exchange.may_read_file(actor, uses)


@hook
def review_publication(publication_id: str) -> Sequence[Blocker]:
    """管10: an item's page leaves by the item's own release alone."""
    return item_pages.objections(publication_id)


@hook
def publication_withdrawn(publication_id: str) -> None:
    """认10: an item whose page was taken off is withdrawn."""
    with write():
        item_pages.taken_off(publication_id)


@hook
def collect_work_items(actor: Actor) -> Sequence[WorkItem]:
    """What waits for this person, and what he started."""
    return [*document_desk.work_items(actor), *request_desk.work_items(actor), *duties.work_items(actor)]


@hook
def open_work() -> int:
    """What has not come to its end here."""
    return document_desk.open_work() + request_desk.open_work() + duties.open_work()


@hook
def fill_demo(jurisdiction: JurisdictionRef, people: Mapping[str, Actor]) -> None:
    """Documents, publications, requests on every desk."""
    demo.fill(jurisdiction, people)


@hook
def register_schedules() -> Sequence[Schedule]:
    """Work that comes round by itself."""
    return SCHEDULES
