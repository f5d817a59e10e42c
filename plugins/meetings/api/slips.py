"""Questions and written opinions of representatives (提问、书面意见) over the API."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import select

from core import clocks
from core.permissions import ANONYMOUS
from core.web.api import Answer, Api, ClockOut, EventOut, Page, PageQuery, events_json, if_match, moved, page
from core.web.api.moves import Moved
from core.web.requests import actor
from plugins.meetings import values
from plugins.meetings.api import meetings
from plugins.meetings.forms import OwnIn, SlipIn, SlipMove
from plugins.meetings.models import Meeting, Slip
from plugins.meetings.models.slips import SLIP_STATES
from plugins.meetings.services import invitations, slips
from plugins.meetings.services.visibility import public_author, public_title
from plugins.meetings.workflow import SLIP

ONE = "/slips/<id>"


class PublicSlipOut(BaseModel):
    """A slip as everybody reads it: `author` is the name with consent, else the category."""

    id: str
    kind: str
    kind_label: str
    application: str
    title: str
    author: str
    text: str
    state: str
    state_label: str
    answer: str
    answered_by: str
    unit: str
    disposition: str | None
    disposition_label: str
    reply: str


class SlipOut(PublicSlipOut):
    """A slip for its author and for the staff; `name` for the staff alone."""

    meeting: str
    name: str | None
    public: bool
    publish_name: bool
    on_record: bool
    reason: str
    created_at: str
    replied_at: str | None
    etag: str
    clocks: list[ClockOut]


class SlipFull(SlipOut):
    """One slip with what may be done."""

    events: list[EventOut]


class PublicSlipsOut(BaseModel):
    """What stands on the meeting's page."""

    items: list[PublicSlipOut]


class SlipsOut(BaseModel):
    """Slips of one representative."""

    items: list[SlipOut]


class SlipsQuery(PageQuery):
    """Filters of the staff's list."""

    state: Literal[SLIP_STATES] | None = None  # type: ignore[valid-type]
    meeting: str = ""


class WithdrawIn(OwnIn):
    """The slip to take back."""

    slip: str


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get(
        "/slips", permission="core.staff", query=SlipsQuery, answer=Page[SlipOut],
        summary="Questions and written opinions you moderate, route or reply to",
    )(listing)  # fmt: skip
    api.post(
        "/slips", body=SlipIn, public=True, status=201, answer=SlipOut,
        summary="A representative hands in a question or written opinion with the personal link's secret (会8)",
    )(hand_in)  # fmt: skip
    api.post(
        "/slips/mine", body=OwnIn, public=True, answer=SlipsOut,
        summary="What a representative handed in, and what became of it"
    )(mine)  # fmt: skip
    api.post(
        "/slips/withdraw", body=WithdrawIn, public=True, answer=Moved,
        summary="A representative takes a slip back before it is answered"
    )(withdraw)  # fmt: skip
    api.get(
        "/<id>/slips", load=meetings.load, public=True, answer=PublicSlipsOut,
        summary="Admitted questions and opinions of a meeting, as its page shows them",
    )(of_meeting)  # fmt: skip
    api.get(ONE, load=load, permission="core.staff", answer=SlipFull, summary="One question or written opinion")(show)
    api.post(
        f"{ONE}/transitions", load=load, body=SlipMove, machine=SLIP, answer=Moved,
        summary="Admit, return, answer, route to a unit, or reply; not adopted needs a reason (会6)",
    )(move)  # fmt: skip


def load(ident: str) -> Slip:
    """For staff who have to do with it; raises NotFound."""
    return slips.find(actor(), ident)


def listing(query: SlipsQuery) -> Answer:
    """Newest first."""
    who = actor()
    statement = select(Slip).where(slips.visible(who))
    if query.state:
        statement = statement.where(Slip.state == query.state)
    if query.meeting:
        statement = statement.where(Slip.meeting_id == query.meeting)
    return page(
        statement,
        query,
        Slip.created_at,
        lambda row: shape(row) | {"name": row.invitation.name},
        modified=Slip.updated_at,
    )


def show(slip: Slip) -> Answer:
    """With clock and events."""
    data = shape(slip) | {"name": slip.invitation.name, "events": events_json(SLIP, slip)}
    return Answer(data, version=slip.version)


def move(slip: Slip, body: SlipMove) -> Answer:
    """The author is told of every step."""
    slips.move(actor(), slip, body.event, reason=body.reason, version=if_match(slip.version), params=body.values())
    return moved(SLIP, slip)


def of_meeting(meeting: Meeting) -> Answer:
    """After moderation; of no closed item."""
    return Answer({"items": [public_shape(row) for row in slips.published(meeting)]})


def hand_in(body: SlipIn) -> Answer:
    """Needs no account: the secret is enough, for this invitation and nothing else."""
    invitation = invitations.by_token(body.token)
    slip = slips.hand_in(invitation, body.kind, body.text, publish_name=body.publish_name)
    return Answer(shape(slip), version=slip.version)


def mine(body: OwnIn) -> Answer:
    """Newest first."""
    return Answer({"items": [shape(row) for row in slips.of_invitation(invitations.by_token(body.token))]})


def withdraw(body: WithdrawIn) -> Answer:
    """A second time is harmless."""
    return moved(SLIP, slips.withdraw(invitations.by_token(body.token), body.slip))


def public_shape(row: Slip) -> dict[str, Any]:
    """As everybody reads it."""
    return {
        "id": row.id,
        "kind": row.kind,
        "kind_label": values.SLIP_KINDS[row.kind],
        "application": row.application_id,
        "title": public_title(row.application, ANONYMOUS),
        "author": public_author(row),
        "text": row.text,
        "state": row.state,
        "state_label": SLIP.label(row.state),
        "answer": row.answer,
        "answered_by": row.answered_by,
        "unit": row.unit.name if row.unit else "",
        "disposition": row.disposition,
        "disposition_label": values.DISPOSITIONS[row.disposition] if row.disposition else "",
        "reply": row.reply,
    }


def shape(row: Slip) -> dict[str, Any]:
    """For its author and the staff."""
    return public_shape(row) | {
        "meeting": row.meeting_id,
        "title": row.application.title,
        "name": None,
        "public": row.public,
        "publish_name": row.publish_name,
        "on_record": row.on_record,
        "reason": row.reason,
        "created_at": row.created_at,
        "replied_at": row.replied_at,
        "etag": str(row.version),
        "clocks": [clocks.as_json(clock) for clock in clocks.of(SLIP.object_type, [row.id])[row.id]],
    }
