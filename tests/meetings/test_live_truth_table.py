"""Who may write what in which state of a live text: a table made by hand, all states × kinds of write × roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.db import db, new_id, write
from core.permissions import SYSTEM, Actor
from core.refusals import Refused
from plugins.meetings.live import confidential, held, idempotency, writer
from plugins.meetings.live.forms import CorrectionIn, LineIn, RetractionIn
from plugins.meetings.live.models import LiveSession
from plugins.meetings.services import live, live_review

STATES = ("draft", "open", "paused", "confidential", "closed", "sealed")
ROLES = (
    "stenographer", "live_reviewer", "organiser", "secrecy_reviewer", "leader", "deputy_leader", "system_admin", "nobody",
)  # fmt: skip
WRITERS, REVIEWERS = ("stenographer", "live_reviewer", "organiser"), ("live_reviewer", "organiser")
Act = Callable[[Actor, str, "Lines"], Any]


class Lines:
    """A public line, and one that waits, written by somebody else."""

    def __init__(self, session: LiveSession) -> None:
        self.public = str(writer.publish(session, SYSTEM, writer.Line("speech", "公开的")).post)
        self.held = held.hold(
            session, Actor("another", "另一人"), writer.Line("speech", "待审的"), two_persons=False
        ).post
        session.waiting = 0  # a new line and a correction go their way as if nobody reviewed


def key(actor: Actor) -> idempotency.Request:
    return idempotency.request(actor, new_id(), "POST", "")


WHY, RIGHT = RetractionIn(reason="误"), CorrectionIn(text="改", reason="误")
OK = dict.fromkeys
FLOWING, STANDING = ("open", "paused", "closed"), ("open", "paused", "confidential", "closed")
SILENT = {"confidential": "CONFIDENTIAL_ITEM"}

# write → (how, who holds the right, {state: "ok" or a code}); every other state answers WRONG_STATE.
TABLE: dict[str, tuple[Act, tuple[str, ...], dict[str, str]]] = {
    "publish": (
        lambda who, at, _: live.publish(who, at, LineIn(type="speech", text="新的"), key(who)),
        WRITERS, OK(("open",), "ok") | SILENT,
    ),
    "notice": (lambda who, at, _: live.notice(who, at, "通知"), WRITERS, OK(("open", "paused"), "ok") | SILENT),
    "correct": (lambda who, at, at_: live.correct(who, at, at_.public, RIGHT, 1), WRITERS, OK(FLOWING, "ok") | SILENT),
    "retract": (lambda who, at, at_: live.retract(who, at, at_.public, WHY, 1), WRITERS, OK(STANDING, "ok")),
    "pin": (lambda who, at, at_: live.pin(who, at, at_.public), WRITERS, OK(STANDING, "ok")),
    "item": (lambda who, at, _: live.come_to(who, at, None), WRITERS, OK(("open", "paused", "confidential"), "ok")),
    "release": (lambda who, at, at_: live_review.release(who, at, at_.held), REVIEWERS, OK(FLOWING, "ok") | SILENT),
    "set aside": (lambda who, at, at_: live_review.stop_line(who, at, at_.held), REVIEWERS, OK(STANDING, "ok")),
    "edit": (lambda who, at, at_: live.correct(who, at, at_.held, RIGHT, 1), REVIEWERS, OK(STANDING, "ok")),
    "refuse": (lambda who, at, at_: live.retract(who, at, at_.held, WHY, 1), REVIEWERS, OK(STANDING, "ok")),
    "stop all": (lambda who, at, _: live_review.stop_all(who, at), REVIEWERS, OK(STATES, "ok")),
    "go on": (lambda who, at, _: live_review.go_on(who, at), REVIEWERS, OK(STATES, "ok")),
    "delay": (
        lambda who, at, _: live_review.set_delay(who, at, 60),
        ("organiser",), OK(("draft", *STANDING), "ok"),
    ),
    "hold": (lambda who, at, _: live_review.hold(who, at), WRITERS, OK(("open", "paused", "confidential"), "ok")),
    "confirm": (lambda who, at, _: live_review.resume(who, at), WRITERS, OK(("confidential",), "ok")),
    "withdraw": (
        lambda who, at, at_: live.withdraw(who, at, at_.public, WHY),
        ("secrecy_reviewer", "leader"), OK(("sealed",), "ok"),
    ),
}  # fmt: skip


class Undo(Exception):
    """Ends a case: its rows go."""


@pytest.mark.article("meetings", 4)
@pytest.mark.table
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("state", STATES)
def test_write(world: Any, state: str, name: str, role: str) -> None:
    how, who, outcomes = TABLE[name]
    found = ""
    with pytest.raises(Undo), write():
        meeting = world.meeting("in_session")
        session = writer.lock(meeting.id)
        lines = Lines(session)
        if state == "confidential":
            confidential.begin(session, SYSTEM, "现在审议不公开的议题。")
        else:
            session.state = state
        db.session.flush()
        try:
            how(world.people[role], meeting.id, lines)
            found = "ok"
        except Refused as no:
            found = no.refusals[0].code
        raise Undo
    assert found == (outcomes.get(state, "WRONG_STATE") if role in who else "FORBIDDEN")
