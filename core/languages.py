"""A text in the right language: the reader's where it is shown, one fixed language where it is kept or sent.

`_l("中文")` waits until it is shown. Whoever stores or sends a text says it at once: `kept` for the record (always the
Chinese source, so that what is stored never depends on who looked), `said` for a person whose language is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}

if "__html__" in vars(LazyString):
    del LazyString.__html__  # it calls a lazy text safe HTML, with whatever name or title somebody typed into it


def said(text: Any, language: str) -> str:
    """`text`, which may be lazy, in "zh" or "en"; anything else means Chinese."""
    with force_locale(LANGUAGES.get(language, LANGUAGES["zh"])):
        return str(text)


def kept(text: Any) -> str:
    """The Chinese source of a text that is stored."""
    return said(text, "zh")


def listed(words: Iterable[Any]) -> LazyString:
    """甲、乙、丙 · A, B, C: joined when it is shown, so that lazy words keep following the reader."""
    kept_words = tuple(words)
    return LazyString(lambda: _("、").join(map(str, kept_words)))
