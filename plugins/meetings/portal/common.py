"""What the pages share: the way to a page, its card for those it is sent to, where a meeting stands."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from core.web.locale import moment
from core.web.portal import pages
from core.web.requests import origin
from plugins.meetings.models import Meeting
from plugins.meetings.services import public


def crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    """The way from the county's home over the list of meetings to this page, as (label, url) pairs."""
    return pages.crumbs((_("政务会议"), url_for("meetings.index")), *more)


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
