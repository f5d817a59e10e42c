"""Fixtures every test shares: an app on its own data folder, two counties, people with roles."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from core import jurisdictions
from core.app import create_app
from core.contracts import JurisdictionRef
from core.db import db, write
from core.models import Account, Agency, RoleGrant
from core.permissions import Actor, actor_for
from tests.installations import Installations, seed_places

PROCESSES = 4
"""At most: a browser, a server and a database come with each."""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The whole suite runs on all cores up to PROCESSES; chosen files in this process, which starts at once."""
    chosen = config.args_source == pytest.Config.ArgsSource.ARGS
    return 0 if chosen else min(os.cpu_count() or 1, PROCESSES)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The suites on PostgreSQL go first: each is one test of many minutes, and nobody could help with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("postgres") is None)


@pytest.fixture(scope="session", autouse=True)
def compiled_rules() -> Iterator[None]:
    """Each address rule is compiled once, not once per app: it took three quarters of every `create_app`."""
    compiled: dict[Any, Any] = {}
    compile_rule = Rule._compile_builder

    def build(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = compile_rule(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", build)
        yield


@pytest.fixture(scope="session")
def installations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installations]:
    """Copies of one seeded installation, whatever the database."""
    with closing(Installations(tmp_path_factory.mktemp("template"), seed_places)) as made:
        yield made


@pytest.fixture(scope="session")
def template(installations: Installations) -> Path:
    """The seeded data folder itself; copied, never changed."""
    return installations.template


@pytest.fixture
def fresh(installations: Installations, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Configuration of an installation of one's own: `create_app(**fresh, PLUGINS=…)`."""
    with installations.copy(tmp_path / "data") as config:
        yield config


@pytest.fixture
def app(fresh: dict[str, Any]) -> Iterator[Flask]:
    """An app on a fresh copy of the template, inside an app context."""
    app = create_app(**fresh)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def city(app: Flask) -> JurisdictionRef:
    """遵义市."""
    return jurisdictions.by_slug("zunyi")


@pytest.fixture
def county(app: Flask) -> Iterator[JurisdictionRef]:
    """汇川区, entered: services and queries run there."""
    place = jurisdictions.by_slug("huichuan")
    with jurisdictions.enter(place):
        yield place


@pytest.fixture
def other_county(app: Flask) -> JurisdictionRef:
    """湄潭县, not entered."""
    return jurisdictions.by_slug("meitan")


@pytest.fixture
def agency(county: JurisdictionRef) -> Callable[[str], Agency]:
    """Agencies of the county by code: "office", "education"."""

    def find(code: str) -> Agency:
        return db.session.scalars(select(Agency).where(Agency.code == code)).one()

    return find


@pytest.fixture
def person(app: Flask) -> Callable[..., Actor]:
    """Make a person: `person("organiser", place=county, agency=agency("office"))` → Actor."""
    made: list[Any] = []

    def make(*roles: str, place: JurisdictionRef, agency: Agency | None = None, name: str = "") -> Actor:
        made.append(1)
        login = f"{roles[0] if roles else 'nobody'}{len(made)}"
        agency_id = agency.id if agency else None
        with write() as session:
            account = Account(login=login, name=name or f"测试{len(made)}")
            session.add(account)
            session.flush()
            for role in roles:
                session.add(RoleGrant(account_id=account.id, role=role, jurisdiction_id=place.id, agency_id=agency_id))
        return actor_for(account)

    return make
