"""What goes wrong again and again (故障) is told in few lines: so many a minute, and once when it is over."""

from __future__ import annotations

import threading
import time
from collections import Counter

import structlog

log = structlog.get_logger(__name__)
MINUTE = 60.0


class Told:
    """How often the log has heard of something in this minute; `most` lines of each, whoever comes again and again."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._since, self._times = -MINUTE, Counter[str]()

    def once_more(self, whom: str = "") -> bool:
        """Whether another line may be said of it."""
        now = time.monotonic()
        if now >= self._since + MINUTE:
            self._since, self._times = now, Counter()
        self._times[whom] += 1
        return self._times[whom] <= self._most


class Trouble:
    """One thing that may be away; `what` says what this process does without, in a few words."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._lock = threading.Lock()
        self._told: Told | None = None

    def met(self, error: BaseException) -> None:
        """It failed: a line, unless there was one within the last minute."""
        with self._lock:
            self._told = self._told or Told(1)
            again = self._told.once_more()
        if again:
            log.warning(self.what, error=f"{type(error).__name__}: {error}")

    def over(self) -> None:
        """It works: a line, if it did not before."""
        with self._lock:
            was, self._told = self._told is not None, None
        if was:
            log.info("back after trouble", trouble=self.what)
