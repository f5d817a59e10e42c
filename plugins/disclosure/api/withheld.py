"""The withheld catalogue (管11, 认9) over the API: its editions, and its rows with their full titles for staff."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from core.permissions import can
from core.web.api import (
    Answer,
    Api,
    ClockOut,
    EventOut,
    Page,
    PageQuery,
    clocks_json,
    events_json,
    if_match,
    moved,
    page,
)
from core.web.api.moves import Moved
from core.web.requests import actor
from plugins.disclosure.forms.withheld import CatalogueIn, CatalogueMove, EntryFields, EntryIn, EntryMove
from plugins.disclosure.models import WithheldCatalogue, WithheldEntry
from plugins.disclosure.services import bodies, catalogues, entries
from plugins.disclosure.services.visibility import page_address
from plugins.disclosure.values import GROUNDS
from plugins.disclosure.workflow import CATALOGUE, ENTRY
from plugins.disclosure.workflow.catalogues import rows_of, title, uncovered

LIST, ONE = "/withheld-catalogues", "/withheld-catalogues/<id>"
ROWS, ROW = "/withheld-entries", "/withheld-entries/<id>"
SEEN = "disclosure.see_withheld"


class RowOut(BaseModel):
    """A row as the public reads it; `title` is the safe one."""

    id: str
    title: str
    number: str
    ground: str
    ground_label: str
    facts: str
    basis: str
    formed_on: str
    unit: str
    review_on: str
    state: str


class MissingOut(BaseModel):
    """What keeps the year from being complete: a document without a row, or a row not yet decided on."""

    id: str
    title: str


class CatalogueOut(BaseModel):
    """An edition; `missing` for those who see the rows, `page` once it is public."""

    id: str
    agency: str
    agency_name: str
    year: int
    edition: int
    title: str
    state: str
    state_label: str
    returned_reason: str
    approved_by: str
    receipt_number: str
    received_on: str | None
    published_at: str | None
    page: str
    content_hash: str
    rows: list[RowOut]
    missing: list[MissingOut]
    clocks: list[ClockOut]
    events: list[EventOut]
    etag: str


class EntryOut(BaseModel):
    """A row as staff see it."""

    id: str
    agency: str
    year: int
    document: str | None
    title: str
    title_sensitive: bool
    public_title: str
    number: str
    code_name: str
    ground: str
    facts: str
    basis: str
    formed_on: str | None
    unit: str
    review_on: str | None
    exclusion: str
    accepted: bool
    state: str
    state_label: str
    clocks: list[ClockOut]
    events: list[EventOut]
    etag: str


class YearQuery(PageQuery):
    """Filters."""

    agency: str = Field("", max_length=64, description="Code or id of the body.")
    year: int | None = None


class EntryQuery(YearQuery):
    """Filters of the rows."""

    state: Literal["", "listed", "reasoned", "excluded", "entered", "to_publish", "to_request"] = ""


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get(LIST, public=True, query=YearQuery, answer=Page[CatalogueOut], summary="Catalogues of withheld documents")(
        listing
    )
    api.post(
        LIST, body=CatalogueIn, permission="disclosure.withhold", status=201, answer=CatalogueOut,
        summary="Begin the catalogue of a body and year",
    )(begin)  # fmt: skip
    api.get(ONE, load=load, public=True, answer=CatalogueOut, summary="One catalogue with its rows")(show)
    api.post(
        f"{ONE}/transitions", load=load, body=CatalogueMove, machine=CATALOGUE, answer=Moved,
        summary="Approve, return, file, accept, publish, supplement",
    )(move)  # fmt: skip
    api.get(
        ROWS, permission="core.staff", query=EntryQuery, answer=Page[EntryOut], summary="Rows of withheld catalogues"
    )(rows)
    api.post(
        ROWS, body=EntryIn, permission="disclosure.withhold", status=201, answer=EntryOut, summary="Add a row by hand"
    )(add)
    api.get(ROW, load=load_row, permission="core.staff", answer=EntryOut, summary="One row")(show_row)
    api.patch(
        ROW, load=load_row, body=EntryFields, permission="disclosure.withhold", versioned=True, answer=EntryOut,
        summary="Change a row that is not on file yet",
    )(change)  # fmt: skip
    api.post(
        f"{ROW}/transitions", load=load_row, body=EntryMove, machine=ENTRY, answer=Moved,
        summary="Give the reason, enter, leave out, correct, re-evaluate",
    )(move_row)  # fmt: skip


def load(ident: str) -> WithheldCatalogue:
    """One the caller may see; raises NotFound."""
    return catalogues.find(actor(), ident)


def load_row(ident: str) -> WithheldEntry:
    """One the caller may see; raises NotFound."""
    return entries.find(actor(), ident)


def listing(query: YearQuery) -> Answer:
    """Published ones for everybody."""
    statement = catalogues.select_rows(actor())
    if query.agency:
        statement = statement.where(WithheldCatalogue.agency_id == bodies.by_code(query.agency).id)
    if query.year:
        statement = statement.where(WithheldCatalogue.year == query.year)
    return page(statement, query, WithheldCatalogue.created_at, _catalogue, modified=WithheldCatalogue.updated_at)


def begin(body: CatalogueIn) -> Answer:
    """The edition in hand, where there is one."""
    return show(catalogues.compile_year(actor(), bodies.by_code(body.agency), body.year))


def show(row: WithheldCatalogue) -> Answer:
    """The public reads safe titles alone."""
    return Answer(_catalogue(row), version=row.version)


def move(row: WithheldCatalogue, body: CatalogueMove) -> Answer:
    """Never from compiling to published."""
    catalogues.move(
        actor(), row, body.event, reason=body.reason, version=if_match(row.version),
        receipt_number=body.receipt_number, received_on=body.received_on,
    )  # fmt: skip
    return moved(CATALOGUE, row)


def rows(query: EntryQuery) -> Answer:
    """Only of bodies whose rows the caller may see."""
    statement = entries.select_rows(actor())
    if query.agency:
        statement = statement.where(WithheldEntry.agency_id == bodies.by_code(query.agency).id)
    if query.year:
        statement = statement.where(WithheldEntry.year == query.year)
    if query.state:
        statement = statement.where(WithheldEntry.state == query.state)
    return page(statement, query, WithheldEntry.created_at, _entry, modified=WithheldEntry.updated_at)


def add(body: EntryIn) -> Answer:
    """What was withheld without being an official document."""
    return show_row(entries.create(actor(), bodies.by_code(body.agency), body.values("agency")))


def show_row(row: WithheldEntry) -> Answer:
    """With clock and events."""
    return Answer(_entry(row), version=row.version)


def change(row: WithheldEntry, body: EntryFields) -> Answer:
    """`ROW_ON_FILE` once the government's office has it."""
    entries.move(actor(), row, "edit", version=if_match(row.version), values=body.values())
    return show_row(row)


