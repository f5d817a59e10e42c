"""Reading the live text over HTTP (live-protocol.md, Reading): the tail, the snapshot, tickets, the sealed record.

What everybody may read says so to caches and is the same bytes for everybody; the rest is private and never stored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel

from core.refusals import NotFound
from core.web.api import Answer, Api, Problem
from core.web.api.answers import dumps
from plugins.meetings.documents import sealed
from plugins.meetings.live import reading
from plugins.meetings.live.forms import TailQuery, TicketIn
from plugins.meetings.services import live_access
from plugins.meetings.services.live_access import Readable

SHARED, SHARED_BLOCK, PRIVATE = "public, max-age=1", "public, max-age=30", "private, no-store"


class StandingOut(BaseModel):
    """Where the live text stands."""

    epoch: str
    head: int
    state: str
    digest: str
    generation: int


class TailOut(StandingOut):
    """The events after a number, in order; `more` when they were not all of them."""

    events: list[dict[str, Any]]
    more: bool


class BlockOut(BaseModel):
    """A hundred events in order, from seq 100 × block + 1 on."""

    epoch: str
    generation: int
    events: list[dict[str, Any]]


class SnapshotOut(StandingOut):
    """Every line as it stands, in the order of the record."""

    item: str | None
    pinned: str | None
    posts: list[dict[str, Any]]


class TicketOut(BaseModel):
    """A pass for one join."""

    ticket: str
    expires_in: int


class RecordOut(BaseModel):
    """The sealed record with everything needed to check it offline."""

    format: str
    version: int
    epoch: str
    meeting: str
    state: str
    count: int
    digest: str
    events: list[dict[str, Any]]
    about: dict[str, Any]
    agenda: list[dict[str, Any]]
    posts: list[dict[str, Any]]


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get(
        "/<id>/live", load=_open, public=True, may_be_gone=True, query=TailQuery, answer=TailOut,
        summary="Events of the live text after a number; 410 when the epoch is another one",
    )(tail)  # fmt: skip
    api.get(
        "/<id>/live/snapshot", load=_open, public=True, answer=SnapshotOut, summary="All lines as they stand"
    )(snapshot)  # fmt: skip
    api.get(
        "/<id>/live/blocks/<generation>/<block>", load=_open, public=True, may_be_gone=True, answer=BlockOut,
        summary="A hundred events for large gaps, the same for everybody; 410 when a text was withdrawn since",
    )(block)  # fmt: skip
    api.get("/<id>/record.json", load=_open, public=True, answer=RecordOut, summary="The sealed record")(record)
    api.post(
        "/<id>/live/ticket", load=_asked, body=TicketIn, public=True, status=201, answer=TicketOut,
        summary="A pass for one join within 60 seconds, for sockets that cannot show who joins",
    )(ticket)  # fmt: skip


def tail(found: Readable, query: TailQuery) -> Response:
    """Two readers of the same window ask the same address."""
    if query.epoch and query.epoch != found.live.epoch:
        raise Problem(410, "EPOCH_CHANGED", _l("记录已从备份恢复，请重新读取快照。"))
    return _respond(found, lambda: reading.window(found.live, query.after, query.limit))


def block(found: Readable, generation: str, block: str) -> Response:
    """Never immutable: withdrawing a text gives all blocks new addresses, and caches forget the old ones in 30 s."""
    wanted, number = (_number(text) for text in (generation, block))
    if wanted != found.live.generation:
        raise Problem(410, "GENERATION_CHANGED", _l("其间有内容撤回，请按现在的 generation 重新读取。"))
    etag = f"{found.live.epoch}-{wanted}-block-{number}-{found.live.audience}"
    return _respond(found, lambda: reading.block(found.live, number), etag, SHARED_BLOCK)


def snapshot(found: Readable) -> Response:
    """Projection and head of one moment."""
    return _respond(found, lambda: reading.snapshot(found.live))


def record(found: Readable) -> Response:
    """Public as soon as it is sealed; before that there is none."""
    if found.live.state != "sealed":
        raise NotFound
    answer = _response(found, dumps(sealed.whole(found.meeting, found.live)))
    answer.add_etag()
    return answer.make_conditional(request)  # type: ignore[return-value]


def ticket(meeting_id: str, body: TicketIn) -> Answer:
    """Bound to whom the request shows, or to the personal link's secret."""
    shown = live_access.credentials()
    if body.token:
        shown = (live_access.invitation_credential(body.token), *shown)
    secret = live_access.issue_ticket(shown, meeting_id)
    return Answer({"ticket": secret, "expires_in": live_access.TICKET_SECONDS}, headers={"Cache-Control": "no-store"})


# --- inside ----------------------------------------------------------------------------------------


def _open(ident: str) -> Readable:
    """The gate, in the transaction that reads everything else."""
    reading.one_moment()
    return live_access.open_for(live_access.reader_of(live_access.credentials()), ident)


def _asked(ident: str) -> str:
    """The id again: a personal link in the body may open what the request itself does not."""
    return ident


def _number(text: str) -> int:
    """A number in an address; raises NotFound where it is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound
    return int(text)


def _respond(found: Readable, make: Callable[[], dict[str, Any]], etag: str = "", shared: str = SHARED) -> Response:
    """The answer under the live text's ETag; what the reader has already is not made again."""
    etag = etag or reading.etag(found.live)
    if request.if_none_match.contains(etag):
        answer = _response(found, "", shared)
        answer.status_code = 304
    else:
        answer = _response(found, dumps(make()), shared)
    answer.set_etag(etag)
    return answer


def _response(found: Readable, text: str, shared: str = SHARED) -> Response:
    answer = Response(text, content_type="application/json")
    answer.headers["Cache-Control"] = shared if found.public else PRIVATE
    if not found.public:
        answer.headers["Vary"] = "Authorization, Cookie"
    return answer
