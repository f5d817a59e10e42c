"""What an endpoint answers, and how values are written as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import Response, g, request
from flask_babel.speaklater import LazyString
from pydantic import BaseModel

from core.workdays import LOCAL


@dataclass(frozen=True)
class Answer:
    """Data to send as JSON; `version` becomes the ETag header and `etag` in the body; None sends no body (204)."""

    data: Any
    version: int | str | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        """The version as the body carries it."""
        return "" if self.version is None else str(self.version)

    def text(self) -> str:
        """The JSON document."""
        if self.data is None:
            return ""
        data = {**self.data, "etag": self.etag} if self.version is not None else self.data
        return dumps(data)


def dumps(data: Any) -> str:
    """JSON with times in +08:00, dates in ISO and Chinese unescaped."""
    return json.dumps(data, default=_plain, ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(LOCAL).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, LazyString):
        return str(value)
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def respond(text: str, status: int, etag: str, headers: Mapping[str, str]) -> Response:
    """The HTTP answer: caching rules, ETag, 304 where the caller has it already."""
    answer = Response(text, status if text else 204, content_type="application/json")
    answer.headers["Cache-Control"] = "private, no-cache" if g.get("account") else "no-cache"
    answer.headers["Vary"] = "Accept-Language, Authorization, Cookie"
    answer.headers.update(headers)
    if etag:
        answer.set_etag(etag)
        if request.method in {"GET", "HEAD"} and request.if_none_match.contains_weak(etag):
            answer.status_code = 304
            answer.set_data(b"")
    return answer
