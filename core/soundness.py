"""Is what was recorded still what was recorded (核验)? Audit chains and sealed records, by command and every night."""

from __future__ import annotations

import json
from pathlib import Path

from flask import current_app

from core import audit, jurisdictions, plugins
from core.contracts import JurisdictionRef

Faults = dict[str, list[str]]
"""Jurisdiction's slug → one sentence per fault."""


def check() -> Faults:
    """Look at every jurisdiction and keep the result for `last_faults`."""
    found = {slug: faults for slug, faults in _everywhere() if faults}
    _file().write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return found


def last_faults() -> Faults:
    """What the last check found; nothing before the first one."""
    file = _file()
    found: Faults = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def _everywhere() -> list[tuple[str, list[str]]]:
    return [(place.slug, _of(place)) for place in jurisdictions.everywhere()]


def _of(place: JurisdictionRef) -> list[str]:
    with jurisdictions.enter(place):
        sealed = plugins.collect("verify_sealed", place)
        return [*audit.verify(), *sealed.items, *(f"{gap.plugin}: its check failed" for gap in sealed.gaps)]


def _file() -> Path:
    return Path(current_app.config["DATA"]) / "soundness.json"
