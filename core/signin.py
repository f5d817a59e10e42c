"""Signing in (登录): sessions, lockout, passwords, one-time links; each writes briefly, after the slow hashing.

A failed attempt answers the same sentence after the same work, whether or not the account exists or is locked.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import audit, passwords
from core.accounts import administration, by_login, create, digest, end_sessions, grant, root
from core.db import db, utcnow
from core.models import Account, LoginSession, OneTimeLink
from core.permissions import ANONYMOUS, SYSTEM, Actor, require
from core.refusals import Invalid, Refusal, Refused

MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
LINK_HOURS = 72


@dataclass(frozen=True)
class SignedIn:
    """A fresh session: `token` goes into the browser's cookie and is stored nowhere else."""

    account_id: str
    token: str
    must_change_password: bool


def sign_in(login: str, password: str) -> SignedIn:
    """Open a session for a login or e-mail address. Not inside `write()`.

    Raises:
        Refused: `SIGN_IN_FAILED`, whatever the cause; five failures in a row lock the account for 15 minutes.
    """
    found = by_login(login)
    account_id, sound = _check(found, password)
    with administration() as session:
        account = session.get(Account, account_id, with_for_update=True) if account_id else None
        opened = _open(account) if account is not None and sound and _may_try(account) else None
        if opened is None:
            _note_failure(account)
    if opened is None:
        raise Refused(Refusal("SIGN_IN_FAILED", _l("登录名或口令不对。连续 5 次不对时，账号锁定 15 分钟。")))
    return opened


def sign_out(token: str, *, everywhere: bool = False) -> None:
    """End the session of a cookie, or all sessions of its person. Harmless when it has ended. Not inside `write()`."""
    with administration() as session:
        row = session.scalar(select(LoginSession).where(LoginSession.token_hash == digest(token)))
        if row is None or row.ended_at:
            return
        row.ended_at = utcnow()
        if everywhere:
            end_sessions(row.account_id)
        account = session.get_one(Account, row.account_id)
        audit.record(Actor(account.id, account.name), "core.account.sign_out", "core.account", account.id)


def change_password(account_id: str, old: str, new: str, *, keep: str = "") -> None:
    """Change one's own password; all other sessions than the one of the token `keep` end. Not inside `write()`.

    Raises:
        Invalid: `old` is wrong (counts as a failed sign-in) or `new` is weak or the same.
    """
    account = db.session.get_one(Account, account_id)
    _, sound = _check(account, old)
    if not (sound and _may_try(account)):
        with administration() as session:
            _note_failure(session.get(Account, account_id))
        raise Invalid({"old": [_l("现用口令不对。")]})
    faults = passwords.faults(new, account.login)
    if old == new:
        faults = [_l("新口令与现用口令相同。")]
    if faults:
        raise Invalid({"new": faults})
    _store(account_id, new, keep=keep, action="core.account.change_password")


# --- one-time links --------------------------------------------------------------------------------


def make_link(actor: Actor, account: Account, *, hours: int = LINK_HOURS) -> str:
    """A link that lets its holder set the password once; inside `administration()`. Earlier links end.

    Returns the path (`link_path`); it is shown once and not stored.

    Raises:
        Forbidden: not the system administrator.
    """
    right = require(actor, "core.accounts")
    for row in db.session.scalars(
        select(OneTimeLink).where(OneTimeLink.account_id == account.id, OneTimeLink.used_at.is_(None))
    ):
        row.used_at = utcnow()
    secret = secrets.token_urlsafe(32)
    db.session.add(
        OneTimeLink(
            account_id=account.id, purpose="password", token_hash=digest(secret),
            expires_at=utcnow() + timedelta(hours=hours),
        )
    )  # fmt: skip
    audit.record(actor, "core.account.make_link", "core.account", account.id, grant=right)
    return link_path(secret)


def link_path(secret: str) -> str:
    """The address of the page that uses a one-time link."""
    return f"/account/link/{secret}"


