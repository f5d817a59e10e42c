"""What text may enter (contract.md, Values): CRLF becomes LF, nothing else is changed, unprintable text is refused."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l

from core.refusals import Invalid

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(text: str) -> str:
    """`text` with LF line ends.

    Raises:
        ValueError: control characters other than tab and line feed, or lone surrogates.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _UNPRINTABLE.search(text):
        raise ValueError("control characters or lone surrogates")
    return text


def printable(text: str) -> str:
    """`text` with a blank for each character that may not enter: for what is derived, like the words of a search."""
    return _UNPRINTABLE.sub(" ", text)


def checked(values: dict[str, str], limits: dict[str, int], required: tuple[str, ...] = ()) -> dict[str, str]:
    """The cleaned `values` of a form: lengths in code points by `limits`, `required` ones not blank.

    Raises:
        Invalid: field → sentences, all faults at once.
    """
    faults: dict[str, list[Any]] = {}
    for name, value in values.items():
        try:
            values = values | {name: clean(value)}
        except ValueError:
            faults[name] = [_l("含有不能显示的字符，请删除后再提交。")]
        if name in required and not value.strip():
            faults[name] = [_l("请填写这一项。")]
        elif len(value) > limits.get(name, 1_000_000):
            faults[name] = [_l("最多 %(limit)s 个字，现有 %(count)s 个。", limit=limits[name], count=len(value))]
    if faults:
        raise Invalid(faults)
    return values
