"""The protocol under faults: whatever is lost, doubled, reordered or restarted, a reader ends with the public record.

The server's half is the real one: writing service, tailer, reading. Only the wire between is made of lists, so that
every fault can be drawn, and the tailer's loop is turned by hand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, ClassVar

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.contracts import JurisdictionRef
from core.db import clock_at, db, new_id, utcnow, write
from core.permissions import SYSTEM, Actor
from core.refusals import Refused
from plugins.meetings import sockets
from plugins.meetings.live import confidential, held, reading, record, writer
from plugins.meetings.live.forms import JoinIn
from plugins.meetings.live.models import IN_QUEUE, LiveEvent, LiveHeld, LivePost, LiveSession
from plugins.meetings.live.restored import begin_new_epochs
from plugins.meetings.live.tailer import Place, Tailer
from plugins.meetings.live.writer import Line
from tests.meetings.live.model_reader import ModelReader

READERS = st.integers(0, 1)
CHOICE = st.integers(0, 10_000)
WRITER = Actor("速录员", "速录员")


class Protocol(RuleBasedStateMachine):
    """One live text, one tailer, two readers."""

    app: ClassVar[Flask]
    place: ClassVar[JurisdictionRef]

    @initialize()
    def begin(self) -> None:
        self.meeting, self.said = new_id(), 0
        self.waiting: list[str] = []
        """What must go out next, in this order, unless a person decides otherwise."""
        self.later = timedelta()
        with write():
            writer.follow_meeting_state(writer.ensure_session(self.meeting), "in_session")
        self.readers = [ModelReader(self.window, self.snapshot) for _ in range(2)]
        self.start_server()

    # --- the server ------------------------------------------------------------------------------------

    def fresh(self) -> LiveSession:
        db.session.rollback()
        return reading.of_meeting(self.meeting)

    def window(self, after: int, epoch: str) -> dict[str, Any]:
        return reading.window(self.fresh(), after, 7, epoch)

    def snapshot(self) -> dict[str, Any]:
        return reading.snapshot(self.fresh())

    def start_server(self) -> None:
        place = Place("meetings", self.place.id, self.fresh().id)
        self.tailer = Tailer(self.app, place, self.send, lambda *_: {}, lambda *_: None)
        self.tailer.begin()

    def send(self, name: str, frame: Mapping[str, Any], _to: str) -> None:
        for reader in self.readers:
            if reader.connected:
                reader.wire.append((name, json.loads(json.dumps(frame))))

    @rule(
        lines=st.lists(
            st.tuples(st.sampled_from([1, 40, 4000]), st.sampled_from([None, 0, 10, 180])), min_size=1, max_size=4
        )
    )
    def publish(self, lines: list[tuple[int, int | None]]) -> None:
        """Some lines, each perhaps after the organiser has set another delay."""
        for length, delay in lines:
            self.publish_one(length, delay)

    def publish_one(self, length: int, delay: int | None) -> None:
        self.said += 1
        line = Line("speech", f"〔{self.said}〕" + "话" * (length - 1))
        try:
            with clock_at(utcnow() + self.later), write():
                session = writer.lock(self.meeting)
                if delay is not None:
                    held.set_delay(session, SYSTEM, delay)
                if held.is_wanted(session):
                    self.waiting.append(held.hold(session, WRITER, line, two_persons=self.said % 4 == 0).post)
                else:
                    writer.publish(session, SYSTEM, line)
        except Refused:
            assert self.fresh().state == "paused"

    def some_line(self, choice: int) -> LivePost | None:
        posts = (
            db.session.query(LivePost)
            .filter_by(session_id=self.fresh().id, state="public")
            .order_by(LivePost.seq)
            .all()
        )
        return posts[choice % len(posts)] if posts else None

    @rule(choice=CHOICE)
    def correct(self, choice: int) -> None:
        line = self.some_line(choice)
        if line is not None:
            self.said += 1
            with suppress(Refused), write():
                writer.correct(writer.lock(self.meeting), SYSTEM, line.post, f"〔{self.said}〕更正", "笔误", line.rev)

    @rule(choice=CHOICE)
    def retract(self, choice: int) -> None:
        line = self.some_line(choice)
        if line is not None:
            with write():
                writer.retract(writer.lock(self.meeting), SYSTEM, line.post, "误", "已撤回")

    # --- hold and release, confidential item -------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 20, 200]))
    def time_passes(self, seconds: int) -> None:
        """The sweep comes by, twice: what is let out is the front of the queue, in order."""
        self.later += timedelta(seconds=seconds)
        before = self.public()
        with clock_at(utcnow() + self.later):
            for _ in range(2):
                with write():
                    held.release_due(writer.lock(self.meeting))
        out = [post for post in self.public() if post not in before]
        assert out == self.waiting[: len(out)]
        self.waiting = self.waiting[len(out) :]
        session = self.fresh()
        assert not out or (session.stopped_at is None and session.confidential_at is None)

    @rule(choice=CHOICE, who=st.sampled_from(["甲", "乙"]))
    def release(self, choice: int, who: str) -> None:
        """A person lets out the first that waits, or one that was stopped; a listed word takes two of them."""
        row = self.some_held(choice)
        if row is None:
            return
        two, first, post = row.two_persons, row.first_by, row.post
        try:
            with write():
                session = writer.lock(self.meeting)
                done = held.release(session, Actor(who, who), writer.find_post(session, post))
        except Refused:
            return
        if isinstance(done, LivePost):
            assert (two, first) == (True, None)
            return
        assert not two or first not in {None, who}
        if post in self.waiting:
            assert self.waiting.pop(0) == post

    @rule(choice=CHOICE, refuse=st.booleans())
    def stop_or_refuse(self, choice: int, refuse: bool) -> None:
        row = self.some_held(choice)
        if row is None:
            return
        post = row.post
        with write():
            session = writer.lock(self.meeting)
            line = writer.find_post(session, post)
            if refuse:
                held.refuse(session, SYSTEM, line, "不发")
            else:
                held.stop(session, SYSTEM, line)
        self.waiting = [one for one in self.waiting if one != post]

    @rule()
    def stop_all_or_go_on(self) -> None:
        with write():
            session = writer.lock(self.meeting)
            (held.go_on if session.stopped_at else held.stop_all)(session, SYSTEM)

    @rule(who=st.sampled_from(["甲", "乙"]))
    def confidential_item(self, who: str) -> None:
        """It begins, or one of two persons says that it may go on."""
        with suppress(Refused), write():
            session = writer.lock(self.meeting)
            if session.confidential_at is None:
                confidential.begin(session, SYSTEM, "现在审议不公开的议题。")
                return
            first = session.confirmed_by
            assert confidential.confirm(session, Actor(who, who), "in_session") == (first is not None)
            assert first != who

    def some_held(self, choice: int) -> LiveHeld | None:
        session = self.fresh()
        rows = db.session.query(LiveHeld).filter(LiveHeld.session_id == session.id, LiveHeld.state.in_(IN_QUEUE))
        found = rows.order_by(LiveHeld.place).all()
        return found[choice % len(found)] if found else None

    def public(self) -> list[str]:
        """Lines by their number."""
        here = LivePost.session_id == self.fresh().id, LivePost.seq.is_not(None)
        return [row.post for row in db.session.query(LivePost).filter(*here).order_by(LivePost.seq)]

    @rule()
    def pause_or_resume(self) -> None:
        session = self.fresh()
        state, silent = ("paused" if session.state == "open" else "in_session"), session.confidential_at is not None
        with write():
            writer.follow_meeting_state(writer.lock(self.meeting), state)
        assert not silent or self.fresh().state == "paused"

    @rule()
    def look(self) -> None:
        """The tailer's turn; what it keeps in memory afterwards holds no text that was taken back before."""
        self.tailer.step()
        gone = {row.post for row in db.session.query(LivePost).filter_by(session_id=self.fresh().id, state="retracted")}
        assert not [event for event in self.tailer._ring.events if event.get("post") in gone and event.get("text")]

    @rule()
    def server_dies(self) -> None:
        """Memory and everything under way are lost; the rows are not."""
        for reader in self.readers:
            reader.connected = False
            reader.wire.clear()
        self.start_server()

    @rule()
    def backup_is_put_back(self) -> None:
        with write():
            begin_new_epochs()

    # --- the wire --------------------------------------------------------------------------------------

    @rule(number=READERS)
    def join(self, number: int) -> None:
        """Enter the room, then read the head: the order in plugins/meetings/sockets.py."""
        reader = self.readers[number]
        reader.connected = True
        asked = JoinIn(v=1, jurisdiction="x", meeting=self.meeting, epoch=reader.epoch, after=reader.last)
        self.fresh()
        answer = self.tailer.catch_up(asked.after, asked.epoch) or sockets._from_database(asked)
        reader.receive(json.loads(json.dumps(answer)))
        if answer["more"]:
            reader.repair()

    @rule(number=READERS)
    def leave(self, number: int) -> None:
        self.readers[number].connected = False
        self.readers[number].wire.clear()

    @precondition(lambda self: any(reader.wire for reader in self.readers))
    @rule(
        number=READERS,
        choice=CHOICE,
        fate=st.sampled_from(["arrives", "arrives", "is lost", "arrives twice", "is kept"]),
    )
    def a_frame(self, number: int, choice: int, fate: str) -> None:
        """Any of those under way, not only the first."""
        reader = self.readers[number]
        if not reader.wire:
            return
        at = choice % len(reader.wire)
        frame = reader.wire[at][1] if fate == "is kept" else reader.wire.pop(at)[1]
        for _ in range({"is lost": 0, "arrives twice": 2}.get(fate, 1)):
            reader.receive(frame)

    @rule(number=READERS)
    def repair(self, number: int) -> None:
        if self.readers[number].epoch:
            self.readers[number].repair()

    # --- what always holds -----------------------------------------------------------------------------

    @invariant()
    def nobody_is_ahead_of_the_record(self) -> None:
        session = self.fresh()
        for reader in getattr(self, "readers", []):
            assert reader.epoch != session.epoch or reader.last <= session.head

    @invariant()
    def numbers_are_for_public_lines_alone(self) -> None:
        """seq contiguous, head = max(seq); what waits has no number, no event and is counted."""
        if not hasattr(self, "readers"):
            return
        session = self.fresh()
        events = db.session.query(LiveEvent).filter_by(session_id=session.id).order_by(LiveEvent.seq).all()
        assert [event.seq for event in events] == list(range(1, session.head + 1))
        rows = {row.post: row for row in db.session.query(LiveHeld).filter_by(session_id=session.id)}
        queue = [row.post for row in sorted(rows.values(), key=lambda row: row.place) if row.state == "waiting"]
        assert (session.waiting, queue) == (len(self.waiting), self.waiting)
        named = {event.post for event in events}
        for post in db.session.query(LivePost).filter_by(session_id=session.id):
            unseen = post.post in rows and rows[post.post].state != "released"
            assert (post.state == "held", post.seq is None, post.post not in named) == (unseen,) * 3
            if post.post in rows and not unseen and rows[post.post].two_persons:
                assert len({rows[post.post].first_by, rows[post.post].decided_by} - {None}) == 2
            if post.post in rows and not unseen:
                published = next(event for event in events if event.post == post.post)
                assert published.actor_id == (rows[post.post].decided_by or WRITER.id)

    def teardown(self) -> None:
        """The network heals, the meeting is sealed: every reader has exactly the record."""
        if not hasattr(self, "readers"):
            return
        with write():
            writer.follow_meeting_state(writer.lock(self.meeting), "closed")
            writer.follow_meeting_state(writer.lock(self.meeting), "sealed")
        for number, reader in enumerate(self.readers):
            self.join(number)
            while self.tailer.step():
                pass
            for _name, frame in reader.wire:
                reader.receive(frame)
            reader.repair()
        sealed = record.record_json(self.fresh())
        assert list(record.faults(self.fresh())) == []
        shown = {line["post"]: (line["rev"], line["state"], line["text"]) for line in self.snapshot()["posts"]}
        for reader in self.readers:
            assert (reader.epoch, reader.last, reader.digest) == (sealed["epoch"], sealed["count"], sealed["digest"])
            assert digest(reader.lines) == digest(shown)


def digest(lines: Mapping[str, Any]) -> str:
    """Of lines in their order."""
    return hashlib.sha256(json.dumps(list(lines.items()), ensure_ascii=False).encode()).hexdigest()


def test_a_reader_ends_with_exactly_the_public_record(app: Flask, county: JurisdictionRef) -> None:
    Protocol.app, Protocol.place = app, county
    run_state_machine_as_test(
        Protocol,
        settings=settings(
            max_examples=20, stateful_step_count=40, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
