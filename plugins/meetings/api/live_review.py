"""Hold and release, confidential item and rehearsal of the live text over the API (live-protocol.md, Writing)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from core.web.api import Answer, Api, if_match
from core.web.requests import actor
from plugins.meetings.api import meetings as meetings_api
from plugins.meetings.api.live import POST, Hall, PostedOut, load_live, load_post
from plugins.meetings.live import reading
from plugins.meetings.live.forms import DelayIn
from plugins.meetings.live.models import LivePost
from plugins.meetings.models import Meeting
from plugins.meetings.services import live, live_review


class Nothing(BaseModel):
    """No values."""


class StandingOut(BaseModel):
    """What those who write see of the live text beside its lines; persons by name."""

    state: str
    rehearsal: bool
    delay: int
    waiting: int
    stopped_at: datetime | None
    stopped_by: str | None
    confidential_at: datetime | None
    confidential_by: str | None
    confirmed_by: str | None
    confirmed_until: datetime | None


class QueueOut(StandingOut):
    """Lines that wait, in order of writing, then those decided last, the newest first."""

    lines: list[dict[str, Any]]
    decided: list[dict[str, Any]]


class RehearsalOut(BaseModel):
    """The rehearsal's live text has an id of its own: `meetings/<live>/live/…` as for a meeting."""

    live: str


def declare(api: Api) -> None:
    """Add the endpoints."""
    api.get(
        "/<id>/live/held", load=load_live, permission=live.WRITE, answer=QueueOut,
        summary="Lines that wait for the reviewer; who only writes sees his own",
    )(held)  # fmt: skip
    api.post(
        f"{POST}/release", load=load_post, body=Nothing, permission=live.REVIEW, answer=PostedOut,
        summary="Let a held line out; 202 where a second person is needed",
    )(release)  # fmt: skip
    api.post(
        f"{POST}/stop", load=load_post, body=Nothing, permission=live.REVIEW, answer=PostedOut,
        summary="Take a held line out of the queue, undecided",
    )(stop_line)  # fmt: skip
    for name, act, right, summary in (
        ("stop", stop_all, live.REVIEW, "Nothing is released by itself any more"),
        ("go-on", go_on, live.REVIEW, "Release by itself again"),
        ("hold", hold, live_review.HOLD, "A confidential item begins: the stream pauses with a notice"),
        ("hold/confirm", confirm, live_review.HOLD, "One of two persons says that it may go on; 202 for the first"),
        ("hold/cancel", keep_hold, live_review.HOLD, "Take the first confirmation back"),
    ):
        api.post(
            f"/<id>/live/{name}", load=load_live, body=Nothing, permission=right, answer=StandingOut, summary=summary
        )(act)  # fmt: skip
    api.post(
        "/<id>/live/delay", load=load_live, body=DelayIn, permission=live_review.CONVENE, answer=StandingOut,
        summary="Seconds every line waits for the reviewer, 0 to 180",
    )(delay)  # fmt: skip
    api.post(
        "/<id>/rehearsal", load=meetings_api.load, body=Nothing, permission=live_review.CONVENE, status=201,
        answer=RehearsalOut, summary="Rehearse a meeting before it opens; nobody outside sees it",
    )(begin_rehearsal)  # fmt: skip
    for name, handler, summary in (
        ("end", end_rehearsal, "End the rehearsal"),
        ("clear", clear_rehearsal, "Delete everything that was rehearsed"),
    ):
        api.post(
            f"/<id>/rehearsal/{name}", load=meetings_api.load, body=Nothing, permission=live_review.CONVENE,
            summary=summary,
        )(handler)  # fmt: skip


def held(hall: Hall) -> Answer:
    """With the seconds each has left."""
    session = reading.of_meeting(hall.id)
    queue = live_review.queue(actor(), session)
    return Answer(live_review.standing(session) | {"lines": queue.lines, "decided": queue.decided})


def release(post: LivePost, _body: Nothing, meeting: str) -> Answer:
    """If-Match carries the revision the reviewer has read, so that nobody releases a text he has not seen."""
    done = live_review.release(actor(), meeting, post.post, if_match(post.rev))
    return Answer(done, status=202 if "seq" not in done else None)


def stop_line(post: LivePost, _body: Nothing, meeting: str) -> Answer:
    """Later lines may pass it; it waits for a person."""
    return Answer(live_review.stop_line(actor(), meeting, post.post))


def stop_all(hall: Hall, _body: Nothing) -> Answer:
    """Who and when stands in the audit trail."""
    return Answer(live_review.standing(live_review.stop_all(actor(), hall.id)))


def go_on(hall: Hall, _body: Nothing) -> Answer:
    """What has waited long enough goes out within a second."""
    return Answer(live_review.standing(live_review.go_on(actor(), hall.id)))


def hold(hall: Hall, _body: Nothing) -> Answer:
    """会4."""
    return Answer(live_review.standing(live_review.hold(actor(), hall.id)))


def confirm(hall: Hall, _body: Nothing) -> Answer:
    """The first confirmation stands ten minutes."""
    done = live_review.resume(actor(), hall.id)
    return Answer(live_review.standing(reading.of_meeting(hall.id)), status=200 if done else 202)


def keep_hold(hall: Hall, _body: Nothing) -> Answer:
    """It stays confidential."""
    live_review.keep_hold(actor(), hall.id)
    return Answer(live_review.standing(reading.of_meeting(hall.id)))


def delay(hall: Hall, body: DelayIn) -> Answer:
    """Lines in the queue keep the time they got."""
    return Answer(live_review.standing(live_review.set_delay(actor(), hall.id, body.seconds)))


def begin_rehearsal(meeting: Meeting, _body: Nothing) -> Answer:
    """Writers use the same endpoints under the id answered here."""
    return Answer({"live": live_review.begin_rehearsal(actor(), meeting).meeting_id})


def end_rehearsal(meeting: Meeting, _body: Nothing) -> Answer:
    """It can be gone on with."""
    live_review.end_rehearsal(actor(), meeting)
    return Answer(None)


def clear_rehearsal(meeting: Meeting, _body: Nothing) -> Answer:
    """Also the files' uses."""
    live_review.clear_rehearsal(actor(), meeting)
    return Answer(None)
