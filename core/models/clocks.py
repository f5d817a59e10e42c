"""Statutory deadlines as rows (法定时限), and the calendar they are counted on (工作日历)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped


class CalendarDay(Base):
    """A day whose kind differs from its weekday, or an announced year's day; `jurisdiction_id` empty = everywhere."""

    __tablename__ = "core_calendar_day"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str | None] = mapped_column(ForeignKey("core_jurisdiction.id"))
    day: Mapped[date] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(20))
    """holiday 法定假 · bridge 调休休息 · makeup 调休上班."""
    source: Mapped[str] = mapped_column(String(200))


class Clock(HasId, JurisdictionScoped, Base):
    """One deadline of one object: what it rests on, when it runs out, how that was counted."""

    __tablename__ = "core_clock"
    __table_args__ = (
        CheckConstraint("state in ('running', 'suspended', 'met', 'cancelled')", name="state"),
        CheckConstraint("unit in ('WD', 'CD', 'H')", name="unit"),
        Index("ix_core_clock_open", "state", "due_at"),
        Index("ix_core_clock_subject", "subject_type", "subject_id"),
    )

    key: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(120))
    article: Mapped[str] = mapped_column(String(20))
    basis: Mapped[str] = mapped_column(String(300), default="")
    plugin: Mapped[str] = mapped_column(String(60), default="")
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(32))
    matter_id: Mapped[str | None] = mapped_column(ForeignKey("core_matter.id"))
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("core_agency.id"))
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    """The person named for it: reminded first; empty where all who work on such things in the agency are."""
    unit: Mapped[str] = mapped_column(String(2))
    amount: Mapped[int]
    extension: Mapped[int] = mapped_column(default=0)
    extension_reason: Mapped[str] = mapped_column(String(300), default="")
    started_at: Mapped[datetime]
    due_on: Mapped[date | None]
    """Date of the last day for day clocks; empty for hour clocks."""
    due_at: Mapped[datetime]
    """Exclusive: 24:00 local of `due_on`."""
    original_due_at: Mapped[datetime]
    provisional: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="running")
    met_at: Mapped[datetime | None]
    reminded: Mapped[int] = mapped_column(default=0)
    """How far the reminders have come: 0 none, 1 some days before, 2 on the day, 3 overdue and escalated."""
    suspensions: Mapped[list[ClockSuspension]] = relationship(
        back_populates="clock", order_by="ClockSuspension.started_at", cascade="all, delete-orphan"
    )


class ClockSuspension(HasId, JurisdictionScoped, Base):
    """A stretch that does not count (中止), with its reason."""

    __tablename__ = "core_clock_suspension"

    clock_id: Mapped[str] = mapped_column(ForeignKey("core_clock.id"), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300))
    clock: Mapped[Clock] = relationship(back_populates="suspensions")
