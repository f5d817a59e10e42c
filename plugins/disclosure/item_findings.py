"""Passages of an item that look like personal data (个人隐私, 认5): numbers of identity, telephone, account."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from flask_babel import lazy_gettext as _l

KINDS: dict[str, Any] = {"identity": _l("身份证号码"), "phone": _l("手机号码"), "account": _l("银行账号")}
PATTERNS = {
    "identity": re.compile(r"(?<!\d)[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])[0-3]\d{4}[\dXx](?!\d)"),
    "phone": re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"),
    "account": re.compile(r"(?<!\d)[1-9]\d{15,18}(?!\d)"),
}
WHERE = ("title", "summary", "text", "keywords", "source", "note")
MOST = 100


def find(texts: dict[str, str]) -> list[dict[str, str]]:
    """Rows {key, kind, where, passage}, at most a hundred; `key` stays the same while the passage does."""
    found: dict[str, dict[str, str]] = {}
    for where in WHERE:
        for kind, pattern in PATTERNS.items():
            for passage in pattern.findall(texts.get(where, "")):
                key = hashlib.sha256(f"{where}:{passage}".encode()).hexdigest()[:12]
                found.setdefault(key, {"key": key, "kind": kind, "where": where, "passage": passage})
    return list(found.values())[:MOST]
