"""What an invitee was told (送达): one row per person and occasion, ticked off when it has reached him."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Notice
from plugins.meetings.values import CHANNELS, CONTACT_RESULTS, CONTACT_WAYS, one_of

if TYPE_CHECKING:
    from plugins.meetings.models.invitations import Invitation
    from plugins.meetings.models.meetings import Meeting

REACHED = ("told", "posted")
"""Results of a call or letter after which the person counts as told."""


class Delivery(HasId, JurisdictionScoped, Base):
    """One telling of one invitee: the invitation, a reminder, a change; with the text as it was said."""

    __tablename__ = "meetings_delivery"
    __table_args__ = (
        UniqueConstraint("invitation_id", "occasion"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        Index("ix_meetings_delivery_meeting", "meeting_id", "kind"),
    )

    invitation_id: Mapped[str] = mapped_column(ForeignKey("meetings_invitation.id"))
    meeting_id: Mapped[str | None] = mapped_column(ForeignKey("meetings_meeting.id"))
    """The meeting it was about when it was told; an item may leave it afterwards."""
    kind: Mapped[str] = mapped_column(String(20))
    """invite, reminder, or the change: moved, postponed, cancelled, withdrawn, plan_changed …"""
    occasion: Mapped[str] = mapped_column(String(80))
    """Kind and version of what changed: the same occasion is told once."""
    channel: Mapped[str] = mapped_column(String(10))
    notice_id: Mapped[str | None] = mapped_column(ForeignKey("core_notice.id"))
    """The message in the outbox; none where somebody has to call or write."""
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=utcnow)

    invitation: Mapped[Invitation] = relationship(back_populates="deliveries")
    meeting: Mapped[Meeting | None] = relationship()
    notice: Mapped[Notice | None] = relationship()
    contacts: Mapped[list[ContactNote]] = relationship(
        back_populates="delivery", order_by="ContactNote.at", cascade="all, delete-orphan"
    )

    @property
    def agencies_involved(self) -> frozenset[str | None]:
        """Whose organisers tick it off."""
        return self.invitation.agencies_involved

    @property
    def reached_by(self) -> ContactNote | None:
        """The call or letter by which the person was told, if there was one."""
        return next((note for note in self.contacts if note.result in REACHED), None)

    @property
    def state(self) -> str:
        """One of `DELIVERY_STATES`: ticked, answered, sent, waiting, failed, to_call."""
        if self.reached_by:
            return "ticked"
        if self.kind == "invite" and self.invitation.replied_at:
            return "answered"
        if self.notice is None:
            return "to_call"
        if self.notice.sent_at:
            return "sent"
        return "failed" if self.notice.error else "waiting"

    @property
    def is_open(self) -> bool:
        """True while somebody has to call or write."""
        ended = self.invitation.state in ("revoked", "substituted") and self.kind != "revoked"
        return self.kind != "reminder" and not ended and self.state in ("failed", "to_call")


class ContactNote(HasId, JurisdictionScoped, Base):
    """A telephone call made, a letter posted, a word in person: who, when, with what result."""

    __tablename__ = "meetings_contact_note"
    __table_args__ = (
        CheckConstraint(one_of("way", CONTACT_WAYS), name="way"),
        CheckConstraint(one_of("result", CONTACT_RESULTS), name="result"),
    )

    delivery_id: Mapped[str] = mapped_column(ForeignKey("meetings_delivery.id"), index=True)
    way: Mapped[str] = mapped_column(String(10))
    result: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(String(300), default="")
    """Number of the letter, or what was said."""
    at: Mapped[datetime] = mapped_column(default=utcnow)
    by: Mapped[str | None] = mapped_column(String(32))
    by_name: Mapped[str] = mapped_column(String(80))

    delivery: Mapped[Delivery] = relationship(back_populates="contacts")


class Answer(HasId, JurisdictionScoped, Base):
    """One answer to an invitation (答复); the newest counts, the earlier ones stay."""

    __tablename__ = "meetings_answer"
    __table_args__ = (CheckConstraint("answer in ('accept', 'decline')", name="answer"),)

    invitation_id: Mapped[str] = mapped_column(ForeignKey("meetings_invitation.id"), index=True)
    answer: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(default=utcnow)
    taken_by: Mapped[str] = mapped_column(String(80), default="")
    """Who took it down; empty: the invitee himself, by the personal link."""

    invitation: Mapped[Invitation] = relationship(back_populates="answers")
