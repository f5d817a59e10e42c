"""A small HTTP client of the JSON API: one kept connection, retried until the answer is there.

A write carries an Idempotency-Key made from what is written, so repeating it after a lost connection, or in a second
run of the same command, does nothing twice.
"""

from __future__ import annotations

import http.client
import json
import random
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l

BUSY = {429, 502, 503, 504}
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 8.0
ANSWER_WITHIN = 30.0
FIRST_ANSWER = 10.0
"""Seconds to wait for a server that has not answered once: the address may be wrong."""


class ReplayError(Exception):
    """The replay cannot go on; the message is one sentence for the operator."""


@dataclass(frozen=True)
class Reply:
    """An answer: `again` is True where the server had carried the request out before."""

    status: int
    data: Any
    again: bool


class Client:
    """Speaks to one server with one token. `patience` is how many seconds a lost server is waited for."""

    def __init__(
        self, url: str, token: str, *, patience: float = 300.0, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ReplayError(_l("“%(url)s”不是服务器地址，应为 http://… 或 https://…。", url=url))
        self.url = url.rstrip("/")
        self.patience = patience
        self._met = False
        self._sleep = sleep
        self._place = (parts.hostname, parts.port, parts.path.rstrip("/"))
        self._connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection: http.client.HTTPConnection | None = None
        self._headers = {"Accept": "application/json", "Accept-Language": "zh"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> Reply:
        """Read."""
        return self._until_answered("GET", path, None, {})

    def post(self, path: str, body: dict[str, Any], key: str) -> Reply:
        """Write once, however often it has to be sent."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return self._until_answered("POST", path, json.dumps(body).encode(), headers)

    def alive(self) -> bool:
        """True when a server answers at this address right now."""
        try:
            return self._once("GET", "/healthz", None, {}).status == 200
        except (OSError, http.client.HTTPException):
            self.close()
            return False

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def _until_answered(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        pause, waited = FIRST_PAUSE, 0.0
        while True:
            try:
                reply = self._once(method, path, body, headers)
                if reply.status not in BUSY:
                    self._met = True
                    return reply
            except (OSError, http.client.HTTPException):
                self.close()
            patience = self.patience if self._met else min(self.patience, FIRST_ANSWER)
            if waited >= patience:
                raise ReplayError(_l("%(url)s 在 %(n)s 秒内没有应答。", url=self.url, n=round(patience)))
            nap = pause * random.uniform(0.5, 1.5)  # noqa: S311 — spreads retries, protects nothing
            self._sleep(nap)
            waited, pause = waited + nap, min(pause * 2, LONGEST_PAUSE)

    def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        host, port, prefix = self._place
        if self._connection is None:
            self._connection = self._connect(host, port, timeout=ANSWER_WITHIN)
            self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.request(method, prefix + path, body, self._headers | headers)
        answer = self._connection.getresponse()
        raw = answer.read()
        again = answer.headers.get("Idempotent-Replay") == "1"
        if answer.headers.get("Connection", "").lower() == "close":
            self.close()
        try:
            return Reply(answer.status, json.loads(raw), again)
        except ValueError:
            return Reply(answer.status, None, again)


def expect(reply: Reply, *statuses: int) -> Any:
    """The answer's data.

    Raises:
        ReplayError: another status, with the server's own sentence.
    """
    if reply.status in statuses:
        return reply.data
    data = reply.data if isinstance(reply.data, dict) else {}
    why = data.get("detail") or data.get("title") or f"HTTP {reply.status}"
    code = f" [{data['code']}]" if data.get("code") else ""
    raise ReplayError(f"{why}{code}")
