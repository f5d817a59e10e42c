"""The filled demo read in English by the public and by its staff: no text of the interface is left in Chinese."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from core import demo
from core.app import create_app
from core.commands import translations
from core.db import db

pytestmark = pytest.mark.sqlite
ENGLISH = {"Accept-Language": "en"}
SHOWN = {
    "alt",
    "aria-label",
    "data-confirm",
    "data-draft-drop",
    "data-draft-note",
    "data-label",
    "data-no",
    "data-yes",
    "placeholder",
    "title",
}
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
ARTICLE = re.compile(r"[公预信舆会考管]\d+(?![\d年月日次届个人])")
NAMED = ("记录完整，未被改动", "姓名", "类别", "单位", "联系方式", "代表方面",
         "专长", "区域", "任期开始", "任期届满", "同意公布姓名", "行业", "〔〕")  # fmt: skip
"""What a program prints and the headings of an imported list: English names them as they stand there."""
SAME_KIND = 4
"""Pages of one route that are read; the next ones look alike."""


class Page(HTMLParser):
    """What a reader sees or hears of a page, and where it leads; parts marked as Chinese are left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self._open: list[bool] = []
        self._data = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._data = tag == "script" and found.get("type") == "application/json"
        chinese = tag == "style" or (found.get("lang") or "").startswith("zh")
        if tag not in {"meta", "link", "input", "img", "br", "hr", "path", "rect", "source", "col", "wbr"}:
            self._open.append(chinese)
        if chinese:
            return
        self.said += [value for name, value in attrs if name in SHOWN and value]
        if tag == "a" and found.get("href") and "download" not in found:
            self.links.append(str(found["href"]))

    def handle_endtag(self, tag: str) -> None:
        self._data = False
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._data:  # the sentences a page gives to its scripts
            self.said += texts(json.loads(data))
        elif not any(self._open):
            self.said.append(data)


@pytest.fixture(scope="module")
def told(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demo standing still (not DEMO: nothing is played), without a context: every request has its own language."""
    data = tmp_path_factory.mktemp("told") / "data"
    shutil.copytree(filled, data)
    app = create_app(DATA=data, TESTING=True, SQLALCHEMY_DATABASE_URI=f"sqlite:///{data / 'mingtang.db'}")
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def content(told: Flask) -> set[str]:
    """Every text that stands in the database: a page may show it as it is; clocks keep the source of a label."""
    with told.app_context(), db.engine.connect() as connection:
        names = connection.scalars(text("select name from sqlite_master where type = 'table'")).all()
        rows = [
            row for name in names if name != "core_clock" for row in connection.execute(text(f'select * from "{name}"'))
        ]
    values = {value for row in rows for value in row if isinstance(value, str)}
    return values | {one for value in values if value[:1] in {"{", "["} for one in texts(json.loads(value))}


def texts(value: Any) -> Iterator[str]:
    """The texts of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)


def untranslated(page: Page, content: set[str], interface: set[str]) -> list[str]:
    """Chinese on the page that nobody wrote as content, or that is a text of the interface and no whole content."""
    everything = "\n".join(content)
    return [
        part
        for said in page.said
        for part in CHINESE.findall(ARTICLE.sub(" ", said))
        if part not in NAMED and (part not in everything or (part in interface and part not in content))
    ]


def walk(client: FlaskClient, within: str, outside: str) -> Iterator[tuple[str, Page]]:
    """Every page that links lead to below an address, a few of each route."""
    seen, waiting, of_route = {within}, deque([within]), Counter[str]()
    adapter = client.application.url_map.bind("localhost")
    while waiting:
        path = waiting.popleft()
        route = str(adapter.match(urlsplit(path).path)[0])
        of_route[route] += 1
        if of_route[route] > SAME_KIND:
            continue
        answer = client.get(path, headers=ENGLISH, follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status_code)
        if answer.mimetype != "text/html":
            continue
        page = Page(answer.get_data(as_text=True))
        yield path, page
        for link in page.links:
            target = urldefrag(urljoin(f"http://localhost{path}", link)).url.removeprefix("http://localhost")
            if (
                target.startswith(within)
                and not target.startswith(("/-/", "/static/", "/api/v1/", "/oparl", outside))
                and target not in seen
            ):
                seen.add(target)
                waiting.append(target)


def sign_in(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("lang", "en")  # the account's own language is Chinese
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/admin/login").get_data(as_text=True))
    assert token
    form = {"csrf_token": token[1], "login": login, "password": demo.PASSWORD}
    assert client.post("/admin/login", data=form).status_code in {302, 303}
    return client


READERS = ("", "organiser-huichuan", "applicant-huichuan", "deputy-huichuan", "leader-huichuan", "secrecy-huichuan",
           "stenographer-huichuan", "reviewer-huichuan", "officer-huichuan", "sysadmin", "secadmin", "auditor")  # fmt: skip


@pytest.mark.parametrize("login", READERS)
def test_nothing_of_the_interface_is_left_in_chinese(told: Flask, content: set[str], login: str) -> None:
    client = sign_in(told, login) if login else told.test_client()
    within, outside = ("/admin/", "/-/") if login else ("/", "/admin/")
    pages = list(walk(client, within, outside))
    assert len(pages) > (4 if login else 30)
    assert left(pages, content) == {}


def test_nor_on_personal_links_and_on_pages_that_are_not_there(told: Flask, content: set[str]) -> None:
    links = sorted({found for one in content for found in re.findall(r"^/huichuan/meetings/invitations/[\w-]+/$", one)})
    assert links
    client = told.test_client()
    paths = [*links[:6], "/huichuan/meetings/none/", "/huichuan/meetings/invitations/none/", "/admin/huichuan/people/"]
    pages = [(path, Page(client.get(path, headers=ENGLISH).get_data(as_text=True))) for path in paths]
    assert left(pages, content) == {}


def left(pages: Sequence[tuple[str, Page]], content: set[str]) -> dict[str, str]:
    """What is left in Chinese, each with the first page it stands on."""
    interface = {str(message.id) for folder in translations.built_in() for message in translations.catalogue(folder)}
    return {part: path for path, page in reversed(pages) for part in untranslated(page, content, interface)}
