"""Background work (后台任务): the database is the truth, a Celery message is only a wake-up."""

from __future__ import annotations


def wake() -> None:
    """Tell the worker that rows are due; it would find them by its own sweep a little later."""
