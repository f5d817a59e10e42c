"""A county whose people work with the disclosure plugin over the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from core import jurisdictions
from core.permissions import Actor
from tests.office import Office

POSTS = ("disclosure_officer", "deputy_leader")
"""Without them nothing of any body enters review (管4)."""


@pytest.fixture
def office(app: Flask, person: Callable[..., Actor]) -> Office:
    """汇川区 over the API, its posts filled."""
    made = Office(app, jurisdictions.by_slug("huichuan"), person)
    for role in POSTS:
        made.token(role)
    return made
