"""The Socket.IO namespace `/live` (live-protocol.md, Reading): join, and the staff console's `post`.

A socket only announces: what it says was committed before, and a reader that missed something finds it over HTTP.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import request
from flask_socketio import Namespace
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError

from core.db import DatabaseBusy, db, write
from core.permissions import can
from core.refusals import Forbidden, Invalid, NotFound, Refused
from core.web import fanout, problems, sockets
from core.web.api.bodies import Cleaner, validate
from plugins.meetings.live import arrivals, idempotency, reading
from plugins.meetings.live.doors import OPEN_SECONDS, Doors
from plugins.meetings.live.forms import JoinIn, LineIn, PostIn
from plugins.meetings.live.models import LiveSession
from plugins.meetings.live.tailer import GAP, Members, Place, Tailer, Tailers
from plugins.meetings.models import Meeting
from plugins.meetings.services import live, live_access
from plugins.meetings.services.live_access import Readable, Reader

PLUGIN, PATH = "meetings", "/live"
BEAT = 15
"""Seconds between heartbeats, told to readers."""
PUBLIC_RATE, STAFF_RATE = 5.0, 20.0
FAREWELL_MS = 15_000
"""Over how long the readers of a process that ends come back."""
CUT_SECONDS, FULL_SECONDS, BUSY_SECONDS = 60, 30, 2
M = TypeVar("M", bound=BaseModel)
Answer = dict[str, Any]


class LiveNamespace(Namespace):
    """Readers and stenographers of all live texts; which one a reader follows is said in `join`."""

    def __init__(self, namespace: str) -> None:
        super().__init__(namespace)
        self.allowance: dict[str, Allowance] = {}
        self.tailers: Tailers | None = None
        self.doors = Doors(0, "")

    def trigger_event(self, event: object, sid: str, *said: Any) -> Any:
        """Only our events, only their first argument; a request is set up only for those that need one."""
        if event == "connect":
            return self._arrived(sid)
        if event == "disconnect":
            return self._gone(sid)
        if event not in ("join", "post"):  # a tuple: what a client calls an event may not be hashable
            return None
        quick = self._join_quickly(sid, *said[:1]) if event == "join" else None
        return quick or super().trigger_event(event, sid, *said[:1])

    def _arrived(self, sid: str) -> None:
        """Whoever comes is nobody until `join`."""
        self.allowance.setdefault(sid, Allowance())
        if self.tailers is None:
            app = self.socketio.server.get_environ(sid, namespace=self.namespace)["flask.app"]
            self.tailers = Tailers(app, self._send, _judge, self._drop)
            self.doors = Doors(0 if app.testing else OPEN_SECONDS, app.config["SESSION_COOKIE_NAME"])

    def _gone(self, sid: str) -> None:
        """A lost connection needs no farewell."""
        self.allowance.pop(sid, None)
        self._leave(sid)

    def farewell(self) -> None:
        """The process ends as planned: each reader gets a moment of its own to come back, so that no crowd does."""
        for sid, _client in list(self.socketio.server.manager.get_participants(self.namespace, None)):
            after = random.randint(0, FAREWELL_MS)  # noqa: S311 — spreads readers, protects nothing
            self._send("bye", {"after_ms": after}, sid)

    def on_join(self, data: object = None) -> Answer:
        """Enter the room, then read the head: nothing can fall between the two."""
        return self._answered(lambda: self._join(_read(JoinIn, data)))

    def on_post(self, data: object = None) -> Answer:
        """A line by socket; `{ok, status, seq, post, rev, epoch}` or `{ok: false, status, code, detail}`."""
        if not self._within_rate(_sid()):
            return {"ok": False, "code": "BUSY", "retry_after": CUT_SECONDS}
        try:
            asked = _read(PostIn, data)
            with sockets.enter(asked.jurisdiction, PLUGIN):
                return self._post(asked, dict(data) if isinstance(data, dict) else {})
        except (Refused, NotFound, Invalid, problems.Problem, DatabaseBusy, DBAPIError) as error:
            body = problems.of(error).body()
            return {"ok": False} | {name: body[name] for name in ("status", "code", "detail", "errors")}

    # --- joining ---------------------------------------------------------------------------------------

    def _answered(self, act: Callable[[], Answer]) -> Answer:
        """The answer to a join, with the three codes readers know."""
        if not self._within_rate(_sid()):
            return {"ok": False, "code": "BUSY", "retry_after": CUT_SECONDS}
        if fanout.full(self.socketio.server):
            return {"ok": False, "code": "BUSY", "retry_after": FULL_SECONDS}
        try:
            return act()
        except (Forbidden, Invalid, problems.Problem):
            return {"ok": False, "code": "FORBIDDEN"}
        except NotFound:
            return {"ok": False, "code": "GONE"}
        except (DatabaseBusy, DBAPIError):
            return {"ok": False, "code": "BUSY", "retry_after": BUSY_SECONDS}

    def _join(self, asked: JoinIn) -> Answer:
        self._leave(_sid())
        with sockets.enter(asked.jurisdiction, PLUGIN) as here:
            found, shown = _admit(asked)
            place, public = Place(PLUGIN, here.id, found.live.id), found.public
            if public:
                self.doors.hold_open(asked, place)
            db.session.rollback()  # a new tailer looks for itself: fifteen who join at once would wait for each other
            tailer = self._enter(place, _sid(), shown)
            answer = tailer.catch_up(asked.after, asked.epoch) or _from_database(asked)
            arrivals.tell(here, asked.meeting)
        return {"ok": True, "hb": BEAT} | answer

    def _join_quickly(self, sid: str, data: object = None) -> Answer | None:
        """The same through an open door, all from memory: a twentieth of the cost. None for the ordinary way."""
        server = self.socketio.server
        found = self.doors.find(data, server.get_environ(sid, namespace=self.namespace))
        if found is None or self.tailers is None or fanout.full(server):
            return None
        asked, place = found
        tailer = self.tailers.following(place)
        answer = tailer.catch_up(asked.after, asked.epoch) if tailer else None
        if answer is None or not self._within_rate(sid):
            return None
        self._leave(sid)
        answer = self._enter(place, sid, ()).catch_up(asked.after, asked.epoch)
        return None if answer is None else {"ok": True, "hb": BEAT} | answer

    def _enter(self, place: Place, sid: str, shown: tuple[str, ...]) -> Tailer:
        """Into the room, and among those whose rights are looked at again."""
        assert self.tailers is not None
        if not self.socketio.server.manager.is_connected(sid, self.namespace):
            raise NotFound  # gone while it was being looked up
        self.socketio.server.enter_room(sid, place.room, namespace=self.namespace)
        try:
            tailer = self.tailers.follow(place, sid, shown)
        except Exception:  # nobody stays in a room whose rights nobody looks at
            self.socketio.server.leave_room(sid, place.room, namespace=self.namespace)
            raise
        if not self.socketio.server.manager.is_connected(sid, self.namespace):
            self._leave(sid)
        return tailer

    def _leave(self, sid: str) -> None:
        place = self.tailers.leave(sid) if self.tailers else None
        if place is not None and self.socketio.server.manager.is_connected(sid, self.namespace):
            self.socketio.server.leave_room(sid, place.room, namespace=self.namespace)

    def _drop(self, sid: str, code: str) -> None:
        """A reader that may read no longer: told, and out of the room."""
        self._leave(sid)
        self.socketio.emit("closed", {"code": code}, to=sid, namespace=self.namespace)

    def _send(self, event: str, data: Any, to: str) -> None:
        self.socketio.emit(event, data, to=to, namespace=self.namespace)

    # --- writing ---------------------------------------------------------------------------------------

    def _post(self, asked: PostIn, sent: Answer) -> Answer:
        who = live_access.reader_of(live_access.credentials()).actor
        if not who.id:
            raise problems.Problem(401)
        if can(who, live.WRITE):
            self.allowance[_sid()].rate = STAFF_RATE
        line = {name: value for name, value in sent.items() if name in LineIn.model_fields}
        key = idempotency.request(who, asked.key, f"POST {asked.meeting}/posts", line)
        with write():
            done = live.publish(who, asked.meeting, asked, key)
        status = 202 if done.answer.get("state") == "held" else 201
        return {"ok": True, "status": 200 if done.again else status} | done.answer

    def _within_rate(self, sid: str) -> bool:
        """Cheap, before anything is read; who goes beyond is cut off."""
        allowance = self.allowance.setdefault(sid, Allowance())
        if allowance.take():
            return True
        self._drop(sid, "BUSY")
        fanout.cut(self.socketio.server, sid, self.namespace)
        return False


class Allowance:
    """Messages a connection may send: `rate` a second, one second's worth saved up."""

    def __init__(self) -> None:
        self.rate = PUBLIC_RATE
        self._left, self._at = PUBLIC_RATE, time.monotonic()

    def take(self) -> bool:
        """Use one, False when there is none."""
        now = time.monotonic()
        self._left = min(self.rate, self._left + (now - self._at) * self.rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]


