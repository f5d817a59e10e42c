"""`./mingtang doctor`: what is wrong with an installation, each with the command or setting that mends it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from core import heartbeat, migrate, soundness
from core.db import all_jurisdictions, db, utcnow
from core.models import Account, Announcement, CalendarDay, Jurisdiction, Notice

FREE_BYTES = 500 * 1024 * 1024
LATE = timedelta(minutes=10)


@dataclass(frozen=True)
class Finding:
    """One sentence with its mend; `wrong` means that something does not work, else it is worth knowing."""

    sentence: str
    wrong: bool = True


def findings(app: Flask) -> Iterator[Finding]:
    """Look at files, database, work left undone and settings, in this order."""
    yield from _files(app)
    try:
        behind = migrate.pending()
    except SQLAlchemyError as error:
        yield Finding(f"The database does not answer ({type(error).__name__}): check DATABASE_URL and that it runs.")
        return
    if behind:
        yield Finding(f"The tables of {', '.join(behind)} are behind the code: run ./mingtang db upgrade.")
        return
    yield from _database()
    with all_jurisdictions("doctor counts work left undone"):
        yield from _work()
    if faults := sum(map(len, soundness.last_faults().values())):
        yield Finding(f"The last check of audit chains and records found {faults} faults: run ./mingtang audit verify.")
    yield from _settings(app)


def _files(app: Flask) -> Iterator[Finding]:
    data: Path = app.config["DATA"]
    free = shutil.disk_usage(data).free
    if free < FREE_BYTES:
        yield Finding(f"Only {free // 1024 // 1024} MB are free where {data} lies: make room.")
    key = data / "secret.key"
    if key.exists() and key.stat().st_mode & 0o077:
        yield Finding(f"Others on this machine may read {key}: run chmod 600 on it.")
    if not (Path(app.static_folder or "") / "vendor/socket.io.esm.min.js").exists():
        yield Finding("The browser files are missing: delete core/static/vendor and run ./mingtang again.")


def _database() -> Iterator[Finding]:
    if db.engine.dialect.name != "sqlite":
        return
    result = db.session.scalar(text("PRAGMA quick_check(1)"))
    if result != "ok":
        yield Finding(f"The database file is damaged ({result}): restore a backup into an empty folder.")


def _work() -> Iterator[Finding]:
    late = utcnow() - LATE
    state = heartbeat.state()
    if state == "late":
        yield Finding("The worker has not been heard of for a minute: start ./mingtang serve or ./mingtang run worker.")
    elif state == "never seen":
        yield Finding("No worker has run on this data folder yet.", wrong=False)
    notices = select(func.count()).select_from(Notice).where(Notice.sent_at.is_(None), Notice.due_at < late)
    if count := db.session.scalar(notices):
        yield Finding(f"{count} notices wait for longer than ten minutes: look at MINGTANG_SMTP_URL and the worker.")
    calls = (
        select(func.count()).select_from(Announcement).where(Announcement.done_at.is_(None), Announcement.due_at < late)
    )
    if count := db.session.scalar(calls):
        yield Finding(
            f"{count} announcements between plugins wait for longer than ten minutes: look at the worker's log."
        )
    if db.session.scalar(select(Jurisdiction.id).limit(1)) is None:
        yield Finding(
            "There is no jurisdiction yet: run ./mingtang serve, or ./mingtang jurisdictions add.", wrong=False
        )
    elif db.session.scalar(select(Account.id).limit(1)) is None:
        yield Finding("There is no account yet: ./mingtang serve makes the three administrators.", wrong=False)
    year = utcnow().year
    known = {day.year for day in db.session.scalars(select(CalendarDay.day))}
    if year not in known:
        yield Finding(f"The working days of {year} are provisional: import the notice with ./mingtang calendar import.")


def _settings(app: Flask) -> Iterator[Finding]:
    if not app.config["PUBLIC_URL"]:
        yield Finding("MINGTANG_PUBLIC_URL is not set: links in e-mails lead to this machine only.", wrong=False)
    if not app.config["SMTP_URL"]:
        yield Finding(
            f"MINGTANG_SMTP_URL is not set: e-mails are written to {app.config['DATA'] / 'mail'}.", wrong=False
        )
