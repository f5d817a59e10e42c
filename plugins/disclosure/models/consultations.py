"""Opinions asked from third parties and co-authors (征求意见) while a request's clock stands still."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped
from plugins.disclosure.values import one_of
from plugins.disclosure.values_requests import CONSULTATION_ANSWERS, CONSULTATIONS

if TYPE_CHECKING:
    from plugins.disclosure.models.requests import AccessRequest


class Consultation(HasId, JurisdictionScoped, Base):
    """One letter and its answer; the limit is a clock of the core on `disclosure.consultation`."""

    __tablename__ = "disclosure_consultation"
    __table_args__ = (
        CheckConstraint(one_of("kind", CONSULTATIONS), name="kind"),
        CheckConstraint(one_of("answer", CONSULTATION_ANSWERS), name="answer"),
        CheckConstraint("(answer = 'waiting') = (answered_on is null)", name="answered_on"),
        CheckConstraint("override_reason = '' or override_told_on is not null", name="override_told"),
    )

    request_id: Mapped[str] = mapped_column(ForeignKey("disclosure_request.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    party: Mapped[str] = mapped_column(String(200))
    contact: Mapped[str] = mapped_column(String(200), default="")
    sent_on: Mapped[date]
    """The day the letter reached them: day zero of their fifteen working days."""
    answer: Mapped[str] = mapped_column(String(10), default="waiting")
    answered_on: Mapped[date | None]
    """The day of the answer, or the last day of the limit."""
    reason: Mapped[str] = mapped_column(Text, default="")
    justified: Mapped[bool] = mapped_column(default=False)
    """A refusal with good reason: then nothing is disclosed without an override (条例第三十二条)."""
    override_reason: Mapped[str] = mapped_column(Text, default="")
    override_told_on: Mapped[date | None]
    """When the third party was told in writing that and why it is disclosed all the same."""
    suspension_id: Mapped[str | None] = mapped_column(ForeignKey("core_clock_suspension.id"))

    request: Mapped[AccessRequest] = relationship(back_populates="consultations")

    @property
    def agency_id(self) -> str:
        """Whose clock it is."""
        return self.request.agency_id

    @property
    def owner_id(self) -> str | None:
        """Whom its clock reminds."""
        return self.request.handler_id

    @property
    def forbids(self) -> bool:
        """True for a justified refusal that nobody has overridden."""
        return self.kind == "third_party" and self.answer == "refused" and self.justified and not self.override_reason
