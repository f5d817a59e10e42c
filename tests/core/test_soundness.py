"""The nightly look at audit chains and sealed records, and the product's one clock."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import text

from core import audit, doctor, jurisdictions, soundness, tasks
from core.contracts import JurisdictionRef
from core.db import clock_at, db, utcnow, write
from core.permissions import SYSTEM


def broken_findings(app: Flask) -> list[str]:
    return [finding.sentence for finding in doctor.findings(app) if "audit verify" in finding.sentence]


def test_a_changed_row_is_found_at_night_and_shown_by_doctor(app: Flask, city: JurisdictionRef) -> None:
    with jurisdictions.enter(city), write():
        audit.record(SYSTEM, "core.test", "core.test", "1")
    assert tasks.verify() == 0
    assert broken_findings(app) == []
    with jurisdictions.enter(city), write() as session:
        session.execute(text("UPDATE core_audit_entry SET reason = 'another'"))
    assert tasks.verify() == 1
    assert soundness.last_faults() == {"zunyi": ["entry 1 was changed or reordered"]}
    assert len(broken_findings(app)) == 1


def test_the_nightly_check_stands_in_the_schedule(app: Flask) -> None:
    entry = app.extensions["mingtang.celery"].conf.beat_schedule["core.verify"]
    assert entry["task"] == "core.tasks.verify"
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({3}, {10})


def test_the_clock_stands_elsewhere_for_everything_written_inside(county: JurisdictionRef) -> None:
    then = utcnow() - timedelta(days=30)
    with clock_at(then):
        with write():
            entry = audit.record(SYSTEM, "core.test", "core.test", "1")
        assert then <= utcnow() < then + timedelta(minutes=1)
    assert then <= entry.at < then + timedelta(minutes=1)
    assert utcnow() - then >= timedelta(days=30)
    assert db.session.is_active
