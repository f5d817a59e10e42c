"""The decision item (重大行政决策事项): what must be asked about before it is decided, or why not (预4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Agency, Matter
from plugins.predisclosure.values import CATEGORIES, one_of

ITEM_STATES = ("listed", "exemption_pending", "exempt")


class DecisionItem(HasId, JurisdictionScoped, Base):
    """One major decision of a year; pre-disclosure is owed unless somebody else approved the exemption."""

    __tablename__ = "predisclosure_item"
    __table_args__ = (
        CheckConstraint(one_of("state", ITEM_STATES), name="state"),
        CheckConstraint(one_of("category", CATEGORIES), name="category"),
        CheckConstraint("state = 'listed' or exemption_reason <> ''", name="reasoned"),
        CheckConstraint("state <> 'exempt' or approved_name <> ''", name="approved"),
        Index("ix_predisclosure_item_list", "year", "state", "id"),
    )

    agency_id: Mapped[str] = mapped_column(ForeignKey("core_agency.id"), index=True)
    """谁起草谁预公开: the drafting body, of joint drafts the leading one (预3)."""
    joint_agencies: Mapped[list[str]] = mapped_column(JSON, default=list)
    matter_id: Mapped[str] = mapped_column(ForeignKey("core_matter.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(16))
    year: Mapped[int]
    """Of the public catalogue it stands in."""
    exemption_reason: Mapped[str] = mapped_column(Text, default="")
    requested_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    approved_name: Mapped[str] = mapped_column(String(60), default="")
    approved_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(18), default="listed")
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    agency: Mapped[Agency] = relationship()
    matter: Mapped[Matter] = relationship()
