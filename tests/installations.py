"""Installations for tests: one migrated, seeded data folder and database, handed out as copies.

On SQLite a copy is a copied file. On PostgreSQL (MINGTANG_TEST_POSTGRES) a database is used again by the next test:
making one costs five hundred files. Its rows go back to the seed; one whose tables a test has changed is thrown away.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from core import jurisdictions, migrate
from core.app import create_app
from core.db import db, write
from core.models import Agency, Jurisdiction

POSTGRES = os.environ.get("MINGTANG_TEST_POSTGRES", "")
"""Address of a PostgreSQL server, DATABASE in place of the database's name (tests/servers); empty for SQLite."""
REDIS = os.environ.get("MINGTANG_TEST_REDIS", "")
"""Address of a Redis server that carries the worker's messages (tests/servers); empty for the queue of files."""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
SHAPE = """
    SELECT md5(string_agg(concat_ws(' ', relname, attname, atttypid, atttypmod, attnotnull), ',' ORDER BY relname, attnum))
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0
"""
"""A digest of every column of every table and index."""


class Databases:
    """The databases of a PostgreSQL server for tests that run one after the other, all like `template`."""

    numbers = itertools.count(1)

    def __init__(self) -> None:
        self.free: list[str] = []
        self.server = self.connect("postgres")
        self.template = self._make("template0")

    def _make(self, like: str) -> str:
        name = f"mingtang_test_{next(self.numbers)}"
        self.server.execute(f"DROP DATABASE IF EXISTS {name}")
        self.server.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        return name

    @staticmethod
    def connect(name: str) -> psycopg.Connection[Any]:
        address = POSTGRES.replace("postgresql+psycopg", "postgresql").replace("DATABASE", name)
        return psycopg.connect(address, autocommit=True)

    def keep_seed(self) -> None:
        """Remember the rows and the shape the template has now."""
        with self.connect(self.template) as template:
            self.tables = [name for (name,) in template.execute(TABLES)]
            template.execute("CREATE SCHEMA seed")
            for name in self.tables:
                template.execute(f"CREATE TABLE seed.{name} AS TABLE {name}")
            seeded = [name for name in self.tables if template.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()]
            self.shape = template.execute(SHAPE).fetchone()
        self.rewind = "; ".join(
            ["BEGIN", "SET LOCAL session_replication_role = replica"]  # no triggers, no foreign keys
            + [f"DELETE FROM {name}" for name in self.tables]
            + [f"INSERT INTO {name} SELECT * FROM seed.{name}" for name in seeded]
            + ["COMMIT"]
        )

    def take(self) -> str:
        """A database that looks like the template."""
        return self.free.pop() if self.free else self._make(self.template)

    def give_back(self, name: str) -> None:
        """Make it look like the template again, or drop it."""
        self.server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        with self.connect(name) as database:
            for (table,) in database.execute(TABLES).fetchall():
                if table not in self.tables:
                    database.execute(f"DROP TABLE {table} CASCADE")
            same = database.execute(SHAPE).fetchone() == self.shape
            if same:
                database.execute(self.rewind)
        if same:
            self.free.append(name)
        else:
            self.server.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Installations:
    """Hands out copies of one installation, filled by `seed`; `made` is what that returned."""

    def __init__(self, template: Path, seed: Callable[[], Any]) -> None:
        self.template = template
        self.databases = Databases() if POSTGRES else None
        database = self._database(self.databases.template if self.databases else "")
        with create_app(DATA=template, TESTING=True, **database).app_context():
            migrate.upgrade()
            self.made = seed()
            db.session.remove()
            db.engine.dispose()
        if self.databases:
            self.databases.keep_seed()

    def close(self) -> None:
        """Let the server go."""
        if self.databases:
            self.databases.server.close()

    @contextmanager
    def copy(self, data: Path) -> Iterator[dict[str, Any]]:
        """Configuration of an installation of one's own in the new folder `data`, for `create_app(**config)`."""
        shutil.copytree(self.template, data)
        name = self.databases.take() if self.databases else ""
        broker = {"CELERY_BROKER_URL": REDIS} if REDIS else {}
        yield {"DATA": data, "TESTING": True, **self._database(name), **broker}
        if self.databases:
            self.databases.give_back(name)

    @staticmethod
    def _database(name: str) -> dict[str, str]:
        return {"SQLALCHEMY_DATABASE_URI": POSTGRES.replace("DATABASE", name)} if POSTGRES else {}


def seed_places() -> None:
    """One city with two counties, two agencies each."""
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
