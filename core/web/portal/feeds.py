"""Atom feeds (RFC 4287): one shape for the news of a county, the steps of a matter, the meetings of a plugin."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import make_response, render_template, request
from flask_babel import lazy_gettext as _l
from pydantic import AwareDatetime, TypeAdapter, ValidationError
from werkzeug.wrappers import Response

from core.jurisdictions import current
from core.refusals import Invalid
from core.web.locale import language
from core.web.requests import origin

NAMES = uuid.UUID("0c2f6d6e-6c1b-5b7e-9d7c-3b0b8d0f5a10")
"""Made once for this product: an entry keeps its id whatever the address of the installation becomes."""
_MOMENT = TypeAdapter(AwareDatetime)


@dataclass(frozen=True)
class Entry:
    """One thing that happened; `key` names it for ever, `url` is a path of this site."""

    key: str
    title: Any
    url: str
    published: datetime
    updated: datetime
    term: str = ""
    label: Any = ""
    author: str = ""
    summary: str = ""

    @property
    def id(self) -> str:
        """Its address for feed readers; an id of ours is a UUID already."""
        return (uuid.UUID(self.key) if len(self.key) == 32 else uuid.uuid5(NAMES, self.key)).urn


def modified_since() -> datetime | None:
    """`?modified_since=` of this request.

    Raises:
        Invalid: it is no moment with a time zone.
    """
    text = request.args.get("modified_since", "").strip().replace(" ", "+")
    if not text:
        return None
    try:
        return _MOMENT.validate_python(text)
    except ValidationError:
        raise Invalid({"modified_since": [_l("请写成带时区的时间，例如 2026-03-01T09:00:00+08:00。")]}) from None


def feed(title: Any, page: str, entries: Sequence[Entry]) -> Response:
    """The newest entry first, those changed since `modified_since` where it is given; answers 304 where nothing is new.

    `page` is the path of the page that shows the same to people.
    """
    since = modified_since()
    rows = [entry for entry in entries if since is None or entry.updated >= since]
    rows.sort(key=lambda entry: (entry.updated, entry.key), reverse=True)
    text = render_template(
        "portal/feed.atom",
        here=current(),
        lang="en" if language() == "en" else "zh-Hans",
        title=title,
        page=page,
        rows=rows,
        updated=max((entry.updated for entry in rows), default=None),
        base=origin(),
    )
    answer = make_response(text)
    answer.content_type = "application/atom+xml; charset=utf-8"
    answer.add_etag()
    return answer.make_conditional(request)
