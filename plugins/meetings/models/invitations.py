"""Invitations (邀请列席): the invited list of an application's plan, person by person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from plugins.meetings.values import CATEGORIES, one_of

if TYPE_CHECKING:
    from plugins.meetings.models.applications import AgendaApplication
    from plugins.meetings.models.attendance import Attendance
    from plugins.meetings.models.deliveries import Answer, Delivery
    from plugins.meetings.models.meetings import Meeting
    from plugins.meetings.models.recusals import Recusal
    from plugins.meetings.models.representatives import Representative
    from plugins.meetings.models.rules import Acknowledgement
    from plugins.meetings.models.substitutions import Substitution

INVITATION_STATES = (
    "proposed", "approved", "sent", "accepted", "declined", "acknowledged",
    "checked_in", "checked_out", "substituted", "revoked",
)  # fmt: skip
TOLD_STATES = ("sent", "accepted", "declined", "acknowledged", "checked_in", "checked_out")
"""States of those who have had their invitation and must hear of changes."""


class Invitation(HasId, JurisdictionScoped, Base):
    """One invitee of an item; on the agenda it is at the same time an invitation to the meeting."""

    __tablename__ = "meetings_invitation"
    __table_args__ = (
        CheckConstraint(one_of("state", INVITATION_STATES), name="state"),
        CheckConstraint(one_of("category", CATEGORIES), name="category"),
        CheckConstraint("state not in ('proposed', 'approved') or token_hash is null", name="nothing_before_sending"),
        Index("ix_meetings_invitation_person", "application_id", "name"),
    )

    application_id: Mapped[str] = mapped_column(ForeignKey("meetings_application.id"))
    name: Mapped[str] = mapped_column(String(60))
    category: Mapped[str] = mapped_column(String(20))
    representative_id: Mapped[str | None] = mapped_column(ForeignKey("meetings_representative.id"), index=True)
    """The person's entry in the pool (代表库); None: not from the pool."""
    organisation: Mapped[str] = mapped_column(String(200), default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    """E-mail address or telephone number: personal data, for those who invite only."""
    represents: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int] = mapped_column(default=0)
    in_plan: Mapped[bool] = mapped_column(default=True)
    """Part of the list as submitted or approved; a change of plan takes people out without forgetting them."""
    by_signup: Mapped[bool] = mapped_column(default=False)
    """Came through the sign-up that the plan contains: approved with its terms, not by name (会7)."""
    publish_name: Mapped[bool] = mapped_column(default=False)
    """The invitee agrees that the name is published with the attendance."""
    state: Mapped[str] = mapped_column(String(14), default="proposed")
    version: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """SHA-256 of the personal link's secret; the secret itself is stored nowhere."""
    link_salt: Mapped[str] = mapped_column(String(32), default="", server_default="")
    """With the installation's key it makes the secret again, for reminders; empty: no link."""
    token_expires_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    reply_note: Mapped[str] = mapped_column(String(500), default="")
    checked_in_at: Mapped[datetime | None]
    checked_out_at: Mapped[datetime | None]
    present: Mapped[bool | None]
    """The clerk's correction of who was there when the item was dealt with; empty: as the door noted it."""
    present_note: Mapped[str] = mapped_column(String(300), default="", server_default="")
    replaced_by_id: Mapped[str | None] = mapped_column(ForeignKey("meetings_invitation.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    application: Mapped[AgendaApplication] = relationship(back_populates="invitations")
    acknowledgements: Mapped[list[Acknowledgement]] = relationship(
        back_populates="invitation", order_by="Acknowledgement.at", cascade="all, delete-orphan"
    )

    representative: Mapped[Representative | None] = relationship()
    recusals: Mapped[list[Recusal]] = relationship(
        back_populates="invitation", order_by="Recusal.created_at", cascade="all, delete-orphan"
    )
    deliveries: Mapped[list[Delivery]] = relationship(
        back_populates="invitation", order_by="Delivery.at", cascade="all, delete-orphan"
    )
    answers: Mapped[list[Answer]] = relationship(
        back_populates="invitation", order_by="Answer.at", cascade="all, delete-orphan"
    )
    substitutions: Mapped[list[Substitution]] = relationship(
        back_populates="invitation", order_by="Substitution.created_at", cascade="all, delete-orphan"
    )
    passages: Mapped[list[Attendance]] = relationship(
        back_populates="invitation", order_by="Attendance.at, Attendance.key", cascade="all, delete-orphan"
    )

    fresh_token = ""
    """The secret of a link made in this transaction: shown once, never stored."""

    @property
    def agencies_involved(self) -> frozenset[str | None]:
        """Whose organisers act on the invitation."""
        return self.application.agencies_involved

    @property
    def meeting(self) -> Meeting | None:
        """The meeting it is for, once the item is on an agenda."""
        return self.application.meeting

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two rows the same person: name, category, organisation."""
        return (self.name, self.category, self.organisation)

    @property
    def was_told(self) -> bool:
        """True once the invitation has gone out."""
        return self.state in TOLD_STATES

    def __str__(self) -> str:
        return self.name
