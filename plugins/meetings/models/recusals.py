"""Recusal and eligibility declarations (回避与资格申报) of those invited to an item, each with its decision."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from plugins.meetings.models.invitations import Invitation
from plugins.meetings.values import RECUSAL_KINDS, one_of

RECUSAL_STATES = ("declared", "recused", "kept")


class Recusal(HasId, JurisdictionScoped, Base):
    """A declaration about one person and one item, and what was decided on it."""

    __tablename__ = "meetings_recusal"
    __table_args__ = (
        CheckConstraint(one_of("state", RECUSAL_STATES), name="state"),
        CheckConstraint(one_of("kind", RECUSAL_KINDS), name="kind"),
        CheckConstraint("state = 'declared' or (decided_at is not null and decision_reason <> '')", name="decided"),
        Index("ix_meetings_recusal_list", "jurisdiction_id", "state", "created_at"),
        Index(
            "ix_meetings_recusal_open", "invitation_id", "kind", unique=True,
            sqlite_where=text("state = 'declared'"), postgresql_where=text("state = 'declared'"),
        ),
    )  # fmt: skip

    invitation_id: Mapped[str] = mapped_column(ForeignKey("meetings_invitation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    statement: Mapped[str] = mapped_column(String(1000))
    """The interest, or what bears on the eligibility, in the declarant's words."""
    state: Mapped[str] = mapped_column(String(10), default="declared")
    version: Mapped[int] = mapped_column(default=1)
    declared_by: Mapped[str | None] = mapped_column(String(32))
    """Account of the member of staff who declared; the invitation's id for the invitee's own act."""
    declared_name: Mapped[str] = mapped_column(String(80))
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    decided_name: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    invitation: Mapped[Invitation] = relationship(back_populates="recusals")

    @property
    def agencies_involved(self) -> frozenset[str | None]:
        """Whose organisers and deputy leaders decide."""
        return self.invitation.agencies_involved
