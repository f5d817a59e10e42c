"""Language and 长者模式: chosen by link, kept in cookies, never a way out of the site."""

from __future__ import annotations

import pytest
from flask import Flask

from core.web.prefs import safe_next


def test_elder_mode_goes_on_and_off(app: Flask) -> None:
    web = app.test_client()
    assert "data-elder" not in web.get("/huichuan/").text
    answer = web.get("/-/prefs?elder=1&next=/huichuan/")
    assert (answer.status_code, answer.location) == (302, "/huichuan/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert '<html lang="zh-Hans" data-elder>' in web.get("/huichuan/").text
    web.get("/-/prefs?elder=0")
    assert "data-elder" not in web.get("/huichuan/").text


def test_language_is_remembered_and_beats_the_browser(app: Flask) -> None:
    web = app.test_client()
    web.get("/-/prefs?lang=en")
    assert '<html lang="en"' in web.get("/huichuan/", headers={"Accept-Language": "zh"}).text
    web.get("/-/prefs?lang=klingon")
    assert '<html lang="en"' in web.get("/huichuan/").text


def test_the_link_comes_back_to_the_page_being_read(app: Flask) -> None:
    page = app.test_client().get("/huichuan/search?q=%E5%81%9C%E8%BD%A6").text
    assert "/-/prefs?elder=1&amp;next=%2Fhuichuan%2Fsearch%3Fq%3D" in page


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/huichuan/?a=b", "/huichuan/?a=b"),
        ("", "/"),
        (None, "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_only_paths_of_this_site(target: str | None, path: str) -> None:
    assert safe_next(target) == path
