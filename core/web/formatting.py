"""How short days, sizes and plain text read in templates; `day` and `moment` stand in core.web.locale."""

from __future__ import annotations

import re
from datetime import date, datetime

from flask import Flask
from markupsafe import Markup, escape

from core.web.locale import WEEKDAYS, clock_time, language
from core.workdays import LOCAL, local_date


def _as_date(value: date | datetime) -> date:
    return local_date(value) if isinstance(value, datetime) else value


def short_day(value: date | datetime | None) -> str:
    """11月24日 · 24 Nov: for lists whose year is plain."""
    if value is None:
        return ""
    on = _as_date(value)
    return f"{on.day} {on:%b}" if language() == "en" else f"{on.month}月{on.day}日"


def weekday(value: date | datetime | None) -> str:
    """周二 · Tue."""
    if value is None:
        return ""
    on = _as_date(value)
    return f"{on:%a}" if language() == "en" else f"周{WEEKDAYS[on.weekday()]}"


def iso(value: date | datetime | None) -> str:
    """For `datetime=` and data attributes: ISO 8601, moments in +08:00."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(LOCAL).isoformat(timespec="seconds")
    return value.isoformat()


def size(octets: int) -> str:
    """1.2 MB: a file's size in units of 1024, one decimal from MB on."""
    if octets < 1024:
        return f"{octets} B"
    if octets < 1024 * 1024:
        return f"{octets // 1024} KB"
    return f"{octets / 1024 / 1024:.1f} MB"


def paragraphs(text: str) -> Markup:
    """Plain text as paragraphs; blank lines part them, single line ends stay. Everything is escaped."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    return Markup("\n").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in part.split("\n"))) for part in parts
    )


def init_app(app: Flask) -> None:
    """Make the filters known to every template."""
    for function in (short_day, weekday, iso, size, paragraphs):
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.filters["hour"] = clock_time
