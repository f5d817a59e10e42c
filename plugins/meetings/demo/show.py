"""A script on a meeting's live text: which step comes next is read from the record, so it survives any restart.

Every step carries an idempotency key that names script and number. A session with such a key is a demonstration's.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from core.db import db, write
from core.jurisdictions import current
from core.permissions import Actor
from plugins.meetings.demo.scripts import Call, Correct, Retract, Script, Step, Vote, script
from plugins.meetings.demo.stage import People
from plugins.meetings.live import idempotency, writer
from plugins.meetings.live.forms import CorrectionIn, LineIn, RetractionIn
from plugins.meetings.live.idempotency import Request
from plugins.meetings.live.models import LiveEvent, LiveIdempotency, LivePost, LiveSession
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.services import applications, live
from plugins.meetings.transcripts import Line

PREFIX = "demo-replay"


@dataclass(frozen=True)
class Show:
    """Where a demonstration's live text stands: the next step of its script, counted from 0."""

    script: Script
    next: int

    @property
    def over(self) -> bool:
        """True when everything was said."""
        return self.next >= len(self.script.steps)


def of_meeting(meeting: str) -> Show | None:
    """The show running on a meeting; None where the live text is no demonstration's."""
    keys = (
        select(LiveIdempotency.key)
        .join(LiveSession, LiveSession.id == LiveIdempotency.session_id)
        .where(LiveSession.meeting_id == meeting, LiveIdempotency.key.startswith(PREFIX))
    )
    last = max(db.session.scalars(keys), default=None)
    if last is None:
        return None
    _, name, number = last.split(":")
    return Show(script(name, current().name), int(number) + 1)


def play(people: People, meeting: str, show: Show) -> Step:
    """Carry out the show's next step, in a transaction of its own; answers the step.

    Raises:
        WrongState: the live text takes nothing now.
    """
    step = show.script.steps[show.next]
    asked = idempotency.request(people["stenographer"], _key(show.script, show.next), "demo", show.next)
    with write():
        if live.stored(meeting, asked) is None:
            _carry_out(people, writer.lock(meeting), show, step, asked)
    return step


def seconds_after(step: Step) -> float:
    """How long a reader needs before the next line: two to four seconds."""
    text = step.text if isinstance(step, Line) else ""
    return min(4.0, 2.0 + len(text) / 40)


def _key(found: Script, number: int) -> str:
    return f"{PREFIX}:{found.name}:{number:04d}"


def _carry_out(people: People, session: LiveSession, show: Show, step: Step, asked: Request) -> None:
    writes, meeting = people["stenographer"], session.meeting_id
    match step:
        case Call():
            _come_to(people, session, _item(session, show, step.item), asked)
        case Vote():
            item = _item(session, show, step.line.item)
            _decide(people, show, step, item)
            voted = live.publish(writes, meeting, _line(step.line, item), asked)
            live.pin(writes, meeting, str(voted.answer["post"]))  # what was decided last stays in sight
        case Correct() | Retract():
            _mend(writes, session, _line_before(session, show), step, asked)
        case _:
            live.publish(writes, meeting, _line(step, _item(session, show, step.item)), asked)


def _come_to(people: People, session: LiveSession, item: AgendaApplication | None, asked: Request) -> None:
    if item is not None and item.state == "scheduled":
        applications.move(people["organiser"], item, "call")
        idempotency.keep(session, asked, _latest(session))
    else:  # a visitor has postponed it, or called it himself
        live.come_to(people["stenographer"], session.meeting_id, item.id if item else None, asked)


def _decide(people: People, show: Show, step: Vote, item: AgendaApplication | None) -> None:
    if item is not None and item.state == "in_session":
        note = show.script.items[step.line.item or 0].note
        applications.move(people["organiser"], item, "deliberate", params={"result": step.result, "note": note})


def _mend(writes: Actor, session: LiveSession, post: LivePost, step: Correct | Retract, asked: Request) -> None:
    if post.state != "public" or (isinstance(step, Correct) and post.text == step.text):  # a visitor was first
        idempotency.keep(session, asked, _latest(session))
    elif isinstance(step, Correct):
        body = CorrectionIn(text=step.text, reason=step.reason)
        live.correct(writes, session.meeting_id, post.post, body, post.rev, asked)
    else:
        taken_back = RetractionIn(reason=step.reason, public_note=step.note)
        live.retract(writes, session.meeting_id, post.post, taken_back, post.rev, asked)


def _line(line: Line, item: AgendaApplication | None) -> LineIn:
    said = {"type": line.type, "text": line.text, "speaker": line.speaker}
    return LineIn.model_validate(said | {"item": item.id if item else None})


def _item(session: LiveSession, show: Show, number: int | None) -> AgendaApplication | None:
    if number is None:
        return None
    title = show.script.items[number].title
    meeting = db.session.get_one(Meeting, session.meeting_id)
    return next((item for item in meeting.agenda if item.title == title), None)


def _latest(session: LiveSession) -> LiveEvent:
    here = (LiveEvent.session_id == session.id, LiveEvent.seq == session.head)
    return db.session.scalars(select(LiveEvent).where(*here)).one()


def _line_before(session: LiveSession, show: Show) -> LivePost:
    post = select(LiveIdempotency.post).where(
        LiveIdempotency.session_id == session.id, LiveIdempotency.key == _key(show.script, show.next - 1)
    )
    return db.session.scalars(select(LivePost).where(LivePost.post == post.scalar_subquery())).one()
