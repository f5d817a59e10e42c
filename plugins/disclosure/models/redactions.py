"""Redacted copies (区分处理, 条例第三十七条): which parts of a file are kept back, why, and the copy without them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Attachment
from plugins.disclosure.values import GROUNDS, one_of

REDACTION_STATES = ("marking", "made", "dropped")
WHOLE = 1000
"""A page is a thousand wide and a thousand high."""


class Redaction(HasId, JurisdictionScoped, Base):
    """The work on one file of a request or document; the file itself stays as it is."""

    __tablename__ = "disclosure_redaction"
    __table_args__ = (
        CheckConstraint(one_of("state", REDACTION_STATES), name="state"),
        CheckConstraint("state <> 'made' or copy_id is not null", name="made_with_copy"),
        Index("ix_disclosure_redaction_subject", "subject_type", "subject_id"),
    )

    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(32))
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("core_agency.id"), index=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("core_attachment.id"))
    sizes: Mapped[list[list[int]]] = mapped_column(JSON)
    """Width and height of each page, in points."""
    unplaced: Mapped[list[int]] = mapped_column(JSON, default=list)
    """Pages where the last search knew of an occurrence but not of its place: to be marked by hand."""
    copy_id: Mapped[str | None] = mapped_column(ForeignKey("core_attachment.id"))
    state: Mapped[str] = mapped_column(String(10), default="marking")
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
    made_at: Mapped[datetime | None]

    source: Mapped[Attachment] = relationship(foreign_keys=[source_id])
    copy: Mapped[Attachment | None] = relationship(foreign_keys=[copy_id])
    regions: Mapped[list[RedactionRegion]] = relationship(
        back_populates="redaction", cascade="all, delete-orphan",
        order_by="RedactionRegion.page, RedactionRegion.y, RedactionRegion.x, RedactionRegion.id",
    )  # fmt: skip


class RedactionRegion(HasId, JurisdictionScoped, Base):
    """A rectangle that is kept back, in thousandths of its page from the upper left corner, with ground and reason."""

    __tablename__ = "disclosure_redaction_region"
    __table_args__ = (
        CheckConstraint(one_of("ground", GROUNDS), name="ground"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint(
            f"x >= 0 and y >= 0 and width > 0 and height > 0 and x + width <= {WHOLE} and y + height <= {WHOLE}",
            name="on_page",
        ),
    )

    redaction_id: Mapped[str] = mapped_column(ForeignKey("disclosure_redaction.id"), index=True)
    page: Mapped[int]
    x: Mapped[int]
    y: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    ground: Mapped[str] = mapped_column(String(4))
    reason: Mapped[str] = mapped_column(String(300))

    redaction: Mapped[Redaction] = relationship(back_populates="regions")

    @property
    def place(self) -> dict[str, int]:
        """As `documents.redact` takes it."""
        return {name: getattr(self, name) for name in ("page", "x", "y", "width", "height")}
