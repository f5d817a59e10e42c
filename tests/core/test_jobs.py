"""Background jobs: taken once, watched and stopped by who asked, nothing half-done, forgotten in time."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import accounts, jobs, jurisdictions, storage, tasks
from core.contracts import JobKind, JurisdictionRef
from core.db import DatabaseBusy, db, utcnow, write
from core.models import Account, ApiToken, Attachment, Job, Matter, StoredFile
from core.permissions import ANONYMOUS, SYSTEM, Actor
from core.refusals import Forbidden, NotFound, Refusal, Refused, WrongState

Run = Callable[[jobs.Work], Any]


@pytest.fixture
def clerk(county: JurisdictionRef, person: Callable[..., Actor]) -> Actor:
    return person("organiser", place=county)


@pytest.fixture
def kind(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Run], None]:
    """Say what the kind «meetings.test» does; progress is committed at every step."""
    monkeypatch.setattr(jobs, "STEP_SECONDS", 0.0)

    def offer(run: Run) -> None:
        offered = {"meetings.test": ("meetings", JobKind("meetings.test", "测试", run))}
        monkeypatch.setattr(jobs, "kinds", lambda: offered)

    return offer


def ask(actor: Actor, **more: Any) -> str:
    with write():
        return jobs.start(actor, "meetings.test", title="导出", **more).id


def row(ident: str) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, ident, populate_existing=True)


def write_matters(work: jobs.Work, count: int = 3) -> jobs.Result:
    """All in one transaction, with the job's end."""
    with write() as session:
        for number in range(count):
            session.add(Matter(title=f"第{number}件"))
            work.step(number, count)
        work.finish(jobs.Result("写好了"))
    return jobs.Result()


def paper(_work: jobs.Work) -> jobs.Result:
    return jobs.Result("已生成", storage.stage(io.BytesIO("结果".encode()), "结果.txt"))


def count(model: Any) -> int:
    db.session.rollback()
    return len(db.session.scalars(select(model)).all())


def test_it_is_done_once_and_its_file_is_for_who_asked(
    clerk: Actor, county: JurisdictionRef, person: Callable[..., Actor], kind: Callable[[Run], None]
) -> None:
    kind(paper)
    ident = ask(clerk, subject="a", total=3)
    assert ask(clerk, subject="a", total=3) == ident
    assert ask(clerk, subject="b") != ident
    assert tasks.run_jobs() == 2
    assert tasks.run_jobs() == 0
    done = row(ident)
    assert (done.state, done.done, done.sentence, done.attempts) == ("done", 3, "已生成", 1)
    assert done.result is not None
    assert storage.open_for(clerk, done.result.id).attachment.filename == "结果.txt"
    for stranger in (person("leader", place=county), ANONYMOUS):
        with pytest.raises(NotFound):
            storage.open_for(stranger, done.result.id)
        with pytest.raises(NotFound):
            jobs.find(stranger, ident)
    with jurisdictions.enter(jurisdictions.by_slug("meitan")), pytest.raises(NotFound):
        jobs.find(clerk, ident)
    with pytest.raises(Forbidden), write():
        jobs.start(ANONYMOUS, "meetings.test", title="没有人")


def test_what_the_product_asks_itself_is_nobodys(clerk: Actor, kind: Callable[[Run], None]) -> None:
    kind(lambda work: jobs.Result(work.actor.name))
    ident = ask(SYSTEM)
    assert ask(SYSTEM) == ident
    assert tasks.run_jobs() == 1
    assert (row(ident).state, row(ident).sentence) == ("done", "系统")
    for actor in (clerk, ANONYMOUS, SYSTEM):
        with pytest.raises(NotFound):
            jobs.find(actor, ident)


def test_progress_shows_while_it_runs(clerk: Actor, kind: Callable[[Run], None]) -> None:
    seen = []

    def run(work: jobs.Work) -> jobs.Result:
        for number in (1, 2):
            work.step(number, 2)
            seen.append((row(work.id).state, row(work.id).done, row(work.id).total))
        return jobs.Result()

    kind(run)
    ask(clerk)
    tasks.run_jobs()
    assert seen == [("running", 1, 2), ("running", 2, 2)]


@pytest.mark.parametrize("waiting", [True, False])
def test_a_cancelled_one_writes_nothing(clerk: Actor, kind: Callable[[Run], None], waiting: bool) -> None:
    def stop(ident: str) -> None:
        with write():
            jobs.cancel(clerk, jobs.find(clerk, ident))

    def run(work: jobs.Work) -> jobs.Result:
        stop(work.id)
        return write_matters(work)

    kind(run)
    ident = ask(clerk)
    if waiting:
        stop(ident)
    assert tasks.run_jobs() == (0 if waiting else 1)
    assert row(ident).state == "cancelled"
    assert count(Matter) == 0
    with pytest.raises(WrongState):
        stop(ident)


class Killed(BaseException):
    """Ends a worker where it stands, as a signal does."""


def run_out(ident: str) -> None:
    """Its worker has been silent for too long."""
    with write() as session:
        session.get_one(Job, ident).lease_until = utcnow() - timedelta(seconds=1)


def test_a_killed_workers_job_is_taken_up_again_with_nothing_half_done(
    clerk: Actor, kind: Callable[[Run], None]
) -> None:
    def dies(work: jobs.Work) -> Any:
        with write() as session:
            session.add(Matter(title="一半"))
            session.flush()
            raise Killed

    kind(dies)
    ident = ask(clerk)
    with pytest.raises(Killed):
        tasks.run_jobs()
    assert row(ident).state == "running"
    assert tasks.run_jobs() == 0, "its lease still holds"
    run_out(ident)
    kind(write_matters)
    assert tasks.run_jobs() == 1
    assert (row(ident).state, row(ident).sentence, row(ident).attempts) == ("done", "写好了", 2)
    assert count(Matter) == 3


