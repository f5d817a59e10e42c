"""整改台账 (认10): what had been published and should not have been, and what came of it. Rows are never deleted."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Agency
from plugins.disclosure.values import OUTCOMES, SEVERITIES, one_of

RECTIFICATION_STATES = ("open", "reported", "verified")


class Rectification(HasId, JurisdictionScoped, Base):
    """A record of the register: who ordered what until when, what was done, who verified it."""

    __tablename__ = "disclosure_rectification"
    __table_args__ = (
        CheckConstraint(one_of("state", RECTIFICATION_STATES), name="state"),
        CheckConstraint(one_of("severity", SEVERITIES), name="severity"),
        CheckConstraint(f"outcome is null or {one_of('outcome', OUTCOMES)}", name="outcome"),
        CheckConstraint("state = 'open' or (outcome is not null and measures <> '')", name="reported"),
        CheckConstraint("state <> 'verified' or verified_name <> ''", name="verified"),
        Index("ix_disclosure_rectification_list", "jurisdiction_id", "state", "due_on", "id"),
    )

    agency_id: Mapped[str | None] = mapped_column(ForeignKey("core_agency.id"), index=True)
    subject_type: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[str] = mapped_column(String(32), default="", index=True)
    """What had been published, by name; empty where it was recorded by hand."""
    title: Mapped[str] = mapped_column(String(200))
    ordered_by: Mapped[str] = mapped_column(String(80))
    """责令机关."""
    found: Mapped[str] = mapped_column(Text)
    """What was wrong."""
    severity: Mapped[str] = mapped_column(String(10))
    due_on: Mapped[date]
    measures: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str | None] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(10), default="open")
    version: Mapped[int] = mapped_column(default=1)
    opened_name: Mapped[str] = mapped_column(String(60), default="")
    reported_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    reported_name: Mapped[str] = mapped_column(String(60), default="")
    returned_reason: Mapped[str] = mapped_column(Text, default="")
    verification: Mapped[str] = mapped_column(Text, default="")
    verified_name: Mapped[str] = mapped_column(String(60), default="")
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    agency: Mapped[Agency | None] = relationship()
