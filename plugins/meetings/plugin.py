"""Hook implementations of the meetings plugin (政务会议开放): thin, everything is done elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from core import hook
from core.contracts import (
    Blocker,
    FileUse,
    ImportKind,
    JobKind,
    JurisdictionRef,
    MatterUse,
    MenuEntry,
    Mount,
    Panel,
    Permission,
    PluginInfo,
    PublicDate,
    Schedule,
    Setting,
    SocketNamespace,
    TimelineEntry,
    WorkItem,
)
from core.db import write
from core.permissions import Actor
from core.web.admin import ConsoleView
from plugins.meetings import admin, demo, exchange, sockets, workflow
from plugins.meetings.api import apis
from plugins.meetings.commands import BENCHMARKS, COMMANDS, IMPORTERS
from plugins.meetings.documents import sealed
from plugins.meetings.exchange import desk, life_line, voices
from plugins.meetings.live import models as live_models
from plugins.meetings.live.permissions import LIVE_PERMISSIONS
from plugins.meetings.live.restored import begin_new_epochs
from plugins.meetings.oparl import blueprint as oparl
from plugins.meetings.permissions import PERMISSIONS
from plugins.meetings.portal import blueprint, calendar
from plugins.meetings.services import import_jobs, obligations, record_jobs, representatives, rules
from plugins.meetings.settings import SETTINGS
from plugins.meetings.tasks import SCHEDULES

__all__ = ["live_models", "workflow"]


@hook
def describe() -> PluginInfo:
    """政务会议开放."""
    return PluginInfo("meetings", _l("政务会议开放"), ("meetings",), _l("议题申报、会议公告、图文直播和会后公开"))


@hook
def register_blueprints() -> Sequence[Mount]:
    """Where the plugin answers."""
    return [
        Mount("portal", blueprint),
        Mount("calendar", calendar),
        Mount("oparl", oparl),
        *(Mount("api", api) for api in apis),
    ]


@hook
def register_admin_views() -> Sequence[ConsoleView]:
    """The pages of the console."""
    return admin.views()


@hook
def register_menu() -> Sequence[MenuEntry]:
    """Lines of the portal's and the console's menu."""
    return [
        MenuEntry("meetings", _l("政务会议"), "meetings.index", order=10, area="portal"),
        MenuEntry("meetings.applications", _l("议题申报"), "meetings_applications.index", 10, "core.staff"),
        MenuEntry(
            "meetings.representatives", _l("代表库"), "meetings_representatives.index", 15, representatives.RIGHT
        ),
        MenuEntry("meetings.meetings", lazy_pgettext("menu", "会议"), "meetings_meetings.index", 20, "core.staff"),
        MenuEntry("meetings.signups", _l("公众报名"), "meetings_signups.index", 25, "core.staff"),
        MenuEntry("meetings.live", _l("速录台"), "meetings_live.index", 30, "meetings.live_write"),
        MenuEntry("meetings.obligations", _l("会后公开"), "meetings_obligations.index", 40, "core.staff"),
        MenuEntry("meetings.slips", _l("代表意见"), "meetings_slips.index", 35, "core.staff"),
        MenuEntry("meetings.follow_ups", _l("对决定的意见"), "meetings_follow_ups.index", 45, "core.staff"),
        MenuEntry("meetings.rules", _l("会议开放规则"), "meetings_rules.index", 50, "core.staff"),
        MenuEntry("meetings.templates", _l("文档模板"), "meetings_templates.index", 60, "meetings.templates"),
    ]


@hook
def register_socket_namespaces() -> Sequence[SocketNamespace]:
    """The live text of open meetings."""
    return [SocketNamespace(sockets.PATH, sockets.LiveNamespace)]


@hook
def register_permissions() -> Sequence[Permission]:
    """Who may apply, approve, convene, invite, publish."""
    return (*PERMISSIONS, *LIVE_PERMISSIONS)


@hook
def register_settings() -> Sequence[Setting]:
    """Local rules."""
    return SETTINGS


@hook
def register_jobs() -> Sequence[JobKind]:
    """Long work that people start and watch."""
    return (*record_jobs.JOBS, *import_jobs.JOBS)


@hook
def register_importers() -> Sequence[ImportKind]:
    """`import representatives`, `import invitees`."""
    return IMPORTERS


@hook
def register_commands() -> Sequence[click.Command]:
    """`live replay`."""
    return COMMANDS


@hook
def register_schedules() -> Sequence[Schedule]:
    """Work that comes round by itself."""
    return SCHEDULES


@hook
def fill_demo(jurisdiction: JurisdictionRef, people: Mapping[str, Actor]) -> None:
    """A place with applications, meetings, a sealed record and duties."""
    demo.fill(jurisdiction, people)


@hook
def jurisdiction_enabled() -> None:
    """会8: nobody is invited under no rules."""
    with write():
        rules.ensure_first_version()


@hook
def review_publication(publication_id: str) -> Sequence[Blocker]:
    """会9: no policy document without its interpretation, by whatever door it leaves."""
    return obligations.objections(publication_id)


@hook
def publication_released(publication_id: str) -> None:
    """会9: a page released by another door meets the duty it was drafted for."""
    with write():
        obligations.met_by(publication_id)


@hook
def publication_withdrawn(publication_id: str) -> None:
    """会9: what was taken off is owed again."""
    with write():
        obligations.owed_again(publication_id)


@hook
def register_benchmarks() -> Sequence[click.Command]:
    """`bench live`."""
    return BENCHMARKS


@hook
def verify_sealed() -> list[str]:
    """The live texts of this jurisdiction: chain, texts, lines."""
    return list(sealed.faults())


@hook
def restored() -> None:
    """Live texts notice that history went back."""
    begin_new_epochs()


@hook
def collect_work_items(actor: Actor) -> Sequence[WorkItem]:
    """What waits for this person, and what he started."""
    return [*desk.work_items(actor), *voices.work_items(actor)]


@hook
def collect_matter_uses(actor: Actor, matter_ids: Sequence[str]) -> Sequence[MatterUse]:
    """Applications, where they are heard, and opinions on their decisions."""
    return exchange.matter_uses(actor, matter_ids)


@hook
def open_work() -> int:
    """What has not come to its end here."""
    return desk.open_work() + voices.open_work()


@hook
def portal_panels() -> Sequence[Panel]:
    """What is on now, what comes next, what was decided last."""
    return exchange.panels()


@hook
def collect_public_dates() -> Sequence[PublicDate]:
    """What can be followed now or soon."""
    return exchange.public_dates()


@hook
def collect_timeline(matter_ids: Sequence[str]) -> Mapping[str, Sequence[TimelineEntry]]:
    """From the approval to the answers on the decision, and what is still owed."""
    return life_line.timeline(matter_ids)


@hook
def may_read_file(actor: Actor, uses: Sequence[FileUse]) -> bool:
    """Meeting materials: staff concerned, and invitees who acknowledged the rules (会8)."""
    return exchange.may_read_file(actor, uses)
