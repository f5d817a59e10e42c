"""The staged county, made once for all tests that only read, and afresh for those that write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import jurisdictions
from core.app import create_app
from core.contracts import JurisdictionRef
from core.db import db
from tests.installations import Installations, seed_places
from tests.meetings.portal import stage as staging
from tests.meetings.portal.stage import Stage

Read = Callable[..., str]


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installations]:
    """Copies of an installation with the staged county, made once."""

    def seed() -> Stage:
        seed_places()
        with jurisdictions.enter(jurisdictions.by_slug("huichuan")):
            return staging.build()

    with closing(Installations(tmp_path_factory.mktemp("stages"), seed)) as made:
        yield made


@pytest.fixture(scope="session")
def staged(stages: Installations, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Stage]]:
    """An app on one; nobody changes it."""
    with stages.copy(tmp_path_factory.mktemp("staged") / "data") as config:
        app = create_app(**config)
        yield app, stages.made
        with app.app_context():
            _close()


def _close() -> None:
    db.session.remove()
    db.engine.dispose()


@pytest.fixture
def app(stages: Installations, tmp_path: Path) -> Iterator[Flask]:
    """An app on a copy of one's own, to be written into."""
    with stages.copy(tmp_path / "data") as config:
        app = create_app(**config)
        with app.app_context():
            yield app
            _close()


@pytest.fixture
def stage(staged: tuple[Flask, Stage]) -> Stage:
    """What is there to read."""
    return staged[1]


@pytest.fixture
def read(staged: tuple[Flask, Stage]) -> Read:
    """The HTML the public gets: `read(path, 404, lang="en")`."""

    def get(path: str, status: int = 200, lang: str = "zh") -> str:
        answer = staged[0].test_client().get(path, headers={"Accept-Language": lang})
        assert answer.status_code == status, (path, answer.status_code, answer.get_data(as_text=True)[:2000])
        return answer.get_data(as_text=True)

    return get


@pytest.fixture
def made(county: JurisdictionRef, stages: Installations) -> Stage:
    """What is there in the app of one's own, inside the county."""
    return stages.made


class Visitor:
    """Somebody without account who fills forms, token and all."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, status: int = 200) -> str:
        """The page."""
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.get_data(as_text=True)[:2000])
        return answer.get_data(as_text=True)

    def send(self, path: str, status: int = 303, **form: str) -> str:
        """Fill the form of the page at `path` and send it; the page that comes back, after a redirect the next one."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path))
        token = found[1] if found else ""
        answer = self.client.post(path, data=form | {"csrf_token": token})
        assert answer.status_code == status, (answer.status_code, answer.get_data(as_text=True)[:2000])
        return self.get(answer.location) if status == 303 else answer.get_data(as_text=True)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A new visitor of the app of one's own."""
    return Visitor(app)
