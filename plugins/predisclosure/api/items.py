"""Decision items (决策事项, 预4) over the API: the public catalogue of a year, and exemptions."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from core.web.api import Answer, Api, EventOut, Page, PageQuery, events_json, if_match, moved, page
from core.web.api.moves import Moved
from core.web.requests import actor
from plugins.predisclosure.forms import ItemIn, MoveIn
from plugins.predisclosure.models import DecisionItem
from plugins.predisclosure.services import items
from plugins.predisclosure.values import CATEGORIES
from plugins.predisclosure.workflow import ITEM

ONE = "/items/<id>"


class ItemOut(BaseModel):
    """A major decision; an exemption carries its reason and who approved it."""

    id: str
    agency: str
    agency_name: str
    joint_agencies: list[str]
    matter: str
    title: str
    category: str
    category_label: str
    year: int
    exemption_reason: str
    approved_by: str
    state: str
    state_label: str
    events: list[EventOut]
    etag: str


class ItemsQuery(PageQuery):
    """Filters."""

    year: int | None = None
    category: Literal["", "strategy", "vital_rules", "emergencies", "funds", "emergency_plans", "prices", "other"] = ""


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get("/items", public=True, query=ItemsQuery, answer=Page[ItemOut], summary="Major decisions of the year (预4)")(
        listing
    )
    api.post(
        "/items", body=ItemIn, permission="predisclosure.draft", status=201, answer=ItemOut,
        summary="List a major decision",
    )(create)  # fmt: skip
    api.get(ONE, load=load, public=True, answer=ItemOut, summary="One major decision")(show)
    api.post(
        f"{ONE}/transitions", load=load, body=MoveIn, machine=ITEM, answer=Moved,
        summary="Ask for an exemption, approve, refuse or revoke it",
    )(move)  # fmt: skip


def load(ident: str) -> DecisionItem:
    """One the caller may see; raises NotFound."""
    return items.find(actor(), ident)


def listing(query: ItemsQuery) -> Answer:
    """Newest first."""
    statement = items.select_rows(actor())
    if query.year:
        statement = statement.where(DecisionItem.year == query.year)
    if query.category:
        statement = statement.where(DecisionItem.category == query.category)
    return page(statement, query, DecisionItem.created_at, _item, modified=DecisionItem.updated_at)


def create(body: ItemIn) -> Answer:
    """With its matter."""
    made = items.create(
        actor(), items.by_code(body.agency), body.title, body.category, matter_id=body.matter,
        joint=body.joint_agencies, year=body.year,
    )  # fmt: skip
    return show(made)


def show(row: DecisionItem) -> Answer:
    """With its events."""
    return Answer(_item(row), version=row.version)


def move(row: DecisionItem, body: MoveIn) -> Answer:
    """Who asks does not approve."""
    items.move(actor(), row, body.event, reason=body.reason, version=if_match(row.version))
    return moved(ITEM, row)


def _item(row: DecisionItem) -> dict[str, Any]:
    public = row.state == "exempt"
    return {
        **{name: getattr(row, name) for name in ("id", "title", "category", "year", "state", "joint_agencies")},
        "agency": row.agency.code,
        "agency_name": row.agency.name,
        "matter": row.matter_id,
        "category_label": str(CATEGORIES[row.category]),
        "exemption_reason": row.exemption_reason if public or row.state == "exemption_pending" else "",
        "approved_by": row.approved_name if public else "",
        "state_label": ITEM.label(row.state),
        "events": events_json(ITEM, row),
        "etag": str(row.version),
    }
