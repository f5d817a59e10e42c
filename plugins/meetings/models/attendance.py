"""Attendance (签到): every passage through the door as it was noted, on whatever way, in whatever order it arrived."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from plugins.meetings.values import CHECK_IN_WAYS, one_of

if TYPE_CHECKING:
    from plugins.meetings.models.invitations import Invitation


class Attendance(HasId, JurisdictionScoped, Base):
    """One person came in or went out; the state of the invitation follows from all of them together."""

    __tablename__ = "meetings_attendance"
    __table_args__ = (
        UniqueConstraint("invitation_id", "key"),
        CheckConstraint("event in ('in', 'out')", name="event"),
        CheckConstraint(one_of("way", CHECK_IN_WAYS), name="way"),
        CheckConstraint("voided_at is null or void_reason <> ''", name="void_reason"),
    )

    invitation_id: Mapped[str] = mapped_column(ForeignKey("meetings_invitation.id"))
    key: Mapped[str] = mapped_column(String(64))
    """Made by the door with the act: however often it is sent, it counts once."""
    event: Mapped[str] = mapped_column(String(3))
    at: Mapped[datetime]
    """When it happened, by the clock of the door."""
    received_at: Mapped[datetime] = mapped_column(default=utcnow)
    way: Mapped[str] = mapped_column(String(10))
    door: Mapped[str] = mapped_column(String(40), default="")
    by_name: Mapped[str] = mapped_column(String(80))
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[str] = mapped_column(String(80), default="")
    void_reason: Mapped[str] = mapped_column(String(300), default="")

    invitation: Mapped[Invitation] = relationship(back_populates="passages")
