"""Backups made while the product runs, checked by digest, restored into an empty folder."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sqlite3
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from core import audit, backup, jurisdictions, migrate, plugins, storage
from core.app import create_app
from core.backup import BackupError
from core.contracts import JurisdictionRef
from core.db import db, write
from core.models import Attachment, AuditEntry, Matter
from core.permissions import SYSTEM

pytestmark = pytest.mark.sqlite


@pytest.fixture
def upload(county: JurisdictionRef) -> str:
    """An upload of the county; its digest."""
    staged = storage.stage(io.BytesIO("会议材料".encode()), "材料.txt")
    with write():
        return storage.keep(SYSTEM, staged).sha256


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Flask]:
    """A second installation on an empty folder."""
    app = create_app(DATA=tmp_path / "elsewhere", TESTING=True)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def rebuilt(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of a backup with its members changed."""
    with tarfile.open(source) as archive:
        members = {item.name: archive.extractfile(item).read() for item in archive}  # type: ignore[union-attr]
    change(members)
    with tarfile.open(target, "w:gz") as archive:
        for name, content in members.items():
            item = tarfile.TarInfo(name)
            item.size = len(content)
            archive.addfile(item, io.BytesIO(content))
    return target


def test_a_backup_holds_everything_and_nobody_else_reads_it(app: Flask, upload: str, tmp_path: Path) -> None:
    path, manifest = backup.create(tmp_path / "b.tar.gz")
    assert path.stat().st_mode & 0o777 == 0o600
    assert manifest.digests[f"files/{upload[:2]}/{upload}"] == upload
    assert {"mingtang.db", "secret.key"} < set(manifest.digests)
    assert backup.verify(path) == manifest
    assert [item.name for item in tmp_path.iterdir() if item.name.startswith(".")] == []
    with jurisdictions.enter(jurisdictions.by_slug("zunyi")):
        assert "core.backup.create" in db.session.scalars(select(AuditEntry.action)).all()


def test_the_default_place_is_in_the_data_folder(app: Flask) -> None:
    path, _ = backup.create()
    assert path.parent == app.config["DATA"] / "backups"
    assert path.name.startswith("mingtang-2")


