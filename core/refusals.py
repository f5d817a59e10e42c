"""Refusals (拒绝): what the product answers when a regulation or a right says no.

The same exception reaches console, API, import and socket; each edge renders it in its own form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

REQUIRED = _l("这一项必填。")
"""The complaint about a field that is not there or blank; the API lists such fields in `missing`."""


@dataclass(frozen=True)
class Refusal:
    """One reason for a no: stable `code`, the `article` it rests on (会7), and a sentence that says what to do."""

    code: str
    detail: Any  # str or LazyString
    article: str = ""
    missing: tuple[str, ...] = ()


class Refused(Exception):
    """The rules say no (409): all refusals in article order, the first one leads."""

    status = 409

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(refusals[0].code)
        self.refusals = refusals


class WrongState(Refused):
    """The event does not exist in the present state."""

    def __init__(self, state_label: Any) -> None:
        super().__init__(Refusal("WRONG_STATE", _l("当前状态为“%(state)s”，不能办理这一步。", state=state_label)))


class Forbidden(Refused):
    """The caller has no role for this act (403)."""

    status = 403

    def __init__(self, detail: Any = None, code: str = "FORBIDDEN") -> None:
        super().__init__(Refusal(code, detail or _l("您没有办理这一步的权限。")))


class Stale(Refused):
    """The object changed since the caller read it (412); `current` is its present version."""

    status = 412

    def __init__(self, current: int) -> None:
        super().__init__(Refusal("STALE", _l("内容已被他人修改，请核对最新版本后再提交。")))
        self.current = current


class TooMany(Refused):
    """Too often in too short a time (429); nothing was done."""

    status = 429

    def __init__(self, detail: Any) -> None:
        super().__init__(Refusal("TOO_MANY_REQUESTS", detail))


class NotFound(Exception):
    """Unknown, of another county, or switched off: the same answer for all three (404)."""

    status = 404


class Moved(Exception):
    """The same thing has another address now (301): `old` in the address asked for has become `new`."""

    status = 301

    def __init__(self, old: str, new: str) -> None:
        super().__init__(new)
        self.old, self.new = old, new


class Gone(NotFound):
    """Was public and was withdrawn: its address answers 410 and says when, and what the public may know.

    `reason` is the office's own and never shown; `note` is what the public reads. `matter_id` names its life-line.
    """

    status = 410

    def __init__(
        self, reason: str = "", *, note: str = "", at: datetime | None = None, matter_id: str | None = None
    ) -> None:
        super().__init__(reason)
        self.reason, self.note, self.at, self.matter_id = reason, note, at, matter_id


@dataclass
class Invalid(Exception):
    """The input's shape is wrong (422): field name → sentences. Nothing typed is lost by the edge."""

    errors: dict[str, list[Any]] = field(default_factory=dict)
    status = 422