def _read(model: type[M], data: object) -> M:
    """The message as the model says, by the same text rules as over HTTP."""
    return validate(model, Cleaner().clean(data if isinstance(data, dict) else {}, 0, ""))


def _admit(asked: JoinIn) -> tuple[Readable, tuple[str, ...]]:
    """By what the connection shows, else by the ticket, which is used up then."""
    shown = live_access.credentials()
    try:
        return live_access.open_for(live_access.reader_of(shown), asked.meeting), shown
    except (NotFound, Forbidden):
        if not asked.ticket:
            raise
    with write():
        shown = live_access.redeem_ticket(asked.ticket, asked.meeting)
    return live_access.open_for(live_access.reader_of(shown), asked.meeting), shown


def _from_database(asked: JoinIn) -> Answer:
    """What memory does not reach back to; gaps of more than 200 are for HTTP."""
    db.session.rollback()  # the transaction that admitted is older than the room
    session = reading.of_meeting(asked.meeting)
    standing = reading.standing(session)
    anew = asked.epoch not in {None, session.epoch} or asked.after > session.head
    if anew or session.head - asked.after > GAP:
        return standing | {"events": [], "more": not anew, "reset": anew}
    return reading.window(session, asked.after, GAP) | {"reset": False}


def _judge(session: LiveSession, members: Callable[[], Members]) -> dict[str, str]:
    """Rights looked at again: whom they admit no longer."""
    if session.rehearsal_of is not None:
        return _judge_all(members, live_access.may_follow_rehearsal)
    meeting = db.session.get(Meeting, session.meeting_id)
    if meeting is None:
        return dict.fromkeys(members(), "GONE")
    if live_access.is_public(meeting, session):
        return {}
    return _judge_all(members, lambda reader: live_access.admits(reader, meeting))


def _judge_all(members: Callable[[], Members], admits: Callable[[Reader], bool]) -> dict[str, str]:
    known: dict[tuple[str, ...], bool] = {}
    for shown in set(members().values()):
        known[shown] = admits(live_access.reader_of(shown))
    return {sid: "FORBIDDEN" for sid, shown in members().items() if not known.get(shown, True)}
