"""A meeting in session whose live text is written and read over the API."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from core.db import db
from tests.meetings.live.wires import PATIENCE, Wire

_keys = itertools.count()
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx"
    b"\x9cc\x60\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
)
"""The smallest picture."""


class Hall:
    """One meeting of the county, its live text and who may do what there."""

    def __init__(self, office: Any, *items: str, **fields: Any) -> None:
        self.office = office
        self.items = items
        self.meeting = office.meeting(*items, **fields)
        self.path = f"meetings/{self.meeting}/live"

    def fire(self, *events: str) -> None:
        """Events of the meeting."""
        for event in events:
            self.office.fire("organiser", self.meeting, event)

    def call(
        self, method: str, path: str, body: Any = None, role: str = "stenographer", **headers: Any
    ) -> TestResponse:
        """One request below the live text."""
        answer: TestResponse = self.office.call(role, method, f"{self.path}{path}", body, **headers)
        return answer

    def post(self, text: str = "大家好", key: str = "", **fields: Any) -> TestResponse:
        """A line; with a key of its own where none is given."""
        body = {"type": "speech", "text": text, **fields}
        return self.call("POST", "/posts", body, Idempotency_Key=key or f"key-{next(_keys):012}")

    def say(self, text: str = "大家好", **fields: Any) -> dict[str, Any]:
        """A line that must be taken."""
        answer = self.post(text, **fields)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return dict(answer.json or {})

    def tail(self, after: int = 0, role: str = "", **query: Any) -> dict[str, Any]:
        """What a reader gets."""
        text = "&".join(f"{name}={value}" for name, value in query.items())
        answer = self.call("GET", f"?after={after}&{text}".rstrip("&"), role=role)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return dict(answer.json or {})

    def snapshot(self, role: str = "") -> dict[str, Any]:
        """All lines."""
        answer = self.call("GET", "/snapshot", role=role)
        assert answer.status_code == 200
        return dict(answer.json or {})


@pytest.fixture
def convene(office: Any) -> Callable[..., Hall]:
    """Meetings that are not announced yet."""
    return lambda *items, **fields: Hall(office, *items, **fields)


@pytest.fixture
def hall(office: Any) -> Hall:
    """A meeting with one item, in session."""
    made = Hall(office, office.approved())
    made.fire("announce", "open")
    return made


@pytest.fixture
def wire(app: Flask) -> Iterator[Callable[..., Wire]]:
    """Connect readers by socket; all hang up at the end, and with the last one the tailers are through."""
    made: list[Wire] = []

    def connect(hall: Hall, role: str = "", **headers: str) -> Wire:
        if role:
            headers["Authorization"] = f"Bearer {hall.office.token(role)}"
        db.session.remove()
        made.append(Wire(app, hall.office.place.slug, hall.meeting, **headers))
        return made[-1]

    yield connect
    for one in made:
        one.close()
    for thread in threading.enumerate():
        if thread.name.startswith("tailer-"):
            thread.join(PATIENCE)
