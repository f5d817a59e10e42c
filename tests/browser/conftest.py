"""A real server and Debian's Chromium. `site` is its address, `browse` opens a page as somebody holds the device."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from core.app import create_app
from core.db import db
from tests.hall import Hall, open_hall

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": CHROMIUM, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def portal_app(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One app for all browser tests of the portal; its pages are only read."""
    data = tmp_path_factory.mktemp("site") / "data"
    copytree(template, data)
    return create_app(DATA=data, TESTING=True)


@pytest.fixture(scope="session")
def site(portal_app: Flask) -> Iterator[str]:
    """The address of the served app."""
    server = make_server("127.0.0.1", 0, portal_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    with portal_app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def hall(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A real server with people in every role; every journey makes the objects it needs."""
    data = tmp_path_factory.mktemp("hall") / "data"
    copytree(template, data)
    opened = open_hall(data)
    yield opened
    opened.server.end(signal.SIGKILL)


@pytest.fixture
def visitor(browser: Browser, hall: Hall) -> Iterator[Callable[..., Page]]:
    """A new person's browser at the hall: `visitor(width=390, language="en", script=False)`; script errors fail."""
    faults: list[str] = []
    with ExitStack() as stack:

        def come(*, width: int = 1366, language: str = "zh", script: bool = True) -> Page:
            context = browser.new_context(
                base_url=hall.url,
                viewport={"width": width, "height": 900},
                locale={"zh": "zh-CN", "en": "en-US"}[language],
                java_script_enabled=script,
            )
            stack.callback(context.close)
            page = context.new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            return page

        yield come
    assert not faults


@pytest.fixture
def browse(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open a page: `browse("/", width=390, elder=True, dark=True, language="en")`; script errors fail the test."""
    faults: list[str] = []
    with ExitStack() as stack:

        def open_page(
            path: str,
            *,
            width: int = 1366,
            elder: bool = False,
            dark: bool = False,
            language: str = "zh",
            script: bool = True,
        ) -> Page:
            context = browser.new_context(
                base_url=site,
                viewport={"width": width, "height": 900},
                color_scheme="dark" if dark else "light",
                locale={"zh": "zh-CN", "en": "en-US"}[language],
                java_script_enabled=script,
            )
            stack.callback(context.close)
            if elder:
                context.add_cookies([{"name": "elder", "value": "1", "url": site}])
            page = context.new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.goto(path)
            return page

        yield open_page
    assert not faults


def axe_findings(page: Page) -> list[str]:
    """What axe calls serious or critical, as readable lines."""
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url} {item['id']} {node['target']}"
        for item in found
        if item["impact"] in {"serious", "critical"}
        for node in item["nodes"]
    ]
