"""Something outside that is away (故障): said once, then at most once a minute, and once when it is back."""

from __future__ import annotations

import threading
import time

import structlog

log = structlog.get_logger(__name__)
AGAIN_SECONDS = 60.0


class Trouble:
    """One thing that may be away; `what` says what this process does without, in a few words."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._lock = threading.Lock()
        self._said_at: float | None = None

    def met(self, error: BaseException) -> None:
        """It failed: a line, unless there was one within the last minute."""
        now = time.monotonic()
        with self._lock:
            if self._said_at is not None and now < self._said_at + AGAIN_SECONDS:
                return
            self._said_at = now
        log.warning(self.what, error=f"{type(error).__name__}: {error}")

    def over(self) -> None:
        """It works: a line, if it did not before."""
        with self._lock:
            was, self._said_at = self._said_at is not None, None
        if was:
            log.info("back after trouble", trouble=self.what)
