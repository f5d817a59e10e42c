"""One digest for whatever is approved: SHA-256 over canonical JSON."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def digest(content: Any) -> str:
    """64 hexadecimal characters over values JSON can hold; dates count in ISO."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
