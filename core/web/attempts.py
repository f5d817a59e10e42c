"""Guessing slowed down (限次): whoever tries too many dead links within a minute is asked to wait.

Counted per address and process, in memory: a brake on guessing, not a lock. The secrets behind the links are long
enough by themselves.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque

from flask import current_app, request
from werkzeug.exceptions import TooManyRequests

WINDOW = 60.0
"""Seconds over which failures are counted."""
ADDRESSES = 10_000
"""How many addresses are remembered; the longest silent one is forgotten first."""


class Attempts:
    """Failures by address within the last minute."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def refuse_crowd(self) -> None:
        """Ask before looking anything up.

        Raises:
            TooManyRequests: as many failures as `LINK_FAILURES` in the last minute; good links wait as well, so that
                nothing can be learned.
        """
        recent = self._recent()
        if len(recent) >= current_app.config["LINK_FAILURES"]:
            raise TooManyRequests(retry_after=int(recent[0] + WINDOW - time.monotonic()) + 1)

    def failed(self) -> None:
        """Note one failure of the present address."""
        address = _address()
        if not address:
            return
        self._failures.setdefault(address, deque()).append(time.monotonic())
        self._failures.move_to_end(address)
        if len(self._failures) > ADDRESSES:
            self._failures.popitem(last=False)

    def _recent(self) -> deque[float]:
        found = self._failures.get(_address(), deque())
        while found and found[0] < time.monotonic() - WINDOW:
            found.popleft()
        return found


def _address() -> str:
    """Who asks; "" where a proxy stands before that nobody told us of: all readers would be one then."""
    unknown = not current_app.config["PROXY_HOPS"] and "X-Forwarded-For" in request.headers
    return "" if unknown else request.remote_addr or ""


def attempts() -> Attempts:
    """Those of this app."""
    kept: Attempts = current_app.extensions.setdefault("mingtang.attempts", Attempts())
    return kept
