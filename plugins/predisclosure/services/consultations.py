"""Consultations (预公开征求意见): drafted, edited while nobody has seen them, moved, closed when their time is over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from core import audit, versions
from core.db import db, utcnow
from core.permissions import SYSTEM, Actor, require
from core.refusals import Invalid, NotFound, Refusal, Refused, Stale, WrongState
from core.text import checked
from core.workflow import Move
from plugins.predisclosure.models import DecisionItem, PublicConsultation
from plugins.predisclosure.services.visibility import notice_stands, visible_consultations
from plugins.predisclosure.values import METHODS
from plugins.predisclosure.workflow.consultations import CONSULTATION, OBJECT_TYPE, RIGHT

LIMITS = {
    "title": 200, "main_points": 5000, "background": 5000, "basis": 5000, "feedback": 2000, "text": 200_000,
    "short_ground": 2000, "short_explanation": 2000, "summary": 20_000,
}  # fmt: skip
WHILE_DRAFTING = frozenset(LIMITS) - {"summary"} | {"methods", "wanted_close"}
WHILE_SUMMARISING = frozenset({"summary", "methods"})
MOST_METHODS = 20


def create(actor: Actor, item: DecisionItem, values: Mapping[str, Any]) -> PublicConsultation:
    """A draft for a decision item; the drafting body alone (预3).

    Raises:
        Forbidden, Invalid. Refused: `ALREADY_ASKED`, an exempted item included.
    """
    made = PublicConsultation(
        item_id=item.id, agency_id=item.agency_id, matter_id=item.matter_id, title=item.title, state="draft", version=1,
        created_by=actor.id or None, errata=[], extensions=[], methods=[],
    )  # fmt: skip
    grant = require(actor, RIGHT, made)
    running = select(PublicConsultation.id).where(
        PublicConsultation.item_id == item.id, PublicConsultation.state.not_in(("terminated", "not_issued"))
    )
    if db.session.scalar(running.limit(1)) is not None:
        raise Refused(Refusal("ALREADY_ASKED", _l("这个决策事项已经有预公开，请在那里继续。"), "预2"))
    _fill(made, {"title": item.title, **values}, WHILE_DRAFTING)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, f"{OBJECT_TYPE}.create", OBJECT_TYPE, made.id, grant=grant, article="预2")
    return made


def edit(
    actor: Actor, row: PublicConsultation, values: Mapping[str, Any], *, version: int | None = None
) -> PublicConsultation:
    """Change what may still be changed: everything in draft, the summary and the records of meetings later.

    Raises:
        Forbidden, WrongState, Stale, Invalid.
    """
    require(actor, RIGHT, row)
    allowed = {"draft": WHILE_DRAFTING, "closed": WHILE_SUMMARISING, "summarising": WHILE_SUMMARISING}.get(row.state)
    if allowed is None or not set(values) <= allowed:
        raise WrongState(CONSULTATION.label(row.state))
    if version is not None and version != row.version:
        raise Stale(row.version)
    _fill(row, values, allowed)
    row.version += 1
    db.session.flush()
    audit.record(actor, f"{OBJECT_TYPE}.edit", OBJECT_TYPE, row.id, data={"fields": sorted(values)})
    return row


def _fill(row: PublicConsultation, values: Mapping[str, Any], allowed: frozenset[str]) -> None:
    texts = {name: str(value) for name, value in values.items() if name in LIMITS and name in allowed}
    for name, text in checked(texts, LIMITS, ("title",)).items():
        setattr(row, name, text.strip())
    if "wanted_close" in values:
        row.wanted_close = values["wanted_close"]
    if "methods" in values:
        row.methods = [_method(one) for one in list(values["methods"])[:MOST_METHODS]]


METHOD_LIMITS = {"on": 10, "place": 100, "people": 2000, "link": 500, "note": 20_000}


def _method(given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("kind") not in METHODS:
        raise Invalid({"methods": [_l("请选择预公开的方式。")]})
    texts = {name: str(given.get(name) or "").strip() for name in METHOD_LIMITS}
    link = texts["link"]
    if link and not link.startswith(("https://", "http://")):
        raise Invalid({"methods": [_l("链接请写完整地址，以 https:// 开头。")]})
    return {"kind": given["kind"], **checked(texts, METHOD_LIMITS)}


def select_rows(actor: Actor) -> Select[PublicConsultation]:
    """What this person may see; the public what it was asked about."""
    return select(PublicConsultation).where(visible_consultations(actor))


def find(actor: Actor, ident: str) -> PublicConsultation:
    """One of them.

    Raises:
        Gone: its notice was withdrawn. NotFound: unknown or not for `actor`.
    """
    found = db.session.scalar(select_rows(actor).where(PublicConsultation.id == ident))
    if found is not None:
        return found
    off = db.session.scalar(select(PublicConsultation).where(PublicConsultation.id == ident, ~notice_stands()))
    if off is not None and off.publication is not None:
        raise versions.gone(off.publication)
    raise NotFound


def move(
    actor: Actor,
    row: PublicConsultation,
    event: str,
    *,
    reason: str = "",
    version: int | None = None,
    params: Mapping[str, Any] | None = None,
) -> Move:
    """Any event of the machine · correct `text` · replace_draft `text`, `closes_at` · extend `closes_at` · revise
    `text` · hand_in `legality`, `legality_note` · issue `document_number`.

    Raises:
        Forbidden, Invalid, WrongState, Stale, Refused: `NOTICE_INCOMPLETE`, `PERIOD_TOO_SHORT`, `OPINIONS_OPEN` …
    """
    CONSULTATION.require_right(row, event, actor)
    given = dict(params or {})
    limits = {"text": LIMITS["text"], "legality_note": 5000, "document_number": 50}
    given |= checked({name: str(given[name]) for name in limits if name in given}, limits)
    return CONSULTATION.fire(row, event, actor, reason=reason, version=version, params={"event": event, **given})


def close_due() -> int:
    """Close what has reached its end, by the server's clock (预6); how many were closed."""
    query = select(PublicConsultation).where(
        PublicConsultation.state == "open", PublicConsultation.closes_at <= utcnow()
    )
    rows = db.session.scalars(query.with_for_update(skip_locked=True)).all()
    for row in rows:
        CONSULTATION.fire(row, "close", SYSTEM)
    return len(rows)
