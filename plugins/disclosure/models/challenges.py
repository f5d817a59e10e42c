"""Reconsideration, litigation and complaints (复议、诉讼、投诉) about the answer to a request."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped
from plugins.disclosure.values import one_of
from plugins.disclosure.values_requests import CHALLENGE_RESULTS, CHALLENGES

if TYPE_CHECKING:
    from plugins.disclosure.models.requests import AccessRequest


class Challenge(HasId, JurisdictionScoped, Base):
    """One linked case before another body, with its result; counted in table 四 of the annual report."""

    __tablename__ = "disclosure_challenge"
    __table_args__ = (
        CheckConstraint(one_of("kind", CHALLENGES), name="kind"),
        CheckConstraint(one_of("result", CHALLENGE_RESULTS), name="result"),
        CheckConstraint("(result = 'open') = (closed_on is null)", name="closed_on"),
    )

    request_id: Mapped[str] = mapped_column(ForeignKey("disclosure_request.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    body: Mapped[str] = mapped_column(String(200))
    """The body that decides."""
    number: Mapped[str] = mapped_column(String(60), default="")
    """案号."""
    opened_on: Mapped[date]
    result: Mapped[str] = mapped_column(String(10), default="open")
    closed_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(500), default="")

    request: Mapped[AccessRequest] = relationship(back_populates="challenges")
