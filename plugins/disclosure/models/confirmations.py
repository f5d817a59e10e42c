"""Consistency between agencies (管10): each one's word on exactly one content, disputes and the ruling on them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Agency
from plugins.disclosure.values import one_of

CONFIRMATION_STATES = ("pending", "confirmed", "objected", "overruled", "void")
RULINGS = ("publish", "modify", "refuse", "settled")


class Confirmation(HasId, JurisdictionScoped, Base):
    """What one agency says to one content; void once the content changed."""

    __tablename__ = "disclosure_confirmation"
    __table_args__ = (
        CheckConstraint(one_of("state", CONFIRMATION_STATES), name="state"),
        CheckConstraint("state <> 'objected' or reason <> ''", name="objection_reason"),
        Index(
            "uq_disclosure_confirmation_in_force", "item_id", "agency_id", unique=True,
            sqlite_where=sql("state <> 'void'"), postgresql_where=sql("state <> 'void'"),
        ),
    )  # fmt: skip

    item_id: Mapped[str] = mapped_column(ForeignKey("disclosure_item.id"), index=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("core_agency.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    content_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="pending")
    reason: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    by_name: Mapped[str] = mapped_column(String(80), default="")
    asked_at: Mapped[datetime] = mapped_column(default=utcnow)
    at: Mapped[datetime | None]
    agency: Mapped[Agency] = relationship()

    @property
    def agencies_asked(self) -> frozenset[str]:
        """The one body whose word this is."""
        return frozenset({self.agency_id})


class Dispute(HasId, JurisdictionScoped, Base):
    """An objection, its referral to the supervising department and the written decision (裁定), the only way out."""

    __tablename__ = "disclosure_dispute"
    __table_args__ = (
        CheckConstraint(f"ruling = '' or {one_of('ruling', RULINGS)}", name="ruling"),
        CheckConstraint("ruling = '' or decision <> ''", name="written_decision"),
    )

    item_id: Mapped[str] = mapped_column(ForeignKey("disclosure_item.id"), index=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("core_agency.id"))
    reason: Mapped[str] = mapped_column(Text)
    raised_name: Mapped[str] = mapped_column(String(80))
    raised_at: Mapped[datetime] = mapped_column(default=utcnow)
    referral: Mapped[str] = mapped_column(Text, default="")
    referred_at: Mapped[datetime | None]
    ruling: Mapped[str] = mapped_column(String(10), default="")
    decision: Mapped[str] = mapped_column(Text, default="")
    decided_name: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None]
    agency: Mapped[Agency] = relationship()
