"""Document templates (文档模板): the built-in ones, or what a jurisdiction has uploaded instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import audit, permissions, storage
from core.db import db
from core.documents import fill
from core.documents.papers import Paper
from core.languages import listed
from core.models import TemplateVersion
from core.permissions import Actor
from core.refusals import Invalid, NotFound, Stale


@dataclass(frozen=True)
class Standing:
    """The template of a paper here: `version` counts uploads and resets, `own` is None for the built-in one."""

    paper: Paper
    version: int
    own: TemplateVersion | None


@dataclass(frozen=True)
class Templates:
    """The templates of a plugin's papers: `model` is its table, `right` the right to replace one."""

    object_type: str
    right: str
    papers: Mapping[str, Paper]
    model: type[Any]

    def paper(self, key: str) -> Paper:
        """What a document is; raises NotFound."""
        if key not in self.papers:
            raise NotFound
        return self.papers[key]

    def standing(self, key: str) -> Standing:
        """Which template is in force; raises NotFound."""
        found, newest = self.paper(key), next(iter(self.history(key)), None)
        own = newest if newest is not None and newest.attachment_id else None
        return Standing(found, newest.version if newest else 0, own)

    def history(self, key: str) -> Sequence[TemplateVersion]:
        """Every version here, the newest first."""
        query = select(self.model).where(self.model.paper == key).order_by(self.model.version.desc())
        return db.session.scalars(query).all()

    def content(self, key: str) -> bytes:
        """The template that makes the document now."""
        return self.bytes_of(self.standing(key).own, key)

    def bytes_of(self, row: TemplateVersion | None, key: str) -> bytes:
        """The file of a version; the built-in template for None."""
        if row is not None and row.attachment is not None:
            return storage.path_of(row.attachment.sha256).read_bytes()
        return self.paper(key).build()

    def version_of(self, key: str, number: int) -> TemplateVersion:
        """One version here; raises NotFound."""
        query = select(self.model).where(self.model.paper == key, self.model.version == number)
        row: TemplateVersion | None = db.session.scalar(query)
        if row is None:
            raise NotFound
        return row

    def check(self, key: str, data: bytes) -> None:
        """Refuse a template that asks for what is not known.

        Raises:
            NotFound: no such document. Invalid: names each unknown placeholder; or there is none at all.
        """
        known, asked = self.paper(key).names, fill.names(data)
        unknown = [name for name in asked if name not in known]
        if unknown:
            shown = listed(f"{{{{{name}}}}}" for name in unknown[:10])
            raise Invalid(
                {"file": [_l("模板中有不认识的占位符：%(names)s。请改成说明中列出的名称，再重新上传。", names=shown)]}
            )
        if not asked:
            raise Invalid({"file": [_l("模板中没有任何占位符，做出来的文档都会一样。请从下载的模板改起。")]})

    def replace(self, actor: Actor, key: str, staged: storage.Staged, *, version: int | None = None) -> TemplateVersion:
        """Use an uploaded template from now on, inside `write()`; `version` is the one it was made from.

        Raises:
            Forbidden, NotFound, Stale, Invalid: see `check`; or it is no Word file.
        """
        permissions.require(actor, self.right)
        if not staged.filename.lower().endswith(".docx"):
            raise Invalid({"file": [_l("模板要是 Word 文档（.docx）。")]})
        self.check(key, storage.path_of(staged.sha256).read_bytes())
        return self._add(actor, key, storage.keep(actor, staged).id, version, staged.sha256)

    def reset(self, actor: Actor, key: str, *, version: int | None = None) -> TemplateVersion:
        """Use the built-in template again; earlier versions stay.

        Raises:
            Forbidden, NotFound, Stale.
        """
        permissions.require(actor, self.right)
        return self._add(actor, key, None, version, "")

    def _add(
        self, actor: Actor, key: str, attachment_id: str | None, version: int | None, digest: str
    ) -> TemplateVersion:
        latest = self.standing(key).version
        if version is not None and version != latest:
            raise Stale(latest)
        row: TemplateVersion = self.model(
            paper=key, version=latest + 1, attachment_id=attachment_id, created_by=actor.id
        )
        db.session.add(row)
        db.session.flush()
        act = f"{self.object_type}.{'replace' if attachment_id else 'reset'}"
        audit.record(actor, act, self.object_type, row.id, data={"paper": key}, content_hash=digest)
        return row
