"""Opinions of the public (意见): what was said is never changed; groups, and what becomes of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from plugins.predisclosure.models.consultations import PublicConsultation
from plugins.predisclosure.values import CHANNELS, DISPOSITIONS, REASONED, one_of


class ConsultationGroup(HasId, JurisdictionScoped, Base):
    """Opinions that say the same (归类), answered together; merged into another one its row says where they went."""

    __tablename__ = "predisclosure_group"
    __table_args__ = (
        UniqueConstraint("consultation_id", "number"),
        CheckConstraint(f"disposition = '' or {one_of('disposition', DISPOSITIONS)}", name="disposition"),
        CheckConstraint(f"not ({one_of('disposition', REASONED)}) or reason <> ''", name="reasoned"),
    )

    consultation_id: Mapped[str] = mapped_column(ForeignKey("predisclosure_consultation.id"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    disposition: Mapped[str] = mapped_column(String(12), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    split_from_id: Mapped[str | None] = mapped_column(ForeignKey("predisclosure_group.id"))
    merged_into_id: Mapped[str | None] = mapped_column(ForeignKey("predisclosure_group.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    consultation: Mapped[PublicConsultation] = relationship()
    opinions: Mapped[list[ConsultationOpinion]] = relationship(
        back_populates="group", order_by="ConsultationOpinion.received_at"
    )


class ConsultationOpinion(HasId, JurisdictionScoped, Base):
    """One opinion as it was given; name and contact are for the office alone."""

    __tablename__ = "predisclosure_opinion"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "number"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        CheckConstraint("channel = 'web' or source <> ''", name="sourced"),
        CheckConstraint("not hidden or hidden_reason <> ''", name="hidden_reasoned"),
        Index("ix_predisclosure_opinion_list", "consultation_id", "late", "hidden", "id"),
        Index("ix_predisclosure_opinion_flood", "consultation_id", "sender_hash", "received_at"),
    )

    consultation_id: Mapped[str] = mapped_column(ForeignKey("predisclosure_consultation.id"), index=True)
    edition: Mapped[int]
    """The draft it was said about."""
    number: Mapped[str] = mapped_column(String(20))
    secret_hash: Mapped[str] = mapped_column(String(64), default="")
    sender_hash: Mapped[str] = mapped_column(String(64), default="")
    """Counts one sender's opinions of a day, and says nothing else."""
    channel: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(200), default="")
    """Of what did not come by the web: which hearing, survey, letter."""
    given_on: Mapped[date | None]
    entered_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    place: Mapped[str] = mapped_column(String(60), default="")
    """The article of the draft it is about, "" for the whole."""
    passage: Mapped[str] = mapped_column(String(500), default="")
    text: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(60), default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    late: Mapped[bool] = mapped_column(default=False)
    """逾期: came after the end; kept and shown to the office, not counted as owed."""
    hidden: Mapped[bool] = mapped_column(default=False)
    hidden_reason: Mapped[str] = mapped_column(Text, default="")
    group_id: Mapped[str | None] = mapped_column(ForeignKey("predisclosure_group.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    consultation: Mapped[PublicConsultation] = relationship()
    group: Mapped[ConsultationGroup | None] = relationship(back_populates="opinions")

    @property
    def agency_id(self) -> str:
        """Whose it is: the drafting body."""
        return self.consultation.agency_id
