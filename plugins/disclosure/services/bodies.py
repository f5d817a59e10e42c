"""Bodies (管3, 管4): their kind, working office and deputy leader, and which one supervises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from core import agencies, audit
from core.db import db
from core.jurisdictions import current
from core.models import Account, Agency, RoleGrant
from core.permissions import Actor, can, require
from core.refusals import Invalid, Stale
from core.text import checked
from plugins.disclosure import guards
from plugins.disclosure.models import Body
from plugins.disclosure.models.bodies import CONTACT
from plugins.disclosure.services.found import found

OBJECT_TYPE = "disclosure.body"
RIGHT = "disclosure.bodies"
LIMITS = {
    "office_name": 80, "address": 200, "phone": 60, "fax": 60, "hours": 120, "mail": 120, "website": 200,
    "deputy_name": 60,
}  # fmt: skip


@dataclass(frozen=True)
class Posts:
    """A body with who fills its posts: what was typed, and the holders of the roles."""

    agency: Agency
    body: Body | None
    officers: tuple[str, ...]
    deputies: tuple[str, ...]
    vacant: tuple[str, ...]
    supervises: bool

    @property
    def by_reference(self) -> bool:
        """参照执行: a public body, reported apart (管3)."""
        return self.agency.kind == "public_body"

    @property
    def assessed(self) -> bool:
        """Whether it is assessed: public bodies only where that was said (管3)."""
        said = self.body.assessed if self.body else None
        return not self.by_reference if said is None else said


def here() -> list[Posts]:
    """The bodies at work in the jurisdiction; public bodies (参照执行) last."""
    rows = [posts(agency) for agency in agencies.here() if agency.abolished_at is None]
    return sorted(rows, key=lambda row: (row.by_reference, row.agency.code))


def posts(agency: Agency) -> Posts:
    """Who does what in one body."""
    supervising = guards.supervising()
    return Posts(
        agency, of(agency), _holders("disclosure_officer", agency), _holders("deputy_leader", agency),
        guards.vacant(agency.id), supervising is not None and supervising.id == agency.id,
    )  # fmt: skip


def of(agency: Agency) -> Body | None:
    """What was typed about a body, None before that."""
    return db.session.scalar(select(Body).where(Body.agency_id == agency.id))


def by_code(code: str) -> Agency:
    """A body by its code, abolished ones too: their addresses never die (管5). Raises NotFound."""
    return found(db.session.scalar(select(Agency).where(or_(Agency.code == code, Agency.id == code))))


def may_change(actor: Actor, agency: Agency) -> bool:
    """True for the administrator, and for the body's own working office."""
    return can(actor, RIGHT, of(agency) or Body(agency_id=agency.id)) is not None


def save(actor: Actor, agency: Agency, values: Mapping[str, Any], *, version: int | None = None) -> Body:
    """Write down the working office and the deputy leader (管4); `supervises` moves 主管部门 to this body.

    Raises:
        Forbidden: another body's, or 主管部门 by somebody who is not the administrator. Invalid, Stale.
    """
    body = of(agency) or Body(agency_id=agency.id, version=0)
    grant = require(actor, RIGHT, body)
    if version is not None and version != body.version:
        raise Stale(body.version)
    if agency.abolished_at is not None:
        raise Invalid({"agency": [_l("这个机关已经撤销，请填写承接机关。")]})
    texts = {name: str(values[name]).strip() for name in LIMITS if name in values}
    for name, text in checked(texts, LIMITS).items():
        setattr(body, name, text)
    if "assessed" in values:
        body.assessed = values["assessed"]
    if values.get("supervises"):
        _supervise(actor, body)
    body.version += 1
    db.session.add(body)
    db.session.flush()
    data = {name: getattr(body, name) for name in (*CONTACT, "deputy_name", "supervises")}
    audit.record(actor, f"{OBJECT_TYPE}.save", OBJECT_TYPE, agency.id, grant=grant, article="管4", data=data)
    return body


def _supervise(actor: Actor, body: Body) -> None:
    """管4: exactly one in each jurisdiction."""
    require(actor, "core.system")
    for other in db.session.scalars(select(Body).where(Body.supervises)):
        other.supervises = False
    db.session.flush()
    body.supervises = True


def _holders(role: str, agency: Agency) -> tuple[str, ...]:
    query = (
        select(Account.name)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            RoleGrant.role == role, RoleGrant.jurisdiction_id == current().id, Account.active,
            or_(RoleGrant.agency_id.is_(None), RoleGrant.agency_id == agency.id),
        )
        .order_by(RoleGrant.agency_id.is_(None), Account.name)
    )  # fmt: skip
    names: Sequence[str] = db.session.scalars(query).all()
    return tuple(dict.fromkeys(names))
