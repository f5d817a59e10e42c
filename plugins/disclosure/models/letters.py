"""Letters (告知书、答复书) of a request as they went out, and the templates a jurisdiction made its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Attachment, TemplateVersion
from plugins.disclosure.models.requests import AccessRequest


class Letter(HasId, JurisdictionScoped, Base):
    """One letter, its Word file kept as it was when it went out."""

    __tablename__ = "disclosure_letter"
    __table_args__ = (UniqueConstraint("request_id", "position"),)

    request_id: Mapped[str] = mapped_column(ForeignKey("disclosure_request.id"))
    reply_id: Mapped[str | None] = mapped_column(ForeignKey("disclosure_reply.id"), index=True)
    """The reply it brings, where it brings one."""
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(30))
    """Which letter: a key of `documents.letters.LETTERS`."""
    attachment_id: Mapped[str] = mapped_column(ForeignKey("core_attachment.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    request: Mapped[AccessRequest] = relationship()
    attachment: Mapped[Attachment] = relationship()


class DocumentTemplate(TemplateVersion, Base):
    """One version of the template of a letter (`documents.letters`)."""

    __tablename__ = "disclosure_document_template"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "paper", "version"),)
