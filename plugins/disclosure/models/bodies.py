"""Who works on disclosure in each body (管3, 管4), and the urging (督办) of the supervising department."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from core.models import Agency
from plugins.disclosure.values import one_of

URGING_STATES = ("open", "answered", "closed")
CONTACT = ("office_name", "address", "phone", "fax", "hours", "mail", "website")
"""What the guide tells of a body (条例第十二条)."""


class Body(HasId, JurisdictionScoped, Base):
    """A body's working office (工作机构) and deputy leader (分管领导); role grants stand in for what is empty."""

    __tablename__ = "disclosure_body"
    __table_args__ = (
        Index(
            "uq_disclosure_body_supervises", "jurisdiction_id", unique=True,
            sqlite_where=sql("supervises"), postgresql_where=sql("supervises"),
        ),
    )  # fmt: skip

    agency_id: Mapped[str] = mapped_column(ForeignKey("core_agency.id"), unique=True)
    office_name: Mapped[str] = mapped_column(String(80), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    fax: Mapped[str] = mapped_column(String(60), default="")
    hours: Mapped[str] = mapped_column(String(120), default="")
    mail: Mapped[str] = mapped_column(String(120), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    deputy_name: Mapped[str] = mapped_column(String(60), default="")
    """分管领导 as the guide names the post; who may approve is said by role grants alone."""
    supervises: Mapped[bool] = mapped_column(default=False)
    """主管部门: one in each jurisdiction (管4)."""
    assessed: Mapped[bool | None]
    """考核: empty = by kind, public bodies (参照执行) are left out (管3)."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    agency: Mapped[Agency] = relationship()

    @property
    def contact(self) -> dict[str, str]:
        """What the guide tells, by column."""
        return {name: getattr(self, name) for name in CONTACT}


class Urging(HasId, JurisdictionScoped, Base):
    """督办: what the supervising department wants done by when; it lies on the desk of the body (管4)."""

    __tablename__ = "disclosure_urging"
    __table_args__ = (
        CheckConstraint(one_of("state", URGING_STATES), name="state"),
        CheckConstraint("state = 'open' or answer <> ''", name="answered"),
        Index("ix_disclosure_urging_list", "jurisdiction_id", "state", "due_on", "id"),
    )

    agency_id: Mapped[str] = mapped_column(ForeignKey("core_agency.id"), index=True)
    subject_type: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[str] = mapped_column(String(32), default="")
    """What it is about, empty where it is the work as a whole."""
    title: Mapped[str] = mapped_column(String(200))
    demand: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="open")
    answer: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    urged_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    urged_name: Mapped[str] = mapped_column(String(60), default="")
    answered_name: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    agency: Mapped[Agency] = relationship()
