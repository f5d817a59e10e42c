"""The annual report of disclosure (年度报告, 条例第四十九条、第五十条): a body's or the government's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Agency, Publication
from plugins.disclosure.values import one_of

REPORT_STATES = ("draft", "reviewed", "published")
REPORT_KINDS = ("body", "government")


class AnnualReport(HasId, JurisdictionScoped, Base):
    """One year of one body, or of the whole government, compiled by the supervising body."""

    __tablename__ = "disclosure_annual_report"
    __table_args__ = (
        UniqueConstraint("agency_id", "year", "kind"),
        CheckConstraint(one_of("state", REPORT_STATES), name="state"),
        CheckConstraint(one_of("kind", REPORT_KINDS), name="kind"),
        CheckConstraint("state = 'draft' or content_hash = approved_hash", name="as_approved"),
    )

    agency_id: Mapped[str] = mapped_column(ForeignKey("core_agency.id"), index=True)
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10), default="body")
    overview: Mapped[str] = mapped_column(Text, default="")
    problems: Mapped[str] = mapped_column(Text, default="")
    other: Mapped[str] = mapped_column(Text, default="")
    figures: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """What was typed for table two; the rest comes from the plugins."""
    tables: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The tables as they were reviewed; empty in a draft, which shows them as they are now."""
    state: Mapped[str] = mapped_column(String(10), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    approved_hash: Mapped[str | None] = mapped_column(String(64))
    written_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    approved_name: Mapped[str] = mapped_column(String(60), default="")
    returned_reason: Mapped[str] = mapped_column(Text, default="")
    publication_id: Mapped[str | None] = mapped_column(ForeignKey("core_publication.id"))
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    agency: Mapped[Agency] = relationship()
    publication: Mapped[Publication | None] = relationship()
