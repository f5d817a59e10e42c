"""What tables of document templates (文档模板) have in common; each plugin with papers has one of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from core.db import HasId, JurisdictionScoped, utcnow
from core.models.attachments import Attachment


class TemplateVersion(HasId, JurisdictionScoped):
    """One version of the template of a paper (`core.documents.papers`); the highest is in force."""

    paper: Mapped[str] = mapped_column(String(30))
    version: Mapped[int]
    attachment_id: Mapped[str | None] = mapped_column(ForeignKey("core_attachment.id"))
    """The Word file; None where the built-in template was taken back."""
    created_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    @declared_attr
    def attachment(cls) -> Mapped[Attachment | None]:  # noqa: N805 — SQLAlchemy gives the class
        """The file."""
        return relationship()
