"""The matter (事项): the thread that ties consultation, meeting, publication and messages together."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, HasId, JurisdictionScoped, utcnow


class Matter(HasId, JurisdictionScoped, Base):
    """One subject of government from first draft to follow-up; its page never changes address."""

    __tablename__ = "core_matter"
    __table_args__ = (CheckConstraint("state in ('open', 'merged')", name="state"),)

    title: Mapped[str] = mapped_column(String(200))
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("core_agency.id"))
    public: Mapped[bool] = mapped_column(default=False)
    """True from the first public step on; until then the page answers 404 to the public."""
    state: Mapped[str] = mapped_column(String(12), default="open")
    """open, or merged into another one: `Moved` says which."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    def __str__(self) -> str:
        return self.title


class Moved(HasId, JurisdictionScoped, Base):
    """An address that leads to another one (更址), in force until `undone_at`; never deleted."""

    __tablename__ = "core_moved"
    __table_args__ = (
        CheckConstraint("kind in ('matter', 'publication')", name="kind"),
        CheckConstraint("old_id <> new_id", name="to_another"),
        Index(
            "uq_core_moved_in_force", "kind", "old_id", unique=True,
            sqlite_where=text("undone_at is null"), postgresql_where=text("undone_at is null"),
        ),
        Index("ix_core_moved_new", "kind", "new_id"),
    )  # fmt: skip

    kind: Mapped[str] = mapped_column(String(12), default="matter")
    old_id: Mapped[str] = mapped_column(String(32))
    new_id: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(500))
    public_note: Mapped[str] = mapped_column(String(500), default="")
    """What the life-line says of it; may be empty."""
    moved_at: Mapped[datetime] = mapped_column(default=utcnow)
    moved_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
