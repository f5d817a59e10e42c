"""Who wants to know that a reader has come to a live text; pages and sockets tell it, the demonstration listens."""

from __future__ import annotations

from collections.abc import Callable

from core.contracts import JurisdictionRef

Listener = Callable[[JurisdictionRef, str], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Call `listener(jurisdiction, meeting id)` whenever somebody begins to read; it must return at once."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(jurisdiction: JurisdictionRef, meeting_id: str) -> None:
    """Somebody has opened the live text of a meeting."""
    for listener in _listeners:
        listener(jurisdiction, meeting_id)
