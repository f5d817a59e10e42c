"""How soon after a frame the next one goes, and what a crowd that comes at once costs: in counts, whatever the machine."""

from __future__ import annotations

from typing import Any

import pytest

from core import jurisdictions
from core.db import db
from plugins.meetings.live import reading
from plugins.meetings.live.tailer import Place, Tailer, Tailers, wait_after


@pytest.mark.parametrize(("took", "waits"), [(0.0, 0.0), (0.004, 0.002), (0.08, 0.04), (0.2, 0.1), (3.0, 0.1)])
def test_the_next_frame_waits_half_of_what_the_last_one_took(took: float, waits: float) -> None:
    assert wait_after(took) == pytest.approx(waits)


def test_a_look_says_what_its_frame_took(app: Any, hall: Any) -> None:
    place = of(hall)
    sent: list[str] = []
    tailer = Tailer(app, place, lambda name, *_: sent.append(name), nobody, nothing)
    tailer.begin()
    tailer.step()
    sent.clear()
    assert tailer.step() is None
    hall.say("一")
    took = tailer.step()
    assert sent == ["events"]
    assert took is not None
    assert took >= 0


def test_those_who_come_during_the_start_follow_the_same_tailer(
    app: Any, hall: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread's start lets others have their turn: they join from memory, not each by the database."""
    place = of(hall)
    tailers = Tailers(app, lambda *_: None, nobody, nothing)
    met: list[Any] = []
    monkeypatch.setattr(
        Tailer, "start", lambda tailer: met.append((tailer, tailers.following(place), tailer.catch_up(0, None)))
    )
    tailer = tailers.follow(place, "first", ())
    assert [(started, known) for started, known, _ in met] == [(tailer, tailer)]
    assert tailers.follow(place, "second", ()) is tailer
    assert len(met) == 1
    tailers.leave("first")
    tailers.leave("second")


def of(hall: Any) -> Place:
    """Its live text; what was read is let go of."""
    with jurisdictions.enter(hall.office.place):
        session = reading.of_meeting(hall.meeting)
        found = Place("meetings", session.jurisdiction_id, session.id)
    db.session.remove()
    return found


def nobody(*_: Any) -> dict[str, str]:
    """No right is lost."""
    return {}


def nothing(*_: Any) -> None:
    """Nobody is dropped."""
