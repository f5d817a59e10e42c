"""The tailer: one per process and live text with readers; the only one that sends public lines.

The database is the truth. On a hint after a commit, and at least every second (four when nothing goes on), it reads
`seq > emitted` in order and sends one frame to the room. A frame takes the longer the more readers there are; half of
that time the next one waits, so that writers and pages get their turn and lines that come meanwhile share it. Each look
at the database is a short read transaction in an app context and scope of its own; nothing is held open between two.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core import jurisdictions, plugins
from core.db import db
from core.refusals import NotFound
from plugins.meetings.live import hints, reading
from plugins.meetings.live.models import LiveSession
from plugins.meetings.live.ring import FRAME_EVENTS, Event, Ring, first_frame

log = structlog.get_logger(__name__)
FRAME_SECONDS, FRAME_SHARE = 0.1, 0.5
"""The longest wait between two frames, and the wait as a share of what the last one took to send."""
BUSY_SECONDS, IDLE_SECONDS = 1.0, 4.0
"""How often it looks without a hint. Four, not five: a withdrawn text and a lost right are gone within five."""
STAYS_BUSY_SECONDS = 60.0
JUDGE_SECONDS = 2.0
"""How often rights are looked at again while lines flow."""
BEAT_SECONDS, BEAT_SPREAD = 15.0, 0.2
GAP = 200
"""The most events a join answers by itself; larger gaps are read over HTTP."""
QUIET = frozenset({"draft", "sealed"})

Members = Mapping[str, tuple[str, ...]]
Send = Callable[[str, Any, str], None]
"""send(event, data, room or sid)."""
Judge = Callable[[LiveSession, Callable[[], Members]], dict[str, str]]
"""judge(live text, who reads) answers sid → code for those who may read no longer."""


@dataclass(frozen=True)
class Place:
    """Which live text: its plugin's switch counts, and it lies in this jurisdiction."""

    plugin: str
    jurisdiction_id: str
    session_id: str

    @property
    def room(self) -> str:
        """The room of its readers; the name never comes from a client."""
        return f"live:{self.session_id}"


@dataclass(frozen=True)
class Look:
    """What one look at the database found."""

    standing: dict[str, Any]
    generation: int
    events: Sequence[Event]
    refused: dict[str, str]


