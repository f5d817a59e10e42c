"""Receipts of what citizens hand in: a number, and a secret that is shown once and stored as a digest."""

from __future__ import annotations

import hashlib
import hmac
import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without letters and digits that look alike."""
LENGTH = 12
NOBODY = "0" * 64


def new_secret() -> str:
    """Sixty random bits in three groups of four, as people can read them out."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(drawn[at : at + 4] for at in range(0, LENGTH, 4))


def digest(secret: str) -> str:
    """What is stored; blanks, dashes and small letters make no difference."""
    kept = "".join(character for character in secret[:100].upper() if character.isalnum())
    return hashlib.sha256(kept.encode("utf-8", "replace")).hexdigest()


def opens(secret: str, stored: str | None) -> bool:
    """True for the secret of that digest; takes as long where there is nothing to compare with."""
    fits = hmac.compare_digest(digest(secret), stored or NOBODY)
    return fits and stored is not None
