"""What is owed after a meeting (会9) over the API."""

from __future__ import annotations

from core.web.api import Answer, Api, clocks_json, if_match, moved
from core.web.api.moves import Moved
from core.web.requests import actor
from plugins.meetings.api import meetings, shapes
from plugins.meetings.api.outlines import ObligationOut, ObligationsOut
from plugins.meetings.forms import ObligationMove
from plugins.meetings.models import Meeting, Obligation
from plugins.meetings.services import obligations
from plugins.meetings.workflow import OBLIGATION

ONE = "/obligations/<id>"


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get(
        "/<id>/obligations", load=meetings.load, public=True, answer=ObligationsOut,
        summary="What is owed after a meeting, with its clocks",
    )(of_meeting)  # fmt: skip
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
    )
    return moved(OBLIGATION, obligation)
