"""One app with two full counties, for all walks; nobody changes anything, which is looked at too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import MetaData, select
from werkzeug.test import TestResponse

from core.app import create_app
from core.db import db
from tests.installations import Installations
from tests.walk.counties import HERE, OTHER, County, seed


@dataclass
class Walk:
    """The app and its two counties."""

    app: Flask
    here: County
    other: County

    def visitor(self, person: str = "", county: County | None = None) -> Visitor:
        """Somebody of a county (by default `here`); "" is the public."""
        return Visitor(self.app, (county or self.here).session(person) if person else "")

    def rows(self) -> dict[str, Any]:
        """Everything that is stored, except what every request may note (sessions in use)."""
        with self.app.app_context(), db.engine.connect() as connection:
            tables = MetaData()
            tables.reflect(connection)
            return {
                name: sorted(map(repr, connection.execute(select(table))))
                for name, table in tables.tables.items()
                if name != "core_login_session"
            }


class Visitor:
    """A browser or, under /api/, a program with a bearer token."""

    def __init__(self, app: Flask, secret: str) -> None:
        self.secret = secret
        self.client: FlaskClient = app.test_client()
        with app.test_request_context():
            from flask import session

            token = generate_csrf()
            kept = dict(session)
        with self.client.session_transaction() as cookie:
            cookie.update(kept | ({"token": secret} if secret else {}))
        self.headers = {"X-CSRFToken": token, "Accept-Language": "zh"}

    def ask(self, address: str, method: str = "GET", *, bearer: bool | None = None) -> TestResponse:
        """One request with all that a well-meaning caller sends."""
        headers = dict(self.headers)
        if self.secret and (address.startswith("/api/") if bearer is None else bearer):
            headers["Authorization"] = f"Bearer {self.secret}"
        body: dict[str, Any] = {}
        if method != "GET":
            body = {"json": {"event": "withdraw"}} if address.startswith("/api/") else {"data": {"event": "withdraw"}}
        return self.client.open(address, method=method, headers=headers, **body)


@pytest.fixture(scope="session")
def counties(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installations]:
    """Copies of an installation with the two counties."""
    with closing(Installations(tmp_path_factory.mktemp("counties"), seed)) as made:
        yield made


@pytest.fixture(scope="session")
def walk(counties: Installations, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The two counties, for everybody who only looks."""
    with _walk(counties, tmp_path_factory.mktemp("walk") / "data") as walk:
        yield walk


@pytest.fixture
def own_walk(counties: Installations, tmp_path: Path) -> Iterator[Walk]:
    """The two counties for oneself."""
    with _walk(counties, tmp_path / "data") as walk:
        yield walk


@pytest.fixture(scope="module")
def walk_apart(counties: Installations, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The two counties for one module."""
    with _walk(counties, tmp_path_factory.mktemp("apart") / "data") as walk:
        yield walk


@contextmanager
def _walk(counties: Installations, data: Path) -> Iterator[Walk]:
    with counties.copy(data) as config:
        app = create_app(**config, PAGE_CACHE_SECONDS=0.0, LINK_FAILURES=1_000_000)
        yield Walk(app, counties.made[HERE], counties.made[OTHER])
        with app.app_context():
            db.engine.dispose()
