"""Structured logs: one JSON line per event on standard error, without personal data.

A request's line has id, route, method, status and duration: never its address, query, names, texts or tokens.
"""

from __future__ import annotations

import logging
import secrets
import sys
import time
from typing import Any

import structlog
from flask import Flask, Response, g, got_request_exception, request, request_started

log = structlog.get_logger(__name__)
SILENT = frozenset({"static", "health.alive", "health.ready", "health.metrics"})


def configure(level: int = logging.INFO) -> None:
    """Set up structlog and make other libraries' warnings look the same."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _only_the_frames,
    ]
    write = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*shared, write],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, write],
        )
    )
    logging.getLogger().handlers[:] = [handler]
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # its access lines carry query strings


def init_app(app: Flask) -> None:
    """Log every request and every failure of this app."""
    if not app.testing:
        configure()
    app.logger.disabled = True  # Flask's own line on failures carries the address; `_failed` says more with less
    request_started.connect(_start, app)
    got_request_exception.connect(_failed, app)
    app.after_request(_finish)


def route() -> str:
    """The rule that matched, e.g. /<jurisdiction>/meetings/<id>/; never the address itself."""
    return request.url_rule.rule if request.url_rule else "unmatched"


def _start(_app: Flask, **_: Any) -> None:
    g.request_started, g.request_id = time.perf_counter(), secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _failed(_app: Flask, exception: BaseException, **_: Any) -> None:
    log.error("request failed", route=route(), method=request.method, exc_info=exception)


def _finish(response: Response) -> Response:
    if response.status_code >= 500:
        response.headers["X-Request-Id"] = g.request_id
    if request.endpoint not in SILENT:
        log.info(
            "request",
            route=route(),
            method=request.method,
            status=response.status_code,
            ms=round((time.perf_counter() - g.request_started) * 1000, 1),
        )
    return response


def _only_the_frames(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """An exception as its type and where it happened: messages may quote what a person typed."""
    raised = event.pop("exc_info", None)
    error = sys.exc_info()[1] if raised is True else raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["frames"] = _frames(error)
    return event


def _frames(error: BaseException) -> list[str]:
    frames, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[-12:]
