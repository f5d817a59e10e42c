"""Fixtures of the core's tests."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from core import passwords


@pytest.fixture
def quick_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2 with little memory and one pass; tests that measure keep the real cost."""
    if "costs_the_same" not in request.node.name:
        quick = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
        monkeypatch.setattr(passwords, "_hasher", quick)
        nobody = quick.hash("nobody")
        monkeypatch.setattr(passwords, "_nobody", lambda: nobody)
