"""Accounts (账号): who a request comes from, who there is, and what each may do.

Signing in, sessions and passwords are in `core.signin`. Everything that changes accounts or roles is recorded in the
city's audit chain and therefore runs inside `administration()`.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from flask import current_app, request, session
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, object_session

from core import audit, jurisdictions, passwords
from core.contracts import JurisdictionRef
from core.db import DatabaseBusy, ScopeError, db, utcnow, write, writing
from core.models import Account, ApiToken, Delegation, Jurisdiction, LoginSession, RoleGrant
from core.permissions import ANONYMOUS, ROLES, THREE_ADMINS, Actor, actor_for, can, require
from core.refusals import Forbidden, Invalid, NotFound, Refusal, Refused
from core.text import checked

LOGIN = re.compile(r"[\w.@+-]{2,80}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
TOUCH = timedelta(minutes=5)
"""How exactly `seen_at` is kept: a write per request would cost readers."""


# --- who a request comes from ----------------------------------------------------------------------


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
    token = session.get("token", "")
    account = account_of_session(token)
    if account:
        _touch(token)
    return account, "cookie" if account else ""


def account_of_session(token: str) -> Account | None:
    """The account behind a session cookie's token while the session and the account are alive."""
    return _of_session(_session_row(token))


def account_of_token(secret: str) -> Account | None:
    """The account behind a bearer token."""
    return account_by(f"token:{digest(secret)}")


def credential() -> str:
    """By what the current request is somebody's, for channels that stay open and ask again (`account_by`).

    "session:<hash>" or "token:<hash>", "" where it shows neither; whether it is valid was not looked at.
    """
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, secret = header.partition(" ")
        return f"token:{digest(secret.strip())}" if scheme.lower() == "bearer" else ""
    token = session.get("token", "")
    return f"session:{digest(token)}" if token else ""


def account_by(shown: str) -> Account | None:
    """The account behind a `credential()` as things stand now: signed out, revoked or closed is None."""
    kind, _, hashed = shown.partition(":")
    if kind == "session":
        return _of_session(db.session.scalar(select(LoginSession).where(LoginSession.token_hash == hashed)))
    row = db.session.scalar(select(ApiToken).where(ApiToken.token_hash == hashed)) if kind == "token" else None
    return None if row is None or row.revoked_at else _active(row.account_id)


def _of_session(row: LoginSession | None) -> Account | None:
    if row is None or row.ended_at or row.expires_at <= utcnow() or row.seen_at <= utcnow() - _idle():
        return None
    return _active(row.account_id)


def actor_of(account: Account | None) -> Actor:
    """The acting person with the rights held now."""
    return ANONYMOUS if account is None else actor_for(account)


def _active(account_id: str) -> Account | None:
    account = db.session.get(Account, account_id)
    return account if account and account.active else None


def _session_row(token: str) -> LoginSession | None:
    if not token:
        return None
    return db.session.scalar(select(LoginSession).where(LoginSession.token_hash == digest(token)))


def _touch(token: str) -> None:
    """Note that the session is in use; a busy database is no reason to refuse a page."""
    row = _session_row(token)
    if row is not None and row.seen_at < utcnow() - TOUCH:
        with suppress(DatabaseBusy), write():
            row.seen_at = utcnow()


def _idle() -> timedelta:
    return timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"])


# --- accounts --------------------------------------------------------------------------------------


def root() -> JurisdictionRef:
    """The city itself, whose audit chain takes account matters.

    Raises:
        NotFound: the installation is empty.
    """
    row = db.session.scalar(select(Jurisdiction).where(Jurisdiction.parent_id.is_(None)))
    if row is None:
        raise NotFound
    return jurisdictions.as_ref(row)


@contextmanager
def administration() -> Iterator[Session]:
    """`write()` in the city, wherever the request is: what every change of accounts and roles runs in.

    Not inside another `write()`. The reading transaction around it ends, so that it sees the change afterwards.
    """
    city = root()
    if writing():
        raise ScopeError("administration() inside write()")
    db.session.rollback()
    with jurisdictions.enter(city), write() as transaction:
        yield transaction


def _loaded_here(row: object) -> None:
    """A row of another session would take the change and lose it: say so instead."""
    if object_session(row) is not db.session():
        raise ScopeError(f"{type(row).__name__} was loaded outside administration()")


