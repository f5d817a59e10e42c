"""A second's memory for what the public reads, in front of the app: what a crowd asks for is looked up once.

Kept is only what the app itself calls public for a while, and only for readers without session or token. Who asks
while the same is being looked up waits for that answer (single flight), an error included, which is not kept. Any
write through this process forgets everything at once; other processes' writes show within `PAGE_CACHE_SECONDS`.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask

ENTRIES = 512
LARGEST = 256 * 1024
READING = frozenset({"GET", "HEAD"})
FLIGHT_SECONDS = 10.0
"""How long somebody waits for an answer that another one asked for; then he asks for himself."""
FOR_A_WHILE = re.compile(r"s-maxage=|max-age=[1-9]")
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


@dataclass(frozen=True)
class Kept:
    """An answer and the moment (monotonic seconds) from which it no longer counts."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    until: float


class Flight:
    """An answer that is being made; None once it has `landed` where it may not be shared."""

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.answer: Kept | None = None


class PageCache:
    """WSGI middleware; at most `ENTRIES` answers of at most `LARGEST` octets."""

    def __init__(self, wsgi: Wsgi, seconds: float, session_cookie: str) -> None:
        self.wsgi = wsgi
        self.seconds = seconds
        self.session_cookie = f"{session_cookie}="
        self.kept: dict[tuple[str, ...], Kept] = {}
        self.flights: dict[tuple[str, ...], Flight] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer from memory, or let the app answer and remember it where it may be kept."""
        if environ["REQUEST_METHOD"] not in READING:
            answer = self.wsgi(environ, start_response)
            self.kept.clear()
            self.flights.clear()  # what began before the write is neither joined any more nor kept
            return answer
        if not self._anybodys(environ):
            return self.wsgi(environ, start_response)
        key = self._key(environ)
        known = self._remembered(key)
        if known is None and environ["REQUEST_METHOD"] == "GET":
            own = Flight()
            flight = self.flights.setdefault(key, own)
            if flight is own:
                return self._ask_for_all(key, own, environ, start_response)
            flight.landed.wait(FLIGHT_SECONDS)
            known = flight.answer
        if known is None:
            return self.wsgi(environ, start_response)
        start_response(known.status, list(known.headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [known.body]

    def _remembered(self, key: tuple[str, ...]) -> Kept | None:
        known = self.kept.get(key)
        return known if known and known.until > time.monotonic() else None

    def _ask_for_all(
        self, key: tuple[str, ...], flight: Flight, environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        try:
            landed = self._remembered(key)  # by the one before us, after our first look and before we took our place
            if landed is None:
                return self._ask(key, flight, environ, start_response)
            flight.answer = landed
            start_response(landed.status, list(landed.headers))
            return [landed.body]
        finally:
            if self.flights.get(key) is flight:
                del self.flights[key]
            flight.landed.set()

    def _anybodys(self, environ: dict[str, Any]) -> bool:
        personal = "HTTP_AUTHORIZATION" in environ or self.session_cookie in environ.get("HTTP_COOKIE", "")
        return not personal and "HTTP_RANGE" not in environ and "HTTP_UPGRADE" not in environ

    @staticmethod
    def _key(environ: dict[str, Any]) -> tuple[str, ...]:
        names = (
            "wsgi.url_scheme",
            "HTTP_HOST",
            "PATH_INFO",
            "QUERY_STRING",
            "HTTP_COOKIE",
            "HTTP_ACCEPT_LANGUAGE",
            "HTTP_IF_NONE_MATCH",
        )
        return tuple(environ.get(name, "") for name in names)

    def _ask(
        self, key: tuple[str, ...], flight: Flight, environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        seen: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            seen[:] = [(status, headers)]
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        answer = self.wsgi(environ, start)
        if not seen or not (_keepable(*seen[0]) or _failed(*seen[0])):
            return answer
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        flight.answer = Kept(seen[0][0], tuple(seen[0][1]), body, time.monotonic() + self.seconds)
        if len(body) <= LARGEST and _keepable(*seen[0]) and self.flights.get(key) is flight:
            self._keep(key, flight.answer)
        return [body]

    def _keep(self, key: tuple[str, ...], answer: Kept) -> None:
        if len(self.kept) >= ENTRIES:
            self.kept.clear()
        self.kept[key] = answer


def _keepable(status: str, headers: list[tuple[str, str]]) -> bool:
    lower = {name.lower(): value for name, value in headers}
    policy = lower.get("cache-control", "")
    for_a_while = "public" in policy and FOR_A_WHILE.search(policy)
    return status.startswith(("200", "304")) and bool(for_a_while) and "set-cookie" not in lower


def _failed(status: str, headers: list[tuple[str, str]]) -> bool:
    """An error of the server: whoever waited for the same gets it too, instead of trying again all at once."""
    return status.startswith("5") and not any(name.lower() == "set-cookie" for name, _ in headers)


def init_app(app: Flask) -> None:
    """Put the cache in front; tests see every change at once and go without."""
    seconds: float = app.config["PAGE_CACHE_SECONDS"]
    if seconds > 0 and not app.testing:
        app.wsgi_app = PageCache(app.wsgi_app, seconds, app.config["SESSION_COOKIE_NAME"])  # type: ignore[method-assign, assignment]
