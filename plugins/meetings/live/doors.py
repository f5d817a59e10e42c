"""Doors that stand open: live texts which everybody may follow, remembered for a second.

When a meeting begins, thousands join in the same minute. The first one of each second is admitted by the gate
(services.live_access), with its rows; the others by what it found. Nothing about texts is kept here: those come from
the tailer, which knows of every retraction; and rights are looked at again while a reader stays.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from plugins.meetings.live.forms import JoinIn
from plugins.meetings.live.tailer import Place

OPEN_SECONDS, RENEWAL_SECONDS = 1.0, 0.5
MOST_DOORS = 256


@dataclass
class Door:
    """Where it leads, and until when (monotonic seconds) it stands open."""

    place: Place
    until: float


class Doors:
    """The open doors of one process."""

    def __init__(self, seconds: float, session_cookie: str) -> None:
        self._seconds = seconds
        self._session = f"{session_cookie}="
        self._open: dict[tuple[str, str], Door] = {}

    def hold_open(self, asked: JoinIn, place: Place) -> None:
        """Everybody may follow this one."""
        if not self._seconds:
            return
        if len(self._open) >= MOST_DOORS:
            self._open.clear()
        self._open[asked.jurisdiction, asked.meeting] = Door(place, time.monotonic() + self._seconds)

    def find(self, data: object, environ: Mapping[str, Any]) -> tuple[JoinIn, Place] | None:
        """The way in for somebody of whom nothing is known; whoever shows who he is goes by the gate."""
        if "HTTP_AUTHORIZATION" in environ or self._session in environ.get("HTTP_COOKIE", ""):
            return None
        try:
            asked = JoinIn.model_validate(data)
        except ValidationError:
            return None
        door, now = self._open.get((asked.jurisdiction, asked.meeting)), time.monotonic()
        if door is None or asked.ticket or door.until + RENEWAL_SECONDS <= now:
            return None
        if door.until <= now:  # one asks anew, those beside it need not
            door.until = now + RENEWAL_SECONDS
            return None
        return asked, door.place
