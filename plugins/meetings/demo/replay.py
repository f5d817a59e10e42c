"""The demonstration's live text moves while somebody reads it: the first reader starts the script, it runs to its end.

Then the meeting is closed and sealed, and a fresh one begins for the next visitor. In a demo alone: nothing happens
where `DEMO` is not set. One greenlet per place does it, in short transactions with pauses between; a file lock keeps
a second process out, and falls with the process. Where the script stands is read from the record (`show`).
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from flask import Flask, current_app
from sqlalchemy import select

from core import demo, jurisdictions
from core.contracts import JurisdictionRef
from core.db import DatabaseBusy, db
from core.refusals import WrongState
from plugins.meetings.demo import places, show
from plugins.meetings.demo.scripts import script
from plugins.meetings.live import arrivals
from plugins.meetings.models import Meeting

log = structlog.get_logger(__name__)
Pause = Callable[[float], None]
BEAT = 2.0
"""Seconds until it is tried again where a line was not taken: the meeting is paused, or the database busy."""
RUNNING = ("in_session", "paused")
_playing: set[str] = set()


def reader_came(place: JurisdictionRef, meeting: str) -> None:
    """Start the script of a demonstration's meeting unless it runs already; returns at once."""
    if not current_app.config.get("DEMO") or place.id in _playing:
        return
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    _playing.add(place.id)
    threading.Thread(target=_run, args=(app, place, meeting), daemon=True, name=f"demo-{place.slug}").start()


def run(place: JurisdictionRef, meeting: str, pause: Pause = time.sleep) -> None:
    """Play what is left of a meeting's script, conclude it, and let the next one begin where none is on.

    A meeting without a script is left alone; one that a visitor has closed is not concluded but followed by another.
    """
    while (after := _next(place, meeting)) is not None:
        pause(after)
    with jurisdictions.enter(place):
        _turn_over(place, meeting)


def _run(app: Flask, place: JurisdictionRef, meeting: str) -> None:
    try:
        with app.app_context(), _alone(app, place) as mine:
            if mine:
                run(place, meeting)
    except Exception:
        log.exception("demo replay failed", jurisdiction=place.slug, meeting=meeting)
    finally:
        _playing.discard(place.id)


@contextmanager
def _alone(app: Flask, place: JurisdictionRef) -> Iterator[bool]:
    """True for one process at a time; the lock falls with the process, however it ends."""
    descriptor = os.open(Path(app.config["DATA"]) / f"demo.{place.slug}.lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _next(place: JurisdictionRef, meeting: str) -> float | None:
    """Say the next line; answers the seconds until the one after, None when the show is over."""
    with jurisdictions.enter(place):
        running = show.of_meeting(meeting)
        state = db.session.scalar(select(Meeting.state).where(Meeting.id == meeting))
        if running is None or running.over or state not in RUNNING:
            return None
        if state == "paused":  # by a visitor, who is trying it out
            return BEAT
        try:
            return show.seconds_after(show.play(demo.people(place.slug), meeting, running))
        except (DatabaseBusy, WrongState):  # paused in this very moment
            return BEAT


def _turn_over(place: JurisdictionRef, meeting: str) -> None:
    people, ended = demo.people(place.slug), show.of_meeting(meeting)
    if ended is None:
        return
    if db.session.get_one(Meeting, meeting).state in RUNNING:
        places.conclude(people, meeting)
    others = db.session.scalars(select(Meeting.id).where(Meeting.state.in_(RUNNING))).all()
    if not any(show.of_meeting(other) for other in others):
        places.in_session(people, script(ended.script.name, place.name))


arrivals.listen(reader_came)
