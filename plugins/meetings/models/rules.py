"""The local open-meeting rules (会8), versioned, and who acknowledged which version."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from plugins.meetings.models.invitations import Invitation


class RuleText(HasId, JurisdictionScoped, Base):
    """One version of the jurisdiction's rules; the highest version is in force."""

    __tablename__ = "meetings_rule_text"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "version"),)

    version: Mapped[int]
    attendance: Mapped[str] = mapped_column(Text)
    """公众范围: who may attend."""
    duties: Mapped[str] = mapped_column(Text)
    """权利与责任义务."""
    agenda_rules: Mapped[str] = mapped_column(Text)
    """议程设定."""
    discipline: Mapped[str] = mapped_column(Text)
    """会议纪律."""
    created_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    def __str__(self) -> str:
        return str(self.version)


class Acknowledgement(HasId, JurisdictionScoped, Base):
    """An invitee's promise to keep one version of the rules (承诺)."""

    __tablename__ = "meetings_acknowledgement"
    __table_args__ = (UniqueConstraint("invitation_id", "rule_id"),)

    invitation_id: Mapped[str] = mapped_column(ForeignKey("meetings_invitation.id"))
    rule_id: Mapped[str] = mapped_column(ForeignKey("meetings_rule_text.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    recorded_by: Mapped[str] = mapped_column(String(80), default="")
    """Name of the member of staff who entered a promise given on paper; empty for the invitee's own act."""
    invitation: Mapped[Invitation] = relationship(back_populates="acknowledgements")
    rule: Mapped[RuleText] = relationship()
