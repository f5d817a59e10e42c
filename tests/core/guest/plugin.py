"""The guest's hooks. `told` keeps what it was told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from flask_socketio import Namespace

from core import hook, jobs
from core.contracts import (
    Blocker,
    ImportFault,
    ImportKind,
    ImportReport,
    JobKind,
    JurisdictionRef,
    MeetingMaterial,
    MenuEntry,
    OutgoingNotice,
    PluginInfo,
    ReportFigure,
    Setting,
    SocketNamespace,
    WorkItem,
)
from core.web.admin import ConsoleView, expose

told: list[tuple[str, Any]] = []


@hook
def describe() -> PluginInfo:
    return PluginInfo("guest", "来客")


class Page(ConsoleView):
    """One page of the console."""

    @expose("/")
    def index(self) -> str:
        return "来客的页面"


@hook
def register_admin_views() -> list[ConsoleView]:
    return [Page("guest_page", "page")]


@hook
def register_menu() -> list[MenuEntry]:
    return [MenuEntry("guest", "来客菜单", "guest_page.index")]


@hook
def register_socket_namespaces() -> list[SocketNamespace]:
    return [SocketNamespace("/guest", Namespace)]


@hook
def register_settings() -> list[Setting]:
    return [Setting("guest.days", "来客天数", 7)]


@hook
def register_commands() -> list[click.Command]:
    return [click.Command("guest", callback=lambda: click.echo("a guest's command"))]


@hook
def register_benchmarks() -> list[click.Command]:
    return [click.Command("guest", callback=lambda: click.echo("a guest's benchmark"))]


@hook
def register_jobs() -> list[JobKind]:
    return [JobKind("guest.count", "来客的清点", lambda work: jobs.Result(f"清点了 {work.arguments['n']} 件"))]


def take_guests(content: bytes, filename: str, *, dry_run: bool, tick: Callable[[int], None]) -> ImportReport:
    rows = content.decode().split()
    faults = [ImportFault(n, "名", "要姓客") for n, row in enumerate(rows, 1) if not row.startswith("客")]
    if not dry_run:
        told.append(("import", (filename, [row for row in rows if row.startswith("客")])))
        tick(len(rows))
    return ImportReport({"new": len(rows) - len(faults)}, faults)


@hook
def register_importers() -> list[ImportKind]:
    return [ImportKind("guests", "来客", take_guests)]


@hook
def fill_demo(jurisdiction: JurisdictionRef, people: Mapping[str, Any]) -> None:
    told.append(("fill_demo", (jurisdiction.slug, sorted(people))))


@hook
def jurisdiction_enabled(jurisdiction: JurisdictionRef) -> None:
    told.append(("jurisdiction_enabled", jurisdiction.slug))


@hook
def open_work() -> int:
    return 3


@hook
def collect_report_tables(year: int, agency_ids: Sequence[str]) -> list[ReportFigure]:
    return [ReportFigure("permits", ident, year) for ident in agency_ids]


@hook
def collect_work_items(actor: Any) -> list[WorkItem]:
    return [WorkItem("guest.1", "来客的待办", "办理", "/huichuan/")] if actor.id else []


@hook
def collect_meeting_materials(matter_ids: Sequence[str]) -> dict[str, list[MeetingMaterial]]:
    return {matter: [MeetingMaterial("guest.draft", "draft", "来客的草案")] for matter in matter_ids}


@hook
def decision_blockers(matter_ids: Sequence[str]) -> dict[str, list[Blocker]]:
    return {matter: [Blocker("GUEST_WAITS", "来客还没有办完。")] for matter in matter_ids}


@hook
def review_publication(publication_id: str) -> list[Blocker]:
    told.append(("review_publication", publication_id))
    return [Blocker("GUEST_OBJECTS", "来客不同意。")]


@hook
def verify_sealed() -> list[str]:
    return ["来客的记录被改动"]


@hook
def deliver_notice(notice: OutgoingNotice) -> bool:
    told.append(("deliver_notice", notice.subject))
    return notice.channel == "guest"
