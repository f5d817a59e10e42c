"""The consultation (预公开征求意见): the notice, the draft in its editions, the period, the summary."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Agency, Publication
from plugins.predisclosure.models.items import DecisionItem
from plugins.predisclosure.values import LEGALITY, one_of

CONSULTATION_STATES = (
    "draft", "pending", "open", "closed", "summarising", "summary_review", "summary_published", "revised", "submitted",
    "issued", "not_issued", "terminated",
)  # fmt: skip
NEVER_OPENED = ("draft", "pending")
OVER = ("issued", "not_issued", "terminated")


class PublicConsultation(HasId, JurisdictionScoped, Base):
    """One asking of the public about a decision item."""

    __tablename__ = "predisclosure_consultation"
    __table_args__ = (
        CheckConstraint(one_of("state", CONSULTATION_STATES), name="state"),
        CheckConstraint(f"legality = '' or {one_of('legality', LEGALITY)}", name="legality"),
        CheckConstraint(
            f"{one_of('state', (*NEVER_OPENED, 'terminated'))} or (opens_at is not null and closes_at is not null)",
            name="period",
        ),
        CheckConstraint("closes_at is null or opens_at is null or closes_at > opens_at", name="forwards"),
        Index("ix_predisclosure_consultation_list", "state", "closes_at", "id"),
        Index(
            "uq_predisclosure_consultation_item", "item_id", unique=True,
            sqlite_where=sql("state not in ('terminated', 'not_issued')"),
            postgresql_where=sql("state not in ('terminated', 'not_issued')"),
        ),
    )  # fmt: skip

    item_id: Mapped[str] = mapped_column(ForeignKey("predisclosure_item.id"), index=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("core_agency.id"), index=True)
    matter_id: Mapped[str] = mapped_column(ForeignKey("core_matter.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    main_points: Mapped[str] = mapped_column(Text, default="")
    """主要内容."""
    background: Mapped[str] = mapped_column(Text, default="")
    """基本情况说明."""
    basis: Mapped[str] = mapped_column(Text, default="")
    """决策依据和理由."""
    feedback: Mapped[str] = mapped_column(Text, default="")
    """反馈意见方式: address, telephone, mailbox."""
    text: Mapped[str] = mapped_column(Text, default="")
    """The draft as it stands now; what the public was shown is kept as `DraftEdition`."""
    methods: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """预5: {kind, on, place, people, link, note}."""
    short_ground: Mapped[str] = mapped_column(Text, default="")
    """特殊情况: why less than the usual period."""
    short_explanation: Mapped[str] = mapped_column(Text, default="")
    """What the notice says of it to the public (条例713第十五条)."""
    wanted_close: Mapped[datetime | None]
    """The end wanted before it is opened, exclusive; empty means the usual period."""
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    """Exclusive; once open it only moves later."""
    approved_name: Mapped[str] = mapped_column(String(60), default="")
    """Who approved the opening, a shorter period with it."""
    errata: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """勘误: {at, text}."""
    extensions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """延长: {at, from, to, reason}."""
    summary: Mapped[str] = mapped_column(Text, default="")
    """意见征集和采纳情况: the words before the groups."""
    revised_text: Mapped[str] = mapped_column(Text, default="")
    legality: Mapped[str] = mapped_column(String(20), default="")
    legality_note: Mapped[str] = mapped_column(Text, default="")
    end_reason: Mapped[str] = mapped_column(Text, default="")
    document_number: Mapped[str] = mapped_column(String(50), default="")
    """文号 of what was issued."""
    state: Mapped[str] = mapped_column(String(18), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    submitted_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    summarised_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    publication_id: Mapped[str | None] = mapped_column(ForeignKey("core_publication.id"))
    summary_publication_id: Mapped[str | None] = mapped_column(ForeignKey("core_publication.id"))
    created_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    item: Mapped[DecisionItem] = relationship()
    agency: Mapped[Agency] = relationship()
    publication: Mapped[Publication | None] = relationship(foreign_keys=[publication_id])
    summary_publication: Mapped[Publication | None] = relationship(foreign_keys=[summary_publication_id])
    editions: Mapped[list[DraftEdition]] = relationship(back_populates="consultation", order_by="DraftEdition.number")

    @property
    def edition(self) -> DraftEdition | None:
        """The draft the public sees; None before the opening."""
        return self.editions[-1] if self.editions else None


class DraftEdition(HasId, JurisdictionScoped, Base):
    """A draft as it was shown to the public (征求意见稿); never changed."""

    __tablename__ = "predisclosure_edition"
    __table_args__ = (UniqueConstraint("consultation_id", "number"),)

    consultation_id: Mapped[str] = mapped_column(ForeignKey("predisclosure_consultation.id"), index=True)
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text, default="")
    """What changed and why, from the second one on."""
    published_at: Mapped[datetime]

    consultation: Mapped[PublicConsultation] = relationship(back_populates="editions")
