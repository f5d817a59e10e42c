"""The demo's live text: moves while it is read, survives restarts and visitors, never twice at once, in demos alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import demo, jurisdictions, soundness
from core.contracts import JurisdictionRef
from core.db import db, write
from plugins.meetings.demo import places, replay, show
from plugins.meetings.demo.scripts import Call, Retract, script
from plugins.meetings.live import arrivals, reading, writer
from plugins.meetings.models import Meeting
from plugins.meetings.services import applications, meetings

pytestmark = pytest.mark.sqlite


class CutOff(Exception):
    """The process is gone."""


@pytest.fixture
def place(app: Flask) -> JurisdictionRef:
    return jurisdictions.by_slug("meitan")


@pytest.fixture
def meeting(place: JurisdictionRef) -> str:
    """The meeting in session."""
    return on_now(place)[0]


def on_now(place: JurisdictionRef) -> list[str]:
    with jurisdictions.enter(place):
        return list(db.session.scalars(select(Meeting.id).where(Meeting.state == "in_session")))


def lines(place: JurisdictionRef, meeting: str) -> list[Any]:
    with jurisdictions.enter(place):
        return reading.lines(reading.of_meeting(meeting))


def cut_after(count: int) -> Callable[[float], None]:
    left = iter(range(count - 1))

    def pause(seconds: float) -> None:
        assert 2 <= seconds <= 4
        if next(left, None) is None:
            raise CutOff

    return pause


def said(name: str) -> int:
    return sum(not isinstance(step, Call | Retract | show.Correct) for step in script(name, "湄潭县").steps)


def test_a_script_is_played_to_its_end_sealed_and_followed_by_a_fresh_meeting(
    place: JurisdictionRef, meeting: str
) -> None:
    pauses: list[float] = []
    replay.run(place, meeting, pauses.append)
    assert len(pauses) == len(script("water", "湄潭县").steps) - places.FIRST_LINES
    with jurisdictions.enter(place):
        ended = db.session.get_one(Meeting, meeting)
        assert ended.state == "sealed"
        assert {item.state for item in ended.agenda} == {"done"}
        assert all(obligation.settled for obligation in ended.obligations)
    assert len(lines(place, meeting)) == said("water")
    (fresh,) = on_now(place)
    assert fresh != meeting
    assert 0 < len(lines(place, fresh)) < 10
    assert soundness.check() == {}


def test_after_a_restart_it_goes_on_where_it_stopped(place: JurisdictionRef, meeting: str) -> None:
    for _start in range(3):
        with pytest.raises(CutOff):
            replay.run(place, meeting, cut_after(7))
    assert len(lines(place, meeting)) == sum(
        not isinstance(step, Call | Retract | show.Correct)
        for step in script("water", "湄潭县").steps[: places.FIRST_LINES + 21]
    )
    replay.run(place, meeting, lambda _seconds: None)
    assert len(lines(place, meeting)) == said("water")


def test_it_waits_while_a_visitor_has_paused_the_meeting(place: JurisdictionRef, meeting: str) -> None:
    move(place, meeting, "pause")
    waits: list[float] = []

    def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            move(place, meeting, "resume")
        if len(waits) == 6:
            raise CutOff

    before = len(lines(place, meeting))
    with pytest.raises(CutOff):
        replay.run(place, meeting, pause)
    assert len(lines(place, meeting)) - before == 3


def test_a_visitor_may_write_mend_and_move_items_himself(place: JurisdictionRef, meeting: str) -> None:
    people = demo.people(place.slug)
    with jurisdictions.enter(place), write():
        writer.publish(writer.lock(meeting), people["stenographer"], writer.Line("speech", "我也来记一句。"))
        second = db.session.get_one(Meeting, meeting).agenda[1]
        applications.move(people["organiser"], second, "postpone", reason="改日再议")
    steps = script("water", "湄潭县").steps
    correction = next(n for n, step in enumerate(steps) if isinstance(step, show.Correct))
    with pytest.raises(CutOff):
        replay.run(place, meeting, cut_after(correction - places.FIRST_LINES))
    with jurisdictions.enter(place), write():
        last = lines_now(meeting)[-1]
        writer.retract(writer.lock(meeting), people["stenographer"], last["post"], "试一试", None)
    replay.run(place, meeting, lambda _seconds: None)
    assert len(lines(place, meeting)) == said("water") + 1
    assert soundness.check() == {}


def lines_now(meeting: str) -> list[Any]:
    return reading.lines(reading.of_meeting(meeting))


def test_a_meeting_that_a_visitor_closed_is_followed_by_another(place: JurisdictionRef, meeting: str) -> None:
    move(place, meeting, "close")
    replay.run(place, meeting, lambda _seconds: None)
    assert len(on_now(place)) == 1
    with jurisdictions.enter(place):
        assert db.session.get_one(Meeting, meeting).state == "closed"


def move(place: JurisdictionRef, meeting: str, event: str) -> None:
    people = demo.people(place.slug)
    with jurisdictions.enter(place), write():
        meetings.move(people["organiser"], meetings.find(people["organiser"], meeting), event)


def test_an_ordinary_meeting_is_left_alone(place: JurisdictionRef) -> None:
    with jurisdictions.enter(place):
        announced = db.session.scalars(select(Meeting.id).where(Meeting.state == "announced")).one()
    replay.run(place, announced, cut_after(1))
    assert len(on_now(place)) == 1


class Runs:
    """Stands for the player: counts its starts, ends when told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.started, self.may_end, self.count = threading.Event(), threading.Event(), 0
        monkeypatch.setattr(replay, "run", self)

    def __call__(self, _place: JurisdictionRef, _meeting: str) -> None:
        self.count += 1
        self.started.set()
        assert self.may_end.wait(20)


