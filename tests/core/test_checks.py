"""`./mingtang check`: what it covers, and how a failure reads."""

from __future__ import annotations

import sys

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
