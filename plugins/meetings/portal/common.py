"""What the pages share: who may keep a page, and whose it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, make_response, url_for
from flask_babel import gettext as _

from core.web.locale import moment
from core.web.portal import cacheable
from core.web.portal.shell import portal_shell
from core.web.requests import origin
from plugins.meetings.models import Meeting
from plugins.meetings.services import public

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


def absolute(path: str) -> str:
    """The whole address of a path, as other programs need it: configured, else the one asked for."""
    return origin() + path


@dataclass(frozen=True)
class Share:
    """What a page tells those it is sent to: a card of title, sentence and picture, and a QR code of its address."""

    title: str
    sentence: str
    url: str
    picture: str
    qr: str


def shared(title: str, sentence: str, endpoint: str, meeting_id: str) -> Share:
    """The card of one of a meeting's public pages: live, record or meeting."""
    return Share(
        title,
        sentence,
        absolute(url_for(f"meetings.{endpoint}", meeting_id=meeting_id)),
        absolute(url_for("meetings.static", filename="share.png")),
        url_for("meetings.qr", meeting_id=meeting_id, of=endpoint),
    )


def lead(meeting: Meeting) -> str:
    """Where the meeting stands, in a sentence."""
    now = public.now_at(meeting)
    when = {"when": moment(meeting.starts_at), "place": meeting.place}
    sentences: dict[str, str] = {
        "announced": _("会议定于%(when)s在%(place)s召开。", **when),
        "in_session": _("会议正在进行，现在审议第%(number)s项：%(title)s", number=now.number, title=now.title)
        if now
        else _("会议正在进行。"),
        "paused": _("会议暂停，恢复后继续。"),
        "closed": _("会议已经结束，记录正在整理封存。"),
        "sealed": _("会议已经结束，记录已经封存，可以查阅。"),
        "cancelled": _("会议已经取消。"),
    }
    return sentences.get(meeting.state, "")
