"""Writing the live text over the API (live-protocol.md, Writing): lines, corrections, the meeting's events."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import request
from pydantic import BaseModel, Field

from core.db import db
from core.refusals import NotFound
from core.web.api import Answer, Api, if_match, moved
from core.web.api.bodies import Sent
from core.web.api.moves import Moved
from core.web.requests import actor
from plugins.meetings.api import meetings as meetings_api
from plugins.meetings.live import idempotency, reading
from plugins.meetings.live.forms import CorrectionIn, EventIn, ItemIn, LineIn, NoticeIn, PinIn, RetractionIn
from plugins.meetings.live.idempotency import Request
from plugins.meetings.live.models import LivePost
from plugins.meetings.models import Meeting
from plugins.meetings.services import live, live_access, live_review, meetings
from plugins.meetings.workflow import MEETING

POSTS, POST = "/<id>/live/posts", "/<meeting>/live/posts/<id>"
EVENTS = ("open", "pause", "close", "seal")


@dataclass(frozen=True)
class Hall:
    """The live text an address names: a meeting's own, or under its own id that of its rehearsal."""

    id: str
    meeting: Meeting

    @property
    def agency_id(self) -> str | None:
        """Whose organisers convene it."""
        return self.meeting.agency_id


class PostedOut(BaseModel):
    """Number, line, revision and epoch of what was written; `post` is null for acts on no line.

    A line that waits for the reviewer has no number and `state` "held".
    """

    seq: int | None = None
    state: str | None = None
    post: str | None
    rev: int | None
    epoch: str


class FollowedOut(Moved):
    """Where the meeting stands, and its live text: epoch, head, digest, state."""

    live: dict[str, Any] = Field(description="epoch, head, digest, state")


class WithdrawnOut(BaseModel):
    """A line whose texts were deleted after sealing."""

    post: str
    state: str
    public_note: str | None


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.post(
        POSTS, load=load_live, body=LineIn, permission=live.WRITE, own_keys=_stored, status=201,
        answer=PostedOut,
        summary="Write a line of live text; Idempotency-Key is required; 202 where it waits for the reviewer",
    )(publish)  # fmt: skip
    api.patch(
        POST, load=load_post, body=CorrectionIn, permission=live.WRITE, versioned="rev", own_keys=_stored_for_post,
        answer=PostedOut, summary="Correct a line; before, after and reason stay in the record",
    )(correct)  # fmt: skip
    api.delete(
        POST, load=load_post, body=RetractionIn, permission=live.RETRACT, versioned="rev", own_keys=_stored_for_post,
        answer=PostedOut, summary="Take a line back; its texts are deleted, a tombstone remains",
    )(retract)  # fmt: skip
    api.post(
        f"{POST}/withdraw", load=load_post, body=RetractionIn, permission=live.WITHDRAW, answer=WithdrawnOut,
        summary="After sealing: delete a line's texts; the digest chain stays as sealed",
    )(withdraw)  # fmt: skip
    for name, body, handler, summary in (
        ("item", ItemIn, come_to, "Say which agenda item the meeting has come to"),
        ("pin", PinIn, pin, "Keep a line in sight of all readers, or let go of it"),
        ("notice", NoticeIn, notice, "A sentence of the organiser to all readers, also while paused"),
    ):
        api.post(
            f"/<id>/live/{name}", load=load_live, body=body, permission=live.WRITE, own_keys=_stored_if_keyed,
            answer=PostedOut, summary=summary,
        )(handler)  # fmt: skip
    api.post(
        "/<id>/live/resume", load=load_live, body=EventIn, permission=live_review.HOLD, answer=FollowedOut,
        summary="Carry out the meeting's event «resume»; during a confidential item one of two confirmations",
    )(resume)  # fmt: skip
    for event in EVENTS:
        handler = partial(follow, event=event)
        handler.__name__ = f"live_{event}"  # type: ignore[attr-defined]
        handler.__doc__ = follow.__doc__
        api.post(
            f"/<id>/live/{event}", load=meetings_api.load, body=EventIn, permission="meetings.convene",
            answer=FollowedOut, summary=f"Carry out the meeting's event «{event}»",
        )(handler)  # fmt: skip


def load_live(ident: str) -> Hall:
    """The live text of a meeting or rehearsal; raises NotFound."""
    return Hall(ident, live_access.meeting_of(actor(), ident))


