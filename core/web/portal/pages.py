"""What public pages share, of whatever plugin: who may keep one, the way to it, and what was wrong with a form."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, make_response

from core.refusals import Invalid, Refused
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
    """A page with a form, with somebody's own words or behind a personal link."""

    @wraps(view)
    def shown(**values: Any) -> Response:
        return private(make_response(view(**values)))

    return shown


def private(answer: Response) -> Response:
    """An answer for this reader alone: kept by no cache, its address told to no other site."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    """The way from the county's home to a page, as (label, url) pairs."""
    shell = portal_shell()
    return [{"label": label, "url": url} for label, url in ((shell.name, shell.url), *more)]


def problems(
    no: Invalid | Refused | None, said: Callable[[str, Any], Any] = lambda _name, line: line
) -> list[dict[str, Any]]:
    """The faults as `error_summary` shows them; `said` puts a field's sentence into the words of the form."""
    if isinstance(no, Invalid):
        return [{"text": said(name, line), "target": name} for name, lines in no.errors.items() for line in lines]
    return [{"text": refusal.detail, "article": refusal.article} for refusal in no.refusals] if no else []
