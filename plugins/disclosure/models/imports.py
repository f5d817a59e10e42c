"""What came in by tables (导入的行): from which file and line, and whether it follows an earlier row."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from plugins.disclosure.models.documents import Document
from plugins.disclosure.values import one_of

OUTCOMES = ("new", "version")


class ImportedRow(HasId, JurisdictionScoped, Base):
    """A row of a table as it came in: never changed, so that the same row is known again whatever became of it."""

    __tablename__ = "disclosure_imported_row"
    __table_args__ = (
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        UniqueConstraint("jurisdiction_id", "digest"),
        Index("ix_disclosure_imported_row_identity", "jurisdiction_id", "identity"),
    )

    document_id: Mapped[str] = mapped_column(ForeignKey("disclosure_document.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 over all its fields: the same digest is the same row."""
    identity: Mapped[str] = mapped_column(String(64))
    """SHA-256 over what names the document: its number, else its address, else title and day."""
    outcome: Mapped[str] = mapped_column(String(8))
    """new, or version: the same document with other content."""
    file: Mapped[str] = mapped_column(String(200))
    line: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(String(500), default="")
    """Where it was public before."""
    issuer: Mapped[str] = mapped_column(String(100), default="")
    published_on: Mapped[date | None]
    imported_at: Mapped[datetime] = mapped_column(default=utcnow)
    imported_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))

    document: Mapped[Document] = relationship()
