"""A program that reads pages as fast as it can, or at a rate: one line of JSON in, one out.

It runs in a process and on a core of its own; a time counts from the moment a page was due, so that a server that falls
behind is not flattered.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

CONNECTIONS = 16
GIVE_UP_SECONDS = 10.0


@dataclass
class Connection:
    """One kept-alive connection: what has arrived of the answer under way, and when its page was due."""

    sock: socket.socket
    due: float = 0.0
    got: bytearray = field(default_factory=bytearray)

    def take(self) -> int | None:
        """The status of the answer once it is whole, else None.

        Raises:
            ConnectionError: the server hung up, or answers without a length.
        """
        part = self.sock.recv(262_144)
        if not part:
            raise ConnectionError("the server hung up")
        self.got += part
        head, end, body = self.got.partition(b"\r\n\r\n")
        if not end:
            return None
        lines = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), None)
        if length is None:
            raise ConnectionError("an answer without a length")
        if len(body) < length:
            return None
        self.got.clear()
        return int(lines[0].split()[1])


def read(host: str, port: int, paths: Sequence[str], seconds: float, rate: float) -> dict[str, Any]:
    """Read `paths` one after the other, round and round; `rate` pages a second, or with 0 without a pause."""
    selector = selectors.DefaultSelector()
    free = deque(Connection(socket.create_connection((host, port))) for _ in range(CONNECTIONS))
    for one in free:
        selector.register(one.sock, selectors.EVENT_READ, one)
    begun = time.perf_counter()
    end, sent, wrong = begun + seconds, 0, 0
    times: list[float] = []
    while (now := time.perf_counter()) < end or (len(free) < CONNECTIONS and now < end + GIVE_UP_SECONDS):
        while free and now < end and (not rate or begun + sent / rate <= now):
            one = free.popleft()
            one.due = begun + sent / rate if rate else now
            one.sock.sendall(f"GET {paths[sent % len(paths)]} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
            sent += 1
        for key, _events in selector.select(0.001):
            status = key.data.take()
            if status is not None:
                times.append(time.perf_counter() - key.data.due)
                wrong += status != 200
                free.append(key.data)
    for key in list(selector.get_map().values()):
        key.data.sock.close()
    return {
        "per_second": len(times) / seconds,
        "p50": _share(times, 0.5),
        "p99": _share(times, 0.99),
        "wrong": wrong,
        "lost": sent - len(times),
    }


def _share(times: list[float], share: float) -> float:
    """Milliseconds within which this share of the pages came."""
    return 1000 * sorted(times)[min(len(times) - 1, int(share * len(times)))] if times else 0.0


def main() -> None:
    """Serve until standard input ends."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(read(**json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