def test_after_three_kills_it_is_said_failed(clerk: Actor, kind: Callable[[Run], None]) -> None:
    def dies(_work: jobs.Work) -> Any:
        raise Killed

    kind(dies)
    ident = ask(clerk)
    for _ in range(jobs.ATTEMPTS):
        with pytest.raises(Killed):
            tasks.run_jobs()
        run_out(ident)
    tasks.run_jobs()
    assert row(ident).state == "failed"
    assert "中断了 3 次" in row(ident).sentence


def test_a_worker_that_was_slow_does_not_write_after_another_took_over(
    clerk: Actor, kind: Callable[[Run], None]
) -> None:
    def slow(work: jobs.Work) -> Any:
        run_out(work.id)
        kind(write_matters)
        jobs._take_one()
        return write_matters(work)

    kind(slow)
    ident = ask(clerk)
    tasks.run_jobs()
    assert (row(ident).state, row(ident).attempts) == ("done", 2)
    assert count(Matter) == 3


def test_a_refusal_is_its_sentence_and_a_busy_database_no_failure(clerk: Actor, kind: Callable[[Run], None]) -> None:
    def refuses(_work: jobs.Work) -> Any:
        raise Refused(Refusal("NO", "不能导出。"))

    def busy(_work: jobs.Work) -> Any:
        raise DatabaseBusy

    kind(refuses)
    first = ask(clerk)
    tasks.run_jobs()
    assert (row(first).state, row(first).sentence) == ("failed", "不能导出。")
    kind(busy)
    second = ask(clerk)
    tasks.run_jobs()
    assert row(second).state == "running"


def test_an_error_fails_it_with_a_sentence_and_keeps_no_other(
    app: Flask, clerk: Actor, kind: Callable[[Run], None]
) -> None:
    def breaks(work: jobs.Work) -> Any:
        if work.subject == "a":
            raise RuntimeError("disk on fire")
        return paper(work)

    kind(breaks)
    first, second = ask(clerk, subject="a"), ask(clerk, subject="b")
    app.testing = False
    assert tasks.run_jobs() == 2
    assert row(first).state == "failed"
    assert "disk" not in row(first).sentence
    assert row(second).state == "done"


def test_without_its_plugin_or_its_person_it_fails(clerk: Actor, kind: Callable[[Run], None]) -> None:
    kind(paper)
    ident = ask(clerk)
    with write() as session:
        session.get_one(Account, clerk.id).active = False
    tasks.run_jobs()
    assert row(ident).sentence == "发起人的账号已停用。"
    with write() as session:
        session.add(Job(kind="gone.x", title="没有了", asked_by=clerk.id or ""))
    tasks.run_jobs()
    gone = db.session.scalars(select(Job).where(Job.kind == "gone.x")).one()
    assert gone.state == "failed"


def test_it_is_forgotten_with_its_file(clerk: Actor, kind: Callable[[Run], None], monkeypatch: Any) -> None:
    kind(paper)
    ident = ask(clerk)
    tasks.run_jobs()
    path = storage.path_of(db.session.get_one(Attachment, row(ident).result_id).sha256)
    assert jobs.forget() == 0
    with write() as session:
        session.get_one(Job, ident).expires_at = utcnow() - timedelta(seconds=1)
    monkeypatch.setattr(storage, "RESTING_SECONDS", -1.0)
    assert tasks.clean() == 1
    assert [count(model) for model in (Job, Attachment, StoredFile)] == [0, 0, 0]
    assert not path.exists()


def test_over_the_api(app: Flask, clerk: Actor, person: Callable[..., Actor], kind: Callable[[Run], None]) -> None:
    kind(paper)
    other = person("leader", place=jurisdictions.current())
    with write() as session:
        for actor in (clerk, other):
            session.add(ApiToken(account_id=actor.id or "", token_hash=accounts.digest(f"token-{actor.id}")))
    ident, client = ask(clerk, total=5), app.test_client()

    def call(method: str, path: str, actor: Actor = clerk, **sent: Any) -> Any:
        db.session.remove()
        head = {"Authorization": f"Bearer token-{actor.id}"}
        return client.open(f"/api/v1/huichuan/jobs{path}", method=method, headers=head, **sent)

    assert call("GET", f"/{ident}").json["state_label"] == "等待办理"
    assert call("GET", f"/{ident}", other).status_code == 404
    assert client.get(f"/api/v1/huichuan/jobs/{ident}").status_code == 401
    assert call("GET", "", other).json["items"] == []
    assert [item["id"] for item in call("GET", "").json["items"]] == [ident]
    with jurisdictions.enter(jurisdictions.by_slug("huichuan")):
        tasks.run_jobs()
    found = call("GET", f"/{ident}").json
    assert (found["state"], found["done"], found["total"]) == ("done", 5, 5)
    assert found["result"]["filename"] == "结果.txt"
    assert call("POST", f"/{ident}/transitions", json={"event": "cancel"}).json["code"] == "WRONG_STATE"
    second = ask(clerk, subject="c")
    assert call("POST", f"/{second}/transitions", other, json={"event": "cancel"}).status_code == 404
    assert call("POST", f"/{second}/transitions", json={"event": "cancel"}).json["state"] == "cancelled"
