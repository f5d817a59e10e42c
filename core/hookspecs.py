"""The hooks and nothing else. How answers combine stands in each sentence; examples in docs/hooks.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click
import pluggy

from core.contracts import (
    Blocker,
    FileUse,
    ImportKind,
    JobKind,
    JurisdictionRef,
    MatterUse,
    MeetingMaterial,
    MenuEntry,
    Mount,
    OutgoingNotice,
    Panel,
    Permission,
    PluginInfo,
    PublicDate,
    ReportFigure,
    Schedule,
    Setting,
    SocketNamespace,
    TimelineEntry,
    WorkItem,
)

spec = pluggy.HookspecMarker("mingtang")

# --- build time: once per app ----------------------------------------------------------------------


@spec
def describe() -> PluginInfo:
    """Say the plugin's name, title and regulations (插件说明); names are unique."""


@spec
def register_blueprints() -> Sequence[Mount]:
    """Give blueprints and the area each is mounted in; the core adds the plugin's gate."""


@spec
def register_admin_views() -> Sequence[Any]:
    """Give console views (后台页面), subclasses of core.web.admin.ConsoleView."""


@spec
def register_menu() -> Sequence[MenuEntry]:
    """Give menu lines for console and portal; equal keys are an error."""


@spec
def register_socket_namespaces() -> Sequence[SocketNamespace]:
    """Give Socket.IO namespaces; equal paths are an error."""


@spec
def register_permissions() -> Sequence[Permission]:
    """Give the rights of the plugin and the roles that hold them; equal keys are an error."""


@spec
def register_settings() -> Sequence[Setting]:
    """Give the local rules (本地规则) with defaults; equal keys are an error."""


@spec
def register_schedules() -> Sequence[Schedule]:
    """Give periodic tasks; each runs per jurisdiction where the plugin is on."""


@spec
def register_jobs() -> Sequence[JobKind]:
    """Give kinds of background jobs (后台任务) that people start and watch; equal keys are an error."""


@spec
def register_importers() -> Sequence[ImportKind]:
    """Give kinds of tables for ./mingtang import (表格导入); equal keys are an error."""


@spec
def register_commands() -> Sequence[click.Command]:
    """Give commands for ./mingtang; equal names are an error."""


@spec
def register_benchmarks() -> Sequence[click.Command]:
    """Give commands for ./mingtang bench; equal names are an error."""


@spec
def fill_demo(jurisdiction: JurisdictionRef, people: Mapping[str, Any]) -> None:
    """Write neutral demo content for one jurisdiction (演示数据); called once by ./mingtang demo."""


# --- run time: asked only of the plugins switched on in `jurisdiction`, in batches -----------------


@spec
def jurisdiction_enabled(jurisdiction: JurisdictionRef) -> None:
    """Told after the plugin was switched on here (启用); must be harmless when told twice."""


@spec
def restored(jurisdiction: JurisdictionRef) -> None:
    """Told inside write() after a backup was put back (备份恢复), also where you are off: what was seen is gone."""


@spec
def open_work(jurisdiction: JurisdictionRef) -> int:
    """Count what is still open here, asked before switching off (停用前的未办结数); answers add up."""


@spec
def portal_panels(jurisdiction: JurisdictionRef) -> Sequence[Panel]:
    """Give blocks for the jurisdiction's home page (门户首页栏目), sorted by `order`, then key."""


@spec
def collect_public_dates(jurisdiction: JurisdictionRef) -> Sequence[PublicDate]:
    """Give what the public can follow now or soon (公开日程), at most five; lists joined, live first, then by time."""


@spec
def collect_work_items(jurisdiction: JurisdictionRef, actor: Any) -> Sequence[WorkItem]:
    """Give what waits for this person (待办); lists are joined and sorted by due time."""


@spec
def collect_timeline(jurisdiction: JurisdictionRef, matter_ids: Sequence[str]) -> Mapping[str, Sequence[TimelineEntry]]:
    """Give the public steps of matters (事项历程) by matter id; lists are joined and sorted by time."""


@spec
def collect_matter_uses(jurisdiction: JurisdictionRef, actor: Any, matter_ids: Sequence[str]) -> Sequence[MatterUse]:
    """Give what belongs to these matters and `actor` may see, public or not (事项关联); lists are joined."""


@spec
def collect_meeting_materials(
    jurisdiction: JurisdictionRef, matter_ids: Sequence[str]
) -> Mapping[str, Sequence[MeetingMaterial]]:
    """Give documents that belong to matters going to a meeting (会议材料) by matter id; lists are joined."""


@spec
def decision_blockers(jurisdiction: JurisdictionRef, matter_ids: Sequence[str]) -> Mapping[str, Sequence[Blocker]]:
    """Say what keeps matters from a meeting or from issue (前置条件); any blocker blocks, failing counts as one."""


@spec
def collect_report_tables(
    jurisdiction: JurisdictionRef, year: int, agency_ids: Sequence[str]
) -> Sequence[ReportFigure]:
    """Give figures of these bodies for table two of the annual report (年度报告); equal keys of a body add up."""


@spec
def review_publication(jurisdiction: JurisdictionRef, publication_id: str) -> Sequence[Blocker]:
    """Object to a release (发布审查); any objection blocks, failing counts as one."""


@spec
def publication_released(jurisdiction: JurisdictionRef, publication_id: str) -> None:
    """Told after a release was committed (已发布); repeated until it succeeds, so be idempotent."""


@spec
def publication_withdrawn(jurisdiction: JurisdictionRef, publication_id: str) -> None:
    """Told after a public page was taken off (已撤下); repeated until it succeeds, so be idempotent."""


@spec
def verify_sealed(jurisdiction: JurisdictionRef) -> Sequence[str]:
    """Check what was sealed here against its digests (封存核验), one sentence per fault; `audit verify` joins them."""


@spec
def deliver_notice(jurisdiction: JurisdictionRef, notice: OutgoingNotice) -> bool:
    """Take a notice for your channel (通知渠道); the first plugin that answers True has it."""


@spec
def may_read_file(jurisdiction: JurisdictionRef, actor: Any, uses: Sequence[FileUse]) -> bool:
    """Say whether this person may read a file your own objects link to (附件查阅); any use that lets in is enough."""
