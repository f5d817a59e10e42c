"""The real meetings lie beside the checkout and are never committed."""

from __future__ import annotations

from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]


def real_meetings() -> list[Path]:
    """The files of ../shared/data/meetings, nothing where the folder is absent."""
    for beside in (CHECKOUT.parent, CHECKOUT.parent.parent):
        folder = beside / "shared" / "data" / "meetings"
        if folder.is_dir():
            return sorted(path for path in folder.rglob("*") if path.suffix in {".xml", ".json", ".jsonl"})
    return []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `meeting_file` runs once for each real meeting."""
    if "meeting_file" in metafunc.fixturenames:
        absent = pytest.param(None, marks=pytest.mark.skip(reason="../shared/data/meetings is not there"), id="absent")
        files = [pytest.param(path, id=path.stem[:18]) for path in real_meetings()]
        metafunc.parametrize("meeting_file", files or [absent])
