"""Redacted copies over the API: begin, mark, find a name, have the copy made."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Response, request
from pydantic import BaseModel, Field

from core import storage
from core.web.api import Answer, Api, EventOut, JobOut, TransitionIn, events_json, if_match, job_json, moved
from core.web.api.moves import Moved
from core.web.requests import actor
from plugins.disclosure.models import Redaction, RedactionRegion
from plugins.disclosure.services import redactions
from plugins.disclosure.workflow import REDACTION
from plugins.disclosure.workflow.redactions import RIGHT

Thousandths = Annotated[int, Field(ge=0, le=1000)]


class RedactionIn(BaseModel):
    """A file (`source`) that hangs on a request or a document."""

    subject_type: Literal["disclosure.request", "disclosure.document"]
    subject: Annotated[str, Field(max_length=32)]
    source: Annotated[str, Field(max_length=32)]


class WhyIn(BaseModel):
    """Why it is kept back: a code of 认5 and a reason."""

    ground: Annotated[str, Field(max_length=4)]
    reason: Annotated[str, Field(max_length=300)]


class RegionIn(WhyIn):
    """A rectangle in thousandths of the page, from its upper left corner; pages from 1."""

    page: Annotated[int, Field(ge=1, le=10_000)]
    x: Thousandths
    y: Thousandths
    width: Thousandths
    height: Thousandths


class WordsIn(WhyIn):
    """Every occurrence of these words, white space aside."""

    text: Annotated[str, Field(max_length=200)]


class RegionOut(BaseModel):
    """A marked rectangle."""

    id: str
    page: int
    x: int
    y: int
    width: int
    height: int
    ground: str
    reason: str


class RedactionOut(BaseModel):
    """One file being redacted; `unplaced` are pages to look at by hand; `copy` is the finished file."""

    id: str
    subject_type: str
    subject: str
    source: str
    pages: int
    regions: list[RegionOut]
    unplaced: list[int]
    copy_: Annotated[str | None, Field(alias="copy")]
    state: str
    state_label: str
    etag: str
    events: list[EventOut]


class RegionsOut(BaseModel):
    """What was marked now, and the pages where more stands than could be placed."""

    items: list[RegionOut]
    unplaced: list[int]


def declare(api: Api) -> None:
    """Add the endpoints."""
    one: dict[str, Any] = {"load": load, "permission": RIGHT}
    api.post(
        "/redactions", body=RedactionIn, permission=RIGHT, status=201, answer=RedactionOut, prepare=_survey,
        summary="Begin to redact a file of a request or document",
    )(begin)  # fmt: skip
    api.get("/redactions/<id>", **one, answer=RedactionOut, summary="One redaction with its marks")(show)
    api.post("/redactions/<id>/regions", **one, body=RegionIn, answer=RegionsOut, summary="Keep back a rectangle")(mark)
    api.delete("/redactions/<id>/regions/<region>", **one, summary="Take a mark away")(unmark)
    api.post(
        "/redactions/<id>/search", **one, body=WordsIn, prepare=_find, answer=RegionsOut,
        summary="Keep back every occurrence of some words",
    )(search)  # fmt: skip
    api.post("/redactions/<id>/copy", **one, status=202, answer=JobOut, summary="Have the copy made: a background job")(
        make
    )
    api.get("/redactions/<id>/copy", **one, summary="The finished copy, a PDF of images")(copy)
    api.post(
        "/redactions/<id>/transitions", load=load, body=TransitionIn, machine=REDACTION, answer=Moved,
        summary="Mark anew or drop",
    )(move)  # fmt: skip


def load(ident: str) -> Redaction:
    """For who handles requests of the agency; raises NotFound."""
    return redactions.find(actor(), ident)


def _sent(name: str) -> str:
    body = request.get_json(silent=True)
    return str(body.get(name, "")) if isinstance(body, dict) else ""


def _survey() -> list[tuple[int, int]]:
    return redactions.survey(actor(), _sent("source"))


def _find() -> Any:
    assert request.view_args
    return redactions.search(load(request.view_args["id"]), _sent("text"))


def begin(body: RedactionIn, sizes: list[tuple[int, int]]) -> Answer:
    """The pages are known, nothing is marked."""
    made = redactions.begin(actor(), body.subject_type, body.subject, body.source, sizes)
    return Answer(_redaction(made), version=made.version)


def show(found: Redaction) -> Answer:
    """With its events."""
    return Answer(_redaction(found), version=found.version)


def mark(found: Redaction, body: RegionIn) -> Answer:
    """One more."""
    place = body.model_dump(include=set(redactions.PLACE))
    return _added(found, redactions.mark(actor(), found, [place], ground=body.ground, reason=body.reason))


def unmark(found: Redaction, region: str) -> Answer:
    """One less."""
    redactions.unmark(actor(), found, region)
    return show(found)


def search(found: Redaction, body: WordsIn, places: Any) -> Answer:
    """As many as there are."""
    return _added(found, redactions.mark_found(actor(), found, places, ground=body.ground, reason=body.reason))


def make(found: Redaction) -> Answer:
    """Followed at jobs/<id>."""
    return Answer(job_json(redactions.ask(actor(), found)))


def copy(found: Redaction) -> Response:
    """Only once it was made."""
    return storage.respond(redactions.made_copy(actor(), found))


def move(found: Redaction, body: TransitionIn) -> Answer:
    """Along the table."""
    redactions.move(actor(), found, body.event, version=if_match(found.version))
    return moved(REDACTION, found)


def _added(found: Redaction, regions: list[RedactionRegion]) -> Answer:
    return Answer({"items": [_region(one) for one in regions], "unplaced": found.unplaced}, version=found.version)


def _region(one: RedactionRegion) -> dict[str, Any]:
    return {"id": one.id, **one.place, "ground": one.ground, "reason": one.reason}


def _redaction(found: Redaction) -> dict[str, Any]:
    return {
        "id": found.id, "subject_type": found.subject_type, "subject": found.subject_id, "source": found.source_id,
        "pages": len(found.sizes), "regions": [_region(one) for one in found.regions], "unplaced": found.unplaced,
        "copy": found.copy_id, "state": found.state, "state_label": str(REDACTION.label(found.state)),
        "etag": str(found.version), "events": events_json(REDACTION, found),
    }  # fmt: skip
