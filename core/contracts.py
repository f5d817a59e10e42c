"""The frozen dataclasses that travel through hooks. Plugins import them from `core`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.refusals import Refusal


@dataclass(frozen=True)
class JurisdictionRef:
    """A jurisdiction (本级) as hooks and services see it; `lineage` runs from itself to the root, as ids."""

    id: str
    slug: str
    name: str
    name_en: str
    lineage: tuple[str, ...]

    @property
    def is_root(self) -> bool:
        """True for the city itself."""
        return len(self.lineage) == 1


@dataclass(frozen=True)
class PluginInfo:
    """What a plugin says of itself: `name` is its folder and address part."""

    name: str
    title: Any
    regulations: tuple[str, ...] = ()
    summary: Any = ""


@dataclass(frozen=True)
class Mount:
    """A Flask blueprint and the area the core mounts it in.

    portal: /<jurisdiction>/<plugin>/ · api: /api/v1/<jurisdiction>/<plugin>/ ·
    console: /admin/<jurisdiction>/<plugin>/ · calendar: /<jurisdiction>/<plugin>.ics, a blueprint whose one rule is ""
    · oparl: /oparl/v1/, of one plugin alone, whose own rules name the jurisdiction.
    The core puts the gate of the plugin before each.
    """

    area: str
    blueprint: Any


@dataclass(frozen=True)
class MenuEntry:
    """A line of the console or portal menu; shown where `permission` (if any) is held."""

    key: str
    label: Any
    endpoint: str
    order: int = 100
    permission: str | None = None
    area: str = "console"


@dataclass(frozen=True)
class SocketNamespace:
    """A Socket.IO namespace: the handler class refuses connect and join through `core.web.sockets`."""

    path: str
    handler: Any


@dataclass(frozen=True)
class Permission:
    """A right (权限) and the roles that hold it.

    `agency` names the object's attribute that an agency-bound role must match: an agency's id, or a frozenset of
    them where several bodies share the right; None = any agency-bound role counts in the whole jurisdiction.
    `installation` rights count from a grant in the root jurisdiction.
    """

    key: str
    label: Any
    roles: tuple[str, ...]
    agency: str | None = "agency_id"
    installation: bool = False


@dataclass(frozen=True)
class Setting:
    """A local rule (本地规则) with its default; `source` says where the default comes from."""

    key: str
    label: Any
    default: Any
    kind: type = int
    article: str = ""
    source: Any = ""


@dataclass(frozen=True)
class Schedule:
    """A periodic task: dotted Celery task name and seconds between runs."""

    key: str
    task: str
    seconds: float


@dataclass(frozen=True)
class JobKind:
    """A kind of background job (后台任务): `run(work)` does one in the worker and gets a `core.jobs.Work`.

    `key` begins with the plugin's name. `run` returns a `core.jobs.Result`, or has finished by `work.finish` itself.
    """

    key: str
    label: Any
    run: Callable[[Any], Any]


@dataclass(frozen=True)
class ImportFault:
    """What is wrong in a row of a table; `column` is the column's label, empty where the whole row is meant."""

    row: int
    column: Any
    detail: Any


@dataclass(frozen=True)
class ImportRow:
    """A row as a preview shows it: its number, what it does (a key of the report's `counts`), and cells by label."""

    number: int
    outcome: str
    cells: Mapping[str, str]
    note: Any = ""


@dataclass(frozen=True)
class ImportReport:
    """What a table does, or did: rows by outcome (new, unchanged …), its faults, and with `dry_run` its first rows."""

    counts: Mapping[str, int]
    faults: Sequence[ImportFault] = ()
    shown: Sequence[ImportRow] = ()


@dataclass(frozen=True)
class ImportField:
    """A field a table may fill (列对应): `choices` are its values where they are few, by identifier.

    One value for the whole file may be chosen where `whole_file` is set.
    """

    name: str
    label: Any
    choices: Callable[[], Mapping[str, Any]] | None = None
    whole_file: bool = False


