"""Official documents (公文) over the API: draft, questionnaire, table 5.1."""

from __future__ import annotations

import io
from typing import Any, Literal

from flask import Response, send_file
from pydantic import BaseModel, Field
from sqlalchemy import select

from core.filetypes import MEDIA_TYPES
from core.web.api import Answer, Api, events_json, if_match, moved
from core.web.api.moves import EventOut, Moved
from core.web.api.pages import Page, PageQuery, page
from core.web.requests import actor
from plugins.disclosure.document_content import files
from plugins.disclosure.forms.documents import Attribute, DocumentIn, DocumentMove, DocumentPatch, Genre
from plugins.disclosure.genres import label
from plugins.disclosure.models import Document
from plugins.disclosure.models.documents import DOCUMENT_STATES
from plugins.disclosure.questionnaire import answers_of, evaluate
from plugins.disclosure.services import document_numbers, documents, sheets
from plugins.disclosure.services.document_gate import visible_documents
from plugins.disclosure.values import ATTRIBUTES
from plugins.disclosure.workflow import DOCUMENT

ONE = "/documents/<id>"
TEXTS = (
    "id", "title", "genre", "attribute", "attribute_reason", "secrecy_level", "important", "key_area", "number",
    "formed_on", "issued_on", "state", "updated_at",
)  # fmt: skip
MORE = (
    "text", "public_text", "origin", "source", "answers", "grounds", "ground_facts", "joint_agencies", "sheet",
    "proposal", "repeal_kind", "repeal_basis", "content_hash", "approved_hash",
)  # fmt: skip


class DocumentsQuery(PageQuery):
    """Filters of the list."""

    state: Literal[DOCUMENT_STATES] | None = None  # type: ignore[valid-type]
    attribute: Attribute | None = None
    genre: Genre | None = None
    agency: str | None = Field(None, max_length=32)
    q: str | None = Field(None, max_length=100)


class DocumentOut(BaseModel):
    """A document as lists show it."""

    id: str
    title: str
    genre: str
    genre_label: str
    agency: str | None
    matter: str | None
    attribute: Attribute | None
    attribute_label: str
    attribute_reason: str
    secrecy_level: str
    important: bool
    key_area: str
    number: str
    formed_on: str | None
    issued_on: str | None
    state: str
    state_label: str
    updated_at: str
    etag: str


class ChoiceOut(BaseModel):
    """An attribute: whether the answers leave it, else why not."""

    attribute: Attribute
    label: str
    allowed: bool
    code: str
    article: str
    detail: str


class DocumentFull(DocumentOut):
    """A document with its processing sheet, what the questionnaire leaves, and what may be done."""

    text: str
    public_text: str
    origin: str
    source: str
    answers: dict[str, Any]
    grounds: list[str]
    ground_facts: dict[str, str]
    joint_agencies: list[str]
    sheet: dict[str, str]
    proposal: dict[str, Any]
    repeal_kind: str
    repeal_basis: str
    content_hash: str
    approved_hash: str | None
    files: list[dict[str, Any]]
    choices: list[ChoiceOut]
    proposed_number: str
    """What `issue` could take; empty before the signature, and where no series is known."""
    lines: list[dict[str, Any]]
    referrals: list[dict[str, Any]]
    events: list[EventOut]


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get(
        "/documents", permission="core.staff", query=DocumentsQuery, answer=Page[DocumentOut],
        summary="Official documents, newest first",
    )(listing)  # fmt: skip
    api.post(
        "/documents", body=DocumentIn, permission="disclosure.draft", status=201, answer=DocumentFull,
        summary="Draft an official document",
    )(create)  # fmt: skip
    api.get(ONE, load=load, permission="core.staff", answer=DocumentFull, summary="One document with its sheet")(show)
    api.patch(
        ONE, load=load, body=DocumentPatch, permission="disclosure.draft", versioned=True, answer=DocumentFull,
        summary="Change a draft; approvals fall away",
    )(change)  # fmt: skip
    api.get(f"{ONE}/sheet.docx", load=load, permission="core.staff", summary="The processing sheet as a Word file")(
        sheet
    )
    api.post(
        f"{ONE}/transitions", load=load, body=DocumentMove, machine=DOCUMENT, answer=Moved,
        summary="Determine, review, refer, approve, countersign, sign, issue, redetermine, repeal …",
    )(move)  # fmt: skip


