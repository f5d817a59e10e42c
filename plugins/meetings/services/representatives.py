"""The representative pool (代表库): kept by those who invite, seen by nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, false, func, or_, select, true

from core import audit, permissions
from core.db import db
from core.permissions import Actor
from core.refusals import Invalid, NotFound, Refusal, Refused, Stale
from core.workflow import Move
from plugins.meetings.eligibility import renewable_until, today
from plugins.meetings.models import Representative, RepresentativeTerm
from plugins.meetings.services import rotation
from plugins.meetings.workflow import REPRESENTATIVE
from plugins.meetings.workflow.representatives import year_after

RIGHT = "meetings.pool"
FIELDS = ("name", "organisation", "contact", "speciality", "region", "trade", "publish_name", "renewal_due")
SORTS: dict[str, Any] = {
    "name": _l("姓名"),
    "recent": _l("最久没有受邀的在前"),
    "often": _l("受邀最少的在前"),
    "renewal": _l("续聘期限"),
}


@dataclass(frozen=True)
class Term:
    """A term as it is written: category, first and last day."""

    category: str
    begins: date
    ends: date | None = None


@dataclass(frozen=True)
class Wanted:
    """What a reader narrows the pool by; empty values do not narrow."""

    q: str = ""
    category: str = ""
    region: str = ""
    speciality: str = ""
    state: str = ""
    due: bool = False
    sort: str = "name"


def may_read(actor: Actor) -> bool:
    """Only those who keep the pool: it is personal data."""
    return permissions.can(actor, RIGHT) is not None


def visible(actor: Actor) -> ColumnElement[bool]:
    """THE filter of the pool."""
    return true() if may_read(actor) else false()


def find(actor: Actor, ident: str) -> Representative:
    """One entry; raises NotFound, also for those who may not read the pool."""
    found = db.session.get(Representative, ident) if may_read(actor) else None
    if found is None:
        raise NotFound
    return found


def search(actor: Actor, wanted: Wanted) -> Select[Representative]:
    """The entries a reader asks for, in the order he asks for; a term that is over counts as well."""
    query = select(Representative).where(visible(actor), *_conditions(wanted))
    if wanted.sort in {"recent", "often"}:
        count = rotation.counted()
        query = query.outerjoin(count, count.c.who == Representative.id)
        invited, last = func.coalesce(count.c.invited, 0), count.c.last
        first = [invited] if wanted.sort == "often" else []
        query = query.order_by(*first, last.is_not(None), last)
    if wanted.sort == "renewal":
        query = query.order_by(Representative.renewal_due)
    return query.order_by(Representative.name, Representative.id)


def to_renew() -> ColumnElement[bool]:
    """Active entries whose year can be renewed now, or is over."""
    return (Representative.state == "active") & (Representative.renewal_due <= renewable_until())


def count_to_renew() -> int:
    """How many wait for their renewal."""
    return db.session.scalar(select(func.count()).select_from(Representative).where(to_renew())) or 0


def create(actor: Actor, values: Mapping[str, Any]) -> Representative:
    """A new entry: `name` and `terms` (of `Term`), and what is known of FIELDS.

    Raises:
        Forbidden. Invalid: the pool has this person, or a term stands there twice.
    """
    grant = permissions.require(actor, RIGHT)
    person = Representative(
        state="active", state_note="", version=1, created_by=actor.id, organisation="", contact="", speciality="",
        region="", trade="", publish_name=False, renewal_due=year_after(today()),
    )  # fmt: skip
    _write(person, values)
    db.session.add(person)
    db.session.flush()
    audit.record(actor, "meetings.representative.create", REPRESENTATIVE.object_type, person.id, grant=grant)
    return person


def edit(
    actor: Actor, person: Representative, values: Mapping[str, Any], *, version: int | None = None
) -> Representative:
    """Change an entry; `terms` are replaced.

    Raises:
        Forbidden, Stale, Invalid.
    """
    grant = permissions.require(actor, RIGHT, person)
    if version is not None and version != person.version:
        raise Stale(person.version)
    _write(person, values)
    person.version += 1
    db.session.flush()
    data = {"fields": sorted(values)}
    audit.record(actor, "meetings.representative.edit", REPRESENTATIVE.object_type, person.id, grant=grant, data=data)
    return person


def move(actor: Actor, person: Representative, event: str, *, reason: str = "", version: int | None = None) -> Move:
    """Carry out an event of `REPRESENTATIVE`.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused.
    """
    return REPRESENTATIVE.fire(person, event, actor, reason=reason, version=version)


def renew_all(actor: Actor, ids: Sequence[str]) -> int:
    """Renew several by a year in one act, all or none; answers how many.

    Raises:
        Forbidden. NotFound: one of them is not here. Refused: with a sentence for everyone who cannot be renewed.
    """
    permissions.require(actor, RIGHT)
    refused: list[Refusal] = []
    for person in [find(actor, ident) for ident in dict.fromkeys(ids)]:
        try:
            move(actor, person, "renew")
        except Refused as no:
            refused += [_about(person, refusal) for refusal in no.refusals]
    if refused:
        raise Refused(*refused)
    return len(set(ids))


def regions(actor: Actor) -> list[str]:
    """The regions that stand in the pool, for the filters."""
    query = select(Representative.region).where(visible(actor), Representative.region != "").distinct()
    return list(db.session.scalars(query.order_by(Representative.region)))


# --- inside -----------------------------------------------------------------------------------------


def _about(person: Representative, refusal: Refusal) -> Refusal:
    if refusal.code == "NOT_DUE":  # names the person already
        return refusal
    detail = _l("%(name)s：%(detail)s", name=person.name, detail=refusal.detail)
    return Refusal(refusal.code, detail, refusal.article, refusal.missing)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.q:
        columns = (Representative.name, Representative.organisation, Representative.trade)
        found.append(or_(*(column.contains(wanted.q, autoescape=True) for column in columns)))
    if wanted.category:
        of_term = select(RepresentativeTerm.representative_id).where(RepresentativeTerm.category == wanted.category)
        found.append(Representative.id.in_(of_term))
    if wanted.region:
        found.append(Representative.region == wanted.region)
    if wanted.speciality:
        found.append(Representative.speciality.contains(wanted.speciality, autoescape=True))
    if wanted.state:
        found.append(Representative.state == wanted.state)
    if wanted.due:
        found.append(to_renew())
    return found


def _write(person: Representative, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(person, name, values[name])
    _refuse_known(person)
    if "terms" in values:
        _write_terms(person, values["terms"])


def _refuse_known(person: Representative) -> None:
    with db.session.no_autoflush:
        same = select(Representative.id).where(
            Representative.name == person.name, Representative.organisation == person.organisation
        )
        other = db.session.scalar(same.where(Representative.id != (person.id or "")))
    if other is None:
        return
    raise Invalid({"name": [_l("代表库里已有这个人。如果是同名的另一个人，请在单位一栏写明，以示区别。")]})


def _write_terms(person: Representative, terms: Sequence[Term]) -> None:
    keys = [(term.category, term.begins) for term in terms]
    if len(set(keys)) != len(keys):
        raise Invalid({"terms": [_l("同一类别、同一天开始的任期写了不止一次。")]})
    present = {(row.category, row.begins): row for row in person.terms}
    for key, row in present.items():
        if key not in keys:
            person.terms.remove(row)
    for term in terms:
        row = present.get((term.category, term.begins)) or RepresentativeTerm(
            category=term.category, begins=term.begins
        )
        row.ends = term.ends
        if row not in person.terms:
            person.terms.append(row)
