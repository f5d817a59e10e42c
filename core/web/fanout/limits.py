"""Every limit of a connection, and the two things that watch over all of them: a gate and a wheel of deadlines."""

from __future__ import annotations

import functools
import ipaddress
import time
from collections import defaultdict
from collections.abc import Callable

import gevent
import structlog

log = structlog.get_logger(__name__)
MESSAGE_BYTES = 64 * 1024
"""The largest message taken, measured before it is put together."""
INBOX_MESSAGES = 64
INBOX_RATE = 20.0
"""Frames a second a client may send (64 saved up), control frames and fragments too; plugins ask for less."""
BACKLOG_PACKETS, BACKLOG_BYTES, BACKLOG_SECONDS = 64, 256 * 1024, 10
"""What may wait for a slow reader; beyond, the socket is shut down and the reader comes back by catching up."""
KERNEL_BYTES = 64 * 1024
"""The kernel's own send buffer (it takes double): left to itself it grows to 4 MB for a reader who does not read."""
USER_TIMEOUT_MS = 15_000
PING_SECONDS, PONG_SECONDS = 20, 15
CONNECT_SECONDS, JOIN_SECONDS = 5, 10
HEADER_SECONDS = 8.0
"""How long an HTTP client may take to say what it wants, and how long an idle connection is kept."""
BODY_RATE = 4096
"""Octets a second at which the body of a request has to come at least, after HEADER_SECONDS that are given anyway."""
BODY_KEPT = 64 * 1024
"""How much of a body is kept in memory; the rest waits in a file."""
BUSY_SECONDS = 30
TOLD_EACH_MINUTE = 10
"""Lines the log gets about one address; a client that comes again and again fills no disk."""
YIELD_EVERY = 1_000
"""Sends after which others get a turn; a thousand take about 6 ms."""


class Gate:
    """Admission: so many clients in all, so many from one address; this machine itself counts only behind a proxy."""

    def __init__(self, most: int, per_address: int, *, proxied: bool) -> None:
        self.most, self.per_address, self.proxied = most, per_address, proxied
        self.inside = 0
        self._by_address: defaultdict[str, int] = defaultdict(int)

    @property
    def full(self) -> bool:
        """True from nine tenths on: the rest is for those who are told so in their join."""
        return self.inside >= self.most * 0.9

    def enter(self, address: str) -> bool:
        """Count a client in, unless there is no room."""
        if self.inside >= self.most or (self._counts(address) and self._by_address[address] >= self.per_address):
            return False
        self.inside += 1
        self._by_address[address] += 1
        return True

    def leave(self, address: str) -> None:
        """Count it out."""
        self.inside -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def _counts(self, address: str) -> bool:
        return self.proxied or not is_loopback(address)


@functools.lru_cache(4096)
def is_loopback(address: str) -> bool:
    """True for this machine itself."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


class Wheel:
    """Deadlines by the second, all of them in one greenlet: a timer for each client cost more than the client."""

    def __init__(self) -> None:
        self._due: defaultdict[int, list[Callable[[], None]]] = defaultdict(list)
        self._turning = False

    def after(self, seconds: int, action: Callable[[], None]) -> None:
        """Call `action` about `seconds` from now; it must not wait for anything."""
        self._due[int(time.monotonic()) + seconds + 1].append(action)
        if not self._turning:
            self._turning = True
            gevent.spawn(self._turn)

    def _turn(self) -> None:
        while self._due:
            gevent.sleep(0.5)
            now = int(time.monotonic())
            for second in sorted(second for second in self._due if second <= now):
                for number, action in enumerate(self._due.pop(second)):
                    self._call(action)
                    if number % YIELD_EVERY == YIELD_EVERY - 1:
                        gevent.sleep(0)
        self._turning = False

    @staticmethod
    def _call(action: Callable[[], None]) -> None:
        try:
            action()
        except Exception:
            log.exception("a deadline failed")
