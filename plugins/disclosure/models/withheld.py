"""The catalogue of what is withheld (不予公开目录, 管11, 认9): its rows, and its editions by body and year."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Agency, Publication
from plugins.disclosure.models.documents import Document
from plugins.disclosure.values import GROUNDS, one_of

ENTRY_STATES = ("listed", "reasoned", "excluded", "entered", "to_publish", "to_request")
CATALOGUE_STATES = ("compiling", "approved", "filed", "accepted", "published", "superseded")
IN_CATALOGUE = ("entered", "to_publish", "to_request")


class WithheldEntry(HasId, JurisdictionScoped, Base):
    """A row: what is withheld, why, and under which title the public may read of it."""

    __tablename__ = "disclosure_entry"
    __table_args__ = (
        CheckConstraint(one_of("state", ENTRY_STATES), name="state"),
        CheckConstraint(f"ground = '' or {one_of('ground', GROUNDS)}", name="ground"),
        CheckConstraint("state in ('listed', 'excluded') or (ground <> '' and facts <> '')", name="with_reason"),
        CheckConstraint(f"not ({one_of('state', IN_CATALOGUE)}) or public_title <> ''", name="with_title"),
        CheckConstraint("state <> 'excluded' or exclusion <> ''", name="explained"),
        Index("ix_disclosure_entry_list", "agency_id", "year", "state", "id"),
        Index(
            "uq_disclosure_entry_document", "document_id", unique=True,
            sqlite_where=sql("document_id is not null"), postgresql_where=sql("document_id is not null"),
        ),
    )  # fmt: skip

    agency_id: Mapped[str] = mapped_column(ForeignKey("core_agency.id"), index=True)
    year: Mapped[int]
    document_id: Mapped[str | None] = mapped_column(ForeignKey("disclosure_document.id"))
    """Empty where it was entered by hand."""
    title: Mapped[str] = mapped_column(String(200))
    """The full title; never shown to the public where `title_sensitive`."""
    title_sensitive: Mapped[bool] = mapped_column(default=False)
    public_title: Mapped[str] = mapped_column(String(200), default="")
    number: Mapped[str] = mapped_column(String(50), default="")
    code_name: Mapped[str] = mapped_column(String(50), default="")
    """代号, shown in place of a number that says too much."""
    ground: Mapped[str] = mapped_column(String(2), default="")
    facts: Mapped[str] = mapped_column(Text, default="")
    basis: Mapped[str] = mapped_column(String(300), default="")
    formed_on: Mapped[date | None]
    unit: Mapped[str] = mapped_column(String(80), default="")
    """责任单位."""
    review_on: Mapped[date | None]
    """再评估日期: at least once a year (条例第十八条)."""
    reviewed_at: Mapped[datetime | None]
    exclusion: Mapped[str] = mapped_column(Text, default="")
    """Why it is not in the catalogue of its year."""
    accepted: Mapped[bool] = mapped_column(default=False)
    """Stood in a catalogue that the government's office has on file: it is never taken out again."""
    state: Mapped[str] = mapped_column(String(12), default="listed")
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    agency: Mapped[Agency] = relationship()
    document: Mapped[Document | None] = relationship()

    @property
    def matter_id(self) -> str | None:
        """The matter of its document."""
        return self.document.matter_id if self.document else None


class WithheldCatalogue(HasId, JurisdictionScoped, Base):
    """An edition of a body's catalogue of one year; `rows` is what was approved, nothing else is filed or published."""

    __tablename__ = "disclosure_withheld_catalogue"
    __table_args__ = (
        UniqueConstraint("agency_id", "year", "edition"),
        CheckConstraint(one_of("state", CATALOGUE_STATES), name="state"),
        CheckConstraint("state = 'compiling' or approved_hash = content_hash", name="as_approved"),
        CheckConstraint("state not in ('accepted', 'published') or receipt_number <> ''", name="receipt"),
        Index(
            "uq_disclosure_withheld_catalogue_published", "agency_id", "year", unique=True,
            sqlite_where=sql("state = 'published'"), postgresql_where=sql("state = 'published'"),
        ),
    )  # fmt: skip

    agency_id: Mapped[str] = mapped_column(ForeignKey("core_agency.id"), index=True)
    year: Mapped[int]
    edition: Mapped[int] = mapped_column(default=1)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(10), default="compiling")
    version: Mapped[int] = mapped_column(default=1)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    approved_hash: Mapped[str | None] = mapped_column(String(64))
    compiled_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    approved_name: Mapped[str] = mapped_column(String(60), default="")
    approved_at: Mapped[datetime | None]
    filed_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    filed_at: Mapped[datetime | None]
    returned_reason: Mapped[str] = mapped_column(Text, default="")
    receipt_number: Mapped[str] = mapped_column(String(50), default="")
    """备案号."""
    received_on: Mapped[date | None]
    published_at: Mapped[datetime | None]
    publication_id: Mapped[str | None] = mapped_column(ForeignKey("core_publication.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    agency: Mapped[Agency] = relationship()
    publication: Mapped[Publication | None] = relationship()
