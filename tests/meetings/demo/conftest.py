"""A filled demo, made once for the module that asks for it; quick hashes, everything else as `./mingtang demo`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from core import calendar_data, demo, migrate, passwords
from core.app import create_app
from core.db import db


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a demo as it stands right after the fill."""
    data = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
        app = create_app(DATA=data, TESTING=True, SQLALCHEMY_DATABASE_URI=f"sqlite:///{data / 'mingtang.db'}")
        with app.app_context():
            migrate.upgrade()
            calendar_data.ensure()
            list(demo.fill())
            db.session.remove()
            db.engine.dispose()
    return data


@pytest.fixture
def app(filled: Path, tmp_path: Path) -> Iterator[Flask]:
    """An app on a copy of the filled demo, whatever the database of the other tests."""
    data = tmp_path / "data"
    shutil.copytree(filled, data)
    overrides: dict[str, Any] = {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{data / 'mingtang.db'}"}
    app = create_app(DATA=data, TESTING=True, DEMO=True, **overrides)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
