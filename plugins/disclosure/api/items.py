"""Publication items over the API: begin, change, table 5.2, places, what is still missing."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from core import publications
from core.web.api import Answer, Api, clocks_json, events_json, if_match, moved
from core.web.api.moves import ClockOut, EventOut, Moved
from core.web.api.pages import Page, PageQuery, page
from core.web.requests import actor
from plugins.disclosure.forms.items import ItemIn, ItemMove, ItemPatch, PlacementIn
from plugins.disclosure.item_content import files
from plugins.disclosure.models import Item
from plugins.disclosure.models.items import ITEM_STATES
from plugins.disclosure.services import bodies, items
from plugins.disclosure.workflow import ITEM

ONE = "/items/<id>"
BRIEF = (
    "id", "title", "genre", "number", "formed_on", "urgency", "key_area", "column", "edition", "late_cause", "state",
    "scheduled_at", "expired_on", "updated_at",
)  # fmt: skip
MORE = (
    "summary", "text", "keywords", "origin", "source", "carrier", "agencies", "concerns_nobody", "days", "days_basis",
    "valid_until", "note", "content_hash", "approved_hash", "findings", "handed_over_at", "withdrawn_at",
    "withdrawn_reason", "emergency", "withdrawal_confirmed_at",
)  # fmt: skip


class ItemsQuery(PageQuery):
    """Filters of the list."""

    state: Literal[ITEM_STATES] | None = None  # type: ignore[valid-type]
    agency: str = Field("", max_length=64, description="Code or id of the body.")
    q: str | None = Field(None, max_length=100)


class ItemOut(BaseModel):
    """An item as lists show it."""

    id: str
    title: str
    genre: str
    number: str
    agency: str | None
    document: str | None
    matter: str | None
    formed_on: str
    urgency: str
    key_area: bool
    column: str
    edition: int
    late_cause: Literal["", "before_hand_over", "after_hand_over"]
    state: str
    state_label: str
    scheduled_at: str | None
    expired_on: str | None
    page: str
    updated_at: str
    etag: str


class MissingOut(BaseModel):
    """What still stands in the way."""

    code: str
    article: str
    detail: str


class ItemFull(ItemOut):
    """An item with everything about it; `agencies` are ids, `page` the public address while there is one."""

    summary: str
    text: str
    keywords: str
    origin: str
    source: str
    carrier: str
    agencies: list[str]
    concerns_nobody: bool
    days: int | None
    days_basis: str
    valid_until: str | None
    note: str
    content_hash: str
    approved_hash: str | None
    findings: list[dict[str, str]]
    handed_over_at: str | None
    withdrawn_at: str | None
    withdrawn_reason: str
    emergency: bool
    withdrawal_confirmed_at: str | None
    files: list[dict[str, Any]]
    confirmations: list[dict[str, Any]]
    disputes: list[dict[str, Any]]
    editions: list[dict[str, Any]]
    placements: list[dict[str, Any]]
    missing: list[MissingOut]
    clocks: list[ClockOut]
    events: list[EventOut]


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get(
        "/items", permission="core.staff", query=ItemsQuery, answer=Page[ItemOut],
        summary="Publication items, newest first",
    )(listing)  # fmt: skip
    api.post(
        "/items", body=ItemIn, permission=items.RIGHT, status=201, answer=ItemFull,
        summary="Begin an item that comes from no official document",
    )(create)  # fmt: skip
    api.get(ONE, load=load, permission="core.staff", answer=ItemFull, summary="One item and what is still missing")(
        show
    )
    api.patch(
        ONE, load=load, body=ItemPatch, permission=items.RIGHT, versioned=True, answer=ItemFull,
        summary="Change an item; confirmations and approvals fall away",
    )(change)  # fmt: skip
    api.post(
        f"{ONE}/transitions", load=load, body=ItemMove, machine=ITEM, answer=Moved,
        summary="Submit, confirm, object, rule, approve, release, correct, withdraw …",
    )(move)  # fmt: skip
    api.post(
        f"{ONE}/placements", load=load, body=PlacementIn, permission=items.PLACE, answer=ItemFull,
        summary="Plan a place or confirm it with its day",
    )(place)  # fmt: skip


def load(ident: str) -> Item:
    """What the caller may see; raises NotFound."""
    return items.find(actor(), ident)


def listing(query: ItemsQuery) -> Answer:
    """Staff of the releasing agency and of those asked."""
    statement = items.select_items(actor())
    if query.state:
        statement = statement.where(Item.state == query.state)
    if query.agency:
        statement = statement.where(Item.agency_id == bodies.by_code(query.agency).id)
    if query.q:
        words = query.q.strip()
        statement = statement.where(
            Item.title.contains(words, autoescape=True) | Item.number.contains(words, autoescape=True)
        )
    return page(statement, query, Item.created_at, outline, modified=Item.updated_at)


def show(item: Item) -> Answer:
    """With confirmations, versions, places and events."""
    return Answer(full(item), version=item.version)


def create(body: ItemIn) -> Answer:
    """Only the title is required; it needs its own secrecy review (管9)."""
    return show(items.create(actor(), body.values()))


def change(item: Item, body: ItemPatch) -> Answer:
    """The fields that were sent."""
    return show(items.edit(actor(), item, body.values(), version=if_match(item.version)))


def move(item: Item, body: ItemMove) -> Answer:
    """Every refusal names its article."""
    items.move(actor(), item, body.event, reason=body.reason, version=if_match(item.version), params=body.given())
    return moved(ITEM, item)


def place(item: Item, body: PlacementIn) -> Answer:
    """The last place that must be makes the publication complete (公开完成)."""
    items.place(actor(), item, body.values(), version=if_match(item.version))
    return show(item)


def outline(item: Item) -> dict[str, Any]:
    """As lists show it."""
    return {
        **{name: getattr(item, name) for name in BRIEF},
        "agency": item.agency_id,
        "document": item.document_id,
        "matter": item.matter_id,
        "state_label": ITEM.label(item.state),
        "page": publications.address(item.publication) if item.public and item.publication else "",
        "etag": str(item.version),
    }


def full(item: Item) -> dict[str, Any]:
    """Everything of it."""
    return {
        **outline(item),
        **{name: getattr(item, name) for name in MORE},
        "files": [{"id": one.attachment_id, "title": one.title or one.attachment.filename} for one in files(item)],
        "confirmations": [
            {
                "agency": row.agency_id, "agency_name": row.agency.name, "state": row.state, "reason": row.reason,
                "content_hash": row.content_hash, "by": row.by_name, "asked_at": row.asked_at, "at": row.at,
            }
            for row in item.confirmations
        ],
        "disputes": [
            {
                "agency": row.agency_id, "reason": row.reason, "raised_at": row.raised_at, "referral": row.referral,
                "referred_at": row.referred_at, "ruling": row.ruling, "decision": row.decision,
                "decided_at": row.decided_at,
            }
            for row in item.disputes
        ],
        "editions": [
            {"number": row.number, "title": row.title, "note": row.note, "content_hash": row.content_hash,
             "publication": row.publication_id, "released_at": row.released_at}
            for row in item.editions
        ],
        "placements": [row.as_data() for row in item.placements],
        "missing": [{"code": no.code, "article": no.article, "detail": no.detail} for no in items.missing(item)],
        "clocks": clocks_json(ITEM.object_type, item),
        "events": events_json(ITEM, item),
    }  # fmt: skip
