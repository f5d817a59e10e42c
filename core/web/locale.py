"""Language and reading comfort: Chinese first, English beside it, 长者模式 by cookie.

Order of wishes: the cookie set by the reader, the account's language, the browser's Accept-Language, Chinese.
An API call has no cookie by contract, so its Accept-Language decides.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale

from core.languages import LANGUAGES, listed
from core.web.problems import is_api
from core.workdays import LOCAL, local_date

LANGUAGE_COOKIE, ELDER_COOKIE, SIZE_COOKIE = "lang", "elder", "size"
SIZES = ("s", "", "l", "xl")
"""Steps of the text size, the smallest first; "" is the usual one (core/static/css/base.css)."""
WEEKDAYS = "一二三四五六日"


def init_app(app: Flask) -> None:
    """Install translations of core and plugins, and the date filters of the templates."""
    packages = [Path(app.root_path), *app.extensions["mingtang.plugins"].packages()]
    folders = ";".join(str(package / "translations") for package in packages)
    Babel(app, default_translation_directories=folders, locale_selector=_select)
    app.jinja_env.filters.update(day=day, moment=moment, clock_time=clock_time, listed=listed)
    app.context_processor(lambda: {"language": language(), "elder": elder()})


def language() -> str:
    """Language of this reader: "zh" or "en"."""
    return "en" if str(get_locale() or "").startswith("en") else "zh"


def elder() -> bool:
    """True in 长者模式."""
    return has_request_context() and request.cookies.get(ELDER_COOKIE) == "1"


def size() -> str:
    """The reader's step of the text size, one of `SIZES`; 长者模式 is the largest and has none."""
    wish = request.cookies.get(SIZE_COOKIE, "") if has_request_context() and not elder() else ""
    return wish if wish in SIZES else ""


def _select() -> str:
    if not has_request_context():
        return LANGUAGES["zh"]
    wish = request.accept_languages.best_match(["zh", "zh-CN", "zh-Hans-CN", "en", "en-US", "en-GB"], "zh")
    if not is_api():
        account = g.get("account")
        wish = request.cookies.get(LANGUAGE_COOKIE) or (account.language if account else "") or wish
    return LANGUAGES.get((wish or "zh")[:2], LANGUAGES["zh"])


def day(value: date | datetime | None) -> str:
    """2026年11月24日（周二） / Tuesday 24 November 2026."""
    if value is None:
        return ""
    plain = local_date(value) if isinstance(value, datetime) else value
    if language() == "en":
        return f"{plain:%A} {plain.day} {plain:%B %Y}"
    return f"{plain.year}年{plain.month}月{plain.day}日（周{WEEKDAYS[plain.weekday()]}）"


def moment(value: datetime | None) -> str:
    """A day and its local time, without zone: everybody here lives in one."""
    if value is None:
        return ""
    gap = ", " if language() == "en" else ""  # the full-width bracket already parts them
    return f"{day(value)}{gap}{clock_time(value)}"


def clock_time(value: datetime | None) -> str:
    """Local time as 09:30."""
    return "" if value is None else f"{value.astimezone(LOCAL):%H:%M}"
