"""What a representative hands in about an item: a question or a written opinion (提问、书面意见)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Agency
from plugins.meetings.models.applications import AgendaApplication
from plugins.meetings.models.invitations import Invitation
from plugins.meetings.models.meetings import Meeting
from plugins.meetings.values import DISPOSITIONS, SLIP_KINDS, one_of

SLIP_STATES = ("handed_in", "returned", "withdrawn", "admitted", "answered", "routed", "replied")


class Slip(HasId, JurisdictionScoped, Base):
    """One question or opinion; its text never changes after it was handed in."""

    __tablename__ = "meetings_slip"
    __table_args__ = (
        CheckConstraint(one_of("kind", SLIP_KINDS), name="kind"),
        CheckConstraint(one_of("state", SLIP_STATES), name="state"),
        CheckConstraint(f"disposition is null or {one_of('disposition', DISPOSITIONS)}", name="disposition"),
        CheckConstraint("state <> 'returned' or reason <> ''", name="return_reason"),
        CheckConstraint("state <> 'answered' or answer <> ''", name="answered"),
        CheckConstraint("state not in ('routed', 'replied') or unit_id is not null", name="routed_to"),
        CheckConstraint(
            "state <> 'replied' or (disposition is not null and (disposition = 'adopted' or reply <> ''))",
            name="replied_with_reason",
        ),
        Index("ix_meetings_slip_list", "jurisdiction_id", "updated_at", "id"),
    )

    invitation_id: Mapped[str] = mapped_column(ForeignKey("meetings_invitation.id"), index=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("meetings_application.id"), index=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meetings_meeting.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    publish_name: Mapped[bool] = mapped_column(default=False)
    """The author agrees that the name stands beside this text; else the category does."""
    public: Mapped[bool] = mapped_column(default=False)
    """Stands on the meeting's page: decided by whoever admits it."""
    state: Mapped[str] = mapped_column(String(10), default="handed_in")
    version: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was returned."""
    answer: Mapped[str] = mapped_column(Text, default="")
    """What was answered at the meeting."""
    answered_by: Mapped[str] = mapped_column(String(100), default="")
    on_record: Mapped[bool] = mapped_column(default=False)
    """Question and answer stand in the live text."""
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("core_agency.id"), index=True)
    """承办单位: the one that says what becomes of it."""
    disposition: Mapped[str | None] = mapped_column(String(12))
    reply: Mapped[str] = mapped_column(Text, default="")
    """What became of it; the reason where it is not adopted in full."""
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
    replied_at: Mapped[datetime | None]

    invitation: Mapped[Invitation] = relationship()
    application: Mapped[AgendaApplication] = relationship()
    meeting: Mapped[Meeting] = relationship()
    unit: Mapped[Agency | None] = relationship()

    @property
    def agencies_involved(self) -> frozenset[str | None]:
        """Whose organisers moderate it."""
        return self.application.agencies_involved | {self.meeting.agency_id}

    @property
    def agency_id(self) -> str | None:
        """The unit under the clock."""
        return self.unit_id

    @property
    def matter_id(self) -> str:
        """The matter whose life-line it belongs to."""
        return self.application.matter_id

    def __str__(self) -> str:
        return self.text[:60]
