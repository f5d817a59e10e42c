"""R1 and R2: `kill -9` at chosen points, and what is there afterwards."""

from __future__ import annotations

import json
import random
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import MappingProxyType
from urllib.parse import urlsplit

from sqlalchemy import select

from core import jurisdictions, notices
from core.db import utcnow, write
from core.models import Notice
from plugins.meetings.bench.dying import AFTER, AT
from plugins.meetings.bench.faults.ending import ended
from plugins.meetings.bench.faults.followers import Followers
from plugins.meetings.bench.faults.table import Figures, Place
from plugins.meetings.bench.faults.writers import AWAY, Caller, Writers
from plugins.meetings.bench.sites import PLACE, Environ, Process, Site, mails, wait_until
from plugins.meetings.live.record import check_record

EMIT = "plugins.meetings.live.hints:give"
"""Called after each commit of a line; readers are told because of it."""
COMMIT = "core.db:Session.commit"
TAILER = "plugins.meetings.live.tailer:Tailer._take"
TASK = "core.notices:_deliver"
MIGRATION = "alembic.operations:Operations.create_table"
BACKUP = "core.backup:_write_archive"
SEED, PATIENCE = 20261124, 90.0
MOST_PASSES = 20
IMPORTED = 300


def between_commit_and_emit(
    place: Place, *, kills: int, writers: int, readers: int, begun: Callable[[str], None] | None = None
) -> Figures:
    """R1: the server dies after a commit, before anybody is told of it, again and again.

    `begun` is told the server's address when the meeting is in session; it may bring readers of its own.
    """
    site, chance = place.site, random.Random(SEED)  # noqa: S311 — spreads deaths, protects nothing
    server = site.start("run", "web", "--port", "0").ready()
    site.open_meeting(server.url)
    asked = site.join(server.url)
    followers = Followers([server.url], asked, readers)
    work = Writers(site, [server.url], lines=1_000_000, pause=0.01)
    if begun:
        begun(server.url)
    with followers.reading():
        with work.working(writers):
            for _ in range(kills):
                server = _restarted(site, server, _death(EMIT, chance.randrange(MOST_PASSES)))
                server.popen.wait(PATIENCE)  # a writer may bring its death before it has said that it is ready
            server = _again(site, server)
            work.enough.set()
        figures = ended(site, server.url, work, followers)
    return figures | {"kills": kills, "lines": len(work.book.acknowledged)}


def _again(site: Site, server: Process, environ: Environ = MappingProxyType({})) -> Process:
    """End it with a kill and start it anew on the same port; with `environ` it will die."""
    return _restarted(site, server, environ).ready()


def _restarted(site: Site, server: Process, environ: Environ) -> Process:
    """The same without waiting until it answers."""
    server.end(signal.SIGKILL)
    started = site.start("run", "web", "--port", str(urlsplit(server.url).port), environ=environ)
    started.url = server.url
    return started


def _death(point: str, passes: int) -> dict[str, str]:
    return {AT: point, AFTER: str(passes)}


# --- R2 --------------------------------------------------------------------------------------------


def at_other_points(place: Place, *, points: Sequence[str], times: int) -> Figures:
    """R2: each of these deaths, so often; what was begun is undone or done once, and the site answers again."""
    site, slowest, broken = place.site, 0.0, 0
    server = site.start("run", "web", "--port", "0").ready()
    site.open_meeting(server.url)
    for _ in range(times):
        for point in points:
            server, seconds, whole = POINTS[point](place, server)
            slowest, broken = max(slowest, seconds), broken + (not whole)
    record = site.seal(server.url)
    server.end()
    verified = site.run("audit", "verify")
    return {
        "deaths": times * len(points), "back_s": round(slowest, 1), "undone_or_doubled": broken,
        "digest_faults": len(list(check_record(record))), "invariants_broken": int(verified.returncode != 0),
    }  # fmt: skip


After = tuple[Process, float, bool]
"""The server that runs now, how long until all was back, and whether what was begun is there once or not at all."""


def _before_commit(place: Place, server: Process) -> After:
    """A line whose transaction was never committed was never said; with the same key it is said once."""
    server = _again(place.site, server, _death(COMMIT, 0))
    before, key = _head(place.site, server.url), secrets.token_hex(16)
    _say(place.site, server.url, key)
    server.popen.wait(PATIENCE)
    server, seconds = _back(place.site, server)
    undone = _head(place.site, server.url) == before
    _say(place.site, server.url, key)
    _say(place.site, server.url, key)
    return server, seconds, undone and _head(place.site, server.url) == before + 1


