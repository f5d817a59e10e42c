"""Wake-up hints `{session, head}` after a commit: in process, and to other processes by pub/sub where there is one.

A hint only says where to look; whoever misses it finds the events a second later in the database.
"""

from __future__ import annotations

from collections.abc import Callable

Listener = Callable[[str, str, int], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Call `listener(jurisdiction id, session id, head)` after every commit; it must return at once."""
    if listener not in _listeners:
        _listeners.append(listener)


def give(jurisdiction_id: str, session_id: str, head: int) -> None:
    """Tell every listener of this process."""
    for listener in tuple(_listeners):
        listener(jurisdiction_id, session_id, head)


def forget(listener: Listener) -> None:
    """Call it no more; harmless when it never listened."""
    if listener in _listeners:
        _listeners.remove(listener)
