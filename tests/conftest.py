"""Fixtures every test shares: an app on its own data folder, two counties, people with roles."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, select

from core import jurisdictions, migrate
from core.app import create_app
from core.contracts import JurisdictionRef
from core.db import db, write
from core.models import Account, Agency, Jurisdiction, RoleGrant
from core.permissions import Actor, actor_for

POSTGRES = os.environ.get("MINGTANG_TEST_POSTGRES", "")
"""Address of a PostgreSQL server without database name: the same tests then run there (tests/servers)."""
_numbers = itertools.count()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, seeded data folder (and database), made once and copied for every test."""
    folder = tmp_path_factory.mktemp("template")
    if POSTGRES:
        _on_server("DROP DATABASE IF EXISTS mingtang_template", "CREATE DATABASE mingtang_template")
    app = create_app(DATA=folder, TESTING=True, **_database("mingtang_template"))
    with app.app_context():
        migrate.upgrade()
        _seed_places()
        db.session.remove()
        db.engine.dispose()
    return folder


def _database(name: str) -> dict[str, str]:
    return {"SQLALCHEMY_DATABASE_URI": POSTGRES.replace("DATABASE", name)} if POSTGRES else {}


def _on_server(*statements: str) -> None:
    engine = create_engine(POSTGRES.replace("DATABASE", "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def _seed_places() -> None:
    with write() as session:
        city = Jurisdiction(slug="zunyi", name="遵义市", name_en="Zunyi")
        session.add(city)
        session.flush()
        for position, (slug, name) in enumerate({"huichuan": "汇川区", "meitan": "湄潭县"}.items(), 1):
            session.add(Jurisdiction(slug=slug, name=name, parent_id=city.id, position=position))
    for place in jurisdictions.everywhere():
        with jurisdictions.enter(place), write() as session:
            session.add(Agency(code="office", name=f"{place.name}人民政府办公室", kind="government"))
            session.add(Agency(code="education", name=f"{place.name}教育局"))


@pytest.fixture
def fresh(template: Path, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Configuration of an installation of one's own: `create_app(**fresh, PLUGINS=…)`."""
    data = tmp_path / "data"
    shutil.copytree(template, data)
    name = f"mingtang_test_{next(_numbers)}"
    if POSTGRES:
        _on_server(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} TEMPLATE mingtang_template")
    yield {"DATA": data, "TESTING": True, **_database(name)}
    if POSTGRES:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


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
