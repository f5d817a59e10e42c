"""Annual reports as people and programs send them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from plugins.disclosure.forms.withheld import Code, Sent


class NewReportIn(Sent):
    """Whose report of which year; `government`: that of the whole government, by the supervising body."""

    agency: Code
    year: int = Field(ge=2000, le=2100)
    kind: Literal["body", "government"] = "body"


class ReportIn(Sent):
    """The written parts, and figures of table two by key: counts, `fees` in 分; null for what the plugins give."""

    overview: str = Field("", max_length=20_000)
    problems: str = Field("", max_length=20_000)
    other: str = Field("", max_length=20_000)
    figures: dict[str, int | None] = Field({}, max_length=20)
