"""How dates, sizes and plain text read in templates: filters `day`, `hour`, `moment`, `size`, `paragraphs`."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import get_locale
from markupsafe import Markup, escape

CHINA = ZoneInfo("Asia/Shanghai")
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _english() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "en"


def local(value: datetime) -> datetime:
    """The moment as the clock on a Chinese wall shows it; a naive one is refused."""
    if value.tzinfo is None:
        raise ValueError("naive datetime in a template")
    return value.astimezone(CHINA)


def _as_date(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def day(value: date | datetime | None) -> str:
    """2026年11月24日（周二） · 24 November 2026 (Tue)."""
    if value is None:
        return ""
    on = _as_date(value)
    if _english():
        return f"{on.day} {_MONTHS_EN[on.month - 1]} {on.year} ({_WEEKDAYS_EN[on.weekday()]})"
    return f"{on.year}年{on.month}月{on.day}日（周{_WEEKDAYS_ZH[on.weekday()]}）"


def short_day(value: date | datetime | None) -> str:
    """11月24日 · 24 Nov: for lists whose year is plain."""
    if value is None:
        return ""
    on = _as_date(value)
    return f"{on.day} {_MONTHS_EN[on.month - 1][:3]}" if _english() else f"{on.month}月{on.day}日"


def weekday(value: date | datetime | None) -> str:
    """周二 · Tue."""
    if value is None:
        return ""
    index = _as_date(value).weekday()
    return _WEEKDAYS_EN[index] if _english() else f"周{_WEEKDAYS_ZH[index]}"


def hour(value: datetime | None) -> str:
    """15:00, Chinese time."""
    return "" if value is None else f"{local(value):%H:%M}"


def moment(value: datetime | None) -> str:
    """2026年11月24日（周二）15:00 · 24 November 2026 (Tue) 15:00."""
    if value is None:
        return ""
    gap = " " if _english() else ""
    return f"{day(value)}{gap}{hour(value)}"


def iso(value: date | datetime | None) -> str:
    """For `datetime=` and data attributes: ISO 8601, moments in +08:00."""
    if value is None:
        return ""
    return local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


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


def init_formatting(app: Flask) -> None:
    """Make the filters known to every template."""
    for function in (day, short_day, weekday, hour, moment, iso, size, paragraphs):
        app.jinja_env.filters[function.__name__] = function
