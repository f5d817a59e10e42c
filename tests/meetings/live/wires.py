"""A reader by socket in this very process: what it was told, in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

PATIENCE = 20.0


class Wire:
    """One connection to `/live`; `headers` may carry a token or a cookie."""

    def __init__(self, app: Flask, place: str, meeting: str, **headers: str) -> None:
        self.place, self.meeting = place, meeting
        self.client = app.extensions["socketio"].test_client(app, namespace="/live", headers=headers)
        self.told: list[tuple[str, dict[str, Any]]] = []

    def ask(self, event: str, data: Any) -> Any:
        """Send an event; what was acknowledged."""
        return self.client.emit(event, data, namespace="/live", callback=True)

    def join(self, after: int = 0, epoch: str | None = None, **fields: Any) -> dict[str, Any]:
        """Enter."""
        place = {"jurisdiction": self.place, "meeting": self.meeting}
        answer: dict[str, Any] = self.ask("join", {"v": 1, **place, "epoch": epoch, "after": after, **fields})
        return answer

    def until(self, done: Callable[[list[tuple[str, dict[str, Any]]]], Any]) -> Any:
        """Wait until what was told is so; answers what `done` answers."""
        tick = threading.Event()
        for _ in range(int(PATIENCE / 0.02)):
            if self.client.is_connected("/live"):
                self.told += [(one["name"], one["args"][0]) for one in self.client.get_received("/live")]
            if found := done(self.told):
                return found
            tick.wait(0.02)
        raise AssertionError(f"not told in time: {self.told[-5:]}")

    def first(self, name: str, **fields: Any) -> dict[str, Any]:
        """The first message of that name with these values."""
        found: dict[str, Any] = self.until(
            lambda told: next((data for one, data in told if one == name and fields.items() <= data.items()), None)
        )
        return found

    def events_to(self, seq: int) -> list[dict[str, Any]]:
        """All events told, once `seq` is among them."""

        def events(told: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
            heard = [event for name, frame in told if name == "events" for event in frame["events"]]
            return heard if any(event["seq"] == seq for event in heard) else []

        found: list[dict[str, Any]] = self.until(events)
        return found

    def close(self) -> None:
        """Hang up."""
        if self.client.is_connected("/live"):
            self.client.disconnect("/live")
