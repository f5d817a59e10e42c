"""What the pages share: who may keep a page, and whose it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, make_response, url_for
from flask_babel import gettext as _

from core.web.portal import cacheable
from core.web.portal.shell import portal_shell

View = Callable[..., Any]


def everybodys(view: View) -> View:
    """A page that is the same for everybody: a shared cache may keep it for seconds."""

    @wraps(view)
    def shown(**values: Any) -> Response:
        return cacheable(make_response(view(**values)))

    return shown


def personal(view: View) -> View:
    """A page behind a personal link: kept by no cache, and its address told to no other site."""

    @wraps(view)
    def shown(**values: Any) -> Response:
        return private(make_response(view(**values)))

    return shown


def private(answer: Response) -> Response:
    """An answer for this reader alone."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    """The way from the county's home over the list of meetings to this page, as (label, url) pairs."""
    shell = portal_shell()
    steps = ((shell.name, shell.url), (_("政务会议"), url_for("meetings.index")), *more)
    return [{"label": label, "url": url} for label, url in steps]
