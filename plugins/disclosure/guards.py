"""Refusals (拒绝) that several machines of the plugin share, each with code, article and a sentence."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from core import agencies
from core.db import db
from core.jurisdictions import current
from core.languages import listed
from core.models import Account, Agency, RoleGrant
from core.refusals import Refusal
from core.workflow import Move
from plugins.disclosure.models import Body

POSTS: dict[str, Any] = {
    "office": _l("工作机构"),
    "deputy": _l("分管领导"),
    "supervising": _l("本级主管部门"),
}
HELD_BY = {"office": "disclosure_officer", "deputy": "deputy_leader"}
"""Whoever holds the role for the body, or for the whole jurisdiction, fills the post without anything being typed."""


def staffed(subject: Any, _move: Move) -> Refusal | None:
    """管4: nothing of a body without working office and deputy leader enters review, nor where nobody supervises."""
    missing = vacant(subject.agency_id)
    if not missing:
        return None
    posts = listed(POSTS[name] for name in missing)
    detail = _l("本单位还没有确定%(posts)s，不能进入审核。请在“公开机构”中补齐。", posts=posts)
    return Refusal("ORG_UNSTAFFED", detail, "管4", missing)


def vacant(agency_id: str | None) -> tuple[str, ...]:
    """The posts of POSTS that nobody fills for a body; of an abolished one its successor's count (管5)."""
    agency = agencies.successor_of(agencies.find(agency_id)) if agency_id else supervising()
    body = db.session.scalar(select(Body).where(Body.agency_id == agency.id)) if agency else None
    filled = {
        "office": bool(body and body.office_name) or _held("office", agency),
        "deputy": bool(body and body.deputy_name) or _held("deputy", agency),
        "supervising": supervising() is not None,
    }
    return tuple(name for name, there in filled.items() if not there)


def supervising() -> Agency | None:
    """主管部门: the body named for it, else the government's office; None where there is neither."""
    named = select(Agency).join(Body, Body.agency_id == Agency.id).where(Body.supervises)
    offices = select(Agency).where(Agency.kind == "government", Agency.abolished_at.is_(None)).order_by(Agency.code)
    found = db.session.scalars(named).first()
    return agencies.successor_of(found) if found else db.session.scalars(offices.limit(1)).first()


def _held(post: str, agency: Agency | None) -> bool:
    query = (
        select(RoleGrant.id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            RoleGrant.role == HELD_BY[post],
            RoleGrant.jurisdiction_id == current().id,
            or_(RoleGrant.agency_id.is_(None), RoleGrant.agency_id == (agency.id if agency else None)),
            Account.active,
        )
    )
    return db.session.scalar(query.limit(1)) is not None
