"""Backups (备份): one file with database, uploads and key, made while the product runs, checked by digest.

The database is copied by SQLite's own backup interface: a copied WAL file is broken more often than not. Uploads are
stored before the row that names them and never change, so copying them after the database gives every row its bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import click
from flask import current_app

from core import accounts, audit, jurisdictions, migrate, plugins
from core.db import db, utcnow, write
from core.permissions import SYSTEM
from core.refusals import NotFound
from core.workdays import LOCAL

FORMAT = "mingtang-backup-1"
DATABASE, KEY, MANIFEST = "mingtang.db", "secret.key", "manifest.json"
MEMBER = re.compile(rf"{DATABASE}|{KEY}|{MANIFEST}|files/([0-9a-f]{{2}})/\1[0-9a-f]{{62}}")
CHUNK = 1024 * 1024
Watch = Callable[[list[str]], AbstractContextManager[Any]]
"""Shows progress: gets the names to come, gives them back one by one."""


class BackupError(click.ClickException):
    """The backup cannot be made or used; one sentence."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself: digests by name, and uploads that were missing already when it was made."""

    created_at: str
    digests: dict[str, str]
    missing: list[str]
    format: str = FORMAT


def create(target: Path | None = None, watch: Watch = nullcontext) -> tuple[Path, Manifest]:
    """Write a backup, by default into DATA/backups; `target` is a file or an existing folder. Nothing is overwritten.

    Raises:
        BackupError: the database is not SQLite, the target exists, or it cannot be written.
    """
    path = _target(target)
    if path.exists():
        raise BackupError(f"{path} exists already.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as folder:
            copy, part = Path(folder) / DATABASE, Path(folder) / "part"
            _copy_database(copy)
            manifest = _write_archive(part, copy, watch)
            part.replace(path)
    except OSError as error:
        raise BackupError(f"The backup cannot be written to {path.parent} ({error.strerror}).") from error
    _record("core.backup.create", {"file": path.name, "uploads": len(manifest.digests) - 2})
    return path, manifest


def verify(path: Path) -> Manifest:
    """Read a backup whole: every digest, the database's integrity, every upload its rows name.

    Raises:
        BackupError: with the first fault.
    """
    with tempfile.TemporaryDirectory() as folder:
        manifest = _unpack(path, Path(folder), keep={DATABASE})
        _check_database(Path(folder) / DATABASE, manifest)
    return manifest


def restore(path: Path) -> Manifest:
    """Put a backup into this data folder, which holds no database yet; the database comes last, so a cut one repeats.

    Plugins are told (`restored`), so that readers of live text notice that history went back.

    Raises:
        BackupError: the folder is in use, or the backup is not sound.
    """
    data = Path(current_app.config["DATA"])
    if _database_path().exists() and not _is_blank(_database_path()):
        raise BackupError(f"{data} holds an installation already; restore into an empty folder with --data.")
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=data) as folder:
        manifest = _unpack(path, Path(folder))
        _check_database(Path(folder) / DATABASE, manifest)
        for name in sorted(manifest.digests, key=lambda name: name == DATABASE):
            (data / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / name).replace(data / name)
    if "MINGTANG_SECRET_KEY" not in os.environ:
        current_app.config["SECRET_KEY"] = (data / KEY).read_text().strip()
    migrate.upgrade()
    _tell_plugins()
    _record("core.backup.restore", {"made": manifest.created_at})
    return manifest


# --- writing ---------------------------------------------------------------------------------------


def _target(target: Path | None) -> Path:
    name = f"mingtang-{utcnow().astimezone(LOCAL):%Y%m%d-%H%M%S}.tar.gz"
    if target is None:
        return Path(current_app.config["DATA"]) / "backups" / name
    return target / name if target.is_dir() else target


def _database_path() -> Path:
    if db.engine.dialect.name != "sqlite":
        raise BackupError(
            "This installation is on a database server: back it up with the server's own tools (pg_dump)."
        )
    return Path(str(db.engine.url.database))


def _copy_database(copy: Path) -> None:
    source = _database_path()
    if not source.exists():
        raise BackupError("There is no database yet; nothing to back up.")
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(copy)) as target:
        live.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")