def load(ident: str) -> Document:
    """What the caller may see; raises NotFound."""
    return documents.find(actor(), ident)


def listing(query: DocumentsQuery) -> Answer:
    """Staff of the body, those who supervise, countersigners."""
    statement = select(Document).where(visible_documents(actor()))
    for column, value in (
        (Document.state, query.state), (Document.attribute, query.attribute), (Document.genre, query.genre),
        (Document.agency_id, query.agency),
    ):  # fmt: skip
        if value:
            statement = statement.where(column == value)
    if query.q:
        words = query.q.strip()
        statement = statement.where(
            Document.title.contains(words, autoescape=True) | Document.number.contains(words, autoescape=True)
        )
    return page(statement, query, Document.created_at, outline, modified=Document.updated_at)


def show(document: Document) -> Answer:
    """With sheet, choices and events."""
    return Answer(full(document), version=document.version)


def sheet(document: Document) -> Response:
    """发文处理签, in Chinese."""
    name, content = sheets.as_file(document)
    return send_file(io.BytesIO(content), MEDIA_TYPES["docx"], as_attachment=True, download_name=name)


def create(body: DocumentIn) -> Answer:
    """Only title and genre are required."""
    return show(documents.create(actor(), body.values()))


def change(document: Document, body: DocumentPatch) -> Answer:
    """The fields that were sent."""
    return show(documents.edit(actor(), document, body.values(), version=if_match(document.version)))


def move(document: Document, body: DocumentMove) -> Answer:
    """Every refusal names its article."""
    documents.move(
        actor(), document, body.event, reason=body.reason, version=if_match(document.version), params=body.given()
    )
    return moved(DOCUMENT, document)


def outline(document: Document) -> dict[str, Any]:
    """As lists show it."""
    return {
        **{name: getattr(document, name) for name in TEXTS},
        "genre_label": label(document.genre),
        "agency": document.agency_id,
        "matter": document.matter_id,
        "attribute_label": ATTRIBUTES[document.attribute] if document.attribute else "",
        "state_label": DOCUMENT.label(document.state),
        "etag": str(document.version),
    }


def full(document: Document) -> dict[str, Any]:
    """Everything of it."""
    return {
        **outline(document),
        **{name: getattr(document, name) for name in MORE},
        "files": [
            {"id": link.attachment_id, "title": link.title or link.attachment.filename} for link in files(document)
        ],
        "choices": choices(document),
        "proposed_number": document_numbers.proposed(document) if document.state == "signed" else "",
        "lines": [
            {
                "event": line.event, "stage": line.stage, "role": line.role, "agency": line.agency_id,
                "actor": line.actor_name, "on_behalf_of": line.on_behalf_of, "opinion": line.opinion,
                "attribute": line.attribute, "content_hash": line.content_hash, "at": line.at, "void": line.void,
                "void_reason": line.void_reason,
            }
            for line in document.lines
        ],
        "referrals": [
            {
                "target": row.target, "question": row.question, "at": row.at, "answer": row.answer,
                "file": row.attachment_id, "answered_at": row.answered_at,
            }
            for row in document.referrals
        ],
        "events": events_json(DOCUMENT, document),
    }  # fmt: skip


def choices(document: Document) -> list[dict[str, Any]]:
    """The three attributes: which the answers leave, and why the others are not to be chosen (认4 to 认6)."""
    return [
        {
            "attribute": attribute, "label": ATTRIBUTES[attribute], "allowed": no is None,
            "code": no.code if no else "", "article": no.article if no else "", "detail": no.detail if no else "",
        }
        for attribute, no in evaluate(answers_of(document)).items()
    ]  # fmt: skip
