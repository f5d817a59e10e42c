"""The meeting (会议): kind, time, place, convening agency and agenda."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Agency
from plugins.meetings.values import MEETING_KINDS, one_of

if TYPE_CHECKING:
    from plugins.meetings.models.applications import AgendaApplication
    from plugins.meetings.models.obligations import Obligation

MEETING_STATES = ("preparing", "announced", "in_session", "paused", "closed", "sealed", "cancelled")


class Meeting(HasId, JurisdictionScoped, Base):
    """A meeting of a government or department; public from its announcement on (`announced_at`)."""

    __tablename__ = "meetings_meeting"
    __table_args__ = (
        CheckConstraint(one_of("state", MEETING_STATES), name="state"),
        CheckConstraint(one_of("kind", MEETING_KINDS), name="kind"),
        CheckConstraint("kind = 'special' or open_to_public", name="only_special_may_choose"),
        CheckConstraint("state in ('preparing', 'cancelled') or announced_at is not null", name="announced"),
        Index("ix_meetings_meeting_list", "jurisdiction_id", "starts_at", "id"),
        Index("ix_meetings_meeting_changes", "jurisdiction_id", "updated_at", "id"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200), default="")
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("core_agency.id"), index=True)
    """召集单位."""
    open_to_public: Mapped[bool] = mapped_column(default=True)
    """Of a special meeting the convenor decides (会4); the others follow their items."""
    openness_note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(12), default="preparing")
    version: Mapped[int] = mapped_column(default=1)
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
    announced_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    sealed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    agency: Mapped[Agency | None] = relationship()
    agenda: Mapped[list[AgendaApplication]] = relationship(
        back_populates="meeting", order_by="AgendaApplication.position"
    )
    obligations: Mapped[list[Obligation]] = relationship(back_populates="meeting", order_by="Obligation.position")

    @property
    def agencies_involved(self) -> frozenset[str | None]:
        """The convening agency and those whose items are on the agenda: all of them invite and check in."""
        return frozenset({self.agency_id, *(item.agency_id for item in self.agenda)})

    @property
    def is_public(self) -> bool:
        """True once it was announced: its page, list entry and feed exist for everyone."""
        return self.announced_at is not None

    @property
    def audience(self) -> str:
        """Who may follow the session: "public", or "invited" where every item is closed or the convenor closed it."""
        all_closed = bool(self.agenda) and all(item.openness == "closed" for item in self.agenda)
        return "invited" if all_closed or not self.open_to_public else "public"

    def __str__(self) -> str:
        return self.title
