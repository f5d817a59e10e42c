"""The matter (事项): the thread that ties consultation, meeting, publication and messages together."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, HasId, JurisdictionScoped, utcnow


class Matter(HasId, JurisdictionScoped, Base):
    """One subject of government from first draft to follow-up; its page never changes address."""

    __tablename__ = "core_matter"

    title: Mapped[str] = mapped_column(String(200))
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("core_agency.id"))
    public: Mapped[bool] = mapped_column(default=False)
    """True from the first public step on; until then the page answers 404 to the public."""
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    def __str__(self) -> str:
        return self.title
