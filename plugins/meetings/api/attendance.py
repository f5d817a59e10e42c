"""Check-in over the API: what a door loads, what it sends back in any order, presence per item."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from core.web.api import Answer, Api
from core.web.requests import actor
from plugins.meetings.api import invitations, meetings
from plugins.meetings.models import Attendance, Invitation, Meeting
from plugins.meetings.services import attendance, doors
from plugins.meetings.services.attendance import Act

Way = Literal["qr", "code", "list", "paper"]


class ActIn(BaseModel):
    """One passage: `key` is made once by the door; `person` (an invitation) or `code`, or both."""

    key: str = Field(min_length=8, max_length=64)
    event: Literal["in", "out"]
    at: AwareDatetime
    way: Way
    person: str = Field("", max_length=64)
    code: str = Field("", max_length=60)
    promised: bool = False


class ActsIn(BaseModel):
    """What a door has noted, in any order, as often as it likes."""

    door: str = Field("", max_length=40)
    acts: Annotated[list[ActIn], Field(max_length=200)]


class TakenOut(BaseModel):
    """What became of an act: recorded, known (sent before), double (says nothing new) or refused; `detail` why."""

    key: str
    result: str
    detail: str
    person: str
    name: str


class ActsOut(BaseModel):
    """In the order they were sent."""

    items: list[TakenOut]


class GuestOut(BaseModel):
    """A person expected at the door; the name is masked, `codes` are SHA-256 of meeting id, colon and check-in code."""

    id: str
    name: str
    category_label: str
    organisation: str
    items: list[str]
    codes: list[str]
    promised: bool
    state: str


class DoorOut(BaseModel):
    """What a door needs to work without network; codes revoked after `at` are refused once it is back."""

    meeting: str
    title: str
    at: str
    people: list[GuestOut]
    ended: bool
    """The meeting is over: keep the list no longer."""


class StayOut(BaseModel):
    """A stretch in the room."""

    since: str
    until: str | None


class PresentOut(BaseModel):
    """One invitee at one item: as the door noted it, as the clerk corrected it, and what counts."""

    invitation: str
    name: str
    application: str
    noted: bool | None
    corrected: bool | None
    note: str
    present: bool | None
    stays: list[StayOut]
    objection: str


class PresenceOut(BaseModel):
    """Everybody who was invited, by item and place in the list."""

    items: list[PresentOut]


class CorrectionIn(BaseModel):
    """Who was there after all; null goes back to what the door noted."""

    present: bool | None
    note: str = Field("", max_length=300)


class VoidIn(BaseModel):
    """Why a passage was wrong."""

    reason: str = Field(max_length=300)


def declare(api: Api) -> None:
    """Add the endpoints."""
    here: dict[str, Any] = {"load": meetings.load, "permission": "meetings.check_in"}
    api.get("/<id>/door", **here, answer=DoorOut, summary="Everybody expected, as a door loads them")(door)
    api.post(
        "/<id>/attendance", **here, body=ActsIn, answer=ActsOut,
        summary="Merge the check-ins and check-outs of a door; each key counts once",
    )(take)  # fmt: skip
    api.get("/<id>/presence", **here, answer=PresenceOut, summary="Who was present at which item")(presence)
    api.post(
        "/invitations/<id>/presence", load=invitations.load, permission="meetings.check_in", body=CorrectionIn,
        answer=PresentOut, summary="Correct who was present at an item",
    )(correct)  # fmt: skip
    api.post(
        "/attendance/<id>/void", load=load, permission="core.staff", body=VoidIn, answer=PresentOut,
        summary="Take a wrong passage out of the count",
    )(void)  # fmt: skip


def load(ident: str) -> Attendance:
    """Staff who check in; raises NotFound."""
    return attendance.find_passage(actor(), ident)


def door(meeting: Meeting) -> Answer:
    """Names are masked: this list is kept on a telephone."""
    return Answer(doors.listed(actor(), meeting))


def take(meeting: Meeting, body: ActsIn) -> Answer:
    """Whatever the order of arrival, the same comes out."""
    acts = [Act(**act.model_dump()) for act in body.acts]
    found = attendance.take(actor(), meeting, body.door, acts)
    return Answer({"items": [vars(one) for one in found]})


def presence(meeting: Meeting) -> Answer:
    """By item."""
    rows = [row for row in attendance.invited(actor(), meeting) if row.was_told or row.passages]
    return Answer({"items": [shown(row) for row in rows]})


def correct(row: Invitation, body: CorrectionIn) -> Answer:
    """Against what the door noted."""
    attendance.correct(actor(), row, body.present, body.note)
    return Answer(shown(row))


def void(passage: Attendance, body: VoidIn) -> Answer:
    """It stays readable."""
    attendance.void(actor(), passage, body.reason)
    return Answer(shown(passage.invitation))


def shown(row: Invitation) -> dict[str, Any]:
    """One invitee at one item."""
    stays = attendance.accounted(row).stays
    return {
        "invitation": row.id,
        "name": row.name,
        "application": row.application_id,
        "noted": attendance.noted_present(row),
        "corrected": row.present,
        "note": row.present_note,
        "present": attendance.is_present(row),
        "stays": [{"since": stay.since, "until": stay.until} for stay in stays],
        "objection": attendance.objection(row),
    }