def _write_archive(part: Path, database: Path, watch: Watch) -> Manifest:
    data = Path(current_app.config["DATA"])
    names = [f"files/{sha256[:2]}/{sha256}" for sha256 in _stored_files(database)]
    missing = [name for name in names if not (data / name).exists()]
    digests: dict[str, str] = {}
    part.touch(0o600)
    with part.open("r+b") as raw:
        with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=1) as archive:
            for name, path in ((DATABASE, database), (KEY, data / KEY)):
                digests[name] = _add(archive, name, path)
            with watch([name for name in names if name not in missing]) as present:
                for name in present:
                    digests[name] = _add(archive, name, data / name)
            manifest = Manifest(utcnow().isoformat(timespec="seconds"), digests, missing)
            text = json.dumps(asdict(manifest), indent=1).encode()
            archive.addfile(_member(MANIFEST, len(text)), io.BytesIO(text))
        raw.flush()
        os.fsync(raw.fileno())
    return manifest


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        archive.addfile(_member(name, path.stat().st_size), file)
    return digest


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(utcnow().timestamp())
    return member


def _stored_files(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [sha256 for (sha256,) in connection.execute("SELECT sha256 FROM core_stored_file ORDER BY sha256")]


def _is_blank(database: Path) -> bool:
    """True for the empty file that any command leaves which looks into an empty folder."""
    with closing(sqlite3.connect(database)) as connection:
        return bool(connection.execute("SELECT count(*) = 0 FROM sqlite_master").fetchone()[0])


# --- reading ---------------------------------------------------------------------------------------


def _unpack(path: Path, folder: Path, keep: set[str] | None = None) -> Manifest:
    """Check every member's digest and write it below `folder` (only those in `keep`, if given)."""
    found: dict[str, str] = {}
    said: dict[str, Any] = {}
    try:
        for name, stream in _members(path):
            if name == MANIFEST:
                said = json.load(stream)
            else:
                found[name] = _take(stream, folder / name if keep is None or name in keep else None)
    except (OSError, EOFError, tarfile.TarError, ValueError, zlib.error) as error:
        raise BackupError(f"{path.name} is damaged or no backup of Mingtang.") from error
    if said.get("format") != FORMAT:
        raise BackupError(f"{path.name} is incomplete or no backup of Mingtang.")
    manifest = Manifest(**said)
    wrong = sorted(name for name in found.keys() | manifest.digests if found.get(name) != manifest.digests.get(name))
    if wrong:
        raise BackupError(f"{path.name} is damaged: {wrong[0]} is not what was backed up.")
    return manifest


def _members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(path, mode="r:gz") as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isreg() else None
            if stream is None or not MEMBER.fullmatch(member.name):
                raise BackupError(f"{path.name} holds «{member.name}», which no backup of Mingtang does.")
            yield member.name, stream


def _take(stream: IO[bytes], target: Path | None) -> str:
    """The digest of a member, which is written to `target` on the way."""
    digest = hashlib.sha256()
    with ExitStack() as stack:
        file = stack.enter_context(_new_file(target)) if target else None
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            if file:
                file.write(chunk)
    return digest.hexdigest()


def _new_file(target: Path) -> IO[bytes]:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(0o600, exist_ok=False)
    return target.open("r+b")


def _check_database(database: Path, manifest: Manifest) -> None:
    try:
        with closing(sqlite3.connect(database)) as connection:
            state = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            orphans = connection.execute("PRAGMA foreign_key_check").fetchone()
        named = _stored_files(database)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"The database in the backup is damaged ({error}).") from error
    if state != "ok" or orphans:
        raise BackupError(
            f"The database in the backup is damaged ({state if state != 'ok' else 'rows without parent'})."
        )
    for sha256 in named:
        name = f"files/{sha256[:2]}/{sha256}"
        if name not in manifest.missing and manifest.digests.get(name) != sha256:
            raise BackupError(f"The backup lacks the upload {sha256}, which its database names.")


# --- after -----------------------------------------------------------------------------------------


def _tell_plugins() -> None:
    for place in jurisdictions.everywhere():
        with jurisdictions.enter(place), write():
            for name in plugins.installed().names:
                list(plugins.installed().call_one(name, "restored", jurisdiction=place))


def _record(action: str, data: dict[str, Any]) -> None:
    try:
        root = accounts.root()
    except NotFound:
        return  # an installation without a city has no audit chain yet
    with jurisdictions.enter(root), write():
        audit.record(SYSTEM, action, "core.backup", root.id, data=data)
