"""What has been made public (公开内容), with one release gate and one visibility gate in core.publications."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, HasId, JurisdictionScoped, utcnow


class Publication(HasId, JurisdictionScoped, Base):
    """A page of public content: draft → approved → released → withdrawn; released only with the approved hash."""

    __tablename__ = "core_publication"
    __table_args__ = (
        CheckConstraint("state in ('draft', 'approved', 'released', 'withdrawn')", name="state"),
        CheckConstraint("state <> 'released' or content_hash = approved_hash", name="released_as_approved"),
        Index("ix_core_publication_public", "jurisdiction_id", "state", "released_at", "id"),
        Index("ix_core_publication_subject", "subject_type", "subject_id"),
    )

    kind: Mapped[str] = mapped_column(String(30))
    """notice 通知公告 · outcome 审议情况 · policy_document 政策文件 · interpretation 解读材料 · record 实录 · page."""
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(500), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    """Plain text; blank lines part paragraphs. Never HTML."""
    parts: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    """Drawing, questions and answers, video (core.parts)."""
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("core_agency.id"))
    matter_id: Mapped[str | None] = mapped_column(ForeignKey("core_matter.id"), index=True)
    plugin: Mapped[str] = mapped_column(String(60), default="")
    subject_type: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[str] = mapped_column(String(32), default="")
    """The plugin's object this belongs to, by name: core never points to a plugin's table."""
    related_id: Mapped[str | None] = mapped_column(ForeignKey("core_publication.id"))
    """The policy document an interpretation explains, and the other way round (会9)."""
    open_reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it is public information (主动公开), as whoever drafted it declares; empty where nobody did."""
    state: Mapped[str] = mapped_column(String(12), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    approved_hash: Mapped[str | None] = mapped_column(String(64))
    approved_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    created_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    edited_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    """Who changed it last: neither author nor editor approves it."""
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
    released_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(500), default="")
    """For the files of the office; the public never reads it."""
    public_note: Mapped[str] = mapped_column(String(500), default="")
    """What the public reads at its address after it was withdrawn; may be empty."""

    def __str__(self) -> str:
        return self.title
