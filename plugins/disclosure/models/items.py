"""Publication items (公开事项, 管7–管10, 认8, 认10): what is on its way to the public, its versions and its places."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Agency, Matter, Publication
from plugins.disclosure.models.confirmations import Confirmation, Dispute
from plugins.disclosure.models.documents import Document
from plugins.disclosure.values import one_of
from plugins.disclosure.values_items import CARRIERS, ORIGINS, PLACEMENTS, URGENCIES

ITEM_STATES = (
    "editing", "confirming", "disputed", "mediation", "review", "to_release", "released", "complete", "withdrawn",
    "not_released",
)  # fmt: skip
ENDED = ("withdrawn", "not_released")
ALIVE = f"document_id is not null and not ({one_of('state', ENDED)})"
"""A document has one item at a time; once that ended, a new decision opens another one."""


class Item(HasId, JurisdictionScoped, Base):
    """What is to be public, from an issued document or handled like one; its files hang on it as attachment links.

    While a correction is prepared its columns hold the new version, `publication` is the public one.
    """

    __tablename__ = "disclosure_item"
    __table_args__ = (
        CheckConstraint(one_of("state", ITEM_STATES), name="state"),
        CheckConstraint(one_of("origin", ORIGINS), name="origin"),
        CheckConstraint(one_of("carrier", CARRIERS), name="carrier"),
        CheckConstraint(one_of("urgency", URGENCIES), name="urgency"),
        CheckConstraint("state not in ('released', 'complete') or publication_id is not null", name="public_page"),
        CheckConstraint("state <> 'to_release' or approved_hash = content_hash", name="as_approved"),
        Index("ix_disclosure_item_list", "jurisdiction_id", "state", "updated_at", "id"),
        Index(
            "uq_disclosure_item_document", "document_id", unique=True, sqlite_where=sql(ALIVE),
            postgresql_where=sql(ALIVE),
        ),
    )  # fmt: skip

    document_id: Mapped[str | None] = mapped_column(ForeignKey("disclosure_document.id"))
    """The issued document it makes public; empty for what is handled like one (参照)."""
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("core_agency.id"), index=True)
    matter_id: Mapped[str | None] = mapped_column(ForeignKey("core_matter.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(500), default="")
    """内容概述."""
    text: Mapped[str] = mapped_column(Text, default="")
    """Plain text; blank lines part paragraphs. Never HTML."""
    genre: Mapped[str] = mapped_column(String(20), default="other")
    number: Mapped[str] = mapped_column(String(50), default="")
    keywords: Mapped[str] = mapped_column(String(200), default="")
    origin: Mapped[str] = mapped_column(String(10), default="made")
    source: Mapped[str] = mapped_column(String(200), default="")
    """信息来源: who made it, or from whom it was obtained (管2)."""
    carrier: Mapped[str] = mapped_column(String(12), default="text")
    formed_on: Mapped[date]
    """形成日期: from here the clock runs (管8), unless …"""
    counted_from: Mapped[date | None]
    """… the day of a change: a correction, an attribute determined anew."""
    urgency: Mapped[str] = mapped_column(String(12), default="none")
    key_area: Mapped[bool] = mapped_column(default=False)
    """重点领域: it also stands in its column (管7)."""
    column: Mapped[str] = mapped_column("column_key", String(40), default="")
    agencies: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Ids of the other agencies it concerns (管10)."""
    concerns_nobody: Mapped[bool] = mapped_column(default=False)
    """«不涉及其他机关», ticked."""
    days: Mapped[int | None]
    """Working days where a law or rule sets others than the local ones; `days_basis` cites it."""
    days_basis: Mapped[str] = mapped_column(String(300), default="")
    valid_until: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(16), default="editing")
    version: Mapped[int] = mapped_column(default=1)
    edition: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(String(500), default="")
    """更正说明 of the edition in hand; public with it."""
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    approved_hash: Mapped[str | None] = mapped_column(String(64))
    approved_name: Mapped[str] = mapped_column(String(80), default="")
    cleared_hash: Mapped[str | None] = mapped_column(String(64))
    """The content that passed the secrecy review (保密审查)."""
    findings: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    """Passages that look like personal data: {key, kind, where, passage}; found when it was submitted."""
    handed_over_at: Mapped[datetime | None]
    """When the portal unit had it (认8)."""
    scheduled_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    late_cause: Mapped[str] = mapped_column(String(20), default="")
    """before_hand_over or after_hand_over, empty when on time (认8)."""
    publication_id: Mapped[str | None] = mapped_column(ForeignKey("core_publication.id"), index=True)
    """What is public now."""
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("core_publication.id"))
    """The page made and approved for the edition in hand."""
    expired_on: Mapped[date | None]
    expired_basis: Mapped[str] = mapped_column(String(300), default="")
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    withdrawn_name: Mapped[str] = mapped_column(String(80), default="")
    withdrawn_reason: Mapped[str] = mapped_column(String(500), default="")
    emergency: Mapped[bool] = mapped_column(default=False)
    """Taken off by one person alone, to be confirmed within a working day."""
    withdrawal_confirmed_name: Mapped[str] = mapped_column(String(80), default="")
    withdrawal_confirmed_at: Mapped[datetime | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    edited_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    """Who changed or submitted it last: neither he nor the creator approves it."""
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    agency: Mapped[Agency | None] = relationship()
    matter: Mapped[Matter | None] = relationship()
    document: Mapped[Document | None] = relationship()
    publication: Mapped[Publication | None] = relationship(foreign_keys=[publication_id])
    draft: Mapped[Publication | None] = relationship(foreign_keys=[draft_id])
    confirmations: Mapped[list[Confirmation]] = relationship(
        order_by="Confirmation.position", cascade="all, delete-orphan"
    )
    disputes: Mapped[list[Dispute]] = relationship(order_by="Dispute.raised_at", cascade="all, delete-orphan")
    editions: Mapped[list[Edition]] = relationship(order_by="Edition.number", cascade="all, delete-orphan")
    placements: Mapped[list[Placement]] = relationship(order_by="Placement.position", cascade="all, delete-orphan")

    def __str__(self) -> str:
        return self.title

    @property
    def asked(self) -> list[Confirmation]:
        """The confirmations of the content in hand."""
        return [row for row in self.confirmations if row.state != "void"]

    @property
    def agencies_asked(self) -> frozenset[str]:
        """Whose confirmation is still open: those may confirm or object."""
        return frozenset(row.agency_id for row in self.asked if row.state == "pending")

    @property
    def public(self) -> bool:
        """True while something of it is public."""
        return self.publication_id is not None and self.state not in ENDED

    @property
    def dispute(self) -> Dispute | None:
        """The one that is open."""
        return next((row for row in self.disputes if row.ruling == ""), None)


class Edition(HasId, JurisdictionScoped, Base):
    """A version that was released: number, page, what was corrected."""

    __tablename__ = "disclosure_edition"

    item_id: Mapped[str] = mapped_column(ForeignKey("disclosure_item.id"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(500), default="")
    content_hash: Mapped[str] = mapped_column(String(64))
    publication_id: Mapped[str] = mapped_column(ForeignKey("core_publication.id"))
    released_at: Mapped[datetime]
    released_name: Mapped[str] = mapped_column(String(80))


class Placement(HasId, JurisdictionScoped, Base):
    """Where it is to be placed (管7, 管9), and when that was done."""

    __tablename__ = "disclosure_placement"
    __table_args__ = (CheckConstraint(one_of("kind", PLACEMENTS), name="kind"),)

    item_id: Mapped[str] = mapped_column(ForeignKey("disclosure_item.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(200), default="")
    planned_on: Mapped[date | None]
    required: Mapped[bool] = mapped_column(default=True)
    placed_on: Mapped[date | None]
    confirmed_name: Mapped[str] = mapped_column(String(80), default="")

    def as_data(self) -> dict[str, Any]:
        """For answers and forms."""
        return {
            "id": self.id, "kind": self.kind, "place": self.place, "planned_on": self.planned_on,
            "required": self.required, "placed_on": self.placed_on, "confirmed_by": self.confirmed_name,
        }  # fmt: skip
