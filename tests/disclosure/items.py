"""Items put straight into a state, for tests of publication (5.2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.db import db, new_id, utcnow
from core.models import Agency, Publication
from core.permissions import SYSTEM, Actor
from core.workdays import local_date
from plugins.disclosure.item_content import content_hash
from plugins.disclosure.models import Body, Confirmation, Dispute, Item
from plugins.disclosure.workflow import ITEM
from plugins.disclosure.workflow.item_clocks import begin_clock
from plugins.disclosure.workflow.items import PUBLIC

ANOTHER = Actor(None, "分管领导")


def agency_id(code: str) -> str:
    return db.session.scalars(select(Agency.id).where(Agency.code == code)).one()


def item(state: str = "editing", **values: Any) -> Item:
    """One of the government's office that concerns the education bureau; inside `write()`."""
    concerns = values.pop("agencies", [agency_id("education")])
    made = Item(
        id=new_id(), title="老旧小区加装电梯补助办法", summary="补助的条件和标准。", text="每部电梯补助十万元。",
        agency_id=agency_id("office"), source="人民政府办公室", formed_on=local_date(utcnow()), agencies=concerns,
        concerns_nobody=not concerns,
    )  # fmt: skip
    for name, value in values.items():
        setattr(made, name, value)
    staff(made.agency_id)
    db.session.add(made)
    db.session.flush()
    made.content_hash = made.cleared_hash = content_hash(made)
    begin_clock(made)
    _lead(made, state)
    return made


def staff(agency: str | None) -> None:
    """Its posts are filled: without them nothing enters review (管4)."""
    if db.session.scalar(select(Body.id).where(Body.agency_id == agency)) is None:
        db.session.add(Body(agency_id=agency, office_name="公开科", deputy_name="分管领导"))
        db.session.flush()


def _lead(made: Item, state: str) -> None:
    """Along the machine's own way, as the product itself."""

    def fire(event: str, **params: Any) -> None:
        ITEM.fire(made, event, SYSTEM, reason="理由", params=params)

    if state == "editing":
        return
    fire("submit")
    if state in ("disputed", "mediation", "not_released"):
        fire("object", agency_id=made.agencies[0])
        if state != "disputed":
            fire("refer")
        if state == "not_released":
            fire("rule_refuse")
        return
    if state == "confirming":
        return
    for agency in made.agencies:
        fire("confirm", agency_id=agency)
    if state == "review":
        return
    fire("approve")
    if state == "to_release":
        return
    fire("release")
    if state == "complete":
        fire("complete")
    if state == "withdrawn":
        fire("withdraw")
    assert made.state == state, (made.state, state)


def published(made: Item) -> Publication:
    """Its page."""
    assert made.publication is not None
    assert made.state in PUBLIC
    return made.publication


__all__ = ["ANOTHER", "Confirmation", "Dispute", "agency_id", "item", "published"]
