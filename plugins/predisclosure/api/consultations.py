"""Consultations (预公开征求意见) over the API: the draft by its articles, the period, the summary."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from core.refusals import REQUIRED, Invalid
from core.web.api import Answer, Api, EventOut, Page, PageQuery, events_json, if_match, moved, page
from core.web.api.moves import Moved
from core.web.requests import actor
from plugins.predisclosure.draft_articles import articles
from plugins.predisclosure.forms import ConsultationFields, ConsultationIn, ConsultationMove
from plugins.predisclosure.models import PublicConsultation
from plugins.predisclosure.models.consultations import CONSULTATION_STATES
from plugins.predisclosure.services import consultations, items, opinions
from plugins.predisclosure.services.visibility import is_public, page_address
from plugins.predisclosure.workflow import CONSULTATION, summaries
from plugins.predisclosure.workflow.consultations import opened

LIST, ONE = "/consultations", "/consultations/<id>"
DRAFT = (
    "title", "main_points", "background", "basis", "feedback", "short_ground", "short_explanation", "methods", "errata",
    "extensions", "revised_text", "legality", "document_number", "end_reason",
)  # fmt: skip

UNTOLD = {"people": "", "note": ""}
"""Of a hearing or a visit the public learns when and where; who came and what was said is the office's."""


class ArticleOut(BaseModel):
    """An article of the draft with its anchor."""

    anchor: str
    name: str
    text: str


class EditionOut(BaseModel):
    """A draft the public was shown."""

    number: int
    reason: str
    published_at: str
    text_hash: str


class ConsultationOut(BaseModel):
    """A consultation; `text` and `articles` are what the public reads, for staff before the opening the draft."""

    id: str
    item: str
    agency: str
    agency_name: str
    matter: str
    title: str
    main_points: str
    background: str
    basis: str
    feedback: str
    text: str
    articles: list[ArticleOut]
    editions: list[EditionOut]
    methods: list[dict[str, Any]]
    short_ground: str
    short_explanation: str
    wanted_close: str | None
    opens_at: str | None
    closes_at: str | None
    approved_by: str
    errata: list[dict[str, Any]]
    extensions: list[dict[str, Any]]
    summary: str
    totals: dict[str, Any]
    groups: list[dict[str, Any]]
    revised_text: str
    legality: str
    document_number: str
    end_reason: str
    notice: str
    summary_page: str
    state: str
    state_label: str
    events: list[EventOut]
    etag: str


class ConsultationsQuery(PageQuery):
    """Filters."""

    state: Literal[CONSULTATION_STATES] | None = None  # type: ignore[valid-type]


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get(
        LIST, public=True, query=ConsultationsQuery, answer=Page[ConsultationOut],
        summary="What the public is or was asked about (预2)",
    )(listing)  # fmt: skip
    api.post(
        LIST, body=ConsultationIn, permission="predisclosure.draft", status=201, answer=ConsultationOut,
        summary="Draft a consultation",
    )(create)  # fmt: skip
    api.get(ONE, load=load, public=True, answer=ConsultationOut, summary="One consultation")(show)
    api.patch(
        ONE, load=load, body=ConsultationFields, permission="predisclosure.draft", versioned=True,
        answer=ConsultationOut, summary="Change a draft, or the summary while it is written",
    )(change)  # fmt: skip
    api.post(
        f"{ONE}/transitions", load=load, body=ConsultationMove, machine=CONSULTATION, answer=Moved,
        summary="Submit, publish, extend, replace the draft, summarise, publish the summary, hand in …",
    )(move)  # fmt: skip


def load(ident: str) -> PublicConsultation:
    """One the caller may see; raises NotFound."""
    return consultations.find(actor(), ident)


def listing(query: ConsultationsQuery) -> Answer:
    """Newest first; texts of the drafts are left to the single one."""
    statement = consultations.select_rows(actor())
    if query.state:
        statement = statement.where(PublicConsultation.state == query.state)
    return page(statement, query, PublicConsultation.created_at, _consultation, modified=PublicConsultation.updated_at)


def create(body: ConsultationIn) -> Answer:
    """An item that is not there yet is listed with it."""
    if body.item:
        item = items.find(actor(), body.item)
    else:
        missing = {name: [REQUIRED] for name in ("agency", "title", "category") if not getattr(body, name)}
        if missing:
            raise Invalid(missing)
        item = items.create(
            actor(), items.by_code(body.agency), body.title, body.category, matter_id=body.matter,
            joint=body.joint_agencies,
        )  # fmt: skip
    values = body.columns("item", "agency", "category", "matter", "joint_agencies")
    return show(consultations.create(actor(), item, {name: value for name, value in values.items() if value != ""}))


def show(row: PublicConsultation) -> Answer:
    """With what the public reads."""
    return Answer(_consultation(row), version=row.version)


def change(row: PublicConsultation, body: ConsultationFields) -> Answer:
    """In draft everything; later summary and records alone."""
    return show(consultations.edit(actor(), row, body.columns(), version=if_match(row.version)))


def move(row: PublicConsultation, body: ConsultationMove) -> Answer:
    """By the table."""
    consultations.move(
        actor(), row, body.event, reason=body.reason, version=if_match(row.version),
        params=body.values("event", "reason"),
    )  # fmt: skip
    return moved(CONSULTATION, row)


def _consultation(row: PublicConsultation) -> dict[str, Any]:
    inside = opinions.sees_inside(actor(), row)
    shown = row.edition.text if row.edition and not (inside and row.state == "draft") else row.text
    published = is_public(row.summary_publication)
    answers = inside or published
    return {
        **{name: getattr(row, name) for name in DRAFT},
        "id": row.id,
        "item": row.item_id,
        "agency": row.agency.code,
        "agency_name": row.agency.name,
        "matter": row.matter_id,
        "text": shown,
        "articles": [vars(one) for one in articles(shown)[1]],
        "editions": [
            {"number": one.number, "reason": one.reason, "published_at": one.published_at, "text_hash": one.text_hash}
            for one in row.editions
        ],
        "methods": row.methods if inside else [{**one, **UNTOLD} for one in row.methods],
        "short_ground": row.short_ground if inside else "",
        "revised_text": row.revised_text if inside or row.state in {"submitted", "issued"} else "",
        "wanted_close": row.wanted_close if inside else None,
        "opens_at": row.opens_at,
        "closes_at": row.closes_at,
        "approved_by": row.approved_name,
        "end_reason": row.end_reason if inside or opened(row) else "",
        "legality": row.legality if inside else "",
        "summary": row.summary if answers else "",
        "totals": summaries.totals(row.id) if answers else {},
        "groups": summaries.answered(row.id) if answers else [],
        "notice": page_address(row.publication),
        "summary_page": page_address(row.summary_publication),
        "state": row.state,
        "state_label": CONSULTATION.label(row.state),
        "events": events_json(CONSULTATION, row),
        "etag": str(row.version),
    }
