"""The clock of periodic messages (定时): Celery's, which told of a broker that is away by a stack trace a second."""

from __future__ import annotations

from typing import Any

from celery import beat

from core.trouble import Trouble


class Scheduler(beat.Scheduler):  # type: ignore[misc]
    """Sends what is due; what cannot be sent comes round again."""

    trouble = Trouble("no periodic messages, the broker is away")

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Send one entry."""
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except Exception as error:  # noqa: BLE001 whatever a broker does, the clock goes on
            self.trouble.met(error)
        else:
            self.trouble.over()
