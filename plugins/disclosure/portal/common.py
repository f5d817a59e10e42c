"""What the pages share: who may keep a page, and the way to it."""

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


def one_persons(view: View) -> View:
    """A page with a form or with somebody's own words: kept by no cache, its address told to no other site."""

    @wraps(view)
    def shown(**values: Any) -> Response:
        answer = make_response(view(**values))
        answer.headers["Cache-Control"] = "private, no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer

    return shown


def start_crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    """From the county's home over the start page of disclosure to this page, as (label, url) pairs."""
    shell = portal_shell()
    steps = ((shell.name, shell.url), (_("政府信息公开"), url_for("disclosure.index")), *more)
    return [{"label": label, "url": url} for label, url in steps]


def request_crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    """The way to a page of access on request."""
    return start_crumbs((_("依申请公开"), url_for("disclosure.requests")), *more)
