"""The order of answers of the API's edge, as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from core import accounts, plugins
from core.app import create_app
from core.contracts import JurisdictionRef
from core.db import Base, db, write
from core.models import ApiToken
from core.permissions import Actor


@pytest.fixture
def app(fresh: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An app with the sample plugin, as a third party's package would be installed."""
    monkeypatch.setattr(plugins, "entry_points", lambda **_: [SimpleNamespace(value="sample.plugin")])
    app = create_app(**fresh, PLUGINS=("sample",))
    with app.app_context():
        Base.metadata.tables["sample_thing"].create(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


Call = Callable[..., Any]


@pytest.fixture
def call(app: Flask) -> Call:
    """`call(actor, "POST", "things", json=…)` on the sample plugin's API of 汇川区."""
    tokens: dict[str, str] = {}

    def send(actor: Actor | None, method: str, path: str, *, place: str = "huichuan", **more: Any) -> Any:
        headers = dict(more.pop("headers", {}))
        if actor:
            if actor.id not in tokens:
                tokens[actor.id] = f"token-{actor.id}"
                with write() as session:
                    session.add(ApiToken(account_id=actor.id, token_hash=accounts.digest(tokens[actor.id])))
            headers["Authorization"] = f"Bearer {tokens[actor.id]}"
        return app.test_client().open(f"/api/v1/{place}/sample/{path}", method=method, headers=headers, **more)

    return send


def test_life(call: Call, person: Callable[..., Actor], app: Flask) -> None:
    place = plugins_place(app, "huichuan")
    organiser, leader = person("organiser", place=place), person("leader", place=place)
    made = call(organiser, "POST", "things", json={"title": "修路"})
    assert made.status_code == 201, made.json
    assert made.json["etag"] == "1" and made.headers["ETag"] == '"1"'
    path = f"things/{made.json['id']}"
    refused = call(organiser, "POST", f"{path}/transitions", json={"event": "submit"})
    assert (refused.status_code, refused.json["code"], refused.json["article"]) == (409, "COUNT_MISSING", "会7")
    assert call(organiser, "PATCH", path, json={"count": 2}).status_code == 428
    assert call(organiser, "PATCH", path, json={"count": 2}, headers={"If-Match": '"7"'}).status_code == 412
    changed = call(organiser, "PATCH", path, json={"count": 2}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.json
    assert call(organiser, "POST", f"{path}/transitions", json={"event": "approve"}).status_code == 403
    moved = call(organiser, "POST", f"{path}/transitions", json={"event": "submit"})
    assert moved.json == {"state": "pending", "state_label": "待审批", "etag": "3"}
    done = call(leader, "POST", f"{path}/transitions", json={"event": "approve"})
    assert done.json["state"] == "done"
    assert call(None, "GET", path, headers={"If-None-Match": '"4"'}).status_code == 304


def plugins_place(app: Flask, slug: str) -> JurisdictionRef:
    from core import jurisdictions

    return jurisdictions.by_slug(slug)