def move_row(row: WithheldEntry, body: EntryMove) -> Answer:
    """Columns may come along with the event."""
    entries.move(
        actor(), row, body.event, reason=body.reason, version=if_match(row.version),
        values=body.values("event", "reason", "lifted"), lifted=body.lifted,
    )  # fmt: skip
    return moved(ENTRY, row)


def _catalogue(row: WithheldCatalogue) -> dict[str, Any]:
    seen = can(actor(), SEEN, row) or can(actor(), "disclosure.supervise")
    return {
        **{name: getattr(row, name) for name in ("id", "year", "edition", "state", "content_hash", "receipt_number")},
        "agency": row.agency.code,
        "agency_name": row.agency.name,
        "title": title(row),
        "state_label": CATALOGUE.label(row.state),
        "returned_reason": row.returned_reason if seen else "",
        "approved_by": row.approved_name if seen else "",
        "received_on": row.received_on,
        "published_at": row.published_at,
        "page": page_address(row.publication),
        "rows": [{**one, "ground_label": GROUNDS[one["ground"]]} for one in rows_of(row)],
        "missing": [{"id": ident, "title": name} for ident, name in uncovered(row.agency_id, row.year)] if seen else [],
        "clocks": clocks_json(CATALOGUE.object_type, row),
        "events": events_json(CATALOGUE, row),
        "etag": str(row.version),
    }


def _entry(row: WithheldEntry) -> dict[str, Any]:
    own = EntryOut.model_fields.keys() - {"agency", "document", "state_label", "clocks", "events", "etag"}
    return {
        **{name: getattr(row, name) for name in own},
        "agency": row.agency.code,
        "document": row.document_id,
        "state_label": ENTRY.label(row.state),
        "clocks": clocks_json(ENTRY.object_type, row),
        "events": events_json(ENTRY, row),
        "etag": str(row.version),
    }
