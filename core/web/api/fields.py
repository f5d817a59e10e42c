"""Pydantic's complaints as sentences a person understands, in the caller's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from core.refusals import REQUIRED

SENTENCES: dict[str, Any] = {
    "missing": REQUIRED,
    "extra_forbidden": _l("没有这一项，请删去或核对名称。"),
    "string_type": _l("应为文字。"),
    "bool_type": _l("应为 true 或 false。"),
    "int_type": _l("应为整数。"),
    "int_from_float": _l("应为整数。"),
    "float_type": _l("应为数字。"),
    "list_type": _l("应为列表。"),
    "dict_type": _l("应为对象。"),
    "model_type": _l("应为对象。"),
    "model_attributes_type": _l("应为对象。"),
    "none_required": _l("应为空。"),
    "string_pattern_mismatch": _l("格式不对。"),
}
BY_PREFIX: dict[str, Any] = {
    "datetime_": _l("应为带时区的时间，例如 2026-11-24T09:00:00+08:00。"),
    "timezone_": _l("应为带时区的时间，例如 2026-11-24T09:00:00+08:00。"),
    "date_": _l("应为日期，例如 2026-11-24。"),
    "time_": _l("应为时刻，例如 09:00。"),
    "url_": _l("应为网址。"),
}
WITH_LIMIT: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "literal_error": ("expected", lambda values: _l("只能是：%(values)s。", values=values.replace(" or ", ", "))),
    "enum": ("expected", lambda values: _l("只能是：%(values)s。", values=values.replace(" or ", ", "))),
    "string_too_long": ("max_length", lambda n: _l("最多 %(n)s 个字。", n=n)),
    "string_too_short": ("min_length", lambda n: _l("至少 %(n)s 个字。", n=n)),
    "too_long": ("max_length", lambda n: _l("最多 %(n)s 项。", n=n)),
    "too_short": ("min_length", lambda n: _l("至少 %(n)s 项。", n=n)),
}


def sentence(error: Mapping[str, Any]) -> Any:
    """One complaint: a fixed sentence by type, one with its limit, or the author's own."""
    kind, limits = error["type"], error.get("ctx") or {}
    if kind in SENTENCES:
        return SENTENCES[kind]
    if kind in WITH_LIMIT:
        name, make = WITH_LIMIT[kind]
        return make(limits.get(name, ""))
    if kind in {"value_error", "assertion_error"} and limits.get("error") and limits["error"].args:
        return limits["error"].args[0]
    if kind.startswith(("greater_than", "less_than")):
        return _l("数值超出范围（%(limit)s）。", limit=next(iter(limits.values()), ""))
    return next((text for prefix, text in BY_PREFIX.items() if kind.startswith(prefix)), _l("填写不正确。"))
