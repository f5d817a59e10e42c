"""Behind proxies: whose word counts about address, scheme and host."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from core.web.requests import trust_proxies

SAID = {
    "X-Forwarded-For": "203.0.113.9, 198.51.100.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "open.example",
}


@pytest.fixture
def behind(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The app behind so many trusted proxies."""

    def make(hops: int) -> Flask:
        monkeypatch.setitem(app.config, "PROXY_HOPS", hops)
        monkeypatch.setattr(app, "wsgi_app", app.wsgi_app)
        trust_proxies(app)
        return app

    return make


@pytest.mark.parametrize(
    ("hops", "address"), [(0, "127.0.0.1"), (1, "198.51.100.1"), (2, "203.0.113.9"), (3, "127.0.0.1")]
)
def test_the_address_is_what_the_counted_proxies_say(
    behind: Any, app: Flask, monkeypatch: pytest.MonkeyPatch, hops: int, address: str
) -> None:
    seen: list[str] = []

    def inner(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(environ["REMOTE_ADDR"])
        start_response("200 OK", [])
        return []

    monkeypatch.setattr(app, "wsgi_app", inner)
    environ = EnvironBuilder("/", headers=SAID, environ_overrides={"REMOTE_ADDR": "127.0.0.1"}).get_environ()
    run_wsgi_app(behind(hops), environ)
    assert seen == [address]


@pytest.mark.parametrize(("hops", "base"), [(0, "http://localhost/"), (1, "https://open.example/")])
def test_absolute_addresses_and_cookies_follow_a_trusted_proxy_only(behind: Any, hops: int, base: str) -> None:
    client = behind(hops).test_client()
    feed = client.get("/huichuan/feed.atom", headers=SAID).get_data(as_text=True)
    assert f'href="{base}huichuan/' in feed
    other = {"http://localhost/": "open.example", "https://open.example/": "localhost"}[base]
    assert other not in feed
    for path in ("/-/prefs?lang=en", "/admin/login"):
        cookie = client.get(path, headers=SAID).headers["Set-Cookie"]
        assert ("; Secure" in cookie) is (hops > 0), cookie
