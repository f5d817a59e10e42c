"""Files (附件): bytes at DATA/files/<aa>/<sha256>, stored once by content; rights go by reference, never by hash.

An edge first stages the bytes (`stage`, before its `write()`), then keeps them (`keep`, inside). A file is read
through `open_for()` alone: its uploader, whoever may see a publication it hangs on, and those whom the plugin that
linked it lets in (hook `may_read_file`).
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import structlog
from flask import Response, current_app, send_file
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from core import audit, filetypes, plugins, versions
from core.contracts import FileUse, JurisdictionRef
from core.db import after_commit, all_jurisdictions, db
from core.jurisdictions import by_id, current
from core.models import Attachment, AttachmentLink, Publication, StoredFile
from core.permissions import Actor, can
from core.refusals import Gone, Invalid, NotFound

log = structlog.get_logger(__name__)
CHUNK = 1 << 16
MAX_NAME = 150
RESTING_SECONDS = 86_400.0
_UNSAFE = re.compile('[\x00-\x1f\x7f-\x9f"*:<>?|\\\\/\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]')


@dataclass(frozen=True)
class Staged:
    """Bytes that lie checked on the disk, not yet known to the database; without a row nobody can read them."""

    sha256: str
    size: int
    media_type: str
    filename: str


@dataclass(frozen=True)
class Opened:
    """A file somebody may read; `public` says that everybody may."""

    attachment: Attachment
    public: bool


# --- in --------------------------------------------------------------------------------------------


def stage(stream: BinaryIO, filename: str) -> Staged:
    """Check and store the bytes of an upload, before the transaction.

    Raises:
        Invalid: empty, too large, of a kind not taken, or not what its name says; `file` → one sentence.
    """
    name = safe_name(filename)
    _refuse(filetypes.refusal(name))
    folder = _home()
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".incoming-")
    path = Path(temporary)
    try:
        with os.fdopen(descriptor, "wb") as file:
            sha256, size = _copy(stream, file, name)
            file.flush()
            os.fsync(file.fileno())
        _refuse(filetypes.mismatch(path, name))
        _put_in_place(path, sha256)
    finally:
        path.unlink(missing_ok=True)
    return Staged(sha256, size, filetypes.MEDIA_TYPES[filetypes.extension(name)], name)


def keep(actor: Actor, staged: Staged) -> Attachment:
    """Make a staged file an attachment here, inside `write()`; only the uploader reads it yet."""
    if db.session.get(StoredFile, staged.sha256) is None:
        try:
            with db.session.begin_nested():
                db.session.add(StoredFile(sha256=staged.sha256, media_type=staged.media_type, size=staged.size))
        except IntegrityError:  # the same bytes came in by another process in this very moment
            log.info("file already stored", sha256=staged.sha256)
    attachment = Attachment(
        jurisdiction_id=current().id, sha256=staged.sha256, filename=staged.filename, uploaded_by=actor.id or None
    )
    db.session.add(attachment)
    db.session.flush()
    audit.record(actor, "core.attachment.upload", "core.attachment", attachment.id, content_hash=staged.sha256)
    return attachment


def link(
    actor: Actor,
    attachment_id: str,
    subject_type: str,
    subject_id: str,
    *,
    audience: str = "staff",
    title: str = "",
    position: int = 0,
) -> AttachmentLink:
    """Use a file at an object of a plugin (`meetings.application`), inside `write()`.

    `audience`: staff, invited or public; what it means there is answered by the plugin's `may_read_file`.
    For publications use `publications.attach`.

    Raises:
        NotFound: no such file, or `actor` may not read it (so a guessed id links nothing).
    """
    attachment = open_for(actor, attachment_id).attachment
    made = AttachmentLink(
        jurisdiction_id=attachment.jurisdiction_id, attachment_id=attachment.id, subject_type=subject_type,
        subject_id=subject_id, audience=audience, title=title, position=position,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def discard(attachment: Attachment) -> None:
    """Forget a file that hangs on nothing, inside `write()`; bytes nobody else has and that are a day old go too."""
    session = db.session()
    if session.scalar(select(AttachmentLink.id).where(AttachmentLink.attachment_id == attachment.id).limit(1)):
        return
    session.delete(attachment)
    session.flush()
    sha256, path = attachment.sha256, path_of(attachment.sha256)
    if session.scalar(select(Attachment.id).where(Attachment.sha256 == sha256).limit(1)):
        return
    if path.exists() and time.time() - path.stat().st_mtime < RESTING_SECONDS:
        return  # somebody may be uploading the same bytes in this moment
    session.execute(delete(StoredFile).where(StoredFile.sha256 == sha256))
    after_commit(lambda: path.unlink(missing_ok=True))


def safe_name(filename: str) -> str:
    """The last part of a name without control, reserved or direction characters, at most 150 characters."""
    name = _UNSAFE.sub("", re.split(r"[\\/]", filename)[-1]).strip(" .")
    stem, dot, kind = name.rpartition(".")
    return f"{stem[: MAX_NAME - len(kind) - 1]}{dot}{kind}" if stem and len(kind) < 10 else name[:MAX_NAME]


# --- out -------------------------------------------------------------------------------------------


def open_for(actor: Actor, attachment_id: str) -> Opened:
    """The file if `actor` may read it.

    Raises:
        Gone: it was public and was withdrawn. NotFound: unknown, of another county, or not for this person.
    """
    attachment = db.session.get(Attachment, attachment_id)
    if attachment is None:
        raise NotFound
    links = db.session.scalars(select(AttachmentLink).where(AttachmentLink.attachment_id == attachment_id)).all()
    public = _on_released_publication(links)
    mine = bool(actor.id) and attachment.uploaded_by == actor.id
    if not (public or mine or actor.is_system or _readable(actor, links)):
        raise _withdrawn(links) or NotFound
    return Opened(attachment, public)


def respond(opened: Opened, instead: bytes | None = None) -> Response:
    """The download: always as an attachment, under its own name, never sniffed, sandboxed.

    `instead` are bytes made for this one reader; they are stored by nobody on the way.

    Raises:
        NotFound: the bytes are missing on the disk (logged for the operator).
    """
    attachment = opened.attachment
    path = path_of(attachment.sha256)
    if not path.exists():
        log.error("file missing on disk", sha256=attachment.sha256)
        raise NotFound
    response = send_file(
        path if instead is None else io.BytesIO(instead),
        mimetype=attachment.file.media_type,
        as_attachment=True,
        download_name=attachment.filename,
        etag=attachment.sha256 if instead is None else False,
        max_age=30 if opened.public else None,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if not opened.public or instead is not None:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def place_of(attachment_id: str) -> JurisdictionRef:
    """The jurisdiction a file lies in, for addresses that do not name one; reading still goes through `open_for`.

    Raises:
        NotFound: no such file.
    """
    with all_jurisdictions("address of a file"):
        attachment = db.session.get(Attachment, attachment_id)
        if attachment is None:
            raise NotFound
        return by_id(attachment.jurisdiction_id)


def path_of(sha256: str) -> Path:
    """Where the bytes lie."""
    return Path(current_app.config["DATA"]) / "files" / sha256[:2] / sha256


# --- rights ----------------------------------------------------------------------------------------


def _on_released_publication(links: Iterable[AttachmentLink]) -> bool:
    ids = [row.subject_id for row in links if row.subject_type == "core.publication"]
    query = select(Publication.id).where(Publication.id.in_(ids), Publication.state == "released")
    return bool(ids) and db.session.scalar(query.limit(1)) is not None


def _withdrawn(links: Iterable[AttachmentLink]) -> Gone | None:
    """What hangs on a withdrawn publication was public once: nothing is hung on or taken off after the release."""
    ids = [row.subject_id for row in links if row.subject_type == "core.publication"]
    query = select(Publication).where(Publication.id.in_(ids), Publication.state == "withdrawn")
    last = db.session.scalar(query.order_by(Publication.withdrawn_at.desc()).limit(1)) if ids else None
    return versions.gone(last) if last is not None else None


def _readable(actor: Actor, links: Iterable[AttachmentLink]) -> bool:
    by_owner: dict[str, list[AttachmentLink]] = {}
    for row in links:
        by_owner.setdefault(row.subject_type.partition(".")[0], []).append(row)
    on = plugins.enabled(current()) if by_owner else frozenset()
    return any(
        _core_lets_in(actor, rows) if owner == "core" else owner in on and _plugin_lets_in(owner, actor, rows)
        for owner, rows in by_owner.items()
    )


def _core_lets_in(actor: Actor, links: list[AttachmentLink]) -> bool:
    from core.publications import visible

    ids = [row.subject_id for row in links if row.subject_type == "core.publication"]
    query = select(Publication.id).where(Publication.id.in_(ids), visible(actor))
    return db.session.scalar(query.limit(1)) is not None


def _plugin_lets_in(plugin: str, actor: Actor, links: list[AttachmentLink]) -> bool:
    """The plugin that linked it decides; without `may_read_file` staff files are for the staff. Fails closed."""
    uses = [FileUse(row.subject_type, row.subject_id, row.audience) for row in links]
    try:
        answers = list(
            plugins.installed().call_one(plugin, "may_read_file", jurisdiction=current(), actor=actor, uses=uses)
        )
    except Exception:
        if current_app.testing:
            raise
        log.exception("hook failed", hook="may_read_file", plugin=plugin)
        return False
    if answers:
        return any(answers)
    return any(use.audience == "staff" for use in uses) and can(actor, "core.staff") is not None


# --- bytes -----------------------------------------------------------------------------------------


def _home() -> Path:
    return Path(current_app.config["DATA"]) / "files"


def _copy(stream: BinaryIO, file: BinaryIO, name: str) -> tuple[str, int]:
    limit: int = current_app.config["MAX_CONTENT_LENGTH"]
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            _refuse(_l("“%(name)s”超过 %(limit)s MB 的上限。", name=name, limit=limit // 1024 // 1024))
        digest.update(chunk)
        file.write(chunk)
    if not size:
        _refuse(_l("“%(name)s”是空文件。", name=name))
    return digest.hexdigest(), size


def _put_in_place(path: Path, sha256: str) -> None:
    """Rename into place and make the name durable: a committed row never points at bytes a power cut took."""
    target = path_of(sha256)
    target.parent.mkdir(exist_ok=True)
    path.chmod(0o640)
    path.replace(target)
    for folder in (target.parent, target.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _refuse(sentence: object) -> None:
    if sentence is not None:
        raise Invalid({"file": [sentence]})
