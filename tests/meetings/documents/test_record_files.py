"""Documents of a sealed record made in the background: one job, nothing half-made when killed, for who may read it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import delete

from core import accounts, jobs, storage, tasks
from core.contracts import JurisdictionRef
from core.db import db, utcnow, write
from core.jurisdictions import by_slug, enter
from core.models import ApiToken, Job, RoleGrant
from core.permissions import SYSTEM, Actor
from core.refusals import Forbidden, NotFound, WrongState
from plugins.meetings.documents import record_files
from plugins.meetings.live import reading, writer
from plugins.meetings.live.models import LivePost
from plugins.meetings.live.writer import Line
from plugins.meetings.models import Meeting
from plugins.meetings.services import record_jobs
from tests.serving import wait_for

ROOT = Path(__file__).parents[3]


@pytest.fixture
def make(county: JurisdictionRef) -> Callable[..., str]:
    """A closed or sealed meeting with so many lines."""

    def build(lines: int = 3, *, open_to_public: bool = True, sealed: bool = True) -> str:
        now = utcnow()
        with write() as session:
            meeting = Meeting(
                kind="special", title="专题会", starts_at=now, state="closed", open_to_public=open_to_public,
                announced_at=now, opened_at=now, closed_at=now, sealed_at=now,
            )  # fmt: skip
            session.add(meeting)
            session.flush()
            writer.ensure_session(meeting.id)
            live = writer.lock(meeting.id)
            live.audience = meeting.audience
            writer.follow_meeting_state(live, "in_session")
            for number in range(lines):
                writer.publish(live, SYSTEM, Line("speech", f"第{number}句。", speaker="王某"))
            writer.follow_meeting_state(live, "closed")
            if sealed:
                meeting.state = "sealed"
                writer.follow_meeting_state(live, "sealed")
            return meeting.id

    return build


@pytest.fixture
def clerk(county: JurisdictionRef, person: Callable[..., Actor]) -> Actor:
    return person("organiser", place=county)


def ask(actor: Actor, meeting: str, kind: str) -> str:
    with write():
        return record_jobs.ask(actor, db.session.get_one(Meeting, meeting), kind).id


def row(ident: str) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, ident, populate_existing=True)


def kept(app: Flask) -> list[Path]:
    return [path for path in (Path(app.config["DATA"]) / "records").rglob("*") if path.is_file()]


def test_who_asks_gets_both_files(app: Flask, make: Callable[..., str], clerk: Actor) -> None:
    meeting = make()
    asked = {kind: ask(clerk, meeting, kind) for kind in ("docx", "pdf")}
    assert ask(clerk, meeting, "pdf") == asked["pdf"]
    assert tasks.run_jobs() == 2
    for kind, ident in asked.items():
        done = row(ident)
        assert (done.state, done.sentence) == ("done", "会议记录已生成。")
        assert done.done == done.total > 0
        assert done.result is not None
        assert done.result.filename == f"专题会会议记录.{kind}"
        content = storage.path_of(done.result.sha256).read_bytes()
        if kind == "docx":
            assert "王某：第2句。" in [line.text for line in Document(BytesIO(content)).paragraphs]
        else:
            assert "王某：第2句。" in PdfReader(BytesIO(content)).pages[0].extract_text()


def test_three_thousand_lines_are_done_with_progress(
    make: Callable[..., str], clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To reach: .docx within 5 s, .pdf within 15 s, from the database to the stored file."""
    meeting, seen = make(), []
    monkeypatch.setattr(jobs, "STEP_SECONDS", 0.05)
    claimed = jobs.Work._claimed

    def noted(work: jobs.Work, session: Any) -> Job:
        job = claimed(work, session)
        seen.append((work.kind, job.done, job.total))
        return job

    monkeypatch.setattr(jobs.Work, "_claimed", noted)
    with write() as session:
        live = reading.of_meeting(meeting)
        text = "关于供水改造方案的若干说明和数据，请各位审议。" * 4
        session.add_all(
            LivePost(
                session_id=live.id, state="public", seq=1000 + n, speaker="王某", role="局长", type="speech",
                text=f"第{n}句。{text}", at=utcnow(),
            )
            for n in range(3000)
        )  # fmt: skip
    for kind in ("docx", "pdf"):
        ident = ask(clerk, meeting, kind)
        assert tasks.run_jobs() == 1
        assert row(ident).state == "done"
    assert any(0 < done < total for _kind, done, total in seen)


def test_a_meeting_that_is_not_public_is_for_the_staff_concerned(
    app: Flask, make: Callable[..., str], clerk: Actor, person: Callable[..., Actor]
) -> None:
    meeting = make(open_to_public=False)
    ident = ask(clerk, meeting, "docx")
    tasks.run_jobs()
    assert row(ident).state == "done"
    stranger = person("organiser", place=by_slug("meitan"))
    with pytest.raises((NotFound, Forbidden)):
        ask(stranger, meeting, "docx")
    late = ask(clerk, meeting, "pdf")
    with write() as session:
        session.execute(delete(RoleGrant).where(RoleGrant.account_id == clerk.id))
    tasks.run_jobs()
    assert row(late).state == "failed", "the right is asked again when the file is made"
    assert row(late).result is None


