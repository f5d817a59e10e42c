"""The protocol under faults: whatever is lost, doubled, reordered or restarted, a reader ends with the public record.

The server's half is the real one: writing service, tailer, reading. Only the wire between is made of lists, so that
every fault can be drawn, and the tailer's loop is turned by hand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
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
from core.db import db, new_id, write
from core.permissions import SYSTEM
from core.refusals import WrongState
from plugins.meetings import sockets
from plugins.meetings.live import reading, record, writer
from plugins.meetings.live.forms import JoinIn
from plugins.meetings.live.models import LivePost, LiveSession
from plugins.meetings.live.restored import begin_new_epochs
from plugins.meetings.live.tailer import Place, Tailer
from plugins.meetings.live.writer import Line
from tests.meetings.live.model_reader import ModelReader

READERS = st.integers(0, 1)
CHOICE = st.integers(0, 10_000)


class Protocol(RuleBasedStateMachine):
    """One live text, one tailer, two readers."""

    app: ClassVar[Flask]
    place: ClassVar[JurisdictionRef]

    @initialize()
    def begin(self) -> None:
        self.meeting, self.said = new_id(), 0
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

    @rule(length=st.sampled_from([1, 40, 4000]))
    def publish(self, length: int) -> None:
        self.said += 1
        try:
            with write():
                writer.publish(
                    writer.lock(self.meeting), SYSTEM, Line("speech", f"〔{self.said}〕" + "话" * (length - 1))
                )
        except WrongState:
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
            with write():
                writer.correct(writer.lock(self.meeting), SYSTEM, line.post, f"〔{self.said}〕更正", "笔误", line.rev)

    @rule(choice=CHOICE)
    def retract(self, choice: int) -> None:
        line = self.some_line(choice)
        if line is not None:
            with write():
                writer.retract(writer.lock(self.meeting), SYSTEM, line.post, "误", "已撤回")

    @rule()
    def pause_or_resume(self) -> None:
        state = "paused" if self.fresh().state == "open" else "in_session"
        with write():
            writer.follow_meeting_state(writer.lock(self.meeting), state)

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
