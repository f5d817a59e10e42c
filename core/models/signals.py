"""Rows that make things happen later or once: notices, announcements, idempotency, search."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, HasId, JurisdictionScoped, utcnow


class Notice(HasId, JurisdictionScoped, Base):
    """A message owed to a person (通知), kept in the outbox until its channel has taken it."""

    __tablename__ = "core_notice"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "key", "channel"),
        Index("ix_core_notice_due", "sent_at", "due_at"),
    )

    key: Mapped[str] = mapped_column(String(160))
    """Names the occasion and the person: the same occasion is told once."""
    channel: Mapped[str] = mapped_column(String(20))
    """in_app · email · the name of a plugin's channel (`deliver_notice`)."""
    account_id: Mapped[str | None] = mapped_column(String(32), index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(300), default="")
    calendar: Mapped[str] = mapped_column(Text, default="", server_default="")
    """An appointment (RFC 5545) that goes with an e-mail as a part of its own; empty: none."""
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    due_at: Mapped[datetime] = mapped_column(default=utcnow)
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(300), default="")


class Announcement(HasId, JurisdictionScoped, Base):
    """A run-time hook call owed after commit (`core.plugins.announce`); retried until it went through."""

    __tablename__ = "core_announcement"
    __table_args__ = (Index("ix_core_announcement_due", "done_at", "due_at"),)

    hook: Mapped[str] = mapped_column(String(60))
    plugin: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    due_at: Mapped[datetime] = mapped_column(default=utcnow)
    done_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(300), default="")


class IdempotencyRecord(HasId, Base):
    """The stored answer to a write with an Idempotency-Key, kept 24 hours (live posts have their own)."""

    __tablename__ = "core_idempotency"
    __table_args__ = (UniqueConstraint("actor", "key"),)

    actor: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(64))
    request_hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    etag: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)


class SearchEntry(HasId, JurisdictionScoped, Base):
    """One public thing that can be found; `core.search` keeps the index beside it."""

    __tablename__ = "core_search_entry"
    __table_args__ = (UniqueConstraint("object_type", "object_id"),)

    rank: Mapped[int] = mapped_column(BigInteger, unique=True)
    """Row number of the index: grows with `at`, so that the newest hits come first without sorting."""
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(32))
    plugin: Mapped[str] = mapped_column(String(60), default="")
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
