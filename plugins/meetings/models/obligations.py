"""What the convenor owes after a meeting (会9): outcome, policy document, interpretation, each met or exempted."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Publication
from plugins.meetings.values import OBLIGATION_KINDS, one_of

if TYPE_CHECKING:
    from plugins.meetings.models.applications import AgendaApplication
    from plugins.meetings.models.meetings import Meeting

OBLIGATION_STATES = ("owed", "published", "exemption_requested", "exempted")


class Obligation(HasId, JurisdictionScoped, Base):
    """One duty of publication for one item of a closed meeting; its deadline is a clock of the core."""

    __tablename__ = "meetings_obligation"
    __table_args__ = (
        UniqueConstraint("meeting_id", "application_id", "kind"),
        CheckConstraint(one_of("kind", OBLIGATION_KINDS), name="kind"),
        CheckConstraint(one_of("state", OBLIGATION_STATES), name="state"),
        CheckConstraint("state <> 'published' or publication_id is not null", name="published_with_page"),
        CheckConstraint("state not in ('exemption_requested', 'exempted') or reason <> ''", name="exemption_reason"),
        CheckConstraint("state <> 'exempted' or approved_name <> ''", name="exemption_approved"),
        CheckConstraint("approved_by is null or approved_by <> requested_by", name="two_persons"),
    )

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meetings_meeting.id"), index=True)
    application_id: Mapped[str | None] = mapped_column(ForeignKey("meetings_application.id"), index=True)
    """The item it is owed for; empty where the meeting had no agenda."""
    kind: Mapped[str] = mapped_column(String(20))
    position: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(20), default="owed")
    version: Mapped[int] = mapped_column(default=1)
    publication_id: Mapped[str | None] = mapped_column(ForeignKey("core_publication.id"))
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"), index=True)
    """责任人: the person of the convening body who sees to it; empty where nobody was named."""
    owner_name: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it is exempted, with the legal ground."""
    requested_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    requested_name: Mapped[str] = mapped_column(String(80), default="")
    requested_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    approved_name: Mapped[str] = mapped_column(String(80), default="")
    approved_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    meeting: Mapped[Meeting] = relationship(back_populates="obligations")
    application: Mapped[AgendaApplication | None] = relationship()
    publication: Mapped[Publication | None] = relationship()

    @property
    def agency_id(self) -> str | None:
        """召集单位: the one who owes it."""
        return self.meeting.agency_id

    @property
    def matter_id(self) -> str | None:
        """The matter whose life-line it belongs to."""
        return self.application.matter_id if self.application else None

    @property
    def withdrawn_page(self) -> Publication | None:
        """The page that had met it and was taken off; it is owed again since."""
        page = self.publication
        return page if page is not None and page.state == "withdrawn" and not self.settled else None

    @property
    def settled(self) -> bool:
        """True when published or lawfully exempted."""
        return self.state in {"published", "exempted"}
