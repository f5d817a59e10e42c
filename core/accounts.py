"""Accounts (账号): who a request comes from. Signing in, lockout, passwords and tokens are in this module."""

from __future__ import annotations

import hashlib

from flask import request, session
from sqlalchemy import select

from core.db import db, utcnow
from core.models import Account, ApiToken, LoginSession
from core.permissions import ANONYMOUS, Actor, actor_for


def digest(secret: str) -> str:
    """What is stored instead of a token or cookie: its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


def authenticate_request() -> tuple[Account | None, str]:
    """The account of the current request and how it came: "bearer", "bad_bearer", "cookie" or "".

    With an `Authorization` header the cookie is ignored (contract.md, Who).
    """
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, secret = header.partition(" ")
        account = account_of_token(secret.strip()) if scheme.lower() == "bearer" else None
        return account, "bearer" if account else "bad_bearer"
    account = account_of_session(session.get("token", ""))
    return account, "cookie" if account else ""


def account_of_session(token: str) -> Account | None:
    """The account behind a session cookie's token while the session and the account are alive."""
    if not token:
        return None
    row = db.session.scalar(select(LoginSession).where(LoginSession.token_hash == digest(token)))
    if row is None or row.ended_at or row.expires_at <= utcnow():
        return None
    return _active(row.account_id)


def account_of_token(secret: str) -> Account | None:
    """The account behind a bearer token."""
    row = db.session.scalar(select(ApiToken).where(ApiToken.token_hash == digest(secret)))
    return None if row is None or row.revoked_at else _active(row.account_id)


def actor_of(account: Account | None) -> Actor:
    """The acting person with the rights held now."""
    return ANONYMOUS if account is None else actor_for(account)


def _active(account_id: str) -> Account | None:
    account = db.session.get(Account, account_id)
    return account if account and account.active else None
