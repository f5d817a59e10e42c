"""Background jobs (后台任务): long work somebody asked for, done by the worker, with its progress and its result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models.attachments import Attachment


class Job(HasId, JurisdictionScoped, Base):
    """One job; seen by `asked_by` alone, by nobody where the product itself asked.

    While it runs, `attempts` tells which worker it belongs to.
    """

    __tablename__ = "core_job"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state"),
        Index("ix_core_job_due", "state", "lease_until"),
        Index("ix_core_job_mine", "asked_by", "created_at"),
    )

    kind: Mapped[str] = mapped_column(String(60))
    """Key of a `JobKind`, begins with the plugin's name."""
    title: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(32), default="")
    """The object it is about, by id."""
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    """How much there is to do; 0 while nobody knows."""
    sentence: Mapped[str] = mapped_column(String(500), default="")
    """What came of it, in the language of who asked."""
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What came of it for a program: counts, faults by row."""
    result_id: Mapped[str | None] = mapped_column(ForeignKey("core_attachment.id"))
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    """Until when the worker that has it may be silent."""
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    ended_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it is forgotten, its file included; set at its end."""
    result: Mapped[Attachment | None] = relationship()
