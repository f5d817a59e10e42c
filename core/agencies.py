"""Agencies (机关): add, rename, abolish with a successor that takes over duties, clocks and addresses (管5)."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import audit, succession
from core.db import db, utcnow
from core.models import Agency, Clock
from core.permissions import Actor, require
from core.refusals import Invalid, NotFound, Refusal, Refused

KINDS = {
    "government": _l("政府"),
    "department": _l("职能部门"),
    "authorised": _l("授权组织"),
    "public_body": _l("公共企事业单位"),
}


def here() -> Sequence[Agency]:
    """The agencies of the current jurisdiction, those in being first, by code."""
    return db.session.scalars(select(Agency).order_by(Agency.abolished_at.is_not(None), Agency.code)).all()


def find(agency_id: str) -> Agency:
    """One agency of the current jurisdiction; raises NotFound."""
    agency = db.session.get(Agency, agency_id)
    if agency is None:
        raise NotFound
    return agency


def successor_of(agency: Agency) -> Agency:
    """The body that carries the duties today: itself, or the last in the line of successors."""
    return find(succession.today(agency.id))


def both_names(agency: Agency, *, english: bool = False) -> str:
    """Its name, and the one of the body that carries its duties today where it was abolished (管5)."""
    now = successor_of(agency)
    said, heir = (one.name_en if english and one.name_en else one.name for one in (agency, now))
    return said if now.id == agency.id else str(_l("%(name)s（现由%(heir)s承接）", name=said, heir=heir))


def add(actor: Actor, *, code: str, name: str, kind: str = "department", contact: str = "") -> Agency:
    """Add an agency; raises Forbidden, Invalid (code taken, name missing)."""
    grant = require(actor, "core.system")
    errors = {}
    if not code.strip().isidentifier():
        errors["code"] = [_l("代码由字母、数字和下划线组成，字母开头。")]
    elif db.session.scalar(select(Agency).where(Agency.code == code.strip())):
        errors["code"] = [_l("代码已被使用。")]
    if not name.strip():
        errors["name"] = [_l("请填写名称。")]
    if kind not in KINDS:
        errors["kind"] = [_l("请选择类别。")]
    if errors:
        raise Invalid(errors)
    agency = Agency(code=code.strip(), name=name.strip(), kind=kind, contact=contact.strip())
    db.session.add(agency)
    db.session.flush()
    audit.record(actor, "core.agency.add", "core.agency", agency.id, grant=grant, data={"code": code, "name": name})
    return agency


def rename(actor: Actor, agency: Agency, *, name: str, contact: str) -> None:
    """Change name and contact; raises Forbidden, Invalid."""
    grant = require(actor, "core.system")
    if not name.strip():
        raise Invalid({"name": [_l("请填写名称。")]})
    data = {"before": agency.name, "after": name.strip()}
    agency.name, agency.contact = name.strip(), contact.strip()
    audit.record(actor, "core.agency.rename", "core.agency", agency.id, grant=grant, data=data)


def abolish(actor: Actor, agency: Agency, successor: Agency | None) -> None:
    """End an agency; its open clocks go to the successor at once (管5).

    Raises:
        Refused: `SUCCESSOR_REQUIRED` without one, or when it is the agency itself or abolished.
    """
    grant = require(actor, "core.system")
    if successor is None or successor.id == agency.id or successor.abolished_at:
        raise Refused(Refusal("SUCCESSOR_REQUIRED", _l("撤销机关须指明承接其职责的机关。"), "管5"))
    agency.abolished_at, agency.successor_id = utcnow(), successor.id
    running = select(Clock).where(Clock.agency_id == agency.id, Clock.state.in_(("running", "suspended")))
    for clock in db.session.scalars(running):
        clock.agency_id = successor.id
    data = {"successor": successor.id}
    audit.record(actor, "core.agency.abolish", "core.agency", agency.id, grant=grant, article="管5", data=data)
