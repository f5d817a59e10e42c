"""Document templates (文档模板): the built-in ones, or what a jurisdiction has uploaded instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import audit, permissions, storage
from core.db import db
from core.documents import fill
from core.languages import listed
from core.permissions import Actor
from core.refusals import Invalid, NotFound, Stale
from plugins.meetings.documents.papers import PAPERS, Paper
from plugins.meetings.models import DocumentTemplate

RIGHT = "meetings.templates"


def paper(key: str) -> Paper:
    """What a document is; raises NotFound."""
    if key not in PAPERS:
        raise NotFound
    return PAPERS[key]


@dataclass(frozen=True)
class Standing:
    """The template of a paper here: `version` counts uploads and resets, `own` is None for the built-in one."""

    paper: Paper
    version: int
    own: DocumentTemplate | None


def standing(key: str) -> Standing:
    """Which template is in force; raises NotFound."""
    found, newest = paper(key), next(iter(history(key)), None)
    own = newest if newest is not None and newest.attachment_id else None
    return Standing(found, newest.version if newest else 0, own)


def history(key: str) -> Sequence[DocumentTemplate]:
    """Every version here, the newest first."""
    query = select(DocumentTemplate).where(DocumentTemplate.paper == key).order_by(DocumentTemplate.version.desc())
    return db.session.scalars(query).all()


def content(key: str) -> bytes:
    """The template that makes the document now."""
    return bytes_of(standing(key).own, key)


def bytes_of(row: DocumentTemplate | None, key: str) -> bytes:
    """The file of a version; the built-in template for None."""
    if row is not None and row.attachment is not None:
        return storage.path_of(row.attachment.sha256).read_bytes()
    return paper(key).build()


def version_of(key: str, number: int) -> DocumentTemplate:
    """One version here; raises NotFound."""
    query = select(DocumentTemplate).where(DocumentTemplate.paper == key, DocumentTemplate.version == number)
    row = db.session.scalar(query)
    if row is None:
        raise NotFound
    return row


def check(key: str, data: bytes) -> None:
    """Refuse a template that asks for what is not known.

    Raises:
        NotFound: no such document. Invalid: names each unknown placeholder; or there is none at all.
    """
    known, asked = paper(key).names, fill.names(data)
    unknown = [name for name in asked if name not in known]
    if unknown:
        shown = listed(f"{{{{{name}}}}}" for name in unknown[:10])
        raise Invalid(
            {"file": [_l("模板中有不认识的占位符：%(names)s。请改成说明中列出的名称，再重新上传。", names=shown)]}
        )
    if not asked:
        raise Invalid({"file": [_l("模板中没有任何占位符，做出来的文档都会一样。请从下载的模板改起。")]})


def replace(actor: Actor, key: str, staged: storage.Staged, *, version: int | None = None) -> DocumentTemplate:
    """Use an uploaded template from now on, inside `write()`; `version` is the one it was made from.

    Raises:
        Forbidden, NotFound, Stale, Invalid: see `check`; or it is no Word file.
    """
    permissions.require(actor, RIGHT)
    if not staged.filename.lower().endswith(".docx"):
        raise Invalid({"file": [_l("模板要是 Word 文档（.docx）。")]})
    check(key, storage.path_of(staged.sha256).read_bytes())
    return _add(actor, key, storage.keep(actor, staged).id, version, staged.sha256)


def reset(actor: Actor, key: str, *, version: int | None = None) -> DocumentTemplate:
    """Use the built-in template again; earlier versions stay.

    Raises:
        Forbidden, NotFound, Stale.
    """
    permissions.require(actor, RIGHT)
    return _add(actor, key, None, version, "")


def _add(actor: Actor, key: str, attachment_id: str | None, version: int | None, digest: str) -> DocumentTemplate:
    latest = standing(key).version
    if version is not None and version != latest:
        raise Stale(latest)
    row = DocumentTemplate(paper=key, version=latest + 1, attachment_id=attachment_id, created_by=actor.id)
    db.session.add(row)
    db.session.flush()
    act = "replace" if attachment_id else "reset"
    audit.record(
        actor, f"meetings.template.{act}", "meetings.template", row.id, data={"paper": key}, content_hash=digest
    )
    return row
