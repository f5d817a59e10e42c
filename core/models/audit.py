"""The audit trail (审计留痕): one chain per jurisdiction, written in the transaction it describes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, HasId, JurisdictionScoped


class AuditEntry(HasId, JurisdictionScoped, Base):
    """Who did what to which object, when, in which role, by which article, on which content."""

    __tablename__ = "core_audit_entry"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "seq"),
        Index("ix_core_audit_entry_object", "object_type", "object_id"),
    )

    seq: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[str | None] = mapped_column(String(32))
    actor_name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(40), default="")
    on_behalf_of: Mapped[str] = mapped_column(String(80), default="")
    action: Mapped[str] = mapped_column(String(80))
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(32))
    article: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    prev_digest: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The chain's tail per jurisdiction, sealed with the installation's key: shows a cut tail."""

    __tablename__ = "core_audit_head"

    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("core_jurisdiction.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))
