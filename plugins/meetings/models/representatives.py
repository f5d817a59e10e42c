"""The representative pool (代表库): who may be invited to sit in, in which terms; one row a person."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from plugins.meetings.values import CATEGORIES, one_of

REPRESENTATIVE_STATES = ("active", "paused", "ended")


class Representative(HasId, JurisdictionScoped, Base):
    """A person of the pool: personal data, for those who invite only. How often invited is counted, not stored."""

    __tablename__ = "meetings_representative"
    __table_args__ = (
        CheckConstraint(one_of("state", REPRESENTATIVE_STATES), name="state"),
        UniqueConstraint("jurisdiction_id", "name", "organisation"),
        Index("ix_meetings_representative_list", "jurisdiction_id", "state", "renewal_due"),
        Index("ix_meetings_representative_changes", "jurisdiction_id", "updated_at", "id"),
    )

    name: Mapped[str] = mapped_column(String(60))
    organisation: Mapped[str] = mapped_column(String(200), default="")
    """单位; tells two people of the same name apart."""
    contact: Mapped[str] = mapped_column(String(200), default="")
    """E-mail address or telephone number."""
    speciality: Mapped[str] = mapped_column(String(200), default="")
    region: Mapped[str] = mapped_column(String(100), default="")
    """County or town, in words."""
    trade: Mapped[str] = mapped_column(String(100), default="")
    publish_name: Mapped[bool] = mapped_column(default=False)
    """Consent to publish the name with the attendance; each invitation begins with it."""
    renewal_due: Mapped[date]
    """The last day of the year served; who is not renewed by then cannot be proposed."""
    state: Mapped[str] = mapped_column(String(10), default="active")
    state_note: Mapped[str] = mapped_column(String(500), default="")
    """Why paused or ended."""
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    terms: Mapped[list[RepresentativeTerm]] = relationship(
        back_populates="representative",
        order_by="RepresentativeTerm.begins, RepresentativeTerm.category",
        cascade="all, delete-orphan",
    )

    @property
    def key(self) -> tuple[str, str]:
        """What makes two entries the same person: name and organisation."""
        return (self.name, self.organisation)

    def __str__(self) -> str:
        return self.name


class RepresentativeTerm(HasId, JurisdictionScoped, Base):
    """A term (任期) somebody stands in, in one category; a person may stand in several."""

    __tablename__ = "meetings_pool_term"
    __table_args__ = (
        CheckConstraint(one_of("category", CATEGORIES), name="category"),
        CheckConstraint("ends is null or ends >= begins", name="ends_after_begin"),
        UniqueConstraint("representative_id", "category", "begins"),
        Index("ix_meetings_pool_term_category", "jurisdiction_id", "category", "ends"),
    )

    representative_id: Mapped[str] = mapped_column(ForeignKey("meetings_representative.id"))
    category: Mapped[str] = mapped_column(String(20))
    begins: Mapped[date]
    ends: Mapped[date | None]
    """The last day; None: until further notice."""
    representative: Mapped[Representative] = relationship(back_populates="terms")

    def runs_on(self, day: date) -> bool:
        """True from the first day to the last."""
        return self.begins <= day and (self.ends is None or day <= self.ends)
