"""Document templates (文档模板) a jurisdiction uses in place of the built-in ones, every version kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Attachment


class DocumentTemplate(HasId, JurisdictionScoped, Base):
    """One version of the template of a paper (`documents.papers`); the highest is in force."""

    __tablename__ = "meetings_document_template"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "paper", "version"),)

    paper: Mapped[str] = mapped_column(String(30))
    version: Mapped[int]
    attachment_id: Mapped[str | None] = mapped_column(ForeignKey("core_attachment.id"))
    """The Word file; None where the built-in template was taken back."""
    created_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    attachment: Mapped[Attachment | None] = relationship()
