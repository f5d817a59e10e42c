"""What is owed after a meeting (会9) over the API."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.web.api import Answer, Api, Page, PageQuery, clocks_json, if_match, moved, page
from core.web.api.moves import Moved
from core.web.requests import actor
from plugins.meetings.api import meetings, shapes
from plugins.meetings.api.outlines import ObligationOut, ObligationsOut, RatesOut
from plugins.meetings.forms import ObligationMove
from plugins.meetings.models import Meeting, Obligation
from plugins.meetings.services import agencies, board, obligations
from plugins.meetings.workflow import OBLIGATION

ONE = "/obligations/<id>"


class BoardQuery(PageQuery):
    """The filters of the board; `mine` needs an account."""

    shown: Literal["open", "overdue", "soon", "settled", "all"] = "all"
    meeting: str = Field("", max_length=32)
    matter: str = Field("", max_length=32)
    agency: str = Field("", max_length=40, description="Code of the convening body.")
    mine: bool = False


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get(
        "/<id>/obligations", load=meetings.load, public=True, answer=ObligationsOut,
        summary="What is owed after a meeting, with its clocks",
    )(of_meeting)  # fmt: skip
    api.get(
        "/obligations", public=True, query=BoardQuery, answer=Page[ObligationOut], summary="What is owed after meetings"
    )(listing)
    api.get("/obligations/on-time", public=True, answer=RatesOut, summary="How each convening body kept its deadlines")(
        on_time
    )
    api.get(ONE, load=load, public=True, answer=ObligationOut, summary="One obligation")(show)
    api.post(
        f"{ONE}/transitions", load=load, body=ObligationMove, machine=OBLIGATION, answer=Moved,
        summary="Publish, ask for an exemption, approve or reject it",
    )(move)  # fmt: skip


def load(ident: str) -> Obligation:
    """Of a meeting the caller may see; raises NotFound."""
    return obligations.find(actor(), ident)


def of_meeting(meeting: Meeting) -> Answer:
    """Empty until the meeting is closed."""
    return Answer({"items": shapes.obligations(meeting.obligations, actor())})


def listing(query: BoardQuery) -> Answer:
    """The newest first; with `modified_since` in the order of change."""
    agency = agencies.acting_for(actor(), "meetings.publish", query.agency) if query.agency else None
    wanted = board.Filter(query.shown, query.meeting, agency or "", query.mine, query.matter)

    def item(row: Obligation) -> dict[str, object]:
        return shapes.obligations([row], actor())[0]

    statement = board.select_rows(actor(), wanted)
    return page(statement, query, Obligation.created_at, item, modified=Obligation.updated_at)


def on_time() -> Answer:
    """By convening body."""
    return Answer({"items": [shapes.rate(one) for one in board.on_time(actor())]})


def show(obligation: Obligation) -> Answer:
    """With clock and events."""
    running = clocks_json(OBLIGATION.object_type, obligation)
    return Answer(shapes.obligation(obligation, actor(), running), version=obligation.version)


def move(obligation: Obligation, body: ObligationMove) -> Answer:
    """A policy document goes out with its interpretation or not at all (会9)."""
    obligations.move(
        actor(),
        obligation,
        body.event,
        reason=body.reason,
        version=if_match(obligation.version),
        page=body.page(),
        interpretation=body.interpretation.page() if body.interpretation else None,
        owner=body.owner,
    )
    return moved(OBLIGATION, obligation)
