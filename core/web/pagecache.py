"""A second's memory for public pages, in front of the app: what a crowd reads is rendered once.

Kept is only what the app itself calls public with `s-maxage`, and only for readers without session or token. Any write
through this process forgets everything at once; other processes' writes show within `PAGE_CACHE_SECONDS`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask

ENTRIES = 512
LARGEST = 256 * 1024
READING = frozenset({"GET", "HEAD"})
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


@dataclass(frozen=True)
class Kept:
    """An answer and the moment (monotonic seconds) from which it no longer counts."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    until: float


class PageCache:
    """WSGI middleware; at most `ENTRIES` answers of at most `LARGEST` octets."""

    def __init__(self, wsgi: Wsgi, seconds: float, session_cookie: str) -> None:
        self.wsgi = wsgi
        self.seconds = seconds
        self.session_cookie = f"{session_cookie}="
        self.kept: dict[tuple[str, ...], Kept] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer from memory, or let the app answer and remember it where it may be kept."""
        if environ["REQUEST_METHOD"] not in READING:
            answer = self.wsgi(environ, start_response)
            self.kept.clear()
            return answer
        if not self._anybodys(environ):
            return self.wsgi(environ, start_response)
        key = self._key(environ)
        known = self.kept.get(key)
        if known is None or known.until <= time.monotonic():
            return self._ask(key, environ, start_response)
        start_response(known.status, list(known.headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [known.body]

    def _anybodys(self, environ: dict[str, Any]) -> bool:
        personal = "HTTP_AUTHORIZATION" in environ or self.session_cookie in environ.get("HTTP_COOKIE", "")
        conditional = "HTTP_IF_NONE_MATCH" in environ or "HTTP_RANGE" in environ
        return not personal and not conditional and "HTTP_UPGRADE" not in environ

    @staticmethod
    def _key(environ: dict[str, Any]) -> tuple[str, ...]:
        names = (
            "wsgi.url_scheme",
            "HTTP_HOST",
            "PATH_INFO",
            "QUERY_STRING",
            "HTTP_COOKIE",
            "HTTP_ACCEPT_LANGUAGE",
        )
        return tuple(environ.get(name, "") for name in names)

    def _ask(self, key: tuple[str, ...], environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            seen[:] = [(status, headers)]
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        answer = self.wsgi(environ, start)
        if environ["REQUEST_METHOD"] == "HEAD" or not seen or not _keepable(*seen[0]):
            return answer
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        if len(body) <= LARGEST:
            self._keep(key, Kept(seen[0][0], tuple(seen[0][1]), body, time.monotonic() + self.seconds))
        return [body]

    def _keep(self, key: tuple[str, ...], answer: Kept) -> None:
        if len(self.kept) >= ENTRIES:
            self.kept.clear()
        self.kept[key] = answer


def _keepable(status: str, headers: list[tuple[str, str]]) -> bool:
    lower = {name.lower(): value for name, value in headers}
    policy = lower.get("cache-control", "")
    return status.startswith("200") and "public" in policy and "s-maxage" in policy and "set-cookie" not in lower


def init_app(app: Flask) -> None:
    """Put the cache in front; tests see every change at once and go without."""
    seconds: float = app.config["PAGE_CACHE_SECONDS"]
    if seconds > 0 and not app.testing:
        app.wsgi_app = PageCache(app.wsgi_app, seconds, app.config["SESSION_COOKIE_NAME"])  # type: ignore[method-assign, assignment]
