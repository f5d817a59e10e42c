"""One table: telephone lines (服务电话)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from core import Base, HasId, JurisdictionScoped, session


class Line(HasId, JurisdictionScoped, Base):
    """A telephone line the public may call."""

    __tablename__ = "hotline_line"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "number"),)

    name: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(30))
    hours: Mapped[str] = mapped_column(String(80), default="")


def lines() -> Sequence[Line]:
    """The lines of the current jurisdiction by name."""
    return session.scalars(select(Line).order_by(Line.name)).all()
