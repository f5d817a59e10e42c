"""What a reader may choose without an account: language, text size, 长者模式 (large type); each kept in a cookie."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, has_request_context, redirect, request
from werkzeug.wrappers import Response

from core.languages import LANGUAGES
from core.web import locale

_YEAR = 365 * 24 * 3600

bp = Blueprint("prefs", __name__)


def safe_next(target: str | None) -> str:
    """A path of this site to go back to; anything else becomes `/`."""
    plain = target or "/"
    outside = not plain.startswith("/") or plain.startswith(("//", "/\\"))
    return "/" if outside or any(ord(character) < 32 for character in plain) else plain


@bp.get("/-/prefs")
def choose() -> Response:
    """Remember the choices named in the query and go back to `next`."""
    answer = redirect(safe_next(request.args.get("next")))
    language, elder, size = (request.args.get(name) for name in ("lang", "elder", "size"))
    if language in LANGUAGES:
        _remember(answer, locale.LANGUAGE_COOKIE, language)
    if elder == "1":
        _remember(answer, locale.ELDER_COOKIE, "1")
    elif elder == "0":
        answer.delete_cookie(locale.ELDER_COOKIE)
    if size == "":
        answer.delete_cookie(locale.SIZE_COOKIE)
    elif size in locale.SIZES:
        _remember(answer, locale.SIZE_COOKIE, size)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _remember(answer: Response, name: str, value: str) -> None:
    answer.set_cookie(name, value, max_age=_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)


def switch_url(here: str, **choice: str) -> str:
    """The address that makes a choice and comes back to `here`."""
    return f"/-/prefs?{urlencode({**choice, 'next': here})}"


def ui(here: str = "") -> dict[str, Any]:
    """What the layouts need to know about the reader: `lang`, `elder`, `size`, and the links that change them.

    `smaller_url` and `larger_url` are "" at the ends and in 长者模式. The links lead back to `here`, by
    default the page being read.
    """
    here = here or (request.full_path.rstrip("?") if request.method == "GET" else "/")
    english, elder = locale.language() == "en", locale.elder()
    return {
        "lang": "en" if english else "zh-Hans",
        "elder": elder,
        "lang_url": switch_url(here, lang="zh" if english else "en"),
        "elder_url": switch_url(here, elder="0" if elder else "1"),
        "size": locale.size(),
        "smaller_url": _step_url(here, -1),
        "larger_url": _step_url(here, 1),
    }


def _step_url(here: str, by: int) -> str:
    place = locale.SIZES.index(locale.size()) + by
    there = not locale.elder() and 0 <= place < len(locale.SIZES)
    return switch_url(here, size=locale.SIZES[place]) if there else ""


def init_app(app: Flask) -> None:
    """Add the route and the template global `ui`."""
    app.register_blueprint(bp)
    app.context_processor(lambda: {"ui": ui()} if has_request_context() else {})
