"""Take the README's pictures from the running demo: `.venv/bin/python -m docs.take_pictures [NAME …]`.

Starts `./mingtang demo` on a data folder and a port of its own, drives Debian's Chromium, and writes
docs/pictures/<name>.png in English and <name>.zh.png in Chinese. Waits for what a picture shows, never for time.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from core.demo import CITY, PASSWORD
from tests.serving import ROOT, Server

FOLDER = Path(__file__).parent / "pictures"
PLACE = CITY[0]
LANGUAGES = {"en": ".png", "zh": ".zh.png"}
WRITING = "我赞成这个办法，请把施工时间提前告诉住户。"
LINES = 6
"""So many lines stand on the live page before it is taken."""
DESKTOP, PHONE = (1280, 800), (390, 780)
DRAFT = "老城片区公共厕所布局调整"
"""Of the demo: it needs participation and lacks what article 5 asks for."""
LIVE = ("in_session", "paused")


@dataclass(frozen=True)
class Picture:
    """What is shown, to whom (the public where no login is given), and how one gets there."""

    name: str
    show: Callable[[Page, str], None]
    login: str = ""
    size: tuple[int, int] = DESKTOP
    scale: float = 1


def go(page: Page, address: str) -> None:
    """Open a page that must be there."""
    answer = page.goto(address)
    if answer is None or not answer.ok:
        raise SystemExit(f"{address} answered {answer.status if answer else 'nothing'}.")


def live_meeting(url: str) -> str:
    """The id of the meeting in session."""
    with urllib.request.urlopen(f"{url}/api/v1/{PLACE}/meetings", timeout=20) as answer:
        return next(str(item["id"]) for item in json.load(answer)["items"] if item["state"] in LIVE)


def live(page: Page, url: str) -> None:
    """The live text, moving, from its top."""
    go(page, f"{url}/{PLACE}/meetings/{live_meeting(url)}/live/")
    page.locator(".wire[data-state=ok]").wait_for()
    page.locator(f".live-flow > li:nth-child({LINES})").wait_for(timeout=60_000)
    page.evaluate("scrollTo(0, 0)")


def desk(page: Page, url: str) -> None:
    """What waits for the organiser."""
    go(page, f"{url}/admin/{PLACE}/")


def application(page: Page, url: str) -> None:
    """A draft that is not complete yet, and what it lacks."""
    go(page, f"{url}/admin/{PLACE}/meetings/applications/")
    address = page.get_by_role("link", name=DRAFT).get_attribute("href")
    go(page, f"{url}{address}/edit")


def stenographer(page: Page, url: str) -> None:
    """The stenographer's page of the meeting in session."""
    go(page, f"{url}/admin/{PLACE}/meetings/live/{live_meeting(url)}/")
    page.locator(".wire[data-state=ok]").wait_for()
    page.locator("#text").fill(WRITING)


PICTURES = (
    Picture("live", live),
    Picture("phone", live, size=PHONE, scale=2),
    Picture("desk", desk, "organiser"),
    Picture("application", application, "applicant"),
    Picture("stenographer", stenographer, "stenographer", size=(1280, 940)),
)


def take(browser: Browser, url: str, picture: Picture, language: str) -> Path:
    """One picture in one language."""
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=picture.scale, reduced_motion="reduce"
    )
    context.add_cookies([{"name": "lang", "value": language, "url": url}])
    page = context.new_page()
    if picture.login:
        sign_in(page, url, picture.login)
    picture.show(page, url)
    page.evaluate("document.fonts.ready")
    path = FOLDER / f"{picture.name}{LANGUAGES[language]}"
    page.screenshot(path=path, animations="disabled", caret="hide")
    context.close()
    return path


def sign_in(page: Page, url: str, login: str) -> None:
    """As a person does."""
    page.goto(f"{url}/admin/login")
    page.locator("#login").fill(login)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/admin/{PLACE}/")


def main() -> None:
    """All pictures, or those named."""
    subprocess.run([ROOT / "mingtang", "docs", "--help"], stdout=subprocess.DEVNULL, check=True)  # English compiled
    wanted = [picture for picture in PICTURES if not sys.argv[1:] or picture.name in sys.argv[1:]]
    with tempfile.TemporaryDirectory(prefix="mingtang-pictures-") as data, sync_playwright() as playwright:
        server = Server(Path(data), "demo")
        try:
            url = server.ready().url
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            for picture in wanted:
                for language in LANGUAGES:
                    path = take(browser, url, picture, language)
                    print(f"{path.relative_to(FOLDER.parent.parent)}  {path.stat().st_size // 1024} KB")
            browser.close()
        finally:
            server.end()


if __name__ == "__main__":
    main()
