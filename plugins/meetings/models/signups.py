"""Public sign-up (公众报名): the call with its seats and its draw, and everyone who signed up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, JurisdictionScoped, utcnow
from plugins.meetings.values import CATEGORIES, SIGNUP_METHODS, one_of

if TYPE_CHECKING:
    from plugins.meetings.models.applications import AgendaApplication
    from plugins.meetings.models.invitations import Invitation

SIGNUP_CALL_STATES = ("draft", "planned", "open", "closed", "drawn", "settled", "cancelled")
SIGNUP_STATES = ("applied", "selected", "waiting", "withdrawn", "released")
STANDING = ("applied", "selected", "waiting")
"""States of those who still want to come."""


class SignupCall(HasId, JurisdictionScoped, Base):
    """The call to sign up for an item; public from its publication on (`published_at`)."""

    __tablename__ = "meetings_signup_call"
    __table_args__ = (
        CheckConstraint(one_of("state", SIGNUP_CALL_STATES), name="state"),
        CheckConstraint(one_of("method", SIGNUP_METHODS), name="method"),
        CheckConstraint("seats between 1 and 500", name="seats"),
        CheckConstraint("closes_at > opens_at", name="times"),
        CheckConstraint("state in ('draft', 'cancelled') or published_at is not null", name="published"),
        CheckConstraint("state <> 'drawn' or (method = 'draw' and seed <> '' and list_digest <> '')", name="drawn"),
        CheckConstraint("state <> 'settled' or method = 'order'", name="settled"),
        CheckConstraint("state <> 'cancelled' or cancel_reason <> ''", name="cancelled"),
        Index(
            "uq_meetings_signup_call_live", "application_id", unique=True,
            sqlite_where=text("state <> 'cancelled'"), postgresql_where=text("state <> 'cancelled'"),
        ),
        Index("ix_meetings_signup_call_list", "jurisdiction_id", "created_at", "id"),
    )  # fmt: skip

    application_id: Mapped[str] = mapped_column(ForeignKey("meetings_application.id"), index=True)
    method: Mapped[str] = mapped_column(String(10))
    seats: Mapped[int]
    quotas: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """Category → seats kept for it; what is left of `seats` is open to every category called."""
    categories: Mapped[list[str]] = mapped_column(JSON, default=list)
    audience: Mapped[str] = mapped_column(Text, default="")
    """Who may sign up, in words."""
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    """Exclusive: what arrives at this moment is late."""
    in_plan: Mapped[bool] = mapped_column(default=False)
    """Part of the plan that is approved (会7): made while the item was a draft, its terms are under the hash."""
    state: Mapped[str] = mapped_column(String(10), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    seed: Mapped[str] = mapped_column(String(64), default="")
    """256 random bits in hexadecimal, known to the server alone until the draw."""
    salt: Mapped[str] = mapped_column(String(32), default="")
    commitment: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of seed and salt, public from the publication on."""
    entries: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    """The list the draw runs over, fixed at closing: [receipt, category, masked name] in the order of receipts."""
    list_digest: Mapped[str] = mapped_column(String(64), default="")
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What was drawn: {receipt, place, selected} in the order of places; written once."""
    created_by: Mapped[str | None] = mapped_column(ForeignKey("core_account.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
    published_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(Text, default="")

    application: Mapped[AgendaApplication] = relationship(back_populates="signup_calls")
    signups: Mapped[list[Signup]] = relationship(back_populates="call", order_by="Signup.number")

    @property
    def agencies_involved(self) -> frozenset[str | None]:
        """Whose organisers run the call."""
        return self.application.agencies_involved

    def takes_entries(self, now: datetime) -> bool:
        """True between opening and deadline, by the server's clock, also where the sweep is late."""
        return self.state in {"planned", "open"} and self.opens_at <= now < self.closes_at

    def held(self) -> Sequence[Signup]:
        """Those who hold a seat."""
        return [row for row in self.signups if row.state == "selected"]

    def __str__(self) -> str:
        return self.application.title


class Signup(HasId, JurisdictionScoped, Base):
    """One person who signed up; everything but receipt, category and masked name is for the organisers only."""

    __tablename__ = "meetings_signup"
    __table_args__ = (
        CheckConstraint(one_of("state", SIGNUP_STATES), name="state"),
        CheckConstraint(one_of("category", CATEGORIES), name="category"),
        UniqueConstraint("call_id", "number"),
        UniqueConstraint("call_id", "contact_key"),
        Index("ix_meetings_signup_recent", "call_id", "created_at"),
    )

    call_id: Mapped[str] = mapped_column(ForeignKey("meetings_signup_call.id"))
    number: Mapped[int]
    """Order of arrival, from 1."""
    name: Mapped[str] = mapped_column(String(60))
    category: Mapped[str] = mapped_column(String(20))
    organisation: Mapped[str] = mapped_column(String(200), default="")
    contact: Mapped[str] = mapped_column(String(200))
    contact_key: Mapped[str | None] = mapped_column(String(200))
    """The contact without its spelling: one standing sign-up for each; empty once withdrawn."""
    reason: Mapped[str] = mapped_column(Text, default="")
    publish_name: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="applied")
    version: Mapped[int] = mapped_column(default=1)
    place: Mapped[int] = mapped_column(default=0)
    """Order in which seats are given: of arrival, or as drawn; 0 before the draw."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the secret in the personal link, which is shown once."""
    invitation_id: Mapped[str | None] = mapped_column(ForeignKey("meetings_invitation.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(String(500), default="")

    call: Mapped[SignupCall] = relationship(back_populates="signups")
    invitation: Mapped[Invitation | None] = relationship()

    @property
    def receipt(self) -> str:
        """The number by which the public list names this person."""
        return f"{self.number:04d}"

    @property
    def masked(self) -> str:
        """The name as the public reads it: 张**."""
        return f"{self.name[:1]}**"

    @property
    def agencies_involved(self) -> frozenset[str | None]:
        """Whose organisers act on it."""
        return self.call.agencies_involved

    def __str__(self) -> str:
        return self.receipt
