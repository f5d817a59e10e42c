"""The HTTP side of a connection: little patience with who does not say what it wants, few words in the log."""

from __future__ import annotations

import logging
from typing import Any

import gevent
from geventwebsocket.handler import WebSocketHandler

from core.web.fanout.limits import HEADER_SECONDS


class Handler(WebSocketHandler):
    """gevent-websocket's, with an end to waiting: a thousand silent connections are gone within ten seconds."""

    logger = logging.getLogger("mingtang.websocket")
    logger.setLevel(logging.CRITICAL)  # a bad handshake is answered, not told

    def handle_one_request(self) -> Any:
        """Wait for a request, but not for ever; kept connections count from their last answer."""
        self._patience = gevent.Timeout.start_new(HEADER_SECONDS)
        try:
            return super().handle_one_request()
        except gevent.Timeout as timeout:
            if timeout is not self._patience:
                raise
            return None
        finally:
            self._patience.close()

    def handle_one_response(self) -> None:
        """The request is here: the answer may take its time."""
        self._patience.close()
        super().handle_one_response()

    def _handle_client_error(self, error: Exception) -> Any:
        """What is no request is refused; the library prints a traceback where headers have no end."""
        return super()._handle_client_error(ValueError(type(error).__name__))
