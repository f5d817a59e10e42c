"""Fixtures for tests that talk to the sample plugin: an app that has it, and `call`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from core import accounts, jurisdictions, plugins
from core.app import create_app
from core.contracts import JurisdictionRef
from core.db import Base, db, write
from core.models import ApiToken, PluginSwitch
from core.permissions import Actor
from sample.models import Thing

Call = Callable[..., Any]
Person = Callable[..., Actor]


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the package of a third party would be found."""
    found = plugins.entry_points

    def points(*, group: str, name: str) -> Any:
        return [SimpleNamespace(value="sample.plugin")] if name == "sample" else found(group=group, name=name)

    monkeypatch.setattr(plugins, "entry_points", points)


@pytest.fixture
def app(fresh: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An app with the sample plugin alone."""
    install(monkeypatch)
    app = create_app(**fresh, PLUGINS=("sample",))
    with app.app_context():
        Base.metadata.tables["sample_thing"].create(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


def token_of(actor: Actor) -> str:
    """A bearer token for the account."""
    secret = f"token-{actor.id}"
    with write() as session:
        session.add(ApiToken(account_id=actor.id, token_hash=accounts.digest(secret)))
    return secret


@pytest.fixture
def call(app: Flask) -> Call:
    """`call(actor, "POST", "sample/things", json=…)` on the API of 汇川区; "/x" as first letter: any address."""
    tokens: dict[str | None, str] = {}

    def send(actor: Actor | None, method: str, path: str, *, place: str = "huichuan", **more: Any) -> Any:
        headers = dict(more.pop("headers", {}))
        if actor:
            if actor.id not in tokens:
                tokens[actor.id] = token_of(actor)
            headers["Authorization"] = f"Bearer {tokens[actor.id]}"
        address = path if path.startswith("/") else f"/api/v1/{place}/{path}"
        return app.test_client().open(address, method=method, headers=headers, **more)

    return send


@pytest.fixture
def here(app: Flask) -> JurisdictionRef:
    """汇川区, not entered."""
    return jurisdictions.by_slug("huichuan")


@pytest.fixture
def organiser(person: Person, here: JurisdictionRef) -> Actor:
    """May edit samples."""
    return person("organiser", place=here)


@pytest.fixture
def nobody(person: Person, here: JurisdictionRef) -> Actor:
    """An account without any role."""
    return person(place=here)


def thing(place: JurisdictionRef, **values: Any) -> str:
    """A row of the sample plugin; returns its id."""
    with jurisdictions.enter(place), write() as session:
        row = Thing(**{"title": "修路", **values})
        session.add(row)
        session.flush()
        return row.id


def switch(place: JurisdictionRef, plugin: str, state: str) -> None:
    """Switch a plugin by its row, as console and command do."""
    with write() as session:
        row = session.query(PluginSwitch).filter_by(jurisdiction_id=place.id, plugin=plugin).first()
        if row is None:
            row = PluginSwitch(jurisdiction_id=place.id, plugin=plugin)
            session.add(row)
        row.state = state
