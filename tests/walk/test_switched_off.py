"""A plugin that is off in a county: not in its menus, sockets, tasks or hooks (its addresses: tests/core)."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from core import docs, jurisdictions, plugins, tasks
from core.db import db, write
from core.models import Announcement
from core.permissions import SYSTEM
from tests.walk.conftest import Walk
from tests.walk.counties import EVERYTHING, UNKNOWN, County


@pytest.fixture(params=["on", "off"])
def state(request: pytest.FixtureRequest, own_walk: Walk) -> str:
    """`meetings` on or off in `here`; in the other county it stays on."""
    place = own_walk.here.place
    with own_walk.app.app_context(), jurisdictions.enter(place), write():
        plugins.switch(SYSTEM, place, "meetings", request.param, reason="测试")
    return str(request.param)


def test_menus(own_walk: Walk, state: str) -> None:
    for county in (own_walk.here, own_walk.other):
        slug, gone = county.place.slug, county is own_walk.here and state == "off"
        for start, visitor in (("", own_walk.visitor()), ("/admin", own_walk.visitor(EVERYTHING, county))):
            page = visitor.ask(f"{start}/{slug}/").get_data(as_text=True)
            assert (f'"{start}/{slug}/meetings/' in page) is not gone


def join(walk: Walk, county: County, meeting: str) -> dict[str, Any]:
    """What a reader is told who joins the live text of a meeting as one of `county`."""
    client = walk.app.extensions["socketio"].test_client(walk.app, namespace="/live")
    asked = {"v": 1, "jurisdiction": county.place.slug, "meeting": meeting, "epoch": None, "after": 0}
    answer: dict[str, Any] = client.emit("join", asked, namespace="/live", callback=True)
    client.disconnect(namespace="/live")
    return answer


def test_sockets(own_walk: Walk, state: str) -> None:
    here, other = own_walk.here, own_walk.other
    unknown = join(own_walk, here, UNKNOWN)
    assert not unknown["ok"]
    own = join(own_walk, here, here.stage.meetings["live"])
    assert own == unknown if state == "off" else own["ok"]
    for name in other.stage.meetings:  # the other county's meetings are nowhere here, on or off
        assert join(own_walk, here, other.stage.meetings[name]) == unknown
    assert join(own_walk, other, other.stage.meetings["live"])["ok"]


def test_tasks(own_walk: Walk, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: set[tuple[str, str]] = set()

    @contextmanager
    def note(owner: str, name: str, place: str) -> Iterator[None]:
        ran.add((name, place))
        yield

    monkeypatch.setattr(tasks, "_shielded", note)
    with own_walk.app.app_context():
        schedules = plugins.installed().build("register_schedules")
        assert schedules
        for plugin, item in schedules:
            module, _, name = item.task.rpartition(".")
            getattr(importlib.import_module(module), name)()
            here = own_walk.here.place.slug
            assert ((name, here) in ran) is (state == "on" or plugin != "meetings")
            assert (name, own_walk.other.place.slug) in ran


def test_hooks(own_walk: Walk, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def call_one(_self: Any, plugin: str, hook: str, **_arguments: Any) -> Iterator[Any]:
        asked.append((plugin, hook))
        return iter(())

    monkeypatch.setattr(plugins.Plugins, "call_one", call_one)
    expected = [
        name for name in own_walk.app.extensions["mingtang.plugins"].names if (name, state) != ("meetings", "off")
    ]
    place = own_walk.here.place
    with own_walk.app.app_context(), jurisdictions.enter(place):
        for hook in docs.hooks():
            for call in (plugins.collect, plugins.ask):
                asked.clear()
                call(hook, place)
                assert asked == [(name, hook) for name in expected]
        before = len(db.session.query(Announcement).all())
        with write():
            plugins.announce("publication_released", place, publication_id=UNKNOWN)
        assert len(db.session.query(Announcement).all()) - before == len(expected)
