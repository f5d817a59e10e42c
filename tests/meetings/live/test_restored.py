"""A restored live text: readers notice, the chain holds, sealed records stay what was published."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from core import backup, jurisdictions
from core.app import create_app
from core.contracts import JurisdictionRef
from core.db import db, write
from core.permissions import SYSTEM
from plugins.meetings.live import reading, record, writer
from plugins.meetings.live.models import LiveSession
from plugins.meetings.live.restored import begin_new_epochs
from plugins.meetings.live.writer import Line

MEETING = "m" * 32


@pytest.fixture
def live(county: JurisdictionRef) -> LiveSession:
    """A live text with three lines, one of them withdrawn."""
    with write():
        session = writer.ensure_session(MEETING)
        writer.follow_meeting_state(session, "in_session")
        posts = [writer.publish(writer.lock(MEETING), SYSTEM, Line("speech", text)).post for text in "一二三"]
        writer.retract(writer.lock(MEETING), SYSTEM, str(posts[1]), "涉及个人信息", None)
    return session


def test_readers_of_the_old_numbering_are_told(live: LiveSession) -> None:
    before = reading.standing(live)
    with write():
        begin_new_epochs()
    after = reading.standing(reading.of_meeting(MEETING))
    assert after["epoch"] != before["epoch"]
    assert after["head"] == before["head"]
    with pytest.raises(reading.EpochGone):
        reading.window(reading.of_meeting(MEETING), 0, epoch=before["epoch"])
    assert list(record.faults(reading.of_meeting(MEETING))) == []


def test_writing_goes_on_after_it(live: LiveSession) -> None:
    with write():
        begin_new_epochs()
        writer.publish(writer.lock(MEETING), SYSTEM, Line("speech", "四"))
    assert list(record.faults(reading.of_meeting(MEETING))) == []


def test_a_sealed_record_keeps_its_digest(live: LiveSession) -> None:
    with write():
        writer.follow_meeting_state(writer.lock(MEETING), "closed")
        writer.follow_meeting_state(writer.lock(MEETING), "sealed")
    before = record.record_json(reading.of_meeting(MEETING))
    tag = reading.etag(reading.of_meeting(MEETING))
    with write():
        begin_new_epochs()
    assert record.record_json(reading.of_meeting(MEETING)) == before
    assert reading.etag(reading.of_meeting(MEETING)) != tag


@pytest.mark.sqlite
def test_a_backup_put_back_does_it(live: LiveSession, tmp_path: Path) -> None:
    path, _ = backup.create(tmp_path / "b.tar.gz")
    other: Flask = create_app(DATA=tmp_path / "elsewhere", TESTING=True)
    before = live.epoch
    with other.app_context():
        backup.restore(path)
        with jurisdictions.enter(jurisdictions.by_slug("huichuan")):
            (session,) = db.session.scalars(select(LiveSession))
            assert session.epoch != before
            assert list(record.faults(session)) == []
        db.session.remove()
        db.engine.dispose()
