"""Plays a transcript: finds the meeting, opens it where that is allowed, says each line once, in order.

The agenda of the file is laid onto the meeting's: by title, else by place. What has no counterpart goes to no item.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from plugins.meetings.replay.client import Client, ReplayError, expect
from plugins.meetings.transcripts import Line, Transcript

TOWARDS_OPEN = {"preparing": "announce", "announced": "open", "paused": "resume"}
Tick = Callable[[int], None]


@dataclass
class Played:
    """What a replay did."""

    meeting: str
    jurisdiction: str
    lines: int = 0
    before: int = 0
    """Lines an earlier run had written already."""
    events: list[str] = field(default_factory=list)
    """What was done to the meeting so that it takes lines: announce, open, resume."""
    seq: int = 0


@dataclass
class Pace:
    """At most `speed` lines a second; 0 = as fast as the server takes them."""

    speed: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    due: float | None = None

    def wait(self) -> None:
        """Until the next line is due; time lost to a slow server is not caught up in a burst."""
        if self.speed <= 0:
            return
        now = self.clock()
        if self.due is not None and self.due > now:
            self.sleep(self.due - now)
        self.due = max(self.due or now, now) + 1 / self.speed


def find(client: Client, meeting: str, place: str | None = None) -> tuple[str, dict[str, Any]]:
    """The jurisdiction's slug and the meeting as the API shows it.

    Raises:
        ReplayError.
    """
    slugs = [place] if place else [item["slug"] for item in expect(client.get("/api/v1/"), 200)["items"]]
    for slug in slugs:
        reply = client.get(f"/api/v1/{slug}/meetings/{meeting}")
        if reply.status == 200:
            return slug, reply.data
        if reply.status == 401:
            expect(reply, 200)
    raise ReplayError(_l("没有这个会议，或这个令牌看不到它：%(id)s。", id=meeting))


def play(client: Client, found: tuple[str, dict[str, Any]], transcript: Transcript, pace: Pace, tick: Tick) -> Played:
    """Write the transcript into the meeting; harmless when repeated.

    Raises:
        ReplayError.
    """
    place, meeting = found
    path = f"/api/v1/{place}/meetings/{meeting['id']}"
    played = Played(meeting["id"], place)
    _open(client, path, meeting, played)
    items = counterparts(transcript.agenda, meeting.get("agenda") or [])
    source, current = hashlib.sha256(transcript.text.encode()).hexdigest(), None
    for number, line in enumerate(transcript.lines):
        item = items[line.item] if line.item is not None else None
        if item and item != current:
            expect(client.post(f"{path}/live/item", {"item": item}, _key(path, "item", source, number)), 200, 201)
            current = item
        reply = client.post(f"{path}/live/posts", _body(line, item), _key(path, "post", source, number))
        played.seq = expect(reply, 200, 201, 202).get("seq") or played.seq
        played.lines, played.before = played.lines + 1, played.before + reply.again
        tick(number + 1)
        if not reply.again:
            pace.wait()
    return played


def counterparts(agenda: tuple[str, ...], items: list[dict[str, Any]]) -> list[str | None]:
    """For each item of the file the id of the meeting's: the one with the same title, else the one at its place."""
    by_title = {item["title"]: item["id"] for item in reversed(items)}
    by_place = {place: item["id"] for place, item in enumerate(items) if item["title"] not in agenda}
    return [by_title.get(title) or by_place.get(place) for place, title in enumerate(agenda)]


def _open(client: Client, path: str, meeting: dict[str, Any], played: Played) -> None:
    state = meeting["state"]
    while state in TOWARDS_OPEN:
        event = TOWARDS_OPEN[state]
        key = _key(path, event, meeting.get("etag"), state)
        state = expect(client.post(f"{path}/transitions", {"event": event}, key), 200)["state"]
        played.events.append(event)


def _body(line: Line, item: str | None) -> dict[str, Any]:
    body = {"type": line.type, "text": line.text, "item": item, "speaker": line.speaker}
    return {name: value for name, value in body.items() if value is not None}


def _key(*parts: object) -> str:
    """The same for the same act at the same place of the same meeting, in every run."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:48]