def load_post(ident: str) -> LivePost:
    """A line of the live text named in the address; raises NotFound."""
    hall = load_live(str((request.view_args or {})["meeting"]))
    post = db.session.get(LivePost, ident)
    if post is None or post.session_id != reading.of_meeting(hall.id).id:
        raise NotFound
    return post


def publish(hall: Hall, body: LineIn) -> Answer:
    """201 with the number it got; a repeat with the same key is answered again with 200."""
    return _answer(live.publish(actor(), hall.id, body, _asked(f"POST {hall.id}/posts")))


def correct(post: LivePost, body: CorrectionIn, meeting: str) -> Answer:
    """If-Match carries the revision the writer has seen."""
    return _answer(live.correct(actor(), meeting, post.post, body, post.rev, _asked_if_keyed(f"PATCH {post.post}")))


def retract(post: LivePost, body: RetractionIn, meeting: str) -> Answer:
    """If-Match carries the revision the writer has seen."""
    return _answer(live.retract(actor(), meeting, post.post, body, post.rev, _asked_if_keyed(f"DELETE {post.post}")))


def withdraw(post: LivePost, body: RetractionIn, meeting: str) -> Answer:
    """A decision of the secrecy reviewer or the leader, audited."""
    gone = live.withdraw(actor(), meeting, post.post, body)
    return Answer({"post": gone.post, "state": gone.state, "public_note": gone.public_note})


def come_to(hall: Hall, body: ItemIn) -> Answer:
    """Readers see it at once."""
    return _answer(live.come_to(actor(), hall.id, body.item, _asked_if_keyed(f"POST {hall.id}/item")))


def pin(hall: Hall, body: PinIn) -> Answer:
    """One line at a time."""
    return _answer(live.pin(actor(), hall.id, body.post, _asked_if_keyed(f"POST {hall.id}/pin")))


def notice(hall: Hall, body: NoticeIn) -> Answer:
    """A line of its own kind."""
    return _answer(live.notice(actor(), hall.id, body.text, _asked_if_keyed(f"POST {hall.id}/notice")))


def follow(meeting: Meeting, body: EventIn, event: str) -> Answer:
    """The live text follows the meeting in the same transaction."""
    meetings.move(actor(), meeting, event, reason=body.reason, version=if_match(meeting.version))
    done = moved(MEETING, meeting)
    return Answer(done.data | {"live": reading.standing(reading.of_meeting(meeting.id))}, version=done.version)


def resume(hall: Hall, body: EventIn) -> Answer:
    """While a confidential item is dealt with: 202 for the first of two persons, 200 for the second."""
    session = reading.of_meeting(hall.id)
    if session.confidential_at is None and session.rehearsal_of is None:
        return follow(hall.meeting, body, "resume")
    done = live_review.resume(actor(), hall.id)
    standing = {"live": reading.standing(session), "review": live_review.standing(session)}
    return Answer(moved(MEETING, hall.meeting).data | standing, status=200 if done else 202)


# --- keys ------------------------------------------------------------------------------------------


def _asked(act: str) -> Request:
    """The request by its key; what was sent counts as it came, so that a repeat is known by its bytes."""
    sent = request.get_json(silent=True)
    body = sent if isinstance(sent, dict) else request.get_data(as_text=True)
    return idempotency.request(actor(), request.headers.get("Idempotency-Key", ""), act, body)


def _asked_if_keyed(act: str) -> Request | None:
    return _asked(act) if "Idempotency-Key" in request.headers else None


def _stored(hall: Hall, _sent: Sent) -> Answer | None:
    return _answered(live.stored(hall.id, _asked(f"POST {hall.id}/posts")))


def _stored_if_keyed(hall: Hall, _sent: Sent) -> Answer | None:
    act = request.path.rpartition("/")[2]
    return _answered(live.stored(hall.id, _asked_if_keyed(f"POST {hall.id}/{act}")))


def _stored_for_post(post: LivePost, _sent: Sent) -> Answer | None:
    meeting = str((request.view_args or {})["meeting"])
    return _answered(live.stored(meeting, _asked_if_keyed(f"{request.method} {post.post}")))


def _answered(done: live.Done | None) -> Answer | None:
    return None if done is None else _answer(done)


def _answer(done: live.Done) -> Answer:
    headers = {"ETag": f'"{done.answer["rev"]}"'} if done.answer.get("rev") else {}
    if done.again:
        return Answer(done.answer, status=200, headers=headers | {"Idempotent-Replay": "1"})
    waits = request.method == "POST" and done.answer.get("state") == "held"
    return Answer(done.answer, status=202 if waits else None, headers=headers)