class Tailer:
    """Follows one live text for the readers of this process."""

    def __init__(self, app: Flask, place: Place, send: Send, judge: Judge, drop: Callable[[str, str], None]) -> None:
        self.app, self.place, self.drop = app, place, drop
        self._send, self._judge = send, judge
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._members: dict[str, tuple[str, ...]] = {}
        self._ring = Ring()
        self._standing: dict[str, Any] = {}
        self._generation = -1
        self._emitted = 0
        self._said_state = ""
        self._moved_at = self._beat_at = self._judged_at = time.monotonic()
        self.ended = False

    # --- asked from outside ------------------------------------------------------------------------

    def start(self) -> None:
        """Follow it from where it has begun."""
        threading.Thread(target=self._run, daemon=True, name=f"tailer-{self.place.session_id[:8]}").start()

    def begin(self) -> None:
        """Read where the live text stands; what was there before is sent to nobody.

        Raises:
            NotFound: there is none, or the plugin is off.
        """
        self._take(self._look())
        self._draw_beat()

    def add(self, sid: str, shown: tuple[str, ...]) -> bool:
        """A reader that is in the room already; False when this tailer has ended."""
        with self._lock:
            if not self.ended:
                self._members[sid] = shown
            return not self.ended

    def remove(self, sid: str) -> bool:
        """A reader that left; True for the last one, with whom the tailer ends."""
        with self._lock:
            self._members.pop(sid, None)
            left = len(self._members)
        self._wake.set()
        return not left

    def wake(self) -> None:
        """Something was committed."""
        self._wake.set()

    def catch_up(self, after: int, epoch: str | None) -> dict[str, Any] | None:
        """The answer to a join from memory, None where the database has to be asked."""
        with self._lock:
            if epoch not in {None, self._standing["epoch"]}:
                return self._standing | {"events": [], "more": False, "reset": True}
            events = self._ring.after(after, self._emitted, GAP)
            if events is None or self._standing["head"] != self._emitted:
                return None
            return self._standing | {"events": events, "more": False, "reset": False}

    # --- the loop ----------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._finished():
            try:
                took = self.step()
                if took is not None:
                    time.sleep(wait_after(took))
                if self._emitted >= self._standing["head"]:
                    self._wake.wait(self._pause())
            except NotFound:
                self._close_all("GONE")
            except (DBAPIError, PoolTimeout) as error:
                log.warning("database", error=type(error).__name__)
                time.sleep(BUSY_SECONDS)
            except Exception:
                if self.app.testing:
                    raise
                log.exception("live text not sent", session=self.place.session_id)
                time.sleep(BUSY_SECONDS)

    def _finished(self) -> bool:
        with self._lock:
            self.ended = not self._members
            return self.ended

    def step(self) -> float | None:
        """Look, and send what is new; the seconds it took a frame to go out, None when there was nothing to send.

        Raises:
            NotFound: the live text is gone, or the plugin is off.
        """
        self._wake.clear()
        look = self._look()
        for sid, code in look.refused.items():
            self._close(sid, code)
        frame, began = self._take(look), time.monotonic()
        if frame:
            self._send("events", frame, self.place.room)
        took = time.monotonic() - began if frame else None
        self._beat_when_due()
        return took

    def _pause(self) -> float:
        now = time.monotonic()
        quiet = self._standing["state"] in QUIET or now - self._moved_at > STAYS_BUSY_SECONDS
        return max(0.0, min(IDLE_SECONDS if quiet else BUSY_SECONDS, self._beat_at - now))

    def _look(self) -> Look:
        with self.app.app_context():
            place = jurisdictions.by_id(self.place.jurisdiction_id)
            if self.place.plugin not in plugins.enabled(place):
                raise NotFound
            with jurisdictions.enter(place):
                live = db.session.get(LiveSession, self.place.session_id)
                if live is None:
                    raise NotFound
                known = self._standing.get("epoch") == live.epoch
                after, limit = (self._emitted if known else live.head), FRAME_EVENTS
                if live.generation != self._generation or not known:
                    after, limit = max(0, after - GAP), GAP + FRAME_EVENTS
                events = reading.events_after(live, after, limit)
                return Look(reading.standing(live), live.generation, events, self._refused(live))

    def _refused(self, live: LiveSession) -> dict[str, str]:
        if time.monotonic() < self._judged_at + JUDGE_SECONDS:
            return {}
        self._judged_at = time.monotonic()
        return self._judge(live, self._current)

    def _current(self) -> Members:
        with self._lock:
            return dict(self._members)

    def _take(self, look: Look) -> dict[str, Any] | None:
        """Remember what was found; answers the frame to send, if any."""
        with self._lock:
            known = self._standing.get("epoch") == look.standing["epoch"]
            self._standing = look.standing
            if not known:  # the first look, or numbering began anew: readers reset, nothing is sent twice
                self._emitted, self._said_state = look.standing["head"], ""
            if look.generation != self._generation or not known:
                self._ring.clear()  # texts changed behind us: remember what the database says now
                self._ring.push([event for event in look.events if event["seq"] <= self._emitted])
                self._generation = look.generation
            frame = first_frame([event for event in look.events if event["seq"] > self._emitted])
            if not frame:
                return None
            self._ring.push(frame)
            self._emitted, self._moved_at = frame[-1]["seq"], time.monotonic()
            sent = {"epoch": look.standing["epoch"], "head": self._emitted, "events": list(frame)}
            if self._emitted == look.standing["head"]:  # so that who leaves on the last line has the last digest
                sent["digest"] = look.standing["digest"]
            return sent

    # --- heartbeat and farewell ----------------------------------------------------------------------

    def _beat_when_due(self) -> None:
        """Every 15 s ± 20 %, and at once when the state changed; only with everything sent, else readers would ask."""
        if self._emitted < self._standing["head"]:
            return
        if self._said_state and self._said_state == self._standing["state"] and time.monotonic() < self._beat_at:
            return
        self._said_state = self._standing["state"]
        self._send("hb", self._standing, self.place.room)
        self._draw_beat()

    def _draw_beat(self) -> None:
        spread = random.uniform(1 - BEAT_SPREAD, 1 + BEAT_SPREAD)  # noqa: S311 — spreads requests, protects nothing
        self._beat_at = time.monotonic() + BEAT_SECONDS * spread

    def _close(self, sid: str, code: str) -> None:
        self.remove(sid)
        self.drop(sid, code)

    def _close_all(self, code: str) -> None:
        for sid in self._current():
            self._close(sid, code)


def wait_after(took: float) -> float:
    """Seconds until the next look, after a frame that took so many to send."""
    return min(FRAME_SECONDS, took * FRAME_SHARE)


class Tailers:
    """The tailers of one app, by live text; started with the first reader, ended with the last."""

    def __init__(self, app: Flask, send: Send, judge: Judge, drop: Callable[[str, str], None]) -> None:
        self.app = app
        self._parts = (send, judge, drop)
        self._lock = threading.RLock()
        self._by_session: dict[str, Tailer] = {}
        self._by_sid: dict[str, Tailer] = {}

    def follow(self, place: Place, sid: str, shown: tuple[str, ...]) -> Tailer:
        """The tailer of a live text, with this reader, who is in its room already.

        Raises:
            NotFound: there is none, or the plugin is off.
        """
        with self._lock:
            tailer = self._by_session.get(place.session_id)
            if tailer is None or not tailer.add(sid, shown):
                tailer = Tailer(self.app, place, *self._parts)
                tailer.add(sid, shown)
                tailer.begin()
                self._by_session[place.session_id] = tailer  # known before the start, in which others get their turn
                hints.listen(self._hint)
                tailer.start()
            self._by_sid[sid] = tailer
            return tailer

    def following(self, place: Place) -> Tailer | None:
        """The tailer of a live text that has readers already."""
        tailer = self._by_session.get(place.session_id)
        return None if tailer is None or tailer.ended else tailer

    def leave(self, sid: str) -> Place | None:
        """A reader that left or was closed; answers what it followed."""
        with self._lock:
            tailer = self._by_sid.pop(sid, None)
            if tailer is None:
                return None
            if tailer.remove(sid) and self._by_session.get(tailer.place.session_id) is tailer:
                del self._by_session[tailer.place.session_id]
            if not self._by_session:
                hints.forget(self._hint)
            return tailer.place

    def _hint(self, _jurisdiction_id: str, session_id: str, _head: int) -> None:
        tailer = self._by_session.get(session_id)
        if tailer is not None:
            tailer.wake()
