"""Files (附件): bytes stored once by content, rights by reference."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow


class StoredFile(Base):
    """The bytes at DATA/files/<aa>/<sha256>. Knowing a hash gives no right to read."""

    __tablename__ = "core_stored_file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]


class Attachment(HasId, JurisdictionScoped, Base):
    """An uploaded file with its name; seen by its uploader until a link gives it an audience."""

    __tablename__ = "core_attachment"

    sha256: Mapped[str] = mapped_column(ForeignKey("core_stored_file.sha256"))
    filename: Mapped[str] = mapped_column(String(200))
    uploaded_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    uploaded_at: Mapped[datetime] = mapped_column(default=utcnow)
    file: Mapped[StoredFile] = relationship()


class AttachmentLink(HasId, JurisdictionScoped, Base):
    """Where a file is used, and by whom it may be read there."""

    __tablename__ = "core_attachment_link"
    __table_args__ = (
        CheckConstraint("audience in ('public', 'invited', 'staff')", name="audience"),
        Index("ix_core_attachment_link_subject", "subject_type", "subject_id"),
    )

    attachment_id: Mapped[str] = mapped_column(ForeignKey("core_attachment.id"), index=True)
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(32))
    audience: Mapped[str] = mapped_column(String(10), default="staff")
    """public counts only while the subject itself is public (a released publication)."""
    title: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int] = mapped_column(default=0)
    attachment: Mapped[Attachment] = relationship()