def link_owner(secret: str) -> Account | None:
    """Whose link it is while it can be used, else None."""
    row = db.session.scalar(select(OneTimeLink).where(OneTimeLink.token_hash == digest(secret)))
    if row is None or row.used_at or row.expires_at <= utcnow():
        return None
    account = db.session.get(Account, row.account_id)
    return account if account and account.active else None


def use_link(secret: str, password: str) -> str:
    """Set the password by a link, which is used up; returns the account's id. Not inside `write()`.

    Raises:
        Refused: `LINK_INVALID`, used, expired or unknown. Invalid: weak password; the link stays good.
    """
    account = link_owner(secret)
    if account is None:
        raise _link_invalid()
    faults = passwords.faults(password, account.login)
    if faults:
        raise Invalid({"password": faults})
    _store(account.id, password, link=secret, action="core.account.use_link")
    return account.id


def first_administrators() -> dict[str, str]:
    """The first start: 三员 as three accounts. The system administrator gets a one-time password, the others links.

    Returns role → secret, each shown once. Not inside `write()`.
    """
    names = {"system_admin": "系统管理员", "security_admin": "安全管理员", "audit_admin": "审计管理员"}
    password = passwords.one_time()
    handed = {"system_admin": password}
    with administration():
        city = root()
        for role, name in names.items():
            first = role == "system_admin"
            account = create(SYSTEM, login=role, name=name, password=password if first else None, must_change=first)
            grant(SYSTEM, account, role, city.id)
            if not first:
                handed[role] = current_app.config["PUBLIC_URL"].rstrip("/") + make_link(SYSTEM, account)
    return handed


# --- inside ----------------------------------------------------------------------------------------


def _check(account: Account | None, password: str) -> tuple[str, bool]:
    """The account's id and whether the password fits; ends the reading transaction before the slow part."""
    account_id, stored = (account.id, account.password_hash) if account and account.active else ("", None)
    db.session.rollback()
    return account_id, passwords.verify(stored, password)


def _may_try(account: Account) -> bool:
    return account.active and (account.locked_until is None or account.locked_until <= utcnow())


def _open(account: Account) -> SignedIn:
    token = secrets.token_urlsafe(32)
    hours = timedelta(hours=current_app.config["SESSION_HOURS"])
    account.failed_logins, account.locked_until = 0, None
    db.session.add(LoginSession(account_id=account.id, token_hash=digest(token), expires_at=utcnow() + hours))
    audit.record(Actor(account.id, account.name), "core.account.sign_in", "core.account", account.id)
    return SignedIn(account.id, token, account.must_change_password)


def _note_failure(account: Account | None) -> None:
    """Count and record it. An unknown name is recorded without the name: people type passwords into that field."""
    if account is None:
        audit.record(ANONYMOUS, "core.account.sign_in_failed", "core.account", "")
        return
    action = "core.account.sign_in_failed"
    if _may_try(account):
        account.failed_logins += 1
        if account.failed_logins >= MAX_FAILURES:
            account.failed_logins, account.locked_until = 0, utcnow() + LOCKED_FOR
            action = "core.account.locked"
    audit.record(ANONYMOUS, action, "core.account", account.id)


def _store(account_id: str, password: str, *, action: str, keep: str = "", link: str = "") -> None:
    hashed = passwords.hash_password(password)
    with administration() as session:
        if link:
            row = session.scalars(select(OneTimeLink).where(OneTimeLink.token_hash == digest(link))).one()
            if row.used_at:
                raise _link_invalid()
            row.used_at = utcnow()
        account = session.get_one(Account, account_id)
        account.password_hash, account.must_change_password = hashed, False
        account.failed_logins, account.locked_until = 0, None
        account.rights_version += 1
        end_sessions(account_id, but=keep)
        audit.record(Actor(account.id, account.name), action, "core.account", account.id)


def _link_invalid() -> Refused:
    return Refused(Refusal("LINK_INVALID", _l("这个链接已经用过或已过期，请向系统管理员索取新的链接。")))