def create(
    actor: Actor,
    *,
    login: str,
    name: str,
    email: str | None = None,
    password: str | None = None,
    must_change: bool = False,
    language: str = "zh",
) -> Account:
    """A new account without roles. Without `password` it opens by a one-time link (`signin.make_link`).

    Raises:
        Forbidden: not the system administrator. Invalid: taken or malformed login or e-mail, weak password.
    """
    grant = require(actor, "core.accounts")
    login, address = login.strip().lower(), (email or "").strip().lower() or None
    errors = _login_faults(login, address) | _password_faults(password, login)
    if errors:
        raise Invalid(errors)
    account = Account(
        login=login,
        name=checked({"name": name}, {"name": 60}, ("name",))["name"],
        email=address,
        password_hash=passwords.hash_password(password) if password else None,
        must_change_password=must_change,
        language=language,
    )
    db.session.add(account)
    db.session.flush()
    audit.record(actor, "core.account.create", "core.account", account.id, grant=grant, data={"login": login})
    return account


def _login_faults(login: str, email: str | None) -> dict[str, list[object]]:
    errors: dict[str, list[object]] = {}
    if not LOGIN.fullmatch(login):
        errors["login"] = [_l("登录名为 2 至 80 个字母、数字或 . _ - @ +。")]
    if email and not (EMAIL.fullmatch(email) and len(email) <= 200):
        errors["email"] = [_l("电子邮箱格式不对。")]
    for field, value in {"login": login, "email": email}.items():
        if value and field not in errors and by_login(value) is not None:
            errors[field] = [_l("“%(value)s”已被使用。", value=value)]
    return errors


def _password_faults(password: str | None, login: str) -> dict[str, list[object]]:
    faults = passwords.faults(password, login) if password is not None else []
    return {"password": faults} if faults else {}


def by_login(name: str) -> Account | None:
    """The account signing in as `name`, a login or an e-mail address."""
    wanted = name.strip().lower()
    return db.session.scalar(select(Account).where(or_(Account.login == wanted, Account.email == wanted)))


def deactivate(actor: Actor, account: Account, reason: str) -> None:
    """Close an account: sessions and tokens end at once; its acts stay on record.

    Raises:
        Forbidden, Invalid (no reason), Refused: `LAST_ADMIN`.
    """
    _loaded_here(account)
    grant = require(actor, "core.accounts")
    if not reason.strip():
        raise Invalid({"reason": [_l("请写明理由。")]})
    for held in account.grants:
        _refuse_last(held)
    account.active = False
    account.rights_version += 1
    end_sessions(account.id)
    for token in db.session.scalars(
        select(ApiToken).where(ApiToken.account_id == account.id, ApiToken.revoked_at.is_(None))
    ):
        token.revoked_at = utcnow()
    audit.record(actor, "core.account.deactivate", "core.account", account.id, grant=grant, reason=reason)


def reactivate(actor: Actor, account: Account) -> None:
    """Open a closed account again; sessions and tokens stay ended."""
    _loaded_here(account)
    grant = require(actor, "core.accounts")
    account.active = True
    account.rights_version += 1
    audit.record(actor, "core.account.reactivate", "core.account", account.id, grant=grant)


def end_sessions(account_id: str, *, but: str = "") -> None:
    """End a person's sessions, all but the one with the token `but`; inside `write()`."""
    query = select(LoginSession).where(LoginSession.account_id == account_id, LoginSession.ended_at.is_(None))
    for row in db.session.scalars(query):
        if not but or row.token_hash != digest(but):
            row.ended_at = utcnow()


# --- roles -----------------------------------------------------------------------------------------


def grant(actor: Actor, account: Account, role: str, jurisdiction_id: str, agency_id: str | None = None) -> RoleGrant:
    """Give a role in a whole jurisdiction, or on one agency's objects. Giving it again changes nothing.

    Raises:
        Forbidden: not the security administrator, or `SELF_GRANT`. Invalid: unknown role.
        Refused: `SEPARATION_OF_DUTIES`, one person may not hold two of 三员.
    """
    _loaded_here(account)
    right = require(actor, "core.roles")
    if role not in ROLES:
        raise Invalid({"role": [_l("没有“%(role)s”这个角色。", role=role)]})
    if actor.id == account.id:
        raise Forbidden(_l("不能给自己授予角色，请由另一名安全管理员办理。"), "SELF_GRANT")
    held = db.session.scalars(select(RoleGrant).where(RoleGrant.account_id == account.id)).all()
    if role in THREE_ADMINS and {row.role for row in held} & (THREE_ADMINS - {role}):
        raise Refused(
            Refusal("SEPARATION_OF_DUTIES", _l("系统管理员、安全管理员、审计管理员须由不同的人担任，请换一个账号。"))
        )
    for row in held:
        if (row.role, row.jurisdiction_id, row.agency_id) == (role, jurisdiction_id, agency_id):
            return row
    made = RoleGrant(
        account_id=account.id, role=role, jurisdiction_id=jurisdiction_id, agency_id=agency_id, granted_by=actor.name
    )
    db.session.add(made)
    account.rights_version += 1
    db.session.flush()
    data = {"role": role, "jurisdiction": jurisdiction_id, "agency": agency_id}
    audit.record(actor, "core.role.grant", "core.account", account.id, grant=right, data=data)
    return made


