"""The last events of a live text in memory, and how they are cut into frames."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from typing import Any

Event = dict[str, Any]
MOST_EVENTS, MOST_BYTES = 1000, 1024 * 1024
FRAME_EVENTS, FRAME_BYTES = 100, 48 * 1024
ENVELOPE_BYTES = 256
"""Room for what stands around the events in a frame."""


def size(event: Event) -> int:
    """Bytes of an event on the wire: compact, Chinese as it is."""
    return len(json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()) + 1


def first_frame(events: Sequence[Event]) -> Sequence[Event]:
    """The events at the front that go out together; a retraction goes alone, in its place."""
    taken, room = 0, FRAME_BYTES - ENVELOPE_BYTES
    for event in events[:FRAME_EVENTS]:
        room -= size(event)
        if taken and (room < 0 or event["kind"] == "retract"):
            break
        taken += 1
        if event["kind"] == "retract":
            break
    return events[:taken]


class Ring:
    """Consecutive events up to the last one sent, for readers that come back after a short absence."""

    def __init__(self) -> None:
        self.events: deque[Event] = deque()
        self._sizes: deque[int] = deque()
        self._bytes = 0

    def push(self, events: Sequence[Event]) -> None:
        """Add what was sent; the oldest leave when it is too much. A retracted line's texts are blanked."""
        for event in events:
            if event["kind"] == "retract":
                self._blank(event["post"])
            self.events.append(event)
            self._sizes.append(size(event))
            self._bytes += self._sizes[-1]
            while len(self.events) > MOST_EVENTS or self._bytes > MOST_BYTES:
                self.events.popleft()
                self._bytes -= self._sizes.popleft()

    def after(self, seq: int, last: int, limit: int) -> list[Event] | None:
        """The events after `seq` up to `last`; None where they are not all here or more than `limit`."""
        if seq == last:
            return []
        if seq > last or last - seq > limit or not self.events or self.events[0]["seq"] > seq + 1:
            return None
        return [event for event in self.events if event["seq"] > seq]

    def clear(self) -> None:
        """Forget everything: a text was withdrawn, or another epoch began."""
        self.events.clear()
        self._sizes.clear()
        self._bytes = 0

    def _blank(self, post: str) -> None:
        for place, event in enumerate(self.events):
            if event.get("post") == post and "text" in event:
                left = {name: value for name, value in event.items() if name not in {"before", "attachments"}}
                self.events[place] = left | {"text": "", "blank": True}
