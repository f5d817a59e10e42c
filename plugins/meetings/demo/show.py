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
from plugins.meetings.live.models import LiveEvent, LiveIdempotency, LivePost, LiveSession
from plugins.meetings.models import AgendaApplication, Meeting
from plugins.meetings.services import applications
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
    with write():
        live = writer.lock(meeting)
        asked = idempotency.request(people["stenographer"], _key(show.script, show.next), "demo", show.next)
        if idempotency.replay(live, asked) is None:
            idempotency.keep(live, asked, _carry_out(people, live, show, step))
    return step


def seconds_after(step: Step) -> float:
    """How long a reader needs before the next line: two to four seconds."""
    text = step.text if isinstance(step, Line) else ""
    return min(4.0, 2.0 + len(text) / 40)


def _key(found: Script, number: int) -> str:
    return f"{PREFIX}:{found.name}:{number:04d}"


def _carry_out(people: People, live: LiveSession, show: Show, step: Step) -> LiveEvent:
    writes = people["stenographer"]
    match step:
        case Call():
            return _come_to(people, live, _item(live, show, step.item))
        case Vote():
            item = _item(live, show, step.line.item)
            _decide(people, show, step, item)
            return writer.publish(live, writes, _line(step.line, item))
        case Correct() | Retract():
            return _mend(writes, live, _line_before(live, show), step)
    return writer.publish(live, writes, _line(step, _item(live, show, step.item)))


def _come_to(people: People, live: LiveSession, item: AgendaApplication | None) -> LiveEvent:
    if item is None or item.state != "scheduled":  # a visitor has postponed it, or called it himself
        return writer.item(live, people["organiser"], item.id if item else None)
    applications.move(people["organiser"], item, "call")
    return _latest(live)


def _mend(writes: Actor, live: LiveSession, post: LivePost, step: Correct | Retract) -> LiveEvent:
    if post.state != "public" or (isinstance(step, Correct) and post.text == step.text):  # a visitor was first
        return _latest(live)
    if isinstance(step, Correct):
        return writer.correct(live, writes, post.post, step.text, step.reason, post.rev)
    return writer.retract(live, writes, post.post, step.reason, step.note)


def _decide(people: People, show: Show, step: Vote, item: AgendaApplication | None) -> None:
    if item is not None and item.state == "in_session":
        note = show.script.items[step.line.item or 0].note
        applications.move(people["organiser"], item, "deliberate", params={"result": step.result, "note": note})


def _line(line: Line, item: AgendaApplication | None) -> writer.Line:
    return writer.Line(line.type, line.text, item.id if item else None, line.speaker)


def _item(live: LiveSession, show: Show, number: int | None) -> AgendaApplication | None:
    if number is None:
        return None
    title = show.script.items[number].title
    meeting = db.session.get_one(Meeting, live.meeting_id)
    return next((item for item in meeting.agenda if item.title == title), None)


def _latest(live: LiveSession) -> LiveEvent:
    here = (LiveEvent.session_id == live.id, LiveEvent.seq == live.head)
    return db.session.scalars(select(LiveEvent).where(*here)).one()


def _line_before(live: LiveSession, show: Show) -> LivePost:
    post = select(LiveIdempotency.post).where(
        LiveIdempotency.session_id == live.id, LiveIdempotency.key == _key(show.script, show.next - 1)
    )
    return db.session.scalars(select(LivePost).where(LivePost.post == post.scalar_subquery())).one()
