"""Accounts (账号), the roles they hold, the delegations they stand in by, and their sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, HasId, utcnow


class Account(HasId, Base):
    """A person who signs in. Belongs to the installation; what he may do stands in `RoleGrant`."""

    __tablename__ = "core_account"

    login: Mapped[str] = mapped_column(String(80), unique=True)
    """Lower case; e-mail works as a second name for signing in."""
    email: Mapped[str | None] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(10), default="zh")
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    rights_version: Mapped[int] = mapped_column(default=1)
    """Raised whenever roles, delegations or the account change: open sockets look again."""
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    grants: Mapped[list[RoleGrant]] = relationship(back_populates="account", foreign_keys="RoleGrant.account_id")

    def __str__(self) -> str:
        return self.name


class RoleGrant(HasId, Base):
    """A role held in a whole jurisdiction (`agency_id` empty) or on one agency's objects."""

    __tablename__ = "core_role_grant"
    __table_args__ = (UniqueConstraint("account_id", "role", "jurisdiction_id", "agency_id"),)

    account_id: Mapped[str] = mapped_column(ForeignKey("core_account.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("core_jurisdiction.id"), index=True)
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("core_agency.id"))
    granted_at: Mapped[datetime] = mapped_column(default=utcnow)
    granted_by: Mapped[str] = mapped_column(String(80), default="")
    account: Mapped[Account] = relationship(back_populates="grants", foreign_keys=[account_id])


class Delegation(HasId, Base):
    """Written delegation (授权代理): `to` acts for `from` in the named roles during a period."""

    __tablename__ = "core_delegation"

    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("core_jurisdiction.id"), index=True)
    from_account_id: Mapped[str] = mapped_column(ForeignKey("core_account.id"))
    to_account_id: Mapped[str] = mapped_column(ForeignKey("core_account.id"), index=True)
    roles: Mapped[list[str]] = mapped_column(JSON)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    scope_note: Mapped[str] = mapped_column(String(300), default="")
    revoked_at: Mapped[datetime | None]
    from_account: Mapped[Account] = relationship(foreign_keys=[from_account_id])


class LoginSession(HasId, Base):
    """A signed-in browser. The cookie carries a random token; only its SHA-256 is stored."""

    __tablename__ = "core_login_session"

    account_id: Mapped[str] = mapped_column(ForeignKey("core_account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    seen_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ApiToken(HasId, Base):
    """A bearer token of an integration; only its SHA-256 is stored."""

    __tablename__ = "core_api_token"

    account_id: Mapped[str] = mapped_column(ForeignKey("core_account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    revoked_at: Mapped[datetime | None]


class OneTimeLink(HasId, Base):
    """A set-up or password link: one use, expires; only the SHA-256 of its secret is stored."""

    __tablename__ = "core_one_time_link"

    account_id: Mapped[str] = mapped_column(ForeignKey("core_account.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
