"""Publications over the API: the same services, rights and gates as in the console."""

from __future__ import annotations

from typing import Any, Literal

from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, Field
from sqlalchemy import false, or_, select

from core import matters, publications
from core.db import db
from core.models import Agency, Matter, Publication
from core.publications import MACHINE
from core.refusals import Invalid
from core.web.api.answers import Answer
from core.web.api.blueprint import Api
from core.web.api.edge import if_match
from core.web.api.moves import EventOut, Moved, events_json, moved
from core.web.api.pages import Page, PageQuery, page
from core.web.requests import actor

Kind = Literal["notice", "outcome", "policy_document", "interpretation", "record", "page", "information"]


class PublicationFileOut(BaseModel):
    """A file on a publication."""

    id: str
    file: str
    title: str
    filename: str
    sha256: str
    media_type: str
    size: int


class PublicationOut(BaseModel):
    """A publication; `files` and `events` only where one is asked for.

    `related`: what it explains or is explained by, as far as the caller may see it.
    """

    id: str
    kind: str
    title: str
    summary: str
    agency: str | None
    matter: str | None
    related: str | None
    state: str
    state_label: str
    released_at: str | None
    updated_at: str
    url: str
    etag: str


class Part(BaseModel):
    """Another form beside the text: `diagram` with `file`, `question` with its answer, `video` with `url`.

    `text` is what it says to somebody who cannot see or play it. A drawing's file hangs on the publication before.
    """

    kind: Literal["diagram", "question", "video"]
    title: str = Field(max_length=200)
    text: str = Field(max_length=20_000)
    file: str | None = Field(None, max_length=32)
    url: str | None = Field(None, max_length=500)


class PublicationFull(PublicationOut):
    """One publication with its text and its other forms."""

    body: str
    open_reason: str
    withdrawn_at: str | None
    public_note: str
    parts: list[Part]
    files: list[PublicationFileOut]
    events: list[EventOut]


class PublicationsQuery(PageQuery):
    """Released ones by default; staff see the other states of their agencies."""

    kind: Kind | None = None
    matter: str | None = Field(None, max_length=32)
    state: Literal["draft", "approved", "released"] = "released"


class PublicationIn(BaseModel):
    """A draft; `related` is the policy document an interpretation explains, and is then named by both."""

    kind: Kind
    title: str = Field(min_length=1, max_length=200)
    summary: str = Field("", max_length=500)
    body: str = Field("", max_length=200_000)
    open_reason: str = Field("", max_length=500, description="Why it is public information.")
    agency: str | None = Field(None, max_length=40, description="Code of the agency.")
    matter: str | None = Field(None, max_length=32)
    related: str | None = Field(None, max_length=32)


class PublicationPatch(BaseModel):
    """What may change; an approval given before falls away."""

    title: str | None = Field(None, min_length=1, max_length=200)
    summary: str | None = Field(None, max_length=500)
    body: str | None = Field(None, max_length=200_000)
    open_reason: str | None = Field(None, max_length=500)
    parts: list[Part] | None = Field(None, max_length=60)
    matter: str | None = Field(None, max_length=32)
    related: str | None = Field(None, max_length=32)


class FileOn(BaseModel):
    """An uploaded file to hang on a draft."""

    file: str = Field(max_length=32)
    title: str = Field("", max_length=200)


class PublicationMove(BaseModel):
    """A step of a publication; its content changes by PATCH alone."""

    event: Literal["approve", "return", "release", "withdraw"]
    reason: str = Field("", max_length=500)
    public_note: str = Field("", max_length=500, description="With `withdraw`: what the public reads at the address.")


def declare(api: Api) -> None:
    """Add the endpoints to the core's API."""
    one, find = "/publications/<id>", {"load": _find}
    api.get("/publications", public=True, query=PublicationsQuery, answer=Page[PublicationOut], summary="Publications")(
        listing
    )
    api.get(one, **find, public=True, may_be_gone=True, answer=PublicationFull, summary="One publication")(show)
    api.post(
        "/publications", body=PublicationIn, permission="core.publish", status=201, answer=PublicationFull,
        summary="Draft a publication",
    )(create)  # fmt: skip
    api.patch(
        one, **find, body=PublicationPatch, permission="core.publish", versioned=True, answer=PublicationFull,
        summary="Change a draft",
    )(change)  # fmt: skip
    api.post(
        f"{one}/transitions", **find, body=PublicationMove, machine=MACHINE, answer=Moved,
        summary="Approve, return, release or withdraw",
    )(move)  # fmt: skip
    api.post(
        f"{one}/files", **find, body=FileOn, permission="core.publish", status=201, answer=PublicationFull,
        summary="Hang a file on a draft",
    )(attach)  # fmt: skip
    api.delete(
        f"{one}/files/<link>", **find, permission="core.publish", versioned=True, answer=PublicationFull,
        summary="Take a file off a draft",
    )(detach)  # fmt: skip


