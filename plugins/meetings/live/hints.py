"""Wake-up hints `{session, head}` after a commit: in process, and to other processes by pub/sub where there is one.

A hint only says where to look; whoever misses it finds the events a second later in the database. So Redis
(`REDIS_URL`) may be away, slow or emptied: lines come a little later then, none is lost and no writer waits for it.
"""

from __future__ import annotations

import functools
import json
import threading
import time
from collections.abc import Callable

import redis
from flask import current_app

from core.db import new_id
from core.trouble import Trouble

CHANNEL = "mingtang.live"
PATIENCE_SECONDS, QUIET_SECONDS = 0.2, 5.0
"""The longest a writer waits for Redis, and how long it is left alone after that."""
PROCESS = new_id()
"""Marks our own messages: our readers have been told already."""
Listener = Callable[[str, str, int], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Call `listener(jurisdiction id, session id, head)` after every commit here or elsewhere; it returns at once."""
    if listener not in _listeners:
        _listeners.append(listener)
    url: str = current_app.config["REDIS_URL"]
    if url:
        _channel(url).follow()


def forget(listener: Listener) -> None:
    """Call it no more; harmless when it never listened."""
    if listener in _listeners:
        _listeners.remove(listener)


def give(jurisdiction_id: str, session_id: str, head: int) -> None:
    """Tell every listener of this process and of the others."""
    _tell(jurisdiction_id, session_id, head)
    url: str = current_app.config["REDIS_URL"]
    if url:
        _channel(url).publish(json.dumps([PROCESS, jurisdiction_id, session_id, head]))


def _tell(jurisdiction_id: str, session_id: str, head: int) -> None:
    for listener in tuple(_listeners):
        listener(jurisdiction_id, session_id, head)


@functools.cache
def _channel(url: str) -> _Channel:
    return _Channel(url)


class _Channel:
    """One Redis as seen from this process."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS, retry=None
        )
        self._quiet_until = 0.0
        self._trouble = Trouble("no hints between processes, lines come a second later")
        self._lock = threading.Lock()
        self._following = False

    def publish(self, message: str) -> None:
        """Tell the other processes; what fails is not tried again."""
        if time.monotonic() < self._quiet_until:
            return
        try:
            self._redis.publish(CHANNEL, message)
        except (redis.RedisError, OSError) as error:
            self._rest(error)
        else:
            self._trouble.over()

    def follow(self) -> None:
        """Hear the other processes, as long as anybody listens here."""
        with self._lock:
            if self._following:
                return
            self._following = True
        threading.Thread(target=self._run, daemon=True, name="live-hints").start()

    def _run(self) -> None:
        while self._wanted():
            try:
                self._hear()
            except (redis.RedisError, OSError, ValueError) as error:
                self._rest(error)
                time.sleep(1.0)

    def _wanted(self) -> bool:
        with self._lock:
            self._following = bool(_listeners)
            return self._following

    def _hear(self) -> None:
        with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:  # type: ignore[no-untyped-call]
            subscription.subscribe(CHANNEL)
            self._trouble.over()
            while _listeners:
                message = subscription.get_message(timeout=1.0)
                if message is not None:
                    sender, *hint = json.loads(message["data"])
                    if sender != PROCESS:
                        _tell(*hint)

    def _rest(self, error: Exception) -> None:
        self._quiet_until = time.monotonic() + QUIET_SECONDS
        self._trouble.met(error)
