"""The operator's commands of meetings: `live replay`, `live size`, `bench live｜embedded｜faults`, `import …`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.commands.output import as_json, say
from core.contracts import ImportKind, ImportReport
from core.db import write
from core.languages import listed
from core.permissions import SYSTEM
from core.refusals import Invalid, WrongState
from core.tables import TableError
from plugins.meetings import invitee_files, representative_files
from plugins.meetings.bench import embedded, fanout, report, size
from plugins.meetings.bench.faults import table as faults
from plugins.meetings.bench.faults.scenarios import SCENARIOS
from plugins.meetings.bench.picture import draw
from plugins.meetings.replay import operator
from plugins.meetings.replay.client import Client, ReplayError
from plugins.meetings.replay.player import Pace, Played, Tick, find, play
from plugins.meetings.services import applications, invitations, pool_intake
from plugins.meetings.transcripts import Transcript, TranscriptError, read
from plugins.meetings.workflow import APPLICATION
from plugins.meetings.workflow.plans import Invitee

T = TypeVar("T")


@click.group("live")
def live_group() -> None:
    """Live text of open meetings (图文直播)."""


@live_group.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--meeting", required=True, help="The meeting's id.")
@click.option("--speed", default=1.0, show_default=True, type=click.FloatRange(0), help="Lines a second; 0: no pause.")
@click.option("--url", help="Address of the server; without it the one running on this data folder.")
@click.option("--token", envvar="MINGTANG_TOKEN", help="Bearer token; without it one is made for this replay.")
@click.option("--in", "place", help="Slug of the meeting's jurisdiction; without it, it is looked for.")
@as_json
def replay(
    file: Path, meeting: str, speed: float, url: str | None, token: str | None, place: str | None, as_json: bool
) -> None:
    """Stream a transcript (Akoma Ntoso .xml, QMSum .json, VCSum .jsonl) into a meeting as live text.

    Opens the meeting when it is not in session yet. A lost connection is waited for; running the command again goes
    on where it stopped and writes no line twice.
    """
    try:
        transcript = read(file)
        if url and not token:
            raise click.UsageError("With --url a token is needed: --token, or MINGTANG_TOKEN in the environment.")
        address = url or operator.running_server()
        with nullcontext(token) if token else operator.token_for(meeting) as secret:
            client = Client(address, secret or "")
            try:
                played = _show(client, find(client, meeting, place), transcript, speed)
            finally:
                client.close()
    except (TranscriptError, ReplayError) as error:
        raise click.ClickException(str(error)) from error
    say(_sentence(transcript, played), asdict(played) | {"title": transcript.title, "url": address}, as_json=as_json)


def _sentence(transcript: Transcript, played: Played) -> str:
    counts = {"title": transcript.title, "n": played.lines, "seq": played.seq}
    told = str(_("%(title)s：%(n)s 行已在记录中，最后一行是第 %(seq)s 条。", **counts))
    if played.before:
        told += _("其中 %(n)s 行是先前写入的。", n=played.before)
    if played.events:
        told += _("会议已先办理：%(events)s。", events=listed(played.events))
    return told


def _show(client: Client, found: tuple[str, dict[str, object]], transcript: Transcript, speed: float) -> Played:
    """Play, with a bar on standard error when a person watches."""
    if not sys.stderr.isatty():
        return play(client, found, transcript, Pace(speed), lambda _number: None)
    with click.progressbar(length=len(transcript.lines), label=transcript.title[:30], file=sys.stderr) as bar:
        tick: Tick = lambda number: bar.update(number - bar.pos)  # noqa: E731
        return play(client, found, transcript, Pace(speed), tick)


def _aloud(what: str) -> None:
    """What is being measured, for a person who watches."""
    if sys.stderr.isatty():
        click.echo(what, err=True)


@live_group.command("size")
@click.option("--most", default=10_000, show_default=True, type=click.IntRange(250, 100_000), help="Readers to try.")
@click.option("--seconds", default=5.0, show_default=True, type=click.FloatRange(1, 600), help="Of each trial.")
@as_json
def live_size(most: int, seconds: float, *, as_json: bool) -> None:
    """Try out how many readers this machine holds at 5 and at 20 lines a second, before an event.

    Starts servers of its own on fresh data; what runs here goes on, and takes its share of the machine.
    """
    result = _measured(lambda: size.run(most, seconds, _aloud))
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else report.size(result))


@click.command("live")
@click.option(
    "--viewers",
    multiple=True,
    default=fanout.SIZES,
    show_default=True,
    type=click.IntRange(1, 60_000),
    help="Readers; may be given several times.",
)
@click.option("--seconds", default=4.0, show_default=True, type=click.FloatRange(1, 3600), help="Of each phase.")
@click.option(
    "--server",
    "servers",
    multiple=True,
    default=(*fanout.SERVERS, fanout.TWO),
    show_default=True,
    type=click.Choice([*fanout.SERVERS, fanout.TWO]),
    help="What is measured; two: two live processes beside one. May be given several times.",
)
@click.option("--picture", type=click.Path(dir_okay=False, path_type=Path), help="Draw the figures into this SVG file.")
@as_json
def bench_live(
    viewers: tuple[int, ...], seconds: float, servers: tuple[str, ...], picture: Path | None, *, as_json: bool
) -> None:
    """One line to thousands of readers, beside Node.js, stock Flask-SocketIO and the least a machine can do.

    Builds its readers (needs a C compiler), fetches the official Node.js server at the first run (needs npm). Exit code
    1 when a reader of the product lost or doubled a line.
    """
    result = _measured(lambda: fanout.run(fanout.Plan(viewers, seconds, servers), _aloud))
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else report.fanout(result))
    if picture:
        picture.write_text(draw(result, fanout.nearest(viewers)), "utf-8")
    if not fanout.sound(result):
        raise click.exceptions.Exit(1)


@click.command("embedded")
@click.option("--viewers", default=2_000, show_default=True, type=click.IntRange(1, 20_000))
@click.option("--rate", default=5.0, show_default=True, type=click.FloatRange(0.1, 200), help="Lines a second.")
@click.option("--seconds", default=20.0, show_default=True, type=click.FloatRange(1, 3600), help="Of each phase.")
@as_json
def bench_embedded(viewers: int, rate: float, seconds: float, *, as_json: bool) -> None:
    """The embedded default while readers follow, pages are read, a list comes in and a record goes out.

    Starts servers of its own on fresh data. Exit code 1 when a reader lost or doubled a line.
    """
    plan = embedded.Plan(viewers, rate, seconds)
    result = _measured(lambda: embedded.run(plan, _aloud))
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else report.embedded(result))
    if not embedded.sound(result):
        raise click.exceptions.Exit(1)


@click.command("faults")
@click.option(
    "--only",
    multiple=True,
    type=click.Choice([scenario.ident for scenario in SCENARIOS]),
    help="Which; may be given several times.",
)
@as_json
def bench_faults(only: tuple[str, ...], *, as_json: bool) -> None:
    """What goes wrong in a year, done on purpose: deaths, outages, crowds and hostile clients, each with its demand.

    Starts installations of its own on fresh data, with PostgreSQL and Redis where a fault is theirs; takes about an
    hour. Exit code 1 when a demand is not met or something could not be tried.
    """
    result = faults.run(SCENARIOS, only, _aloud)
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else report.faults(result))
    if not faults.sound(result):
        raise click.exceptions.Exit(1)


def _measured(measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return measure()
    except ReplayError as error:
        raise click.ClickException(str(error)) from error


def _take_pool(content: bytes, filename: str, *, dry_run: bool, tick: Callable[[int], None]) -> ImportReport:
    """A table of the representative pool."""
    found = _table(representative_files.read, content, filename)
    entries = list(found.entries.values())
    if dry_run:
        return ImportReport(Counter(pool_intake.statuses(entries)), found.faults)
    prepared = pool_intake.prepare(SYSTEM, entries, tick)
    with write():
        return ImportReport(pool_intake.take_in(SYSTEM, entries, prepared), found.faults)


def _take_invitees(
    content: bytes, filename: str, *, into: str, dry_run: bool, tick: Callable[[int], None]
) -> ImportReport:
    """An invited list, into an application that is still a draft: afterwards it is a change of plan (会7), and that
    is somebody's decision in the console.
    """
    found = _table(invitee_files.read, content, filename)
    people = [Invitee(**row.values()) for row in found.invitees]
    with nullcontext() if dry_run else write():
        item = applications.find(SYSTEM, into)
        if item.state != "draft":
            raise WrongState(APPLICATION.label(item.state))
        change = (invitations.preview if dry_run else invitations.add_people)(SYSTEM, item, people)
        tick(len(people))
    return ImportReport({"new": len(change.new), "unchanged": len(change.known)}, found.faults)


def _table(reader: Callable[[bytes, str], T], content: bytes, filename: str) -> T:
    try:
        return reader(content, filename)
    except TableError as no:
        raise Invalid({filename: [no.args[0]]}) from no


COMMANDS = (live_group,)
IMPORTERS = (
    ImportKind("representatives", _l("代表库"), _take_pool),
    ImportKind("invitees", _l("邀请名单"), _take_invitees, into=_l("议题草稿的编号")),
)
BENCHMARKS = (bench_live, bench_embedded, bench_faults)
