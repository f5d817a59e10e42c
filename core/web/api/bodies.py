"""Reading what was sent: size, content type, JSON, text rules, then the pydantic model. All faults are 413, 415, 422.

Text rules (contract.md, Values): CRLF becomes LF; other control characters and lone surrogates are refused.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any, TypeVar

from flask import request
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ValidationError

from core.refusals import Invalid
from core.web.api.fields import sentence
from core.web.problems import Problem

MAX_JSON_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 32
MAX_VALUES = 20_000
UNCLEAN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
MAX_INTEGER = 2**53 - 1
M = TypeVar("M", bound=BaseModel)
BAD_NUMBER = _l("数字超出范围。")
BAD_TIME = _l("请写 1900 至 2200 年间的日期，时间还要写明时区，例如 2026-11-24T09:00:00+08:00。")
UNCLEAR = _l("含有不可见的控制字符，或写了不止一次。")


@dataclass(frozen=True)
class Sent:
    """What came with a write: its digest (for Idempotency-Key), its value, or the fault found in it."""

    digest: str
    value: Any = None
    fault: Exception | None = None

    def parse(self, model: type[M]) -> M:
        """The validated body; raises the fault found while reading, or Invalid with one entry per field."""
        if self.fault:
            raise self.fault
        return validate(model, self.value)


def read(*, expects_json: bool) -> Sent:
    """Read the body once, before any transaction.

    Raises:
        Problem: 413, too large.
    """
    if not expects_json:
        return Sent(_digest_of_form())
    request.max_content_length = MAX_JSON_BYTES
    raw = request.get_data()
    if raw and not _is_json():
        return Sent(_digest(raw), fault=Problem(415))
    try:
        value = load(raw)
    except (Problem, Invalid) as fault:
        return Sent(_digest(raw), fault=fault)
    return Sent(_digest(json.dumps(value, sort_keys=True).encode()), value)


def load(raw: bytes) -> Any:
    """JSON as this API accepts it: UTF-8, no NaN, no doubled keys, bounded depth and numbers, clean text."""
    try:
        value = json.loads(
            raw.decode("utf-8") if raw.strip() else "{}",
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
        return Cleaner().clean(value, 0, "")
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise _malformed() from error


def validate(model: type[M], value: Any, *, strict: bool = True) -> M:
    """The model's instance, strict as JSON is; unknown fields are refused unless the model allows them.

    Raises:
        Invalid: field name → sentences in the caller's language.
    """
    extra = None if model.model_config.get("extra") else "forbid"
    try:
        parsed = model.model_validate_json(json.dumps(value), strict=strict, extra=extra)  # type: ignore[arg-type]
    except ValidationError as error:
        raise Invalid(_by_field(error)) from error
    unfit = dict(_unfit(parsed, ""))
    if unfit:
        raise Invalid({name: [told] for name, told in unfit.items()})
    return parsed


def is_clean(text: str) -> bool:
    """True when no control character (but LF) and no lone surrogate stands in it."""
    return UNCLEAN.search(text) is None


def _is_json() -> bool:
    return request.mimetype == "application/json" or request.mimetype.endswith("+json")


def _digest(raw: bytes) -> str:
    return hashlib.sha256(f"{request.method} {request.path}\n".encode() + raw).hexdigest()


def _digest_of_form() -> str:
    """Multipart boundaries differ from try to try, so the parts are digested, not the bytes."""
    parts = [[name, value] for name, value in sorted(request.form.items(multi=True))]
    for name, upload in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
        parts.append([name, upload.filename or "", _digest_of(upload.stream)])
    return _digest(json.dumps(parts).encode())


def _digest_of(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(1 << 16):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()


def _refuse_constant(_name: str) -> Any:
    raise ValueError


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


class Cleaner:
    """Walks a parsed document once: text rules, bounds of numbers, depth and count of values."""

    def __init__(self) -> None:
        self.left = MAX_VALUES

    def clean(self, value: Any, depth: int, where: str) -> Any:
        """The value as it may be used.

        Raises:
            Problem: 413, too deep or too many values. Invalid: a text or number that is not taken.
        """
        self.left -= 1
        if depth > MAX_DEPTH or self.left < 0:
            raise _too_deep()
        if isinstance(value, str):
            return _text(value, where)
        if isinstance(value, list):
            return [self.clean(item, depth + 1, f"{where}[{n}]") for n, item in enumerate(value)]
        if isinstance(value, dict):
            return {_text(key, where): self._member(key, item, depth, where) for key, item in value.items()}
        if isinstance(value, (int, float)) and (not math.isfinite(value) or abs(value) > MAX_INTEGER):
            raise Invalid({where: [BAD_NUMBER]})
        return value

    def _member(self, key: str, item: Any, depth: int, where: str) -> Any:
        return self.clean(item, depth + 1, f"{where}.{key}" if where else key)


def _text(text: str, where: str) -> str:
    text = text.replace("\r\n", "\n")
    if not is_clean(text):
        name = where.encode("utf-8", "replace").decode()
        raise Invalid({name: [_l("含有不可见的控制字符或残缺字符，请删去后重试。")]})
    return text


def _malformed() -> Problem:
    return Problem(422, "MALFORMED_JSON", _l("提交的内容不是完整的 JSON（UTF-8，不含 NaN，键不重复）。"))


def _too_deep() -> Problem:
    return Problem(413, "TOO_DEEP", _l("JSON 嵌套过深或条目过多，请简化或分次提交。"))


def _by_field(error: ValidationError) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for item in error.errors(include_url=False):
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in item["loc"])
        found.setdefault(where.lstrip("."), []).append(sentence(item))
    return found


def _unfit(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Fields whose time is naive or so far away that it has no UTC form, and numbers no database holds."""
    if isinstance(value, date):
        if not 1900 <= value.year <= 2200 or (isinstance(value, datetime) and value.tzinfo is None):
            yield where, BAD_TIME
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            yield where, BAD_NUMBER
    elif isinstance(value, BaseModel):
        fields = type(value).model_fields
        for name, item in value:
            shown = (fields[name].alias or name) if name in fields else name
            yield from _unfit(item, f"{where}.{shown}" if where else shown)
    elif isinstance(value, (list, tuple)):
        for n, item in enumerate(value):
            yield from _unfit(item, f"{where}[{n}]")
