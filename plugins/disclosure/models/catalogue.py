"""The catalogue of public information (政府信息公开目录, 管8): one row for each public thing, with its index number."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Agency, Publication


class CatalogueRow(HasId, JurisdictionScoped, Base):
    """索引、名称、内容概述、生成日期 (条例第十二条) and what else a catalogue shows; in the index for ever."""

    __tablename__ = "disclosure_catalogue_row"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "index_number"),
        UniqueConstraint("jurisdiction_id", "agency_id", "year", "serial"),
        Index("ix_disclosure_catalogue_row_list", "jurisdiction_id", "released_at", "id"),
        Index("ix_disclosure_catalogue_row_agency", "agency_id", "released_at", "id"),
        Index("ix_disclosure_catalogue_row_column", "jurisdiction_id", "column_key", "released_at", "id"),
    )

    publication_id: Mapped[str] = mapped_column(ForeignKey("core_publication.id"), unique=True)
    """The version that is public now, or was last."""
    item_id: Mapped[str | None] = mapped_column(ForeignKey("disclosure_item.id"), unique=True)
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("core_agency.id"))
    year: Mapped[int]
    serial: Mapped[int]
    index_number: Mapped[str] = mapped_column(String(80))
    """索引号, by the local template."""
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(500), default="")
    genre: Mapped[str] = mapped_column(String(20), default="other")
    number: Mapped[str] = mapped_column(String(50), default="")
    keywords: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    column_key: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    """What its openness rests on: the document's reason, a declaration, an approved plan of participation (会7)."""
    formed_on: Mapped[date]
    released_at: Mapped[datetime]
    expired_on: Mapped[date | None]
    """废止、失效: stamped, never removed."""
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
    agency: Mapped[Agency | None] = relationship()
    publication: Mapped[Publication] = relationship()


class IndexSeries(HasId, JurisdictionScoped, Base):
    """The last serial given, by agency and year: the row is the lock that keeps numbers unique and without gaps."""

    __tablename__ = "disclosure_index_series"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "owner", "year"),)

    owner: Mapped[str] = mapped_column(String(32))
    """The agency's id; of what no agency released, the jurisdiction's."""
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)
