"""A second's memory: what is kept, for whom, and when it is forgotten."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from core import jurisdictions, publications
from core.db import db, write
from core.models import Publication
from core.permissions import SYSTEM
from core.web import pagecache
from core.web.pagecache import PageCache

PUBLIC = "public, max-age=0, s-maxage=5"


@pytest.fixture
def count() -> list[str]:
    """The paths the app behind the cache was asked for."""
    return []


@pytest.fixture
def web(count: list[str]) -> Callable[..., Client]:
    def make(**headers: str) -> Client:
        def wsgi(environ: dict[str, Any], start_response: Any) -> Any:
            count.append(Request(environ).path)
            answer = Response(f"{len(count)}", headers={"Cache-Control": PUBLIC} | headers)
            return answer(environ, start_response)

        return Client(PageCache(wsgi, 60, "mingtang"), use_cookies=False)

    return make


def test_second_reader_is_answered_from_memory(web: Callable[..., Client], count: list[str]) -> None:
    client = web()
    assert [client.get("/a").text for _ in range(3)] == ["1", "1", "1"]
    assert client.get("/a").headers["Cache-Control"] == PUBLIC
    head = client.head("/a")
    assert head.data == b""
    assert head.headers["Content-Length"] == "1"
    assert count == ["/a"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer x"},
        {"Cookie": "elder=1; mingtang=abc"},
        {"Range": "bytes=0-1"},
    ],
)
def test_persons_and_ranges_pass_by(web: Callable[..., Client], count: list[str], headers: dict[str, str]) -> None:
    client = web()
    client.get("/a")
    client.get("/a", headers=headers)
    client.get("/a", headers=headers)
    assert len(count) == 3


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/b"},
        {"query_string": "q=1"},
        {"headers": {"Accept-Language": "en"}},
        {"headers": {"Cookie": "elder=1"}},
        {"headers": {"If-None-Match": '"x"'}},
        {"base_url": "http://other.example"},
    ],
)
def test_what_differs_is_kept_apart(web: Callable[..., Client], count: list[str], other: dict[str, Any]) -> None:
    client = web()
    client.get("/a")
    client.get(**{"path": "/a"} | other)
    assert len(count) == 2


@pytest.mark.parametrize(
    "headers",
    [{"Cache-Control": "private, no-store"}, {"Cache-Control": "public, max-age=0"}, {"Set-Cookie": "a=b"}],
)
def test_other_answers_are_not_kept(web: Callable[..., Client], count: list[str], headers: dict[str, str]) -> None:
    client = web(**headers)
    client.get("/a")
    client.get("/a")
    assert len(count) == 2


@pytest.mark.parametrize("policy", ["public, max-age=1", "public, max-age=30"])
def test_what_browsers_may_keep_is_kept_here(web: Callable[..., Client], count: list[str], policy: str) -> None:
    client = web(**{"Cache-Control": policy})
    assert [client.get("/a").text for _ in range(2)] == ["1", "1"]


@pytest.mark.parametrize(
    ("status", "headers", "asked", "later"),
    [
        (200, {"Cache-Control": "public, max-age=1"}, 1, 0),
        (304, {"Cache-Control": "public, max-age=1"}, 1, 0),
        (503, {"Cache-Control": "no-store"}, 1, 1),
        (200, {"Cache-Control": "private, no-store"}, 5, 1),
        (200, {"Cache-Control": "public, max-age=1", "Set-Cookie": "a=b"}, 5, 1),
        (404, {"Cache-Control": "no-store"}, 5, 1),
    ],
)
def test_a_crowd_asks_once_and_an_error_is_shared_but_not_kept(
    status: int, headers: dict[str, str], asked: int, later: int
) -> None:
    count: list[str] = []
    arrived, go = threading.Semaphore(0), threading.Event()

    def wsgi(environ: dict[str, Any], start_response: Any) -> Any:
        count.append(Request(environ).path)
        arrived.release()
        assert go.wait(20)
        return Response(f"{len(count)}", status, headers=headers)(environ, start_response)

    cache = PageCache(wsgi, 60, "mingtang")
    waiting = threading.Semaphore(0)

    class Watched(dict[tuple[str, ...], pagecache.Flight]):
        def setdefault(self, *place: Any) -> Any:
            try:
                return super().setdefault(*place)
            finally:
                waiting.release()

    cache.flights = Watched()
    with ThreadPoolExecutor(5) as pool:
        answers = [pool.submit(lambda: Client(cache).get("/a")) for _ in range(5)]
        for _ in range(5):
            assert waiting.acquire(timeout=20)
        assert arrived.acquire(timeout=20)
        go.set()
        done = [answer.result(20) for answer in answers]
    assert {answer.status_code for answer in done} == {status}
    assert len(count) == asked
    Client(cache).get("/a")
    assert len(count) == asked + later
    assert not cache.flights


def test_who_comes_as_the_answer_lands_takes_it_from_memory(web: Callable[..., Client], count: list[str]) -> None:
    client = web()
    cache: PageCache = client.application  # type: ignore[assignment]

    class Overtaken(dict[tuple[str, ...], pagecache.Flight]):
        def setdefault(self, *place: Any) -> Any:
            cache.flights = {}
            client.get("/a")  # somebody else's, begun and landed since the first look into memory
            cache.flights = self
            return super().setdefault(*place)

    cache.flights = Overtaken()
    assert client.get("/a").text == "1"
    assert count == ["/a"]
    assert not cache.flights


def test_what_began_before_a_write_is_not_kept(count: list[str]) -> None:
    def wsgi(environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        count.append(request.path)
        if request.path == "/a" and len(count) == 1:
            Client(cache).post("/elsewhere")
        return Response("", headers={"Cache-Control": PUBLIC})(environ, start_response)

    cache = PageCache(wsgi, 60, "mingtang")
    for _ in range(3):
        Client(cache).get("/a")
    assert count == ["/a", "/elsewhere", "/a"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_write_forgets_everything(web: Callable[..., Client], count: list[str], method: str) -> None:
    client = web()
    client.get("/a")
    client.open("/elsewhere", method=method)
    client.get("/a")
    assert count == ["/a", "/elsewhere", "/a"]


def test_time_passes_and_memory_is_bounded(
    web: Callable[..., Client], count: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(pagecache.time, "monotonic", lambda: now[0])
    client = web()
    client.get("/a")
    now[0] += 59
    client.get("/a")
    assert len(count) == 1
    now[0] += 2
    client.get("/a")
    assert len(count) == 2
    for number in range(2 * pagecache.ENTRIES):
        client.get(f"/{number}")
    kept: PageCache = client.application  # type: ignore[assignment]
    assert len(kept.kept) <= pagecache.ENTRIES


def test_in_front_of_the_app_a_withdrawal_shows_within_the_period(app: Flask) -> None:
    place = jurisdictions.by_slug("huichuan")
    with jurisdictions.enter(place), write():
        row = publications.create(SYSTEM, kind="notice", title="公告")
        publications.approve(SYSTEM, row)
        publications.release(SYSTEM, row)
        address = publications.address(row)
        ident = row.id
    cache = PageCache(app.wsgi_app, 60, "mingtang")
    client = Client(cache, Response)
    assert client.get(address).status_code == client.get(address).status_code == 200
    assert len(cache.kept) == 1
    with jurisdictions.enter(place), write():
        publications.withdraw(SYSTEM, db.session.get_one(Publication, ident), "误发")
    cache.kept.clear()
    assert client.get(address).status_code == 410
    assert client.get(address).status_code == 410
    assert not cache.kept
