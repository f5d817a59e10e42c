"""Language and 长者模式: chosen by link, kept in cookies, never a way out of the site."""

from __future__ import annotations

import re
from html import unescape

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


def test_the_text_grows_and_shrinks_step_by_step_without_script(app: Flask) -> None:
    web = app.test_client()

    def follow(label: str) -> bool:
        found = re.search(rf'<a href="(/-/prefs[^"]+)" rel="nofollow" aria-label="{label}"', web.get("/huichuan/").text)
        return found is not None and web.get(unescape(found[1])).status_code == 302

    def size() -> str:
        found = re.search(r'<html [^>]*data-size="(\w+)"', web.get("/huichuan/").text)
        return found[1] if found else ""

    assert [(follow("放大文字"), size()) for _step in range(3)] == [(True, "l"), (True, "xl"), (False, "xl")]
    steps = [(follow("缩小文字"), size()) for _step in range(4)]
    assert steps == [(True, "l"), (True, ""), (True, "s"), (False, "s")]
    web.get("/-/prefs?size=%22%3E%3Cscript")
    assert size() == "s"
    web.get("/-/prefs?elder=1")
    assert size() == ""
    assert "放大文字" not in web.get("/huichuan/").text


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
