"""Anything may be sent anywhere: an answer below 500, a problem document for every refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample.testing import install, thing, token_of

from core import jurisdictions
from core.app import create_app
from core.db import Base, db, write
from core.models import Account, RoleGrant
from core.permissions import ROLES, Actor
from core.web.openapi import api_rules

text = st.text(st.characters(codec=None), max_size=20)
wire = st.text(max_size=20)  # an address holds no lone surrogate
scalars = st.none() | st.booleans() | st.integers() | st.floats() | text
anything = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3))
words = [
    "id",
    "title",
    "kind",
    "event",
    "reason",
    "count",
    "body",
    "file",
    "agency",
    "submit",
    "release",
    "notice",
    "\x00",
    "x",
]
likely = st.dictionaries(st.sampled_from(words) | text, anything | st.sampled_from(words), max_size=6)
header = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=70)


class Target:
    """One app with one person in every role, and every address of its API."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        here = jurisdictions.by_slug("huichuan")
        with write() as session:
            account = Account(login="everything", name="全能")
            session.add(account)
            session.flush()
            for role in ROLES:
                session.add(RoleGrant(account_id=account.id, role=role, jurisdiction_id=here.id))
            ident = account.id
        self.token = token_of(Actor(ident, "全能"))
        self.known = thing(here, count=1)
        self.rules = [(rule, method) for rule, method, _ in api_rules(app)]


@pytest.fixture
def target(fresh: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    install(monkeypatch)
    app = create_app(**fresh)
    names = app.config["PLUGINS"]
    app = create_app(**fresh, PLUGINS=(*names, "sample"))
    with app.app_context():
        Base.metadata.tables["sample_thing"].create(db.engine)
        yield Target(app)
        db.session.remove()
        db.engine.dispose()


def test_nothing_that_is_sent_breaks_the_api(target: Target) -> None:
    client = target.app.test_client()

    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def send(data: st.DataObject) -> None:
        rule, method = data.draw(st.sampled_from(target.rules))
        parts = {
            name: "huichuan"
            if name == "jurisdiction"
            else data.draw(st.sampled_from([target.known, "x"]) | wire.filter(bool))
            for name in rule.arguments
        }
        adapter = target.app.url_map.bind("localhost")
        headers = {"Authorization": f"Bearer {target.token}"} | data.draw(
            st.dictionaries(
                st.sampled_from(
                    ["If-Match", "If-None-Match", "Idempotency-Key", "Accept-Language", "Content-Type", "Range"]
                ),
                header,
                max_size=3,
            )
        )
        more: dict[str, Any] = {}
        if method != "GET":
            raw = data.draw(
                st.binary(max_size=40) | st.builds(lambda body: json.dumps(body).encode(), likely | anything)
            )
            more = {"data": raw}
            headers.setdefault("Content-Type", "application/json")
        else:
            more["query_string"] = data.draw(
                st.dictionaries(
                    st.sampled_from(["after", "limit", "modified_since", "from", "days", "x"]), wire, max_size=3
                )
            )
        address = adapter.build(rule.endpoint, parts, method)
        answer = client.open(address, method=method, headers=headers, **more)
        assert answer.status_code < 500, (method, address, answer.data)
        if answer.status_code >= 400:
            assert answer.content_type == "application/problem+json"
            assert json.loads(answer.data)["status"] == answer.status_code

    send()