def test_before_the_sealing_there_is_none(make: Callable[..., str], clerk: Actor) -> None:
    meeting = make(sealed=False)
    with pytest.raises(WrongState):
        ask(clerk, meeting, "pdf")


def test_a_long_record_is_made_for_the_public_while_a_page_says_so(
    app: Flask, make: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/huichuan/meetings/{make(5)}/record.pdf"
    monkeypatch.setattr(record_files, "SHORT", 2)
    client = app.test_client()
    db.session.remove()
    first = client.get(address)
    assert (first.status_code, first.headers["Cache-Control"]) == (202, "private, no-store")
    assert "正在后台生成" in first.get_data(as_text=True)
    assert client.get(address).status_code == 202
    with enter(by_slug("huichuan")):
        assert tasks.run_jobs() == 1
    answer = client.get(address)
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_a_text_withdrawn_after_the_sealing_is_in_no_file(app: Flask, make: Callable[..., str], clerk: Actor) -> None:
    meeting = make()
    ask(clerk, meeting, "docx")
    tasks.run_jobs()
    (before,) = kept(app)
    with write():
        live = writer.lock(meeting)
        writer.withdraw(live, SYSTEM, reading.lines(live)[0]["post"], "依法撤下", "依法撤下")
    db.session.remove()
    content = app.test_client().get(f"/huichuan/meetings/{meeting}/record.docx").data
    texts = [line.text for line in Document(BytesIO(content)).paragraphs]
    assert "王某：第0句。" not in texts
    assert "王某：［此条已撤回：依法撤下］" in texts
    assert not before.exists()
    assert len(kept(app)) == 1


def test_over_the_api(app: Flask, make: Callable[..., str], clerk: Actor) -> None:
    meeting = make()
    with write() as session:
        session.add(ApiToken(account_id=clerk.id or "", token_hash=accounts.digest("t")))
    db.session.remove()
    client, head = app.test_client(), {"Authorization": "Bearer t"}
    address = f"/api/v1/huichuan/meetings/{meeting}/record"
    assert client.post(address, json={"kind": "pdf"}).status_code == 401
    assert client.post(address, json={"kind": "exe"}, headers=head).status_code == 422
    answer = client.post(address, json={"kind": "pdf"}, headers=head)
    assert (answer.status_code, answer.json["state"]) == (202, "waiting")
    with enter(by_slug("huichuan")):
        tasks.run_jobs()
    found = client.get(f"/api/v1/huichuan/jobs/{answer.json['id']}", headers=head).json
    assert found["state"] == "done"
    bytes_of = client.get(f"/api/v1/huichuan/files/{found['result']['id']}/content", headers=head).data
    assert bytes_of.startswith(b"%PDF-1.7")


# --- a real worker, killed ------------------------------------------------------------------------


@pytest.fixture
def worker(app: Flask) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a worker as `serve` does on the test's data folder; all are ended at the end."""
    started: list[subprocess.Popen[bytes]] = []
    url = str(app.config["SQLALCHEMY_DATABASE_URI"])
    environ = os.environ | {
        "DATABASE_URL": "" if url.startswith("sqlite") else url.replace("postgresql+psycopg", "postgresql"),
        "CELERY_BROKER_URL": app.config["CELERY_BROKER_URL"],
    }
    command = [sys.executable, "-m", "core.cli", "--data", str(app.config["DATA"]), "run", "worker", "--with-parent"]

    def start() -> subprocess.Popen[bytes]:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT, env=environ)
        started.append(child)
        return child

    yield start
    for child in started:
        if child.poll() is None:
            child.kill()
        child.wait()
        if child.stdin:
            child.stdin.close()


@pytest.mark.server
def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_job_is_taken_up_again(
    app: Flask, make: Callable[..., str], clerk: Actor, worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    ident = ask(clerk, make(1500), "docx")
    first = worker()

    def killed_while_it_runs() -> bool:
        with write() as session:  # the worker cannot end the job while this test holds its row
            running = session.get_one(Job, ident, with_for_update=True).state == "running"
            if running:
                first.send_signal(signal.SIGKILL)
                first.wait()
        return running

    wait_for(killed_while_it_runs)
    left = row(ident)
    assert (left.state, left.attempts, left.result_id) == ("running", 1, None)
    assert [path for path in kept(app) if not path.name.startswith(".")] == []
    with write() as session:
        session.get_one(Job, ident).lease_until = utcnow() - timedelta(seconds=1)
    worker()
    wait_for(lambda: row(ident).state == "done")
    done = row(ident)
    assert done.attempts == 2
    assert done.result is not None
    texts = [line.text for line in Document(storage.path_of(done.result.sha256)).paragraphs]
    assert sum(line.startswith("王某：第") for line in texts) == 1500
    assert jobs.find(clerk, ident).state == "done"
