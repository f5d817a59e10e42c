"""Substitution (代为列席): whom an invitee proposes in his place, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from plugins.meetings.values import one_of

if TYPE_CHECKING:
    from plugins.meetings.models.invitations import Invitation

SUBSTITUTION_STATES = ("proposed", "accepted", "refused", "withdrawn")


class Substitution(HasId, JurisdictionScoped, Base):
    """A proposal of an invitee; the category is that of the invitation, so no quota is lost (会3)."""

    __tablename__ = "meetings_substitution"
    __table_args__ = (
        CheckConstraint(one_of("state", SUBSTITUTION_STATES), name="state"),
        CheckConstraint("state <> 'refused' or decision <> ''", name="refused_reason"),
        Index(
            "uq_meetings_substitution_open", "invitation_id", unique=True,
            sqlite_where=text("state = 'proposed'"), postgresql_where=text("state = 'proposed'"),
        ),
    )  # fmt: skip

    invitation_id: Mapped[str] = mapped_column(ForeignKey("meetings_invitation.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    organisation: Mapped[str] = mapped_column(String(200), default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    version: Mapped[int] = mapped_column(default=1)
    decision: Mapped[str] = mapped_column(String(500), default="")
    """Why it was refused, or a word with the acceptance."""
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    invitation: Mapped[Invitation] = relationship(back_populates="substitutions")

    @property
    def agencies_involved(self) -> frozenset[str | None]:
        """Whose organisers decide."""
        return self.invitation.agencies_involved
