"""/healthz alive, /readyz able to serve, /metrics for Prometheus (loopback or MINGTANG_METRICS_TOKEN only)."""

from __future__ import annotations

import hmac
import ipaddress
import os
import time
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core import heartbeat, migrate
from core.db import db

bp = Blueprint("health", __name__)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Add the three addresses and count every request by endpoint, nothing personal."""
    registry = CollectorRegistry()
    app.extensions["mingtang.metrics"] = {
        "registry": registry,
        "requests": Counter("mingtang_requests", "Answers", ("endpoint", "method", "status"), registry=registry),
        "seconds": Histogram("mingtang_request_seconds", "Duration", ("endpoint",), registry=registry),
    }
    app.config.setdefault("METRICS_TOKEN", os.environ.get("MINGTANG_METRICS_TOKEN", ""))
    app.register_blueprint(bp)
    app.after_request(_count)


@bp.get("/healthz")
def alive() -> Response:
    """The process answers; touches nothing else."""
    return _plain("ok\n")


@bp.get("/readyz")
def ready() -> tuple[dict[str, Any], int]:
    """Database and migrations decide (503 when not); the worker's state is told beside them."""
    database, behind = _database()
    able = database == "ok" and not behind
    answer = {"ready": able, "database": database, "migrations": behind, "worker": heartbeat.state()}
    return answer, 200 if able else 503


@bp.get("/metrics")
def metrics() -> Response:
    """Counts and durations since the start of this process."""
    if not _may_read_metrics():
        abort(403)
    text_format = generate_latest(current_app.extensions["mingtang.metrics"]["registry"])
    return Response(text_format, content_type=CONTENT_TYPE_LATEST)


def _plain(body: str) -> Response:
    return Response(body, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


def _database() -> tuple[str, list[str]]:
    try:
        db.session.execute(text("SELECT 1"))
        return "ok", migrate.behind(db.session.connection())
    except SQLAlchemyError as error:
        return type(error).__name__, []
    finally:
        db.session.rollback()


def _may_read_metrics() -> bool:
    token = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not forwarded and ipaddress.ip_address(request.remote_addr or "::").is_loopback


def _count(response: Response) -> Response:
    kept, endpoint = current_app.extensions["mingtang.metrics"], request.endpoint or "unmatched"
    method = request.method if request.method in METHODS else "other"
    kept["requests"].labels(endpoint, method, response.status_code).inc()
    kept["seconds"].labels(endpoint).observe(time.perf_counter() - g.request_started)
    return response