def test_restored_elsewhere_with_key_and_chain_and_plugins_told(
    app: Flask, upload: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = backup.create(tmp_path / "b.tar.gz")
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(
        plugins.Plugins,
        "call_one",
        lambda _self, name, hook, jurisdiction: iter([told.append((hook, f"{name} {jurisdiction.slug}"))]),
    )
    other = create_app(DATA=tmp_path / "elsewhere", TESTING=True, PLUGINS=())
    other.extensions["mingtang.plugins"].infos["club"] = object()
    with other.app_context():
        backup.restore(path)
        assert [("restored", f"club {slug}") for slug in ("zunyi", "huichuan", "meitan")] == told
        with jurisdictions.enter(jurisdictions.by_slug("huichuan")):
            found = db.session.scalars(select(Attachment)).one()
            assert storage.path_of(found.sha256).read_bytes() == "会议材料".encode()
            assert list(audit.verify()) == []
        with jurisdictions.enter(jurisdictions.by_slug("zunyi")):
            assert list(audit.verify()) == []
        db.session.remove()
        db.engine.dispose()


def test_an_installation_is_never_overwritten(app: Flask, upload: str, tmp_path: Path) -> None:
    path, _ = backup.create(tmp_path / "b.tar.gz")
    with pytest.raises(BackupError, match="exists already"):
        backup.create(path)
    with pytest.raises(BackupError, match="holds an installation already"):
        backup.restore(path)
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")):
        assert db.session.scalars(select(Attachment)).one().sha256 == upload


def test_an_older_backup_is_upgraded(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, _ = backup.create(tmp_path / "b.tar.gz")
    other = create_app(DATA=tmp_path / "elsewhere", TESTING=True)
    upgraded: list[bool] = []
    original = migrate.upgrade
    monkeypatch.setattr(migrate, "upgrade", lambda: upgraded.append(True) or original())
    with other.app_context():
        backup.restore(path)
        assert (upgraded, migrate.pending()) == ([True], [])
        db.session.remove()
        db.engine.dispose()


def _flip(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name.startswith("files/"))
    members[name] = b"x" + members[name][1:]


def _drop_upload(members: dict[str, bytes]) -> None:
    del members[next(name for name in members if name.startswith("files/"))]


def _drop_upload_and_say_so(members: dict[str, bytes]) -> None:
    said = json.loads(members["manifest.json"])
    name = next(name for name in members if name.startswith("files/"))
    del members[name], said["digests"][name]
    members["manifest.json"] = json.dumps(said).encode()


def _drop_manifest(members: dict[str, bytes]) -> None:
    del members["manifest.json"]


def _escape(members: dict[str, bytes]) -> None:
    members["../outside"] = b"x"


def _break_database(members: dict[str, bytes]) -> None:
    broken = members["mingtang.db"][:5000] + b"\0" * 5000 + members["mingtang.db"][10000:]
    said = json.loads(members["manifest.json"])
    said["digests"]["mingtang.db"] = hashlib.sha256(broken).hexdigest()
    members |= {"mingtang.db": broken, "manifest.json": json.dumps(said).encode()}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_flip, "is not what was backed up"),
        (_drop_upload, "is not what was backed up"),
        (_drop_upload_and_say_so, "lacks the upload"),
        (_drop_manifest, "incomplete or no backup"),
        (_escape, "which no backup of Mingtang does"),
        (_break_database, "database in the backup is damaged"),
    ],
)
def test_a_changed_backup_is_refused_and_leaves_nothing(
    app: Flask, upload: str, elsewhere: Flask, tmp_path: Path, change: Callable[[dict[str, bytes]], None], sentence: str
) -> None:
    with app.app_context():
        path, _ = backup.create(tmp_path / "b.tar.gz")
    bad = rebuilt(path, tmp_path / "bad.tar.gz", change)
    for use in (backup.verify, backup.restore):
        with pytest.raises(BackupError, match=sentence):
            use(bad)
    assert not (elsewhere.config["DATA"] / "mingtang.db").exists()
    assert not list((elsewhere.config["DATA"] / "files").iterdir())
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("content", [b"", b"not a backup", gzip.compress(b"x" * 5000, mtime=0)])
def test_what_is_no_backup_is_refused(app: Flask, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.tar.gz").write_bytes(content)
    with pytest.raises(BackupError, match="no backup of Mingtang"):
        backup.verify(tmp_path / "b.tar.gz")


def test_a_cut_backup_is_refused(app: Flask, upload: str, tmp_path: Path) -> None:
    path, _ = backup.create(tmp_path / "b.tar.gz")
    whole = path.read_bytes()
    for share in (0.2, 0.5, 0.9, 0.99):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(BackupError):
            backup.verify(path)


def test_an_upload_that_is_gone_is_named_and_does_not_stop_the_backup(app: Flask, upload: str, tmp_path: Path) -> None:
    storage.path_of(upload).unlink()
    path, manifest = backup.create(tmp_path / "b.tar.gz")
    assert manifest.missing == [f"files/{upload[:2]}/{upload}"]
    assert backup.verify(path).missing == manifest.missing


def test_every_backup_under_writing_is_sound(app: Flask, county: JurisdictionRef, tmp_path: Path) -> None:
    done = threading.Event()
    written: list[int] = []

    def work() -> None:
        with app.app_context():
            while not done.is_set():
                with jurisdictions.enter(county), write() as session:
                    session.add(Matter(title=f"事项{len(written)}"))
                    session.flush()
                written.append(1)

    writer = threading.Thread(target=work)
    writer.start()
    try:
        for number in range(5):
            path, _ = backup.create(tmp_path / f"{number}.tar.gz")
            backup.verify(path)
    finally:
        done.set()
        writer.join()
    assert len(written) > 5


def test_a_server_database_is_the_servers_to_back_up(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(type(db.engine.dialect), "name", "postgresql")
    with pytest.raises(BackupError, match="pg_dump"):
        backup.create(tmp_path / "b.tar.gz")


def test_the_copy_is_one_plain_file(app: Flask, upload: str, tmp_path: Path) -> None:
    path, _ = backup.create(tmp_path / "b.tar.gz")
    with tarfile.open(path) as archive:
        archive.extract("mingtang.db", tmp_path, filter="data")
    with closing(sqlite3.connect(tmp_path / "mingtang.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