def listing(query: PublicationsQuery) -> Answer:
    """Newest first; in a list of changes withdrawn ones appear as deleted."""
    visible = publications.visible(actor()) & (Publication.state == query.state)
    once = Publication.released_at.is_not(None) if query.state == "released" else false()
    statement = select(Publication).where(or_(visible, once))
    if query.kind:
        statement = statement.where(Publication.kind == query.kind)
    if query.matter:
        statement = statement.where(Publication.matter_id.in_(matters.family(query.matter)))
    order = Publication.released_at if query.state == "released" else Publication.created_at
    return page(statement, query, order, _brief, modified=Publication.updated_at, visible=visible)


def show(publication: Publication) -> Answer:
    """With text, files and events."""
    return Answer(_full(publication), version=publication.version)


def create(body: PublicationIn) -> Answer:
    """A draft."""
    made = publications.create(
        actor(), kind=body.kind, title=body.title, summary=body.summary, body=body.body,
        agency_id=_agency(body.agency), matter_id=_known(Matter, "matter", body.matter),
        related_id=_known(Publication, "related", body.related), open_reason=body.open_reason,
    )  # fmt: skip
    return show(made)


def change(publication: Publication, body: PublicationPatch) -> Answer:
    """Only the fields that were sent."""
    sent = body.model_dump(exclude_unset=True)
    if "matter" in sent:
        sent["matter_id"] = _known(Matter, "matter", sent.pop("matter"))
    if "related" in sent:
        sent["related_id"] = _known(Publication, "related", sent.pop("related"))
    return show(publications.edit(actor(), publication, **sent))


def move(publication: Publication, body: PublicationMove) -> Answer:
    """The events that carry no content: nothing from the wire reaches the machine's parameters."""
    version = if_match(publication.version)
    if body.event == "withdraw":
        publications.withdraw(actor(), publication, body.reason, public_note=body.public_note, version=version)
    else:
        MACHINE.fire(publication, body.event, actor(), reason=body.reason, version=version)
    return moved(MACHINE, publication)


def attach(publication: Publication, body: FileOn) -> Answer:
    """Public with the release."""
    publications.attach(actor(), publication, body.file, title=body.title, version=if_match(publication.version))
    return show(publication)


def detach(publication: Publication, link: str) -> Answer:
    """By the id of the link."""
    publications.detach(actor(), publication, link)
    return show(publication)


def _find(publication_id: str) -> Publication:
    return publications.find(actor(), publication_id)


def _agency(code: str | None) -> str | None:
    if code is None:
        return None
    found = db.session.scalar(select(Agency.id).where(Agency.code == code))
    if found is None:
        raise Invalid({"agency": [_l("本级没有这个机关。")]})
    return found


def _known(model: Any, field: str, ident: str | None) -> str | None:
    if ident is not None and db.session.get(model, ident) is None:
        raise Invalid({field: [_l("没有找到。")]})
    return ident


def _brief(row: Publication) -> dict[str, Any]:
    agency = db.session.get(Agency, row.agency_id) if row.agency_id else None
    return {
        "id": row.id,
        "kind": row.kind,
        "title": row.title,
        "summary": row.summary,
        "agency": agency.code if agency else None,
        "matter": row.matter_id,
        "related": next((other.id for other in publications.related(row, actor())), None),
        "state": row.state,
        "state_label": MACHINE.label(row.state),
        "released_at": row.released_at,
        "updated_at": row.updated_at,
        "url": publications.address(row),
        "etag": str(row.version),
    }


def _full(row: Publication) -> dict[str, Any]:
    files = [
        {
            "id": link.id,
            "file": link.attachment_id,
            "title": link.title,
            "filename": link.attachment.filename,
            "sha256": link.attachment.sha256,
            "media_type": link.attachment.file.media_type,
            "size": link.attachment.file.size,
        }
        for link in publications.files(row)
    ]
    shapes = [{"file": None, "url": None, **part} for part in row.parts]
    return {
        **_brief(row),
        "body": row.body,
        "open_reason": row.open_reason,
        "withdrawn_at": row.withdrawn_at,
        "public_note": row.public_note,
        "parts": shapes,
        "files": files,
        "events": events_json(MACHINE, row),
    }
