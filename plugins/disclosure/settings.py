"""Local rules (本地规则) of disclosure: each conflict between the city's and the national rules is one of them."""

from __future__ import annotations

from core.contracts import Setting

SETTINGS: tuple[Setting, ...] = ()
