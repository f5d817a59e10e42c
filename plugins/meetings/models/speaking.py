"""Requests to speak (请求发言): the queue before the chair."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from plugins.meetings.models.applications import AgendaApplication
from plugins.meetings.models.invitations import Invitation
from plugins.meetings.models.meetings import Meeting
from plugins.meetings.values import one_of

SPEAKING_STATES = ("waiting", "granted", "declined", "withdrawn", "spoken")
_STANDING = text("state in ('waiting', 'granted')")


class SpeakingRequest(HasId, JurisdictionScoped, Base):
    """A representative asks for the floor on an item; one at a time."""

    __tablename__ = "meetings_speaking_request"
    __table_args__ = (
        CheckConstraint(one_of("state", SPEAKING_STATES), name="state"),
        CheckConstraint("state <> 'declined' or reason <> ''", name="decline_reason"),
        Index(
            "uq_meetings_speaking_request_standing", "invitation_id", unique=True,
            sqlite_where=_STANDING, postgresql_where=_STANDING,
        ),
        Index("ix_meetings_speaking_request_queue", "meeting_id", "state", "raised_at"),
    )  # fmt: skip

    invitation_id: Mapped[str] = mapped_column(ForeignKey("meetings_invitation.id"))
    application_id: Mapped[str] = mapped_column(ForeignKey("meetings_application.id"))
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meetings_meeting.id"))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    version: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str] = mapped_column(Text, default="")
    raised_at: Mapped[datetime] = mapped_column(default=utcnow)
    decided_at: Mapped[datetime | None]

    invitation: Mapped[Invitation] = relationship()
    application: Mapped[AgendaApplication] = relationship()
    meeting: Mapped[Meeting] = relationship()

    @property
    def agencies_involved(self) -> frozenset[str | None]:
        """Whose organisers lead the queue."""
        return self.application.agencies_involved | {self.meeting.agency_id}
