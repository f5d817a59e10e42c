"""The digest chain of a live text: pure functions, so that a record can be checked anywhere, also offline.

text_hash = SHA-256(salt ‖ text); digest = SHA-256(prev_digest ‖ JSON of the event's FIELDS), keys sorted, compact,
UTF-8. The texts are not in the digest, only their salted hashes: blanking a text leaves the chain verifiable.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

GENESIS = "0" * 64
FIELDS = (
    "epoch", "seq", "kind", "post", "rev", "at", "item", "speaker", "role", "type", "reason", "public_note",
    "text_hash", "before_hash",
)  # fmt: skip
BEIJING = timezone(timedelta(hours=8))


def stamp(at: datetime) -> str:
    """A moment as the record states it: milliseconds, +08:00; the same characters are answered and digested."""
    return at.astimezone(BEIJING).isoformat(timespec="milliseconds")


def text_hash(salt: str, text: str) -> str:
    """The salted hash of a text; `salt` is hexadecimal and enters as bytes."""
    return hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()


def event_digest(prev_digest: str, event: Mapping[str, Any]) -> str:
    """The digest of an event over the one before it; fields that are missing count as null."""
    stated = {name: event.get(name) for name in FIELDS}
    text = json.dumps(stated, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((prev_digest + text).encode()).hexdigest()
