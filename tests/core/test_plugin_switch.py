"""A plugin switched off in a county is gone there: every rule and method of it, in every subset of the plugins."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any

import pytest
from flask import Flask
from sample.testing import Call, call, here, install, nobody, switch, thing, token_of  # noqa: F401
from werkzeug.routing import IntegerConverter, Rule

from core import jurisdictions, plugins
from core.app import create_app
from core.config import load
from core.contracts import JurisdictionRef
from core.db import Base, db
from core.permissions import Actor
from core.web.requests import AREAS

AREA_STARTS = {
    "api": "/api/v1/huichuan", "admin": "/admin/huichuan", "oparl": "/oparl/v1/huichuan", "": "/huichuan",
}  # fmt: skip


@pytest.fixture
def app(fresh: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Everything that is installed by default, and the sample plugin as a third party's."""
    install(monkeypatch)
    app = create_app(**fresh, PLUGINS=(*load(DATA=fresh["DATA"])["PLUGINS"], "sample"))
    with app.app_context():
        Base.metadata.tables["sample_thing"].create(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


def owned(app: Flask) -> dict[str, list[tuple[Rule, str]]]:
    """The rules of each plugin with every method; the entry of open data belongs to no county."""
    owners = app.extensions["mingtang.owners"]
    found: dict[str, list[tuple[Rule, str]]] = {}
    for rule in app.url_map.iter_rules():
        owner = owners.get(rule.endpoint.rpartition(".")[0])
        if owner and "jurisdiction" in rule.arguments:
            found.setdefault(owner, []).extend((rule, method) for method in sorted(rule.methods or ()))
    return found


def address(app: Flask, rule: Rule, method: str, place: str = "huichuan") -> str:
    values: dict[str, Any] = {
        name: 1 if isinstance(converter, IntegerConverter) else "x" for name, converter in rule._converters.items()
    }
    return app.url_map.bind("localhost").build(rule.endpoint, values | {"jurisdiction": place}, method)


def subsets(names: list[str]) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))


def test_every_rule_and_method_in_every_subset(app: Flask, here: JurisdictionRef, nobody: Actor) -> None:
    rules = owned(app)
    for listed in rules.values():
        for rule, _ in listed:  # the gates are looked at, not what stands behind them
            app.view_functions[rule.endpoint] = lambda **_: "reached"
    client, headers = app.test_client(), {"Authorization": f"Bearer {token_of(nobody)}"}
    unknown = {
        (area, method): client.open(start + "/no/such/address/", method=method, headers=headers).data
        for area, start in AREA_STARTS.items()
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
    }
    assert set(rules) >= {"sample"}
    for on in subsets(sorted(rules)):
        for name in rules:
            switch(here, name, "on" if name in on else "off")
        for name, listed in rules.items():
            for rule, method in listed:
                where = address(app, rule, method)
                answer = client.open(where, method=method, headers=headers)
                if name in on:
                    assert answer.status_code != 404, (on, method, where)
                    continue
                assert answer.status_code == 404, (on, method, where)
                area = where.split("/")[1] if where.split("/")[1] in AREA_STARTS else ""
                assert answer.data == unknown[area, method], (on, method, where)


def test_no_rule_of_a_plugin_stands_outside_its_gate(app: Flask) -> None:
    """Also those that a console view or a plugin of a third party adds itself."""
    owners = app.extensions["mingtang.owners"]
    for rule in app.url_map.iter_rules():
        for name in plugins.installed().names:
            starts = [area.format(name) for area in AREAS.values() if "{}" in area]
            if any(rule.rule == start or rule.rule.startswith((f"{start}/", f"{start}_")) for start in starts):
                assert owners.get(rule.endpoint.rpartition(".")[0]) == name, rule


def test_it_comes_back_with_its_data(call: Call, here: JurisdictionRef, other_county: JurisdictionRef) -> None:
    ident = thing(here)
    before = call(None, "GET", f"sample/things/{ident}")
    switch(here, "sample", "off")
    assert call(None, "GET", f"sample/things/{ident}").status_code == 404
    assert call(None, "GET", "/huichuan/sample/").status_code == 404
    assert call(None, "GET", "sample/things", place=other_county.slug).status_code == 200
    switch(here, "sample", "on")
    after = call(None, "GET", f"sample/things/{ident}")
    assert (after.status_code, after.json) == (200, before.json)


@pytest.mark.parametrize(
    ("city", "county", "on"),
    [
        (None, None, True),
        ("off", None, False),
        ("off", "on", True),
        ("on", "off", False),
        ("locked_off", None, False),
        ("locked_off", "on", False),
        ("on", "locked_off", False),
    ],
)
def test_the_nearest_ancestor_decides_but_a_lock_holds(
    call: Call, here: JurisdictionRef, city: str | None, county: str | None, on: bool
) -> None:
    for place, state in ((jurisdictions.by_slug("zunyi"), city), (here, county)):
        if state:
            switch(place, "sample", state)
    assert call(None, "GET", "sample/things").status_code == (200 if on else 404)
    assert ("sample" in plugins.enabled(here)) is on
