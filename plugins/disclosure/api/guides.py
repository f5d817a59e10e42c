"""The guides (指南, 管8) over the API."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from core.permissions import works_here
from core.web.api import Answer, Api, EventOut, Page, PageQuery, events_json, if_match, moved, page
from core.web.api.moves import Moved
from core.web.requests import actor
from plugins.disclosure.forms.withheld import GuideIn, MoveIn, NewGuideIn
from plugins.disclosure.models import Guide
from plugins.disclosure.services import bodies, guides
from plugins.disclosure.services.visibility import page_address
from plugins.disclosure.workflow import GUIDE

ONE = "/guides/<id>"


class GuideOut(BaseModel):
    """An edition; `out_of_date` says why staff should write a new one, "" when it is current."""

    id: str
    agency: str
    agency_name: str
    edition: int
    classification: str
    arrangement: str
    obtaining: str
    contact: dict[str, str]
    state: str
    state_label: str
    approved_name: str
    returned_reason: str
    published_at: str | None
    page: str
    out_of_date: str
    events: list[EventOut]
    etag: str


class GuideQuery(PageQuery):
    """Filters."""

    agency: str = Field("", max_length=64, description="Code or id of the body.")


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get("/guides", public=True, query=GuideQuery, answer=Page[GuideOut], summary="Guides of the bodies")(listing)
    api.post(
        "/guides", body=NewGuideIn, permission="disclosure.guide", status=201, answer=GuideOut,
        summary="Begin a new edition, from the texts of the one before",
    )(begin)  # fmt: skip
    api.get(ONE, load=load, public=True, answer=GuideOut, summary="One edition")(show)
    api.patch(
        ONE, load=load, body=GuideIn, permission="disclosure.guide", versioned=True, answer=GuideOut,
        summary="Change the texts of a draft",
    )(change)  # fmt: skip
    api.post(
        f"{ONE}/transitions", load=load, body=MoveIn, machine=GUIDE, answer=Moved,
        summary="Submit, return, approve, publish",
    )(move)  # fmt: skip


def load(ident: str) -> Guide:
    """One the caller may see; raises NotFound."""
    return guides.find(actor(), ident)


def listing(query: GuideQuery) -> Answer:
    """Published ones for everybody."""
    statement = guides.select_rows(actor())
    if query.agency:
        statement = statement.where(Guide.agency_id == bodies.by_code(query.agency).id)
    return page(statement, query, Guide.created_at, _guide, modified=Guide.updated_at)


def begin(body: NewGuideIn) -> Answer:
    """`EDITION_OPEN` while one is under way."""
    made = guides.begin(actor(), bodies.by_code(body.agency))
    texts = body.values("agency")
    return show(guides.save(actor(), made, texts) if texts else made)


def show(guide: Guide) -> Answer:
    """With its events."""
    return Answer(_guide(guide), version=guide.version)


def change(guide: Guide, body: GuideIn) -> Answer:
    """Contact data are taken anew from the body."""
    return show(guides.save(actor(), guide, body.values(), version=if_match(guide.version)))


def move(guide: Guide, body: MoveIn) -> Answer:
    """Written by one, approved by another."""
    guides.move(actor(), guide, body.event, reason=body.reason, version=if_match(guide.version))
    return moved(GUIDE, guide)


def _guide(guide: Guide) -> dict[str, Any]:
    own = ("id", "edition", "classification", "arrangement", "obtaining", "contact", "state", "approved_name")
    staff = works_here(actor())
    return {
        **{name: getattr(guide, name) for name in own},
        "agency": guide.agency.code,
        "agency_name": guide.agency.name,
        "state_label": GUIDE.label(guide.state),
        "returned_reason": guide.returned_reason if staff else "",
        "published_at": guide.published_at,
        "page": page_address(guide.publication),
        "out_of_date": str(guides.out_of_date(guide.agency)) if staff and guide.state == "published" else "",
        "events": events_json(GUIDE, guide),
        "etag": str(guide.version),
    }