def _in_tailer(place: Place, server: Process) -> After:
    """A line that was read for its readers and not sent reaches them when they are back."""
    server = _again(place.site, server, _death(TAILER, 3))
    followers = Followers([server.url], place.site.join(server.url), 1)
    with followers.reading():
        _say(place.site, server.url, secrets.token_hex(16))
        server.popen.wait(PATIENCE)
        server, seconds = _back(place.site, server)
        return server, seconds, followers.reach(_head(place.site, server.url), PATIENCE)


def _in_task(place: Place, server: Process) -> After:
    """A mail the worker had taken and not sent is sent once, by the next one, when the claim has run out."""
    site, key = place.site, secrets.token_hex(8)
    before = mails(site)
    with site.inside(), jurisdictions.enter(jurisdictions.by_slug(PLACE)), write():
        notices.send(key, "email", subject="题", address="a@example.org")
    worker = site.start("run", "worker", "--with-parent", environ=_death(TASK, 0))
    worker.popen.wait(PATIENCE)
    worker.end()
    with site.inside(), jurisdictions.enter(jurisdictions.by_slug(PLACE)), write() as session:
        row = session.scalars(select(Notice).where(Notice.key == key)).one()
        unsent, row.due_at = row.sent_at is None, utcnow()
    began = time.monotonic()
    worker = site.start("run", "worker", "--with-parent")
    wait_until(lambda: mails(site) > before, PATIENCE)
    seconds = time.monotonic() - began
    worker.end()
    return server, seconds, unsent and mails(site) == before + 1


def _in_migration(place: Place, server: Process) -> After:
    """Tables half made: the same command makes the rest."""
    name = f"fresh-{secrets.token_hex(4)}"
    database = {"DATABASE_URL": place.postgres.database(name)} if place.postgres else {}
    fresh = Site(place.site.data / name, database, place.site.ends)
    died = fresh.run("db", "upgrade", environ=_death(MIGRATION, 6))
    again, seconds = _timed(lambda: fresh.run("db", "upgrade"))
    return server, seconds, died.returncode < 0 and again and fresh.run("db", "check").returncode == 0


def _in_import(place: Place, server: Process) -> After:
    """A list that was not taken in whole was not taken in at all."""
    batch, table = secrets.token_hex(3), place.site.data / "pool.csv"
    people = (f"测试{batch}{number},人大代表,某街道{number}号\n" for number in range(IMPORTED))
    table.write_text("姓名,类别,单位\n" + "".join(people), "utf-8-sig")
    words = ("import", "representatives", str(table), "--in", PLACE, "--json")
    died = place.site.run(*words, environ=_death(COMMIT, 0))
    began = time.monotonic()
    done = place.site.run(*words)
    seconds = time.monotonic() - began
    taken = json.loads(done.stdout) if done.returncode == 0 else {}
    return server, seconds, died.returncode < 0 and taken.get("new") == IMPORTED


def _in_backup(place: Place, server: Process) -> After:
    """There is no half backup under the name of a whole one; the next one is sound."""
    if place.postgres is not None:
        return server, 0.0, True  # its backups are its own affair
    file = place.site.data / f"{secrets.token_hex(4)}.tar.gz"
    died = place.site.run("backup", "create", "--to", str(file), environ=_death(BACKUP, 0))
    none = not file.exists()
    again, seconds = _timed(lambda: place.site.run("backup", "create", "--to", str(file)))
    sound = place.site.run("backup", "verify", str(file)).returncode == 0
    return server, seconds, died.returncode < 0 and none and again and sound


def _timed(command: Callable[[], subprocess.CompletedProcess[str]]) -> tuple[bool, float]:
    began = time.monotonic()
    return command().returncode == 0, time.monotonic() - began


def _back(site: Site, server: Process) -> tuple[Process, float]:
    """Started again; the seconds until it reads the record out."""
    began = time.monotonic()
    server = _again(site, server)
    _head(site, server.url)
    return server, time.monotonic() - began


def _head(site: Site, url: str) -> int:
    """Where the live text stands, by the way of readers."""
    return int(Caller(url).ask("GET", f"{site.live}?after=0&limit=1").data["head"])


def _say(site: Site, url: str, key: str) -> None:
    """A line; the server may die of it."""
    body = {"type": "speech", "speaker": "主持人", "text": f"话{key[:8]}"}
    with suppress(*AWAY):
        Caller(url, site.tokens["writer"]).ask("POST", f"{site.live}/posts", body, Idempotency_Key=key)


POINTS: dict[str, Callable[[Place, Process], After]] = {
    "a commit": _before_commit,
    "the tailer": _in_tailer,
    "a task": _in_task,
    "a migration": _in_migration,
    "an import": _in_import,
    "a backup": _in_backup,
}
