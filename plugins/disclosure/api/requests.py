"""Access on request (依申请公开, 管12) over the API: hand in, look up, handle, and the public register."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import select

from core import clocks
from core.db import db
from core.models import Clock
from core.refusals import NotFound
from core.web.api import Answer, Api, Page, PageQuery, events_json, if_match, moved, page
from core.web.api.moves import Moved
from core.web.attempts import attempts
from core.web.requests import actor
from plugins.disclosure.api import request_shapes as shapes
from plugins.disclosure.forms.requests import (
    ChallengeIn,
    ChallengeResultIn,
    NoteIn,
    OwnMove,
    ReceiptIn,
    RequestIn,
    RequestMove,
)
from plugins.disclosure.models import AccessRequest
from plugins.disclosure.models.requests import REQUEST_STATES
from plugins.disclosure.services import challenges, own_requests, request_register, requests
from plugins.disclosure.workflow import REQUEST
from plugins.disclosure.workflow import request_clocks as limits

ONE = "/requests/<id>"


class RequestsQuery(PageQuery):
    """Filters of the staff's list."""

    state: Literal[REQUEST_STATES] | None = None  # type: ignore[valid-type]


class RegisterOut(BaseModel):
    """The newest lines of the public register, and the year's figures."""

    items: list[shapes.PublicOut]
    year: int
    received: int
    closed: int
    open: int
    results: dict[str, int]


class ChallengedOut(BaseModel):
    """The linked case."""

    id: str
    result: str


class NotedOut(BaseModel):
    """The line as it stands in the register."""

    public_note: str
    etag: str


def declare(api: Api) -> None:
    """Add the endpoints."""
    staff: dict[str, Any] = {"load": load, "permission": "core.staff"}
    api.get(
        "/requests", permission="core.staff", query=RequestsQuery, answer=Page[shapes.RequestOut],
        summary="Requests for information you handle, decide or review (管12)",
    )(listing)  # fmt: skip
    api.post(
        "/requests", body=RequestIn, public=True, status=201, answer=shapes.ReceiptOut,
        summary="Ask for information, no account; or enter what came over the counter, by letter or fax",
    )(hand_in)  # fmt: skip
    api.get("/requests/register", public=True, answer=RegisterOut, summary="Answered requests, without personal data")(
        register
    )
    api.post(
        "/requests/own", body=ReceiptIn, public=True, answer=shapes.OwnOut,
        summary="One's own request by number and secret",
    )(look_up)  # fmt: skip
    api.post(
        "/requests/own/transitions", body=OwnMove, public=True, answer=Moved,
        summary="Correct, explain or withdraw one's own request",
    )(move_own)  # fmt: skip
    api.get(ONE, **staff, answer=shapes.RequestFull, summary="One request with its clocks and what may be done")(show)
    api.delete(ONE, **staff, answer=Moved, summary="Refused: what is registered is never deleted")(remove)
    api.post(
        f"{ONE}/transitions", load=load, body=RequestMove, machine=REQUEST, answer=Moved,
        summary="Confirm, accept, ask for correction, consult, extend, propose, approve, deliver, archive …",
    )(move)  # fmt: skip
    api.post(
        f"{ONE}/challenges", **staff, body=ChallengeIn, status=201, answer=ChallengedOut,
        summary="Enter a reconsideration, an action or a complaint about the reply",
    )(challenge)  # fmt: skip
    api.post(
        f"{ONE}/challenges/result", **staff, body=ChallengeResultIn, answer=ChallengedOut,
        summary="Enter how it ended; «corrected» lets the request be handled again",
    )(challenge_result)  # fmt: skip
    api.put(
        f"{ONE}/public-note", **staff, body=NoteIn, answer=NotedOut,
        summary="Confirm the neutral line of the public register",
    )(note)  # fmt: skip


def load(ident: str) -> AccessRequest:
    """For those who work on it; raises NotFound."""
    return requests.find(actor(), ident)


def listing(query: RequestsQuery) -> Answer:
    """Newest first; applicants masked."""
    statement = select(AccessRequest).where(requests.visible(actor()))
    if query.state:
        statement = statement.where(AccessRequest.state == query.state)
    return page(
        statement, query, AccessRequest.created_at, lambda row: shapes.listed(row, _clocks(row)),
        modified=AccessRequest.updated_at,
    )  # fmt: skip


def hand_in(body: RequestIn) -> Answer:
    """By the web it must be complete; what an officer enters may lack something, and is then completed."""
    if body.channel == "web":
        made, secret = requests.hand_in(body.agency, body.entry())
    else:
        day = body.arrived_on or limits.today()
        made, secret = requests.enter(actor(), body.agency, body.entry(), body.channel, day)
    return Answer(
        {
            "id": made.id, "number": made.number, "secret": secret, "state": made.state,
            "state_label": REQUEST.label(made.state),
        }
    )  # fmt: skip


def register() -> Answer:
    """Only what a person has confirmed; the figures count every request of the year once."""
    year = request_register.figures(limits.today().year)
    rows = db.session.scalars(request_register.published().limit(100)).all()
    return Answer({"items": [shapes.public(row) for row in rows], **vars(year)})


def look_up(body: ReceiptIn) -> Answer:
    """A wrong number and a wrong secret answer the same 404; too many in a minute wait."""
    found = look_up_own(body)
    return Answer(shapes.own(found, _clocks(found)), version=found.version)


def move_own(body: OwnMove) -> Answer:
    """The secret is enough, for this request and nothing else."""
    found = look_up_own(body)
    own_requests.act(found, body.event, body.text)
    return moved(REQUEST, found)


def look_up_own(body: ReceiptIn) -> AccessRequest:
    """One's own request by number and secret; raises NotFound, and TooMany after many wrong ones."""
    attempts().refuse_crowd()
    try:
        return own_requests.look_up(body.number, body.secret)
    except NotFound:
        attempts().failed()
        raise


def show(found: AccessRequest) -> Answer:
    """With clocks and events; the person for those who handle it."""
    data = shapes.full(found, actor(), _clocks(found)) | {"events": events_json(REQUEST, found)}
    return Answer(data, version=found.version)


def remove(found: AccessRequest) -> Answer:
    """Always refused: REQUEST_KEPT."""
    requests.keep(found)
    return moved(REQUEST, found)


def move(found: AccessRequest, body: RequestMove) -> Answer:
    """The applicant is told of what concerns him."""
    requests.move(actor(), found, body.event, reason=body.reason, version=if_match(found.version), params=body.values())
    return moved(REQUEST, found)


def challenge(found: AccessRequest, body: ChallengeIn) -> Answer:
    """A linked case before another body."""
    made = challenges.open_one(actor(), found, body.kind, body.body, number=body.number, opened_on=body.opened_on)
    return Answer({"id": made.id, "result": made.result})


def challenge_result(found: AccessRequest, body: ChallengeResultIn) -> Answer:
    """Its result."""
    ended = challenges.close(actor(), found, body.challenge, body.result, note=body.note, closed_on=body.closed_on)
    return Answer({"id": ended.id, "result": ended.result})


def note(found: AccessRequest, body: NoteIn) -> Answer:
    """Refused where the applicant can be recognised in it."""
    request_register.note(actor(), found, body.public_note)
    return Answer({"public_note": found.public_note}, version=found.version)


def _clocks(row: AccessRequest) -> list[Clock]:
    return clocks.of(limits.REQUEST_TYPE, [row.id])[row.id]
