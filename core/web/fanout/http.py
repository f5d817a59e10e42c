"""The HTTP side of a connection: little patience with who does not say what it wants, and a handshake of one write."""

from __future__ import annotations

import base64
import hashlib
import io
import logging
import os
import re
import socket
import tempfile
import time
from email.message import Message
from http import client
from typing import Any, cast

import gevent
from gevent.pywsgi import OldMessage, WSGIHandler
from geventwebsocket.handler import WebSocketHandler

from core.web.fanout import seams
from core.web.fanout.limits import BODY_KEPT, BODY_RATE, HEADER_SECONDS, MESSAGE_BYTES

HANDLER = "mingtang.handler"
"""Where a request that wants to become a WebSocket carries its handler."""
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "


PLAIN = re.compile(r"(?:[A-Za-z0-9-]+:[^\r\n\0]*\r\n)*\r\n")
LINE = re.compile(r"([^:]+):[ \t]*([^\r\n]*)\r\n")


class PatientHandler(WebSocketHandler):
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

    def MessageClass(self, stream: Any, *_: Any) -> Message:  # noqa: N802 — the library's name
        """The headers. The library reads them as those of a mail, a tenth of a handshake; odd ones it still does."""
        block = b"".join(client._read_headers(stream)).decode("latin-1")  # type: ignore[attr-defined]  # noqa: SLF001
        if not PLAIN.fullmatch(block):
            return cast("Message", super().MessageClass(io.BytesIO(block.encode("latin-1"))))
        message: Message = OldMessage()
        for name, value in LINE.findall(block):
            message.set_raw(name, value)
        return message

    def handle_one_response(self) -> None:
        """The request is here: the answer may take its time."""
        self._patience.close()
        if not self._brings_a_body() or self._take_body():
            super().handle_one_response()
        else:
            self.close_connection = True

    def _brings_a_body(self) -> bool:
        length = self.environ.get("CONTENT_LENGTH") or self.environ.get("HTTP_TRANSFER_ENCODING")
        return bool(length) and not self._connection_upgrade_requested()

    def _take_body(self) -> bool:
        """Wait for the whole body before anybody works for it: one that came an octet at a time was never closed.

        False where it does not come, or is more than twice what is allowed; somewhat too much is read and refused.
        """
        most = self._most()
        body = tempfile.SpooledTemporaryFile(BODY_KEPT)  # noqa: SIM115 — the application reads it
        began, taken = time.monotonic(), 0
        try:
            while True:
                left = HEADER_SECONDS + taken / BODY_RATE - (time.monotonic() - began)
                with gevent.Timeout(left):
                    part = self.wsgi_input.read(BODY_KEPT)
                if not part:
                    break
                taken += len(part)
                if taken > 2 * most:
                    return False
                if taken <= most:
                    body.write(part)
        except (gevent.Timeout, OSError):
            return False
        body.seek(0)
        self.environ["wsgi.input"] = body
        return True

    def _most(self) -> int:
        if self.environ["PATH_INFO"].startswith("/socket.io/"):
            return MESSAGE_BYTES
        return int(self.server.application.config["MAX_CONTENT_LENGTH"])

    def log_request(self) -> None:
        """The access log is the application's."""

    def _handle_client_error(self, error: Exception) -> Any:
        """What is no request is refused; the library prints a traceback where headers have no end."""
        return super()._handle_client_error(ValueError(type(error).__name__))


class Handler(PatientHandler):
    """Leaves the upgrade to the application, which may refuse it with a status; no WebSocket object is made."""

    def run_application(self) -> None:
        """Hand the connection along with a request that wants to be a WebSocket."""
        if self.environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            self.environ[HANDLER] = self
            self.close_connection = True
        try:
            WSGIHandler.run_application(self)
        finally:
            self.environ.pop(HANDLER, None)  # each would keep the other alive


def take_over(environ: dict[str, Any]) -> tuple[socket.socket, bytes] | None:
    """The socket of a request that wants to be a WebSocket, from now on ours, and what is to be said first.

    None where the request is none. A duplicate, so that the HTTP handler closes its own and its greenlet ends.
    """
    handler, key = environ.get(HANDLER), environ.get("HTTP_SEC_WEBSOCKET_KEY", "").strip().encode("latin-1")
    sends_more = "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ
    if handler is None or len(key) != 24 or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13" or sends_more:
        return None
    accept = base64.b64encode(hashlib.sha1(key + GUID).digest())  # noqa: S324 — the protocol's, protects nothing
    raw = seams.plain_socket(os.dup(handler.socket.fileno()))
    raw.setblocking(False)
    handler.rfile.close()  # the handler's own descriptor is closed with its last user
    handler.socket = None  # or it reads on, and takes what the client says first
    return raw, SWITCH + accept + b"\r\n\r\n"
