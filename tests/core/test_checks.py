"""`./mingtang check`: what it covers, and how a failure reads."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core import checks

GOOD = [[sys.executable, "-c", "print('chatter')"]]
BAD = [[sys.executable, "-c", "import sys; print('line 1'); print('line 2', file=sys.stderr); sys.exit(3)"]]


def run(monkeypatch: pytest.MonkeyPatch, *names: str, **found: list[list[str]]) -> int:
    monkeypatch.setattr(checks, "CHECKS", found or checks.CHECKS)
    monkeypatch.setattr(sys, "argv", ["check", *names])
    return checks.main()


def test_it_covers_style_types_imports_migrations_english_and_docs() -> None:
    assert list(checks.CHECKS) == ["style", "format", "types", "imports", "migrations", "english", "docs"]


def test_a_failure_is_one_block_and_the_others_run_on(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, first=GOOD, second=BAD, third=GOOD) == 1
    first, second, *block, third, last = capfd.readouterr().out.splitlines()
    assert first == "✓ first"
    assert second.startswith("✗ second: python")
    assert block == ["    line 1", "    line 2", ""]
    assert (third, last) == ("✓ third", "failed: second")


def test_all_sound_and_an_unknown_name(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "first", first=GOOD, second=BAD) == 0
    assert capfd.readouterr().out == "✓ first\nall checks passed: first\n"
    assert run(monkeypatch, "nothing") == 2
    assert capfd.readouterr().err.startswith("mingtang: no check nothing; there are first, second.")


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("core/text.py", "import plugins.meetings.values", "The core imports no plugin"),
        ("core/text.py", "import flask_admin", "Only the one safe view base touches Flask-Admin"),
        ("plugins/meetings/models/rules.py", "import plugins.meetings.services.rules", "Inside a plugin the edges"),
        ("plugins/other/plugin.py", "import plugins.meetings.values", "Plugins never import each other"),
    ],
)
def test_a_forbidden_import_breaks_its_contract(tmp_path: Path, path: str, line: str, contract: str) -> None:
    """In a copy of the tree; the tree itself is looked at by `./mingtang check imports`."""
    for name in ("core", "plugins"):
        shutil.copytree(checks.ROOT / name, tmp_path / name, ignore=lambda _folder, names: {
            one for one in names if ("." in one and not one.endswith(".py")) or one in {"static", "templates", "__pycache__"}
        })  # fmt: skip
    shutil.copy(checks.ROOT / "pyproject.toml", tmp_path)
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).parent.joinpath("__init__.py").touch()
    with (tmp_path / path).open("a") as file:
        file.write(f"\n{line}\n")
    run = subprocess.run(
        [checks.SCRIPTS / "lint-imports", "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert run.returncode == 1, run.stdout
    assert contract in run.stdout.partition("Broken contracts")[2], run.stdout