def revoke(actor: Actor, held: RoleGrant, reason: str = "") -> None:
    """Take a role back, at once also from open sessions.

    Raises:
        Forbidden: not the security administrator. Refused: `LAST_ADMIN`, nobody could act in that office.
    """
    _loaded_here(held)
    right = require(actor, "core.roles")
    _refuse_last(held)
    held.account.rights_version += 1
    data = {"role": held.role, "jurisdiction": held.jurisdiction_id, "agency": held.agency_id}
    audit.record(actor, "core.role.revoke", "core.account", held.account_id, grant=right, reason=reason, data=data)
    db.session.delete(held)
    db.session.flush()


def _refuse_last(held: RoleGrant) -> None:
    """Keep one active holder of each of 三员 in the city: without one the office could never be filled again."""
    if held.role not in THREE_ADMINS or held.jurisdiction_id != root().id:
        return
    others = select(func.count()).select_from(RoleGrant).join(Account, RoleGrant.account_id == Account.id)
    others = others.where(
        RoleGrant.role == held.role,
        RoleGrant.jurisdiction_id == held.jurisdiction_id,
        RoleGrant.account_id != held.account_id,
        Account.active,
    )
    if not db.session.scalar(others):
        raise Refused(Refusal("LAST_ADMIN", _l("这是最后一名%(role)s，请先授予另一个人。", role=ROLES[held.role])))


# --- delegation and tokens -------------------------------------------------------------------------


def delegate(
    actor: Actor, to: Account, roles: list[str], starts_at: datetime, ends_at: datetime, scope_note: str
) -> Delegation:
    """Let `to` act for `actor` here, in roles the actor holds himself (授权代理); inside `write()` of the jurisdiction.

    Raises:
        Invalid: no roles or roles not held, 三员, oneself, a period that is none or over, no stated scope.
    """
    here = jurisdictions.current()
    own = {g.role for g in actor.grants if g.jurisdiction_id == here.id and not g.on_behalf_of} - THREE_ADMINS
    errors: dict[str, list[object]] = {}
    if not roles or not set(roles) <= own:
        errors["roles"] = [_l("只能委托本人在本级担任的角色，三员不能委托。")]
    if to.id == actor.id or not to.active:
        errors["to"] = [_l("请选择另一个在用的账号。")]
    if ends_at <= starts_at or ends_at <= utcnow():
        errors["ends_at"] = [_l("结束时间应晚于开始时间和现在。")]
    if not scope_note.strip() or len(scope_note) > 300:
        errors["scope_note"] = [_l("请写明委托事项，最多 300 字。")]
    if errors or actor.id is None:
        raise Invalid(errors)
    made = Delegation(
        jurisdiction_id=here.id, from_account_id=actor.id, to_account_id=to.id, roles=sorted(set(roles)),
        starts_at=starts_at, ends_at=ends_at, scope_note=scope_note,
    )  # fmt: skip
    db.session.add(made)
    to.rights_version += 1
    db.session.flush()
    data = {"to": to.id, "roles": made.roles, "from": starts_at.isoformat(), "until": ends_at.isoformat()}
    audit.record(actor, "core.delegation.create", "core.delegation", made.id, reason=scope_note, data=data)
    return made


def end_delegation(actor: Actor, delegation: Delegation) -> None:
    """Take a delegation back: by who gave it, or by the security administrator.

    Raises:
        NotFound: somebody else's.
    """
    if delegation.from_account_id != actor.id and not can(actor, "core.roles"):
        raise NotFound
    delegation.revoked_at = delegation.revoked_at or utcnow()
    db.session.get_one(Account, delegation.to_account_id).rights_version += 1
    audit.record(actor, "core.delegation.end", "core.delegation", delegation.id)


def create_token(actor: Actor, account: Account, label: str = "") -> str:
    """A bearer token for an integration, shown once; for oneself, or by the system administrator; `administration()`.

    Raises:
        Forbidden: for somebody else without the right. Invalid: the account is closed.
    """
    right = None if actor.id == account.id else require(actor, "core.accounts")
    if not account.active:
        raise Invalid({"login": [_l("账号已停用。")]})
    secret = f"mt_{secrets.token_urlsafe(32)}"
    db.session.add(ApiToken(account_id=account.id, token_hash=digest(secret), label=label[:80]))
    audit.record(actor, "core.token.create", "core.account", account.id, grant=right, data={"label": label[:80]})
    return secret


def revoke_token(actor: Actor, token: ApiToken) -> None:
    """End a bearer token: one's own, or by the system administrator; inside `administration()`."""
    _loaded_here(token)
    right = None if actor.id == token.account_id else require(actor, "core.accounts")
    token.revoked_at = token.revoked_at or utcnow()
    audit.record(actor, "core.token.revoke", "core.account", token.account_id, grant=right)
