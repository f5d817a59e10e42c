"""Decision items (决策事项, 预4): listed by the drafting body, found, exempted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from core import audit, matters
from core.db import db, utcnow
from core.models import Agency
from core.permissions import Actor, require
from core.refusals import Invalid, NotFound
from core.text import checked
from core.workdays import local_date
from plugins.predisclosure.models import DecisionItem
from plugins.predisclosure.services.visibility import visible_items
from plugins.predisclosure.values import CATEGORIES
from plugins.predisclosure.workflow.items import ITEM, OBJECT_TYPE, RIGHT

FIRST_YEAR = 2000


def create(
    actor: Actor,
    agency: Agency,
    title: str,
    category: str,
    *,
    matter_id: str = "",
    joint: Sequence[str] = (),
    year: int | None = None,
) -> DecisionItem:
    """A major decision of the year; a matter is made where none is named. The drafting body leads (预3).

    Raises:
        Forbidden: not of that body. Invalid. NotFound: no such matter here.
    """
    fields = checked({"title": title.strip()}, {"title": 200}, ("title",))
    if category not in CATEGORIES:
        raise Invalid({"category": [_l("请选择决策事项的类别。")]})
    year = year or local_date(utcnow()).year
    if not FIRST_YEAR <= year <= local_date(utcnow()).year + 1:
        raise Invalid({"year": [_l("请填写今年或者相近的年份。")]})
    others = _others(agency, joint)
    made = DecisionItem(
        agency_id=agency.id, joint_agencies=others, category=category, year=year, state="listed", version=1,
        created_by=actor.id or None, **fields,
    )  # fmt: skip
    grant = require(actor, RIGHT, made)
    matter = matters.own(actor, matter_id) if matter_id else matters.create(actor, made.title, agency_id=agency.id)
    made.matter_id = matter.id
    db.session.add(made)
    db.session.flush()
    audit.record(
        actor, f"{OBJECT_TYPE}.create", OBJECT_TYPE, made.id, grant=grant, article="预4", data={"category": category}
    )
    return made


def _others(agency: Agency, joint: Sequence[str]) -> list[str]:
    """The bodies drafting with it, as ids; the leading one is not among them."""
    found = [by_code(code, "joint_agencies").id for code in joint]
    if agency.id in found:
        raise Invalid({"joint_agencies": [_l("牵头单位不用列入联合起草单位。")]})
    return list(dict.fromkeys(found))


def by_code(code: str, field: str = "agency") -> Agency:
    """A body by code or id; raises Invalid naming `field`."""
    query = select(Agency).where((Agency.code == code) | (Agency.id == code), Agency.abolished_at.is_(None))
    found = db.session.scalar(query)
    if found is None:
        raise Invalid({field: [_l("没有这个单位，请重新选择。")]})
    return found


def select_rows(actor: Actor) -> Select[DecisionItem]:
    """What this person may see; the public the yearly catalogue."""
    return select(DecisionItem).where(visible_items(actor))


def find(actor: Actor, ident: str) -> DecisionItem:
    """One of them; raises NotFound."""
    found = db.session.scalar(select_rows(actor).where(DecisionItem.id == ident))
    if found is None:
        raise NotFound
    return found


def move(actor: Actor, row: DecisionItem, event: str, *, reason: str = "", version: int | None = None) -> Any:
    """Ask for an exemption, approve, refuse or revoke it.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused: `OWN_APPROVAL`, `PERIOD_OPEN`.
    """
    return ITEM.fire(row, event, actor, reason=reason, version=version)