def ended(name: str) -> None:
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(20)


def test_the_first_reader_starts_it_and_others_do_not_start_it_again(
    place: JurisdictionRef, meeting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Runs(monkeypatch)
    for _reader in range(5):
        arrivals.tell(place, meeting)
    assert runs.started.wait(20)
    arrivals.tell(place, meeting)
    runs.may_end.set()
    ended("demo-meitan")
    assert runs.count == 1
    arrivals.tell(place, meeting)
    ended("demo-meitan")
    assert runs.count == 2


def test_a_second_process_does_not_join_in_and_takes_over_when_the_first_is_gone(
    app: Flask, place: JurisdictionRef, meeting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Runs(monkeypatch)
    runs.may_end.set()
    with replay._alone(app, place) as mine:  # as another process holds it
        assert mine
        arrivals.tell(place, meeting)
        ended("demo-meitan")
    assert runs.count == 0
    arrivals.tell(place, meeting)
    ended("demo-meitan")
    assert runs.count == 1


def test_in_production_nothing_starts(
    app: Flask, place: JurisdictionRef, meeting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Runs(monkeypatch)
    runs.may_end.set()
    app.config["DEMO"] = False
    arrivals.tell(place, meeting)
    ended("demo-meitan")
    assert runs.count == 0
    assert not (app.config["DATA"] / "demo.meitan.lock").exists()


def test_a_page_and_a_join_tell_that_a_reader_has_come(
    app: Flask, place: JurisdictionRef, meeting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Runs(monkeypatch)
    runs.may_end.set()
    assert app.test_client().get(f"/meitan/meetings/{meeting}/live/").status_code == 200
    ended("demo-meitan")
    assert runs.count == 1
    reader = app.extensions["socketio"].test_client(app, namespace="/live")
    asked = {"v": 1, "jurisdiction": place.slug, "meeting": meeting, "epoch": None, "after": 0}
    assert reader.emit("join", asked, namespace="/live", callback=True)["ok"]
    ended("demo-meitan")
    assert runs.count == 2
    reader.disconnect(namespace="/live")
