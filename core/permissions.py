"""Roles (角色), rights, and the one question `can()`; checked in services, never only in pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import succession
from core.contracts import Permission
from core.db import db, utcnow
from core.jurisdictions import current
from core.models import Account, Delegation, Jurisdiction, RoleGrant
from core.refusals import Forbidden

ROLES: dict[str, Any] = {
    "drafter": _l("拟稿人"),
    "organiser": _l("会议组织者"),
    "deputy_leader": _l("分管领导"),
    "leader": _l("主要领导"),
    "secrecy_reviewer": _l("保密审查员"),
    "disclosure_officer": _l("政务公开工作机构"),
    "supervisor": _l("主管部门"),
    "portal_editor": _l("门户编辑"),
    "stenographer": _l("速录员"),
    "live_reviewer": _l("直播审核员"),
    "dispatcher": _l("平台派单"),
    "handler": _l("承办人"),
    "checker": _l("复查人"),
    "analyst": _l("舆情研判"),
    "assessor": _l("考核员"),
    "system_admin": _l("系统管理员"),
    "security_admin": _l("安全管理员"),
    "audit_admin": _l("审计管理员"),
}
THREE_ADMINS = frozenset({"system_admin", "security_admin", "audit_admin"})  # 三员: no one holds two of them

CORE_PERMISSIONS = (
    Permission("core.system", _l("管理机构、插件和本地规则"), ("system_admin",), agency=None),
    Permission("core.roles", _l("授予角色"), ("security_admin",), agency=None, installation=True),
    Permission("core.accounts", _l("管理账号"), ("system_admin",), agency=None, installation=True),
    Permission("core.audit", _l("查看审计留痕"), ("audit_admin",), agency=None),
    Permission("core.publish", _l("发布公开内容"), ("portal_editor", "disclosure_officer", "organiser")),
    Permission("core.approve_publication", _l("审核公开内容"), ("deputy_leader", "leader")),
    Permission("core.withdraw", _l("撤下公开内容"), ("deputy_leader", "leader", "supervisor")),
    Permission("core.declare_open", _l("认定主动公开"), ("drafter", "organiser", "disclosure_officer")),
    Permission("core.merge_matters", _l("合并事项"), ("disclosure_officer",)),
    Permission("core.clocks", _l("查看全部时限"), ("supervisor", "leader"), agency=None),
    Permission(
        "core.staff",
        _l("进入工作台"),
        tuple(role for role in ROLES if role not in THREE_ADMINS),
        agency=None,
    ),
)


@dataclass(frozen=True)
class Grant:
    """A role as held now, by oneself or on behalf of another (授权代理)."""

    role: str
    jurisdiction_id: str
    agency_id: str | None = None
    on_behalf_of: str = ""
    on_behalf_of_id: str = ""


@dataclass(frozen=True)
class Actor:
    """Whoever acts: an account with its grants, or the system itself."""

    id: str | None
    name: str
    grants: tuple[Grant, ...] = ()

    @property
    def is_system(self) -> bool:
        """True for the product's own acts (sweeps, demo, operator's commands)."""
        return self.id is None

    def roles_in(self, jurisdiction_id: str) -> frozenset[str]:
        """Roles held anywhere in the jurisdiction."""
        return frozenset(grant.role for grant in self.grants if grant.jurisdiction_id == jurisdiction_id)


SYSTEM = Actor(None, "系统")
ANONYMOUS = Actor("", "公众")


def init_app(app: Flask, permissions: Iterable[Permission]) -> None:
    """Register the core's rights and those of the plugins."""
    app.extensions["mingtang.permissions"] = {item.key: item for item in (*CORE_PERMISSIONS, *permissions)}


def registered() -> dict[str, Permission]:
    """All rights by key."""
    return cast(dict[str, Permission], current_app.extensions["mingtang.permissions"])


def actor_for(account: Account) -> Actor:
    """Read an account's grants and the delegations in force now."""
    own = db.session.scalars(select(RoleGrant).where(RoleGrant.account_id == account.id)).all()
    grants = [Grant(row.role, row.jurisdiction_id, row.agency_id) for row in own]
    now = utcnow()
    standing_in = db.session.scalars(
        select(Delegation).where(
            Delegation.to_account_id == account.id,
            Delegation.revoked_at.is_(None),
            Delegation.starts_at <= now,
            Delegation.ends_at > now,
        )
    ).all()
    for delegation in standing_in:
        grants += _delegated(delegation)
    return Actor(account.id, account.name, tuple(grants))


def _delegated(delegation: Delegation) -> list[Grant]:
    owner = delegation.from_account
    if not owner.active:
        return []
    return [
        Grant(row.role, row.jurisdiction_id, row.agency_id, owner.name, owner.id)
        for row in owner.grants
        if row.role in delegation.roles
        and row.role not in THREE_ADMINS
        and row.jurisdiction_id == delegation.jurisdiction_id
    ]


def can(actor: Actor, key: str, subject: Any = None) -> Grant | None:
    """The grant by which `actor` may do `key` (to `subject`) in the current jurisdiction; None when not.

    Own grants come before delegated ones, so that a record names a delegation only where one was needed.
    The system may do everything; its grant has the role "system".
    """
    permission = registered()[key]
    if actor.is_system:
        return Grant("system", "")
    place = _root_id() if permission.installation else current().id
    fitting = [
        grant
        for grant in actor.grants
        if grant.role in permission.roles and grant.jurisdiction_id == place and _covers(grant, permission, subject)
    ]
    return min(fitting, key=lambda grant: bool(grant.on_behalf_of), default=None)


def works_here(actor: Actor) -> bool:
    """True for anyone with a role in the current jurisdiction."""
    return actor.is_system or bool(actor.roles_in(current().id))


def require(actor: Actor, key: str, subject: Any = None) -> Grant:
    """Like `can`, but refuses.

    Raises:
        Forbidden: nobody gave the actor that right on that object.
    """
    grant = can(actor, key, subject)
    if grant is None:
        raise Forbidden(_l("您没有“%(right)s”的权限。", right=registered()[key].label))
    return grant


def permitted_agencies(actor: Actor, key: str) -> frozenset[str] | None:
    """The agencies whose objects `actor`'s roles for `key` cover here, those they succeeded among them (管5); None =
    all of the jurisdiction.
    """
    place, roles = current().id, registered()[key].roles
    found = {g.agency_id for g in actor.grants if g.role in roles and g.jurisdiction_id == place}
    if actor.is_system or None in found:
        return None
    return succession.with_predecessors(agency for agency in found if agency) if found else frozenset()


def _covers(grant: Grant, permission: Permission, subject: Any) -> bool:
    if grant.agency_id is None or permission.agency is None or subject is None:
        return True
    held = getattr(subject, permission.agency, None)
    bodies = held if isinstance(held, frozenset) else frozenset([held] if held else ())
    return grant.agency_id in bodies or any(succession.today(body) == grant.agency_id for body in bodies)


def _root_id() -> str | None:
    return db.session.scalar(select(Jurisdiction.id).where(Jurisdiction.parent_id.is_(None)))
