"""The minutes (会议纪要): one text per agenda item, every version of it kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from plugins.meetings.models.applications import AgendaApplication
from plugins.meetings.models.meetings import Meeting
from plugins.meetings.values import one_of

MINUTES_STATES = ("draft", "checking", "confirming", "final")


class Minutes(HasId, JurisdictionScoped, Base):
    """The minutes of a meeting, from draft to final; see workflow.minutes. Read by staff alone."""

    __tablename__ = "meetings_minutes"
    __table_args__ = (
        CheckConstraint(one_of("state", MINUTES_STATES), name="state"),
        CheckConstraint("state not in ('confirming', 'final') or checked_at is not null", name="checked"),
        CheckConstraint("state <> 'final' or confirmed_at is not null", name="confirmed"),
    )

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meetings_meeting.id"), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    begun_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    checked_by: Mapped[str | None] = mapped_column(String(32))
    checked_name: Mapped[str] = mapped_column(String(80), default="")
    checked_at: Mapped[datetime | None]
    confirmed_name: Mapped[str] = mapped_column(String(80), default="")
    confirmed_at: Mapped[datetime | None]
    return_reason: Mapped[str] = mapped_column(Text, default="")
    """Why they came back, while they are a draft again."""
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    meeting: Mapped[Meeting] = relationship()
    sections: Mapped[list[MinutesSection]] = relationship(
        back_populates="minutes", order_by="MinutesSection.position", cascade="all, delete-orphan"
    )

    @property
    def agency_id(self) -> str | None:
        """召集单位, whose minutes they are."""
        return self.meeting.agency_id

    @property
    def writers(self) -> frozenset[str]:
        """Accounts that wrote any version of any part: none of them checks or confirms."""
        return frozenset(row.by_id for section in self.sections for row in section.revisions if row.by_id)


class MinutesSection(HasId, JurisdictionScoped, Base):
    """One part: attendance, or an agenda item; `rev` is the number of its newest version."""

    __tablename__ = "meetings_minutes_section"

    minutes_id: Mapped[str] = mapped_column(ForeignKey("meetings_minutes.id"), index=True)
    application_id: Mapped[str | None] = mapped_column(ForeignKey("meetings_application.id"))
    """None for the attendance."""
    heading: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    rev: Mapped[int] = mapped_column(default=1)
    position: Mapped[int]

    minutes: Mapped[Minutes] = relationship(back_populates="sections")
    application: Mapped[AgendaApplication | None] = relationship()
    revisions: Mapped[list[MinutesRevision]] = relationship(
        back_populates="section", order_by="MinutesRevision.rev", cascade="all, delete-orphan"
    )

    @property
    def agency_id(self) -> str | None:
        """召集单位."""
        return self.minutes.agency_id


class MinutesRevision(HasId, JurisdictionScoped, Base):
    """A part as it stood after one edit; version 1 came from the record."""

    __tablename__ = "meetings_minutes_revision"
    __table_args__ = (UniqueConstraint("section_id", "rev"),)

    section_id: Mapped[str] = mapped_column(ForeignKey("meetings_minutes_section.id"))
    rev: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[str | None] = mapped_column(String(32))
    by_name: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[datetime] = mapped_column(default=utcnow)
    section: Mapped[MinutesSection] = relationship(back_populates="revisions")