@dataclass(frozen=True)
class ImportChoice:
    """Who imports, which heading fills which field (else found by name), and values that hold for every row."""

    actor: Any
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportKind:
    """A kind of table for `./mingtang import KEY FILE --in SLUG [--into ID]`.

    `run(content, filename, *, dry_run, tick)` works in the jurisdiction as the operator and returns an `ImportReport`;
    rows with faults are left out, everything else is written in one `write()`, or nothing with `dry_run`. `tick` hears
    how many rows are done. What cannot be read raises `core.Invalid`. The same file twice changes nothing.
    `into` names the object whose id must be given with `--into`; `run` gets the id as `into=`.

    With `fields` the kind has a page in the console too, for who holds `permission`: `run` gets an `ImportChoice` as
    `choice=`, and may write in several `write()`s, since what is cut off goes on at the next attempt. `outcomes` are
    the words for what a row does.
    """

    key: str
    label: Any
    run: Callable[..., ImportReport]
    into: Any = None
    permission: str = ""
    fields: tuple[ImportField, ...] = ()
    outcomes: Mapping[str, Any] = field(default_factory=dict)
    hint: Any = ""


@dataclass(frozen=True)
class Panel:
    """A block on a jurisdiction's portal home: template and its data; empty panels are not returned."""

    key: str
    title: Any
    template: str
    data: Mapping[str, Any]
    order: int = 100


@dataclass(frozen=True)
class WorkItem:
    """One line of somebody's desk (待办): what, until when, where to go, or why it cannot go on."""

    key: str
    title: str
    what: Any
    url: str
    due_at: datetime | None = None
    clock_id: str | None = None
    group: str = "waiting"
    """waiting 待我办理 · started 我发起的."""


@dataclass(frozen=True)
class MatterUse:
    """Something that belongs to a matter, as staff see it before merging: what it is, its title and its page."""

    kind: Any
    title: str
    url: str = ""


@dataclass(frozen=True)
class TimelineEntry:
    """One step on a matter's public life-line; only what the public may see.

    A step is taken at `at`; one that is `owed` is still to be taken, before `at`: the midnight after its last day.
    """

    key: str
    at: datetime
    label: Any
    title: str
    url: str = ""
    unit: str = ""
    """Who did it, or who owes it."""
    owed: bool = False
    clock_id: str | None = None
    """The core clock of what is owed: until when, and how that was counted."""


@dataclass(frozen=True)
class PublicDate:
    """Something the public may attend or follow (公开日程): on now, or still to come."""

    key: str
    at: datetime
    title: str
    url: str
    live: bool = False
    """On right now: shown first and marked 直播中."""
    unit: str = ""
    note: Any = ""
    """One short line: what is being dealt with, or how to take part."""


@dataclass(frozen=True)
class MeetingMaterial:
    """A document another plugin contributes to an agenda item, e.g. the adoption summary (会5)."""

    key: str
    kind: str
    title: str
    attachment_id: str | None = None
    url: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReportFigure:
    """A figure of table two (主动公开) of a body's annual report: `key` of `disclosure.values_reports.FIGURES`.

    Counts; fees are in integer 分. `agency_id` is one of the bodies asked for.
    """

    key: str
    agency_id: str
    value: int


@dataclass(frozen=True)
class Gap:
    """Shown where a plugin failed to answer: never silently less."""

    plugin: str
    message: Any


@dataclass(frozen=True)
class Collected:
    """What `collect` brings: answers in explicit order, and the gaps."""

    items: tuple[Any, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class FileUse:
    """Where a file is used: `subject_type` begins with the plugin's name; audience is public, invited or staff."""

    subject_type: str
    subject_id: str
    audience: str


@dataclass(frozen=True)
class OutgoingNotice:
    """A notice as channels see it."""

    id: str
    channel: str
    address: str
    subject: str
    body: str
    link: str
    calendar: str = ""
    """An appointment (RFC 5545) with its METHOD; empty: none."""


Blocker = Refusal
"""An objection of a partner plugin to a decision or a publication; its code goes into `errors[]`."""

DemoFiller = Callable[[JurisdictionRef, Mapping[str, Any]], None]
