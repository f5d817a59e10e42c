"""What operators see: alive, ready, metrics; and log lines that hold nothing personal."""

from __future__ import annotations

import io
import json
import logging as stdlib
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask import Flask
from sample.testing import Call, app, call, here, organiser, thing  # noqa: F401
from sqlalchemy import text

from core import heartbeat, logging
from core.contracts import JurisdictionRef
from core.db import db, write
from core.permissions import Actor


def test_alive_touches_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db.session, "execute", lambda *_: pytest.fail("the database was asked"))
    monkeypatch.setattr(db.session, "scalar", lambda *_: pytest.fail("the database was asked"))
    answer = app.test_client().get("/healthz", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.data) == (200, b"ok\n")


def test_ready_tells_database_migrations_and_worker(app: Flask) -> None:
    client = app.test_client()
    answer = client.get("/readyz")
    assert answer.json == {"ready": True, "database": "ok", "migrations": [], "worker": "never seen"}
    heartbeat.beat()
    assert client.get("/readyz").json["worker"] == "ok"
    with write() as session:
        session.execute(text("DELETE FROM alembic_version_core"))
    behind = client.get("/readyz")
    assert (behind.status_code, behind.json["ready"], behind.json["migrations"]) == (503, False, ["core"])


def test_ready_says_when_the_database_is_gone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: Any) -> None:
        raise __import__("sqlalchemy").exc.OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(db.session, "execute", gone)
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["database"]) == (503, "OperationalError")


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.1", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.1"}, 403),
        ("10.0.0.1", {"Authorization": "Bearer right"}, 200),
        ("10.0.0.1", {"Authorization": "Bearer wrong"}, 403),
        ("10.0.0.1", {"Authorization": "Bearer "}, 403),
    ],
)
def test_metrics_are_for_the_operator(app: Flask, address: str, headers: dict[str, str], status: int) -> None:
    app.config["METRICS_TOKEN"] = "right"
    answer = app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


def test_metrics_count_by_endpoint_and_name_nobody(app: Flask, call: Call, here: JurisdictionRef) -> None:
    ident = thing(here)
    call(None, "GET", f"sample/things/{ident}?x=secret")
    call(None, "GET", "/no/such/secret")
    call(None, "SECRET", "/no/such/secret")
    text_format = app.test_client().get("/metrics").get_data(as_text=True)
    assert 'endpoint="sample_api.show_get",method="GET",status="200"} 1.0' in text_format
    assert 'endpoint="unmatched",method="other"' in text_format
    assert ident not in text_format
    assert "secret" not in text_format.lower()


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """What is written to standard error, as the product does it."""
    stream, root = io.StringIO(), stdlib.getLogger()
    before = root.handlers[:]
    monkeypatch.setattr(sys, "stderr", stream)
    logging.configure()
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    root.handlers[:] = before


def test_a_log_line_has_route_status_and_time_only(
    call: Call, organiser: Actor, here: JurisdictionRef, lines: Any
) -> None:
    ident = thing(here)
    call(organiser, "GET", f"sample/things/{ident}?secret=secret", headers={"User-Agent": "secret"})
    line = lines()[-1]
    assert set(line) == {"event", "level", "timestamp", "request_id", "route", "method", "status", "ms"}
    assert (line["route"], line["status"]) == ("/api/v1/<jurisdiction>/sample/things/<id>", 200)
    assert ident not in json.dumps(lines())


def test_a_failure_is_logged_without_its_message(app: Flask, call: Call, lines: Any) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("secret of a person")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["sample_api.listing_get"] = fail
    answer = call(None, "GET", "sample/things?secret=secret")
    assert (answer.status_code, answer.json["code"]) == (500, "INTERNAL")
    failed, request = lines()[-2:]
    assert (failed["error"], failed["level"], request["status"]) == ("RuntimeError", "error", 500)
    assert failed["frames"][-1].endswith(" fail")
    assert failed["request_id"] == request["request_id"] == answer.headers["X-Request-Id"]
    assert "secret" not in json.dumps(lines())


def test_a_busy_database_is_503(app: Flask, call: Call, organiser: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.db import DatabaseBusy
    from core.web.api import edge

    def busy() -> Any:
        raise DatabaseBusy

    monkeypatch.setattr(edge, "write", busy)
    answer = call(organiser, "POST", "sample/things", json={"title": "修路"})
    assert (answer.status_code, answer.json["code"]) == (503, "BUSY")
    assert int(answer.headers["Retry-After"]) > 0
