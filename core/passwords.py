"""Passwords (口令): argon2id, a short policy, and secrets handed out once.

Hashing takes some 50 ms of one core: in the serving process it runs in gevent's native threads, so that readers of
live text do not wait for somebody who signs in.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l

T = TypeVar("T")
MIN_LENGTH, MAX_LENGTH = 10, 200
MIN_DIFFERENT = 5
_COMMON = """
0123456789 1234567890 12345678900 0987654321 1122334455 1234567891 123456789a a123456789 1qaz2wsx3edc 1q2w3e4r5t
1q2w3e4r5t6y qwertyuiop qwerty123456 password123 password1234 passw0rd123 administrator admin123456 admin12345
abcdefghij abc1234567 abcd123456 woaini1314520 5201314520 iloveyou123 zunyi123456 zunyi12345 mingtang123 changeme123
welcome123 letmein1234 qazwsxedcrfv asdfghjkl1 root123456
"""
COMMON = frozenset(_COMMON.split())
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters that are misread
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _natively(_hasher.hash, password)


def verify(stored: str | None, password: str) -> bool:
    """Whether `password` fits; takes as long for accounts without a password or unknown ones (`stored` None)."""
    sound = _natively(_matches, stored or _nobody(), password[:MAX_LENGTH])
    return sound and stored is not None and len(password) <= MAX_LENGTH


def faults(password: str, login: str) -> list[Any]:
    """Why a new password is not taken; empty when it is."""
    if len(password) < MIN_LENGTH:
        return [_l("至少 %(count)s 个字符。", count=MIN_LENGTH)]
    if len(password) > MAX_LENGTH:
        return [_l("最多 %(count)s 个字符。", count=MAX_LENGTH)]
    lowered = password.lower()
    if login.lower() in lowered:
        return [_l("不能包含登录名。")]
    if lowered in COMMON or len(set(lowered)) < MIN_DIFFERENT:
        return [_l("过于常见，请换一个。")]
    return []


def one_time() -> str:
    """A password to hand over once: four groups of four, 79 random bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


@cache
def _nobody() -> str:
    """The hash of no account; made on first use, because it would slow the start of every command."""
    return _hasher.hash(secrets.token_hex(16))


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _natively(function: Callable[..., T], *arguments: Any) -> T:
    """Run in a native thread where gevent has patched threading, here and now elsewhere."""
    monkey = sys.modules.get("gevent.monkey")
    if monkey is None or not monkey.is_module_patched("threading"):
        return function(*arguments)
    import gevent

    result: T = gevent.get_hub().threadpool.apply(function, arguments)
    return result
