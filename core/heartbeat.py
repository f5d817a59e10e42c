"""The worker's sign of life: it touches DATA/worker.beat on every sweep, /readyz and `doctor` look at it."""

from __future__ import annotations

import time
from pathlib import Path

from flask import current_app

LATE_SECONDS = 60.0
"""A worker that has not been heard of for this long is late."""


def beat() -> None:
    """Say that the worker runs; called by every sweep."""
    _file().touch()


def state() -> str:
    """ok, late, or never seen in this data folder."""
    try:
        age = time.time() - _file().stat().st_mtime
    except FileNotFoundError:
        return "never seen"
    return "ok" if age < LATE_SECONDS else "late"


def _file() -> Path:
    return Path(current_app.config["DATA"]) / "worker.beat"
